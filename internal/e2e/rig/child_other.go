//go:build unix && !linux

package rig

import "syscall"

// childAttr puts a server in a process group of its own, so that an interrupt
// at the terminal reaches the rig alone. Only Linux kills it with the rig.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// stopped cannot tell elsewhere than on Linux.
func stopped(int) bool { return true }

package rig

import "syscall"

// childAttr puts a server in a process group of its own, so that an interrupt
// at the terminal reaches the rig alone, and has it killed with the rig.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

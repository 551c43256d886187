package rig

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// childAttr puts a server in a process group of its own, so that an interrupt
// at the terminal reaches the rig alone, and has it killed with the rig.
func childAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// stopped reports whether every thread of a process stands still: SIGSTOP is
// sent before they do.
func stopped(pid int) bool {
	stats, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil {
		return false
	}
	for _, file := range stats {
		stat, err := os.ReadFile(file)
		_, state, ok := bytes.Cut(stat, []byte(") "))
		if err != nil || !ok || state[0] != 'T' {
			return false
		}
	}
	return len(stats) > 0
}

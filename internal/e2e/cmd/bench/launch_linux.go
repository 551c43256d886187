package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"syscall"
)

// maxrssUnit is what Rusage.Maxrss counts in.
const maxrssUnit = 1024

// leave has a shell start a program, tell its id, and leave it behind. The
// program must not have the descriptor on which the id is told.
const leave = `"$@" 3>&- & echo $! >&3`

// launch starts argv. Go starts programs while they share its memory, and Linux
// counts the peak of who did so as theirs; so a shell, which is small, starts
// it in Go's place. Whoever a shell leaves behind is this process's to wait for.
func launch(ctx context.Context, argv, env []string, stdout, stderr *os.File) (int, error) {
	if err := adopt(); err != nil {
		return 0, err
	}
	read, write, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer read.Close()
	cmd := exec.CommandContext(ctx, "/bin/sh", append([]string{"-c", leave, "sh"}, argv...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = env, stdout, stderr, []*os.File{write}
	err = cmd.Run()
	_ = write.Close() // the shell's copy has been written to
	if err != nil {
		return 0, err
	}
	told := make([]byte, 32)
	n, err := read.Read(told)
	if err != nil {
		return 0, fmt.Errorf("read the process id: %w", err)
	}
	return strconv.Atoi(string(bytes.TrimSpace(told[:n])))
}

// adopt makes this process the parent of its orphaned descendants.
var adopt = sync.OnceValue(func() error {
	const setChildSubreaper = 36 // PR_SET_CHILD_SUBREAPER
	if _, _, no := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); no != 0 {
		return fmt.Errorf("become subreaper: %w", no)
	}
	return nil
})

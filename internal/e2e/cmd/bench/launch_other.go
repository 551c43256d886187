//go:build unix && !linux

package main

import (
	"context"
	"os"
	"os/exec"
)

// maxrssUnit is what Rusage.Maxrss counts in, as macOS has it.
const maxrssUnit = 1

// launch starts argv.
func launch(ctx context.Context, argv, env []string, stdout, stderr *os.File) (int, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, stdout, stderr
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	return cmd.Process.Pid, nil
}

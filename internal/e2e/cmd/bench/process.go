package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// cost is what one run of a program took.
type cost struct {
	wall time.Duration
	cpu  time.Duration // user and system
	peak int64         // bytes resident at most
}

// process is a running program.
type process struct {
	name   string
	pid    int
	began  time.Time
	stderr string // the file of what it says
	forget func() bool
}

// start runs argv with env alone as its environment, stdin empty, stdout and
// stderr in those files. It is killed when ctx ends, and has to be waited for.
func start(ctx context.Context, argv, env []string, stdout, stderr string) (*process, error) {
	out, err := os.Create(stdout)
	if err != nil {
		return nil, fmt.Errorf("open stdout: %w", err)
	}
	defer out.Close()
	talk, err := os.Create(stderr)
	if err != nil {
		return nil, fmt.Errorf("open stderr: %w", err)
	}
	defer talk.Close()
	p := &process{name: filepath.Base(argv[0]), began: time.Now(), stderr: stderr}
	if p.pid, err = launch(ctx, argv, env, out, talk); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	p.forget = context.AfterFunc(ctx, func() { _ = syscall.Kill(p.pid, syscall.SIGKILL) })
	return p, nil
}

// wait returns what p has cost when it has ended. A failure carries its stderr.
func (p *process) wait() (cost, error) {
	var status syscall.WaitStatus
	var usage syscall.Rusage
	_, err := syscall.Wait4(p.pid, &status, 0, &usage)
	for errors.Is(err, syscall.EINTR) {
		_, err = syscall.Wait4(p.pid, &status, 0, &usage)
	}
	c := cost{
		wall: time.Since(p.began),
		cpu:  time.Duration(usage.Utime.Nano() + usage.Stime.Nano()),
		peak: int64(usage.Maxrss) * maxrssUnit,
	}
	p.forget()
	switch {
	case err != nil:
		return c, fmt.Errorf("wait for %s: %w", p.name, err)
	case status.Signaled():
		return c, fmt.Errorf("%s: %s: %s", p.name, status.Signal(), p.talk())
	case status.ExitStatus() != 0:
		return c, fmt.Errorf("%s: exit code %d: %s", p.name, status.ExitStatus(), p.talk())
	}
	return c, nil
}

// end asks p to stop, and waits until it has.
func (p *process) end() (cost, error) {
	if err := syscall.Kill(p.pid, syscall.SIGTERM); err != nil {
		return cost{}, fmt.Errorf("stop %s: %w", p.name, err)
	}
	return p.wait()
}

// talk is what p has written to stderr.
func (p *process) talk() string {
	data, err := os.ReadFile(p.stderr)
	if err != nil {
		return err.Error()
	}
	return string(bytes.TrimSpace(data))
}

package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// process is one server of the control plane. Its output is appended to a log
// file, across restarts. It is not safe for concurrent use.
type process struct {
	name string
	path string
	args []string
	env  []string // that of the rig when nil
	log  string
	cmd  *exec.Cmd     // nil until started
	done chan struct{} // closed when it has ended
}

func newProcess(tools, dir, name string, args ...string) *process {
	return &process{
		name: name,
		path: filepath.Join(tools, name),
		args: args,
		log:  filepath.Join(dir, name+".log"),
	}
}

// start runs the process until it is killed or the rig dies; ctx ends neither.
func (p *process) start(ctx context.Context) error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open log of %s: %w", p.name, err)
	}
	defer log.Close()
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), p.path, p.args...)
	p.cmd.Env = p.env
	p.cmd.Stdout, p.cmd.Stderr = log, log
	p.cmd.SysProcAttr = childAttr()
	p.done = make(chan struct{})
	started := make(chan error)
	go run(p.cmd, started, p.done)
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", p.name, err)
	}
	return nil
}

// run starts and waits on one OS thread, since Linux kills a child with a
// parent-death signal when the thread that started it ends.
func run(cmd *exec.Cmd, started chan<- error, done chan<- struct{}) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(done)
	err := cmd.Start()
	started <- err
	if err == nil {
		_ = cmd.Wait() // how it ended is in its log
	}
}

// running reports whether the process was started and has not ended.
func (p *process) running() bool {
	if p.done == nil {
		return false
	}
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// signal sends sig, and waits for the end when sig is one that ends it.
func (p *process) signal(sig syscall.Signal) error {
	if !p.running() {
		return fmt.Errorf("%s is not running", p.name)
	}
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("signal %s: %w", p.name, err)
	}
	if sig == syscall.SIGKILL || sig == syscall.SIGTERM {
		<-p.done
	}
	return nil
}

// lastWords returns the end of the log, for an error message.
func (p *process) lastWords() string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(data), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-5):], []byte("\n")))
}

package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Prometheus is a server with a history. It is not safe for concurrent use.
type Prometheus struct {
	URL string

	process *process
}

// Prometheuses are the servers that energy is read from, by version: the one that
// Debian has, and the one of Tools.
func Prometheuses(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	if path, err := exec.LookPath("prometheus"); err == nil {
		all["2"] = path
	}
	tools, err := Tools(ctx)
	if err != nil {
		return nil, err
	}
	newer, err := filepath.Glob(filepath.Join(tools, "prometheus-v*"))
	if err != nil {
		return nil, err
	}
	for _, path := range newer {
		all["3"] = path
	}
	return all, nil
}

// Backfill makes the data of a Prometheus below dir from OpenMetrics text.
func Backfill(ctx context.Context, text, dir string) error {
	out, err := exec.CommandContext(ctx, "promtool", "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=720h", "--quiet", text, dir).CombinedOutput()
	if err != nil {
		return fmt.Errorf("promtool: %w: %s", err, out)
	}
	return nil
}

// StartPrometheus starts the server at path on the data below dir; it scrapes targets,
// each host:port, every second. It outlives ctx, which bounds the start alone.
func StartPrometheus(ctx context.Context, path, dir string, targets ...string) (*Prometheus, error) {
	ports, err := freePorts(1)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "prometheus.yml")
	text := "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
	if len(targets) > 0 {
		text += fmt.Sprintf("scrape_configs: [{job_name: live, static_configs: [{targets: [%s]}]}]\n", strings.Join(targets, ", "))
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, err
	}
	address := "127.0.0.1:" + ports[0]
	p := &Prometheus{URL: "http://" + address}
	p.process = newProcess(filepath.Dir(path), dir, filepath.Base(path),
		"--config.file="+config, "--storage.tsdb.path="+dir, "--storage.tsdb.retention.time=10y", "--web.listen-address="+address, "--log.level=warn")
	if err := p.process.start(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !ready(ctx, p.URL+"/-/ready") {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("prometheus does not answer: %w: %s", ctx.Err(), p.process.lastWords())
		case <-p.process.done:
			return nil, errors.New("prometheus has ended: " + p.process.lastWords())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return p, nil
}

// Close ends the server, if it has not ended.
func (p *Prometheus) Close() error {
	if !p.process.running() {
		return nil
	}
	if err := p.process.signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-p.process.done
	return nil
}

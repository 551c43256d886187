package rig

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Prometheus is a server with a history, or what speaks its API. It is not safe for
// concurrent use.
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
	config, err := scraping(dir, targets)
	if err != nil {
		return nil, err
	}
	address := "127.0.0.1:" + ports[0]
	p := &Prometheus{URL: "http://" + address}
	p.process = newProcess(filepath.Dir(path), dir, filepath.Base(path),
		"--config.file="+config, "--storage.tsdb.path="+dir, "--storage.tsdb.retention.time=10y", "--web.listen-address="+address, "--log.level=warn")
	return p, p.await(ctx, "/-/ready")
}

// scraping writes the settings below dir of a server that scrapes targets.
func scraping(dir string, targets []string) (string, error) {
	text := fmt.Sprintf("global: {scrape_interval: 1s, scrape_timeout: 1s, external_labels: {rig: %q}}\n", dir) // Thanos wants one
	if len(targets) > 0 {
		text += fmt.Sprintf("scrape_configs: [{job_name: live, static_configs: [{targets: [%s]}]}]\n", strings.Join(targets, ", "))
	}
	path := filepath.Join(dir, "prometheus.yml")
	return path, os.WriteFile(path, []byte(text), 0o600)
}

// await starts the process and returns when it answers at path.
func (p *Prometheus) await(ctx context.Context, path string) error {
	if err := p.process.start(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for !ready(ctx, p.URL+path) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w: %s", p.process.name, ctx.Err(), p.process.lastWords())
		case <-p.process.done:
			return fmt.Errorf("%s has ended: %s", p.process.name, p.process.lastWords())
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
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

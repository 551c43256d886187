package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/fredctl/fred/pkg/kube"
)

// facts are the circumstances of a run.
type facts struct {
	command string
	at      time.Time
	rounds  int
	cpu     string
	load    string // average at the start
	fred    string
	kubectl string
	server  string
	counts  map[kube.Resource]int
	bytes   int64 // of all lists, as protobuf
}

// facts gathers the circumstances when all is measured.
func (b *board) facts(ctx context.Context, o options, load string) (f facts, err error) {
	f = facts{command: o.command, at: time.Now().UTC(), rounds: o.rounds, cpu: cpuModel(), load: load}
	if f.fred, err = b.firstLine(ctx, b.fred, "version"); err != nil {
		return f, err
	}
	if f.kubectl, err = b.firstLine(ctx, b.kubectl, "version", "--client"); err != nil {
		return f, err
	}
	if f.server, err = serverVersion(b.kubeconfig); err != nil {
		return f, err
	}
	counts, err := os.ReadFile(b.output(b.bare))
	if err != nil {
		return f, fmt.Errorf("read counts: %w", err)
	}
	if err := json.Unmarshal(counts, &f.counts); err != nil {
		return f, fmt.Errorf("read counts: %w", err)
	}
	sizes, err := os.ReadFile(b.output(b.bytes))
	if err != nil {
		return f, fmt.Errorf("read sizes: %w", err)
	}
	f.bytes, err = curlBytes(string(sizes))
	return f, err
}

// firstLine returns the first line that a program prints.
func (b *board) firstLine(ctx context.Context, argv ...string) (string, error) {
	out := b.file("version")
	p, err := start(ctx, argv, b.env, out, b.file("stderr"))
	if err != nil {
		return "", err
	}
	if _, err := p.wait(); err != nil {
		return "", err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return "", fmt.Errorf("read version: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	_, version, found := strings.Cut(line, ": ") // as kubectl has it
	if !found {
		version = line
	}
	return version, nil
}

func serverVersion(kubeconfig string) (string, error) {
	cfg, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return "", fmt.Errorf("read kubeconfig: %w", err)
	}
	client, err := discovery.NewDiscoveryClientForConfig(cfg)
	if err != nil {
		return "", fmt.Errorf("build client: %w", err)
	}
	v, err := client.ServerVersion()
	if err != nil {
		return "", fmt.Errorf("ask for the server's version: %w", err)
	}
	return v.GitVersion, nil
}

// cpuModel names the processor, where the system tells.
func cpuModel() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// loadAverage is that of the last 1, 5 and 15 minutes, where the system tells.
func loadAverage() string {
	data, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(data))
	return cmp.Or(strings.Join(fields[:min(3, len(fields))], " "), "unknown")
}

package rig

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
)

// StartVictoria starts a VictoriaMetrics, single node, whose data and log are below
// dir; it scrapes targets as StartPrometheus has it. It outlives ctx, which bounds the
// start alone.
func StartVictoria(ctx context.Context, dir string, targets ...string) (*Prometheus, error) {
	tools, err := Tools(ctx)
	if err != nil {
		return nil, err
	}
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
	p.process = newProcess(tools, dir, "victoria-metrics", "-promscrape.config="+config,
		"-storageDataPath="+filepath.Join(dir, "data"), "-retentionPeriod=10y", "-httpListenAddr="+address, "-loggerLevel=WARN",
		"-search.latencyOffset=0s", // else it hides the last half minute
		"-memory.allowedBytes=256MiB")
	return p, p.await(ctx, "/health")
}

// Import has a VictoriaMetrics know the samples of OpenMetrics text, and show them at
// once.
func (p *Prometheus) Import(ctx context.Context, text string) error {
	samples, err := os.Open(text)
	if err != nil {
		return err
	}
	defer samples.Close()
	if err := p.post(ctx, "/api/v1/import/prometheus", samples); err != nil {
		return err
	}
	return p.post(ctx, "/internal/force_flush", http.NoBody)
}

func (p *Prometheus) post(ctx context.Context, path string, body io.Reader) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL+path, body)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return nil
}

package rig

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"syscall"
)

// Thanos is a Thanos Query, and a sidecar of each Prometheus that it asks. It is not
// safe for concurrent use.
type Thanos struct {
	Prometheus

	sidecars []*Prometheus
}

// StartThanos starts sidecars of servers and a query before them; their logs are below
// dir. They outlive ctx, which bounds the start alone.
func StartThanos(ctx context.Context, dir string, servers ...*Prometheus) (*Thanos, error) {
	tools, err := Tools(ctx)
	if err != nil {
		return nil, err
	}
	t := &Thanos{}
	start := func(p *Prometheus, name string, args ...string) (grpc string, err error) {
		ports, err := freePorts(2)
		if err != nil {
			return "", err
		}
		p.URL, grpc = "http://127.0.0.1:"+ports[0], "127.0.0.1:"+ports[1]
		p.process = newProcess(tools, dir, "thanos", append(args, "--http-address=127.0.0.1:"+ports[0], "--grpc-address="+grpc,
			"--http-grace-period=0s", "--grpc-grace-period=0s", "--log.level=warn")...)
		p.process.name, p.process.log = "thanos "+name, filepath.Join(dir, name+".log")
		return grpc, p.await(ctx, "/-/ready")
	}
	query := []string{"query"}
	for i, server := range servers {
		sidecar := &Prometheus{}
		t.sidecars = append(t.sidecars, sidecar)
		grpc, err := start(sidecar, "sidecar-"+strconv.Itoa(i), "sidecar", "--prometheus.url="+server.URL, "--tsdb.path="+dir)
		if err != nil {
			return nil, errors.Join(err, t.Close())
		}
		query = append(query, "--endpoint-strict="+grpc) // one that is not there is missed
	}
	if _, err := start(&t.Prometheus, "query", query...); err != nil {
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// Part ends the sidecar of one of the servers.
func (t *Thanos) Part(server int) error { return t.sidecars[server].process.signal(syscall.SIGKILL) }

// Rejoin starts a sidecar again that Part has ended.
func (t *Thanos) Rejoin(ctx context.Context, server int) error {
	return t.sidecars[server].await(ctx, "/-/ready")
}

// Close ends what has not ended.
func (t *Thanos) Close() error {
	var errs []error
	for _, p := range append(t.sidecars, &t.Prometheus) {
		if p.process != nil {
			errs = append(errs, p.Close())
		}
	}
	return errors.Join(errs...)
}

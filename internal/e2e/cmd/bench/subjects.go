package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// subject is a program that is measured.
type subject struct {
	name   string // as the table has it
	argv   []string
	env    []string // the board's when nil
	before func() error
	rounds int           // at most so many; all when 0
	yard   *subject      // what its wall time is put in relation to; nil for a yardstick
	within float64       // target: at most so many times the yardstick's; none when 0
	most   time.Duration // target: wall time; none when 0
	memory int64         // target: peak bytes; none when 0
	cache  use
	costs  []cost // one for each round
}

// use is what a run has to do with fred's cache: by that it is known whether it
// asked the cluster.
type use int

const (
	none   use = iota // nothing is known
	reads             // leaves it as it is
	writes            // renews it
)

// board is what a benchmark is made of.
type board struct {
	programs
	dir        string // for the files of this run
	home       string // of everything that is run
	env        []string
	kubeconfig string

	bytes, bare *subject // those whose output is read
	subjects    []*subject
}

// mib is a mebibyte in bytes.
const mib = 1 << 20

// newBoard lays out what is measured.
func newBoard(dir, kubeconfig string, p programs) (*board, error) {
	b := &board{programs: p, dir: dir, home: filepath.Join(dir, "home"), kubeconfig: kubeconfig}
	if err := os.Mkdir(b.home, 0o700); err != nil {
		return nil, fmt.Errorf("make home folder: %w", err)
	}
	b.env = []string{"HOME=" + b.home, "FRED_GRID_LIVE=false", "FRED_SERVER_RECORD=0s", "PATH=" + os.Getenv("PATH"), "KUBECONFIG=" + kubeconfig}
	fetch, err := curl(p.curl, dir, kubeconfig)
	if err != nil {
		return nil, err
	}
	b.bytes = &subject{name: "bytes alone: parallel curl, protobuf", argv: fetch}
	b.bare = &subject{
		name: "bare paged typed list in Go, protobuf, nothing kept", yard: b.bytes,
		argv: []string{p.self, listCommand, kubeconfig},
	}
	b.subjects = b.order()
	return b, nil
}

// order is that of a round: what reads the cache comes right after what has
// renewed it, while that is fresh.
func (b *board) order() []*subject {
	client := &subject{name: "`kubectl version --client`", argv: []string{b.kubectl, "version", "--client"}}
	kinds := "deploy,sts,ds,rs,jobs,cj,pods,svc,ing,cm"
	return []*subject{
		b.bytes,
		b.bare,
		{
			name: "`fred kube --refresh`", argv: []string{b.fred, "kube", "--refresh"},
			yard: b.bytes, within: 2, memory: 128 * mib, cache: writes,
		},
		{
			name: "`fred kube`, from the cache", argv: []string{b.fred, "kube"},
			yard: client, within: 1.2, memory: 80 * mib, cache: reads,
		},
		{
			name: "`fred kube --offline`", argv: []string{b.fred, "kube", "--offline"},
			yard: client, within: 1.2, memory: 80 * mib, cache: reads,
		},
		{name: "`fred version`", argv: []string{b.fred, "version"}, yard: client, within: 1},
		client,
		{name: "`kubectl get pods -A`", argv: []string{b.kubectl, "get", "pods", "-A"}, yard: b.bytes, rounds: 3},
		{
			name: "`kubectl get " + kinds + " -A -o json`", argv: []string{b.kubectl, "get", kinds, "-A", "-o", "json"},
			yard: b.bytes, rounds: 2,
		},
	}
}

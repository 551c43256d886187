package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fredctl/fred/internal/e2e/energy"
	"github.com/fredctl/fred/internal/e2e/rig"
)

// What the year of energy is of.
const (
	yearNamespaces = 200
	energyRounds   = 3
)

// energyBoard is what questions about a year of energy are measured on.
type energyBoard struct {
	board
	subjects []*subject

	compared []time.Duration // by the server, each of windows of its own
	again    []time.Duration // the same windows again
}

// mostCompare is how long the server may take to compare a cached year: a target.
const mostCompare = 50 * time.Millisecond

// measureEnergy measures questions about a year of energy beside the same queries
// by curl, and removes what it made.
func measureEnergy(ctx context.Context, dir, kubeconfig string, p programs, rounds int) (b *energyBoard, err error) {
	dir = filepath.Join(dir, "energy")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w := energy.Year(time.Now().UTC().Truncate(24*time.Hour), yearNamespaces)
	prometheus, err := startYear(ctx, dir, w)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, prometheus.Close()) }()
	b = newEnergyBoard(dir, kubeconfig, p, prometheus.URL, w)
	if err := b.measure(ctx, rounds); err != nil {
		return b, err
	}
	return b, b.compare(ctx, w)
}

// compare asks the server how the halves of a cached year differ.
func (b *energyBoard) compare(ctx context.Context, w *energy.World) (err error) {
	env := b.subjects[len(b.subjects)-1].env
	p, err := start(ctx, []string{b.fred, "serve", "--port", "0", "--offline"}, env, os.DevNull, b.file("serve"))
	if err != nil {
		return err
	}
	defer func() {
		_, stopped := p.end()
		err = errors.Join(err, stopped)
	}()
	base, err := p.address(ctx)
	if err != nil {
		return err
	}
	half := w.End.Sub(w.Start) / 2
	for i := range 11 {
		middle := w.Start.Add(half + time.Duration(i)*time.Hour)
		target := fmt.Sprintf("%s/v1/footprint/energy/compare?start=%d&end=%d&first-start=%d&first-end=%d", base,
			middle.Unix(), w.End.Unix(), w.Start.Unix(), middle.Unix())
		for _, times := range []*[]time.Duration{&b.compared, &b.again} {
			began := time.Now()
			if _, err := get(ctx, target, ""); err != nil {
				return err
			}
			if i > 0 { // the first of all reads the cache
				*times = append(*times, time.Since(began))
			}
		}
	}
	return nil
}

// startYear starts a Prometheus with the history of w.
func startYear(ctx context.Context, dir string, w *energy.World) (*rig.Prometheus, error) {
	say("writing a year of energy of %d namespaces", yearNamespaces)
	servers, err := rig.Prometheuses(ctx)
	if err != nil {
		return nil, err
	}
	text := filepath.Join(dir, "year.om")
	out, err := os.Create(text)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(energy.Write(out, w, energy.Kepler), out.Close()); err != nil {
		return nil, err
	}
	if err := errors.Join(rig.Backfill(ctx, text, dir), os.Remove(text)); err != nil {
		return nil, err
	}
	for _, version := range []string{"2", "3"} {
		if path := servers[version]; path != "" {
			return rig.StartPrometheus(ctx, path, dir)
		}
	}
	return nil, errors.New("no Prometheus is installed")
}

func newEnergyBoard(dir, kubeconfig string, p programs, url string, w *energy.World) *energyBoard {
	b := &energyBoard{board: board{programs: p, dir: dir, home: filepath.Join(dir, "home")}}
	env := func(home string) []string {
		return []string{"HOME=" + filepath.Join(dir, home), "FRED_GRID_LIVE=false", "FRED_SERVER_RECORD=0s", "PATH=" + os.Getenv("PATH"), "KUBECONFIG=" + kubeconfig}
	}
	forget := func(home string) func() error {
		return func() error {
			return errors.Join(os.RemoveAll(filepath.Join(dir, home)), os.MkdirAll(filepath.Join(dir, home), 0o700))
		}
	}
	ask := []string{
		p.fred, "footprint", "energy", "--start", w.Start.Format(time.RFC3339), "--end", w.End.Format(time.RFC3339),
		"--prometheus-url", url, "--timeout", "5m",
	}
	raw := &subject{name: "the three queries alone, by curl", argv: []string{"/bin/sh", "-c", rawQueries(url, w)}, env: env("home"), before: forget("home")}
	b.subjects = []*subject{
		raw,
		{name: "`fred footprint energy` of a year, nothing cached", argv: ask, env: env("fresh"), before: forget("fresh"), yard: raw, within: 1.3},
		{name: "the same, cached", argv: append(ask, "--max-age", "24h"), env: env("fresh"), most: 500 * time.Millisecond, memory: 150 * mib},
	}
	b.board.subjects = b.subjects
	return b
}

// rawQueries is a script that asks for the same figures with the same stretches.
func rawQueries(url string, w *energy.World) string {
	const stretch = 14 * 24 * time.Hour
	var s strings.Builder
	for _, query := range []string{
		`sum by (pod_namespace) (increase(kepler_pod_cpu_joules_total{zone=~"psys",state="running"}[1h]))`,
		`sum by (node_name) (increase(kepler_node_cpu_joules_total{zone=~"psys"}[1h]))`,
		`sum by (node_name) (increase(kepler_node_cpu_idle_joules_total{zone=~"psys"}[1h]))`,
	} {
		for at := w.Start; at.Before(w.End); at = at.Add(stretch) {
			end := at.Add(stretch)
			if end.After(w.End) {
				end = w.End
			}
			fmt.Fprintf(&s, "curl -sSf -o /dev/null --data-urlencode 'query=%s' -d start=%d -d end=%d -d step=3600 %s/api/v1/query_range || exit\n",
				query, at.Add(time.Hour).Unix(), end.Unix(), url)
		}
	}
	return s.String()
}

// table tells how fast questions about a year are.
func (b *energyBoard) table() string {
	var s strings.Builder
	fmt.Fprintf(&s, "A year of hours of %d namespaces, sampled every ten minutes (Prometheus), in turn, %d times after once for warming up.\n\n",
		yearNamespaces, len(b.subjects[0].costs))
	s.WriteString(columns)
	for _, one := range b.subjects {
		one.row(&s)
	}
	met := "yes"
	if median(b.compared) > mostCompare {
		met = "**no**"
	}
	fmt.Fprintf(&s, "\n`GET /fred/v1/footprint/energy/compare` of the two halves of that year, cached, `--offline`: median %s, windows asked about before %s; target ≤ %s: %s.\n",
		span(median(b.compared)), span(median(b.again)), span(mostCompare), met)
	return s.String()
}

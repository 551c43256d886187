//go:build e2e

package e2e_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/energy"
	"github.com/fredctl/fred/internal/e2e/rig"
)

// seenOf is w, of which nothing is seen but some nodes.
func seenOf(w *energy.World, nodes ...int) *energy.World {
	part := *w
	part.Gaps = slices.Clone(w.Gaps)
	for node := range w.Nodes {
		if !slices.Contains(nodes, node) {
			part.Gaps = append(part.Gaps, energy.Event{Node: node, At: w.Start.Add(-time.Hour), For: w.End.Sub(w.Start) + 2*time.Hour})
		}
	}
	return &part
}

func TestEnergyReadFromThanosIsTheTruth(t *testing.T) {
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	w := measured(t, l)
	path := prometheuses(t)["3"]
	one := history(t, path, backfill(t, seenOf(w, 0), energy.Kepler))
	other := history(t, path, backfill(t, seenOf(w, 1, 2), energy.Kepler))
	p, err := rig.StartThanos(t.Context(), t.TempDir(), one, other)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	tells(t, l, p.URL, w)

	require.NoError(t, p.Part(0))
	cold := newLaptop(t, l.kubeconfig)
	o := cold.must(3, asking(w, p.URL)...)
	require.Contains(t, o.stderr, "answers in part: ")
	require.Less(t, report(t, o).Total.EnergyWh, 0.9*w.Total(w.Start, w.End))
	l.must(0, asking(w, p.URL)...) // what was read whole stays

	require.NoError(t, p.Rejoin(t.Context(), 0))
	require.Eventually(t, func() bool { return cold.fred(asking(w, p.URL, "--max-age", "0s")...).code == 0 }, 20*time.Second, time.Second)
	tells(t, cold, p.URL, w)
}

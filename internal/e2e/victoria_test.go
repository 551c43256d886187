//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/energy"
	"github.com/fredctl/fred/internal/e2e/rig"
	"github.com/fredctl/fred/pkg/footprint"
)

// victoria starts a VictoriaMetrics of what a family says of a world.
func victoria(t *testing.T, w *energy.World, f energy.Family) *rig.Prometheus {
	t.Helper()
	p, err := rig.StartVictoria(t.Context(), t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	require.NoError(t, p.Import(t.Context(), written(t, w, f)))
	return p
}

func TestEnergyReadFromVictoriaMetricsIsTheTruth(t *testing.T) {
	start := time.Now().UTC().Truncate(24 * time.Hour).Add(-31 * 24 * time.Hour)
	for _, probe := range probes {
		t.Run(probe.name, func(t *testing.T) {
			w := energy.Busy(start, 30*24*time.Hour, 5*time.Minute)
			if probe.change != nil {
				probe.change(w)
			}
			holds(t, victoria(t, w, probe.write), w, probe)
		})
	}
}

func TestFredShowsWhatVictoriaMetricsHas(t *testing.T) {
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	w := measured(t, l)
	tells(t, l, victoria(t, w, energy.Kepler).URL, w)
}

func TestWhatAnExporterDidNotTellIsNotBookedOnTheHourAfter(t *testing.T) {
	w, ask := busy(time.Minute)
	w.Start, w.Resets, w.Spikes, w.Broken = w.End.Add(-96*time.Hour), nil, nil, nil
	w.Gaps = []energy.Event{
		{Node: 0, At: w.Start.Add(20*time.Hour + 10*time.Minute), For: 30 * time.Hour},
		{Node: 1, At: w.Start.Add(70*time.Hour + 50*time.Minute), For: 3 * time.Hour},
	}
	ask.Start = w.Start
	servers := map[string]*rig.Prometheus{"VictoriaMetrics": victoria(t, w, energy.Kepler)}
	data := backfill(t, w, energy.Kepler)
	for version, path := range prometheuses(t) {
		servers["Prometheus "+version] = history(t, path, data)
	}
	for name, p := range servers {
		t.Run(name, func(t *testing.T) {
			m := meterOf(p)
			ask.Exact = false
			fast, err := m.Read(t.Context(), "any", ask)
			require.NoError(t, err)
			ask.Exact = true
			exact, err := m.Read(t.Context(), "any", ask)
			require.NoError(t, err)
			t.Logf("fast %.1f, exact %.1f, truth %.1f", nodesUsed(&fast), nodesUsed(&exact), w.Total(w.Start, w.End))
			want := hourly(&exact, footprint.NodeTotal)
			for h, v := range hourly(&fast, footprint.NodeTotal) {
				require.InEpsilon(t, want[h], v, 0.02, "hour %d", h)
			}
		})
	}
}

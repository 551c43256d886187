//go:build e2e

package e2e_test

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/energy"
	"github.com/fredctl/fred/internal/e2e/rig"
	"github.com/fredctl/fred/pkg/collector/prometheus"
	"github.com/fredctl/fred/pkg/footprint"
)

// probe is a family of series, and what promtool is asked for the same.
type probe struct {
	name     string
	rung     footprint.Rung
	write    energy.Family
	change   func(*energy.World)
	promtool string // watt-hours of all pods, over a window W that ends at the time asked
	perHour  float64
}

var probes = []probe{
	{"kepler", footprint.Kepler, energy.Kepler, nil, `sum(increase(kepler_pod_cpu_joules_total{zone=~"package|dram"}[W]))/3600`, 1},
	{"kepler with psys", footprint.Kepler, energy.Kepler, func(w *energy.World) { w.Psys = 3 }, `sum(increase(kepler_pod_cpu_joules_total{zone="psys"}[W]))/3600`, 1},
	{"kepler with psys on some", footprint.Kepler, energy.Kepler, func(w *energy.World) { w.Psys = 1 }, `(sum(increase(kepler_pod_cpu_joules_total{zone="psys"}[W]))+sum(increase(kepler_pod_cpu_joules_total{zone=~"package|dram",node_name!="node-0"}[W])))/3600`, 1},
	{"kepler by two replicas", footprint.Kepler, energy.Kepler, func(w *energy.World) { w.Replicas = 2 }, `sum(max without (prometheus_replica) (increase(kepler_pod_cpu_joules_total{zone=~"package|dram"}[W])))/3600`, 1},
	{"kepler 0.9", footprint.KeplerLegacy, energy.KeplerLegacy, nil, `sum(increase(kepler_container_joules_total{mode="dynamic",container_namespace!="system"}[W]))/3600`, 1},
	{"scaphandre", footprint.Scaphandre, energy.Scaphandre, func(w *energy.World) { w.Gaps = w.Gaps[:1] }, `sum(sum_over_time(scaph_process_power_consumption_microwatts[W]))*S/3600e6`, 1},
	{"cAdvisor", footprint.CPUTime, energy.CPUTime, nil, `sum(increase(container_cpu_usage_seconds_total{container!=""}[W]))/3600`, 1},
}

// backfill makes the data of a Prometheus of what a family says of a world.
func backfill(t *testing.T, w *energy.World, f energy.Family) string {
	t.Helper()
	dir, text := t.TempDir(), written(t, w, f)
	require.NoError(t, rig.Backfill(t.Context(), text, dir))
	require.NoError(t, os.Remove(text))
	return dir
}

// written is a file of what a family says of a world.
func written(t *testing.T, w *energy.World, f energy.Family) string {
	t.Helper()
	text := filepath.Join(t.TempDir(), "history.om")
	out, err := os.Create(text)
	require.NoError(t, err)
	require.NoError(t, energy.Write(out, w, f))
	require.NoError(t, out.Close())
	return text
}

// history starts a Prometheus on a copy of data.
func history(t *testing.T, path, data string) *rig.Prometheus {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(data)))
	p, err := rig.StartPrometheus(t.Context(), path, dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

// prometheuses are the servers to ask.
func prometheuses(t *testing.T) map[string]string {
	t.Helper()
	servers, err := rig.Prometheuses(t.Context())
	require.NoError(t, err)
	require.Len(t, servers, 2, "Debian's prometheus, and the one that build.sh builds")
	return servers
}

func meterOf(p *rig.Prometheus) *prometheus.Meter {
	return prometheus.New(func(string) (prometheus.Target, error) { return prometheus.Target{URL: p.URL}, nil }, nil)
}

// consumed sums up what pods used by namespace.
func consumed(r *footprint.Reading) (byNamespace map[string]float64, total float64) {
	byNamespace = map[string]float64{}
	for _, s := range r.Series {
		for _, v := range s.Values {
			if s.Class == footprint.Consumer && !math.IsNaN(v) {
				byNamespace[s.Namespace] += v
				total += v
			}
		}
	}
	return byNamespace, total
}

func TestEnergyReadFromAPrometheusIsTheTruth(t *testing.T) {
	servers := prometheuses(t)
	start := time.Now().UTC().Truncate(24 * time.Hour).Add(-31 * 24 * time.Hour)
	for _, probe := range probes {
		w := energy.Busy(start, 30*24*time.Hour, 5*time.Minute)
		if probe.change != nil {
			probe.change(w)
		}
		data := backfill(t, w, probe.write)
		for version, path := range servers {
			t.Run(probe.name+" on Prometheus "+version, func(t *testing.T) {
				holds(t, history(t, path, data), w, probe)
			})
		}
	}
}

// holds requires that a server of what a probe says of w has the truth read from it.
func holds(t *testing.T, p *rig.Prometheus, w *energy.World, probe probe) {
	t.Helper()
	m := meterOf(p)
	truths := w.Namespaces(w.Start, w.End)
	truth := 0.0
	for _, v := range truths {
		truth += v
	}
	ask := footprint.Ask{Start: w.Start, End: w.End, Now: time.Now(), Grain: footprint.ByNamespace}
	began := time.Now()
	fast, err := m.Read(t.Context(), "any", ask)
	require.NoError(t, err)
	fastTook := time.Since(began)
	ask.Exact = true
	began = time.Now()
	exact, err := m.Read(t.Context(), "any", ask)
	require.NoError(t, err)
	exactTook := time.Since(began)
	fastBy, fastTotal := consumed(&fast)
	exactBy, exactTotal := consumed(&exact)
	quiet := energy.World{Start: w.Start, End: w.Start.Add(10 * 24 * time.Hour), Scrape: w.Scrape, Pods: w.Pods} // before anything odd
	quietTruth, quietPromtool := 0., promtool(t, p, probe.promtool, &quiet)
	for _, v := range w.Namespaces(quiet.Start, quiet.End) {
		quietTruth += v
	}
	require.InEpsilon(t, quietTruth, quietPromtool, 0.05)
	t.Logf("first ten days: truth %.2f, promtool %.2f (%+.3f %%), fast %.2f, exact %.2f", quietTruth, quietPromtool, (quietPromtool/quietTruth-1)*100, first(&fast, 240), first(&exact, 240))
	t.Logf("%-22s truth %.2f, fast %.2f (%+.3f %%, %s), exact %.2f (%+.4f %%, %s), rejected %d",
		probe.name, truth, fastTotal, (fastTotal/truth-1)*100, fastTook.Round(time.Millisecond),
		exactTotal, (exactTotal/truth-1)*100, exactTook.Round(time.Millisecond), exact.Rejected)
	require.Equal(t, probe.rung, fast.Rungs[5])
	require.InEpsilon(t, truth, exactTotal, 0.001)
	require.InEpsilon(t, truth, fastTotal, 0.02)
	for ns, v := range truths {
		require.InEpsilon(t, v, exactBy[ns], 0.01, ns)
		require.Contains(t, fastBy, ns)
	}
	if probe.rung != footprint.CPUTime {
		require.InEpsilon(t, w.Total(w.Start, w.End), nodesUsed(&exact), 0.001)
		require.InEpsilon(t, w.Total(w.Start, w.End), nodesUsed(&fast), 0.02)
	}
}

// first sums up what pods used in the first hours.
func first(r *footprint.Reading, hours int) float64 {
	sum := 0.0
	for _, s := range r.Series {
		for _, v := range s.Values[:hours] {
			if s.Class == footprint.Consumer && !math.IsNaN(v) {
				sum += v
			}
		}
	}
	return sum
}

func nodesUsed(r *footprint.Reading) float64 {
	sum := 0.0
	for _, s := range r.Series {
		for _, v := range s.Values {
			if s.Class == footprint.NodeTotal && !math.IsNaN(v) {
				sum += v
			}
		}
	}
	return sum
}

var sample = regexp.MustCompile(`=> ([0-9.e+]+) @`)

// promtool asks promtool for a figure over the whole of w.
func promtool(t *testing.T, p *rig.Prometheus, query string, w *energy.World) float64 {
	t.Helper()
	query = strings.NewReplacer("[W]", fmt.Sprintf("[%ds]", int(w.End.Sub(w.Start).Seconds())), "*S/", fmt.Sprintf("*%d/", int(w.Scrape.Seconds()))).Replace(query)
	out, err := exec.CommandContext(t.Context(), "promtool", "query", "instant", "--time", w.End.Format(time.RFC3339), p.URL, query).CombinedOutput()
	require.NoError(t, err, "%s", out)
	found := sample.FindSubmatch(out)
	require.NotNil(t, found, "%s", out)
	v, err := strconv.ParseFloat(string(found[1]), 64)
	require.NoError(t, err)
	return v
}

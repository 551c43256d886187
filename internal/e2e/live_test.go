//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// The power of what exporter stands for, in watts by node.
const (
	nodeWatts = 100
	idleWatts = 60
	podWatts  = 10
)

// exporter is a Kepler of nodes and of one pod of shop on the first of them.
func exporter(t *testing.T, nodes []string, pod string) *httptest.Server {
	t.Helper()
	began := time.Now()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		seconds := time.Since(began).Seconds()
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		counter := func(name, labels string, watts float64) {
			_, _ = fmt.Fprintf(w, "%s{zone=\"package\",%s} %f\n", name, labels, 1e6+watts*seconds)
		}
		for _, node := range nodes {
			label := fmt.Sprintf("node_name=%q", node)
			counter("kepler_node_cpu_joules_total", label, nodeWatts)
			counter("kepler_node_cpu_idle_joules_total", label, idleWatts)
			counter("kepler_node_cpu_active_joules_total", label, nodeWatts-idleWatts)
		}
		counter("kepler_pod_cpu_joules_total", fmt.Sprintf("state=\"running\",pod_id=\"1\",pod_name=%q,pod_namespace=\"shop\",node_name=%q", pod, nodes[0]), podWatts)
	}))
	t.Cleanup(s.Close)
	return s
}

// sampled is the energy between the first and the last sample that p has, by its own
// word.
func sampled(t *testing.T, p *rig.Prometheus) float64 {
	t.Helper()
	const joules = `sum(max_over_time(kepler_node_cpu_joules_total[10m]) - min_over_time(kepler_node_cpu_joules_total[10m]))`
	out, err := exec.CommandContext(t.Context(), "promtool", "query", "instant", "-o", "json", p.URL, joules).CombinedOutput()
	require.NoError(t, err, "%s", out)
	var vector []struct{ Value [2]any }
	require.NoError(t, json.Unmarshal(out, &vector))
	require.Len(t, vector, 1, "%s", out)
	v, err := strconv.ParseFloat(vector[0].Value[1].(string), 64)
	require.NoError(t, err)
	return v / 3600
}

func TestWhatIsScrapedAtThisMomentIsRead(t *testing.T) {
	const scraped = 25 * time.Second
	c := small(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, "shop"))
	nodes := words(l.must(0, "kube", "nodes", "-o", "jsonpath={.items[*].name}").stdout)
	pods := words(l.must(0, "kube", "workload", "deploy/web", "-n", "shop", "-o", "jsonpath={.items[0].podList[*].name}").stdout)
	servers := map[string]func(dir, target string) (*rig.Prometheus, error){
		"VictoriaMetrics": func(dir, target string) (*rig.Prometheus, error) { return rig.StartVictoria(t.Context(), dir, target) },
	}
	for version, path := range prometheuses(t) {
		servers["Prometheus "+version] = func(dir, target string) (*rig.Prometheus, error) {
			return rig.StartPrometheus(t.Context(), path, dir, target)
		}
	}
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now().UTC()
			kepler := exporter(t, nodes, pods[0])
			p, err := start(t.TempDir(), strings.TrimPrefix(kepler.URL, "http://"))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, p.Close()) })
			time.Sleep(scraped)
			kepler.Close() // so that there is a last sample
			truth := sampled(t, p)
			require.InEpsilon(t, float64(len(nodes))*nodeWatts*scraped.Hours(), truth, 0.5, "it waits some seconds before it scrapes")
			from := began.Truncate(time.Hour).Format(time.RFC3339)
			for mode, within := range map[string]float64{"": 0.1, "--exact": 0.001} {
				args := append(words("footprint energy -o json --cache mem:// --prometheus-url "+p.URL+" --start "+from), words(mode)...)
				got := report(t, l.must(0, args...))
				require.InEpsilon(t, truth, got.Total.EnergyWh, within, "fast mode adds up to an interval of twenty at either end")
				for _, row := range got.Items {
					switch {
					case row.Namespace == "shop":
						require.InEpsilon(t, got.Total.EnergyWh*podWatts/(nodeWatts*float64(len(nodes))), *row.EnergyWh, 0.05)
					case row.Class == "idle":
						require.InEpsilon(t, got.Total.EnergyWh*idleWatts/nodeWatts, *row.EnergyWh, 0.05)
					}
				}
				t.Logf("%s%s: %.4f Wh of %.4f", name, mode, got.Total.EnergyWh, truth)
			}
		})
	}
}

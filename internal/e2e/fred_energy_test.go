//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/energy"
	"github.com/fredctl/fred/internal/e2e/rig"
)

// counted is an address before a Prometheus that counts what is asked.
func counted(t *testing.T, p *rig.Prometheus) (address string, asked *atomic.Int64) {
	t.Helper()
	to, err := url.Parse(p.URL)
	require.NoError(t, err)
	asked = &atomic.Int64{}
	proxy := httputil.NewSingleHostReverseProxy(to)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

type energyReport struct {
	Total struct {
		EnergyWh    float64 `json:"energyWh"`
		CarbonGrams float64 `json:"carbonGrams"`
		Coverage    float64 `json:"coverage"`
		Known       float64 `json:"known"`
	} `json:"total"`
	Items []struct {
		Class, Namespace, Kind, Name string
		EnergyWh                     *float64 `json:"energyWh"`
	} `json:"items"`
	Stale bool `json:"stale"`
}

func report(t *testing.T, o outcome) (r energyReport) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(o.stdout), &r), "%s", o)
	return r
}

// measured is a world of three days on nodes of the cluster that l knows.
func measured(t *testing.T, l *laptop) *energy.World {
	t.Helper()
	nodes := words(l.must(0, "kube", "nodes", "-o", "jsonpath={.items[*].name}").stdout)
	pods := words(l.must(0, "kube", "workload", "deploy/web", "-n", "shop", "-o", "jsonpath={.items[0].podList[*].name}").stdout)
	require.NotEmpty(t, pods)
	now := time.Now().UTC().Truncate(time.Hour)
	w := energy.Busy(now.Add(-72*time.Hour), 72*time.Hour, time.Minute)
	for i := range w.Nodes {
		w.Names = append(w.Names, nodes[i])
	}
	for i, name := range pods {
		w.Pods = append(w.Pods, energy.Pod{Namespace: "shop", Name: name, Node: i % w.Nodes, Watts: 4})
	}
	return w
}

// metered is a Prometheus of Kepler series of the nodes of c, and the world behind it.
func metered(t *testing.T, l *laptop) (*rig.Prometheus, *energy.World) {
	t.Helper()
	w := measured(t, l)
	for _, path := range prometheuses(t) {
		return history(t, path, backfill(t, w, energy.Kepler)), w
	}
	return nil, nil
}

// asking is how fred is asked about all of w; at the Prometheus of the settings where
// url is empty.
func asking(w *energy.World, url string, more ...string) []string {
	return append([]string{
		"footprint", "energy", "-o", "json", "--prometheus-url=" + url,
		"--start", w.Start.Format(time.RFC3339), "--end", w.End.Format(time.RFC3339),
	}, more...)
}

// tells requires that fred tells the truth of w in both modes.
func tells(t *testing.T, l *laptop, url string, w *energy.World) {
	t.Helper()
	truth := w.Total(w.Start, w.End)
	for mode, within := range map[string]float64{"--exact=false": 0.02, "--exact": 0.001} {
		got := report(t, l.must(0, asking(w, url, mode)...)).Total.EnergyWh
		t.Logf("%s: %.2f Wh of %.2f (%+.4f %%)", mode, got, truth, (got/truth-1)*100)
		require.InEpsilon(t, truth, got, within)
	}
}

func TestFredShowsWhatKeplerMeasured(t *testing.T) {
	c := small(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, "shop"))
	p, w := metered(t, l)
	address, asked := counted(t, p)
	window := fmt.Sprintf("--start=%s --end=%s", w.Start.Format(time.RFC3339), w.End.Format(time.RFC3339))
	ask := func(args string) []string {
		return append(words(args), append(words(window), "--prometheus-url", address, "-o", "json")...)
	}
	first := l.must(0, ask("footprint energy")...)
	got := report(t, first)
	require.InEpsilon(t, w.Total(w.Start, w.End), got.Total.EnergyWh, 0.02)
	require.Greater(t, got.Total.Coverage, 0.98)
	sum, shop := 0., 0.
	for _, row := range got.Items {
		sum += *row.EnergyWh
		if row.Namespace == "shop" {
			shop += *row.EnergyWh
		}
	}
	require.InEpsilon(t, got.Total.EnergyWh, sum, 1e-6)
	require.InEpsilon(t, w.Namespaces(w.Start, w.End)["shop"], shop, 0.05) // of three days an exporter is silent for hours: TestEnergyRead holds the truth
	t.Log(l.must(0, append(words("footprint carbon --prometheus-url "+address), words(window)...)...).stdout)

	questions := asked.Load()
	require.Positive(t, questions)
	again := l.must(0, ask("footprint carbon --max-age 1h")...)
	require.Equal(t, questions, asked.Load(), "asked once")
	require.InEpsilon(t, got.Total.EnergyWh, report(t, again).Total.EnergyWh, 1e-9)

	exact := report(t, l.must(0, ask("footprint energy --exact")...))
	require.InEpsilon(t, w.Total(w.Start, w.End), exact.Total.EnergyWh, 0.001)

	byWorkload := report(t, l.must(0, ask("footprint energy --by workload -n shop")...))
	web, departed := 0., 0.
	for _, row := range byWorkload.Items {
		if row.Kind == "Deployment" && row.Name == "web" {
			web = *row.EnergyWh
		}
		if row.Class == "departed" {
			departed = *row.EnergyWh
		}
	}
	require.Positive(t, web, "pods of today are booked under their workload")
	require.Positive(t, departed, "pods of the past that nobody knows are a row of their own")
	require.InEpsilon(t, shop, byWorkload.Total.EnergyWh, 1e-3)

	served := l.serve("--prometheus-url", address)
	body := fetched(t, served.url+"/fred/v1/footprint/energy?"+strings.ReplaceAll(strings.ReplaceAll(window, "--", ""), " ", "&"))
	require.Equal(t, l.must(0, ask("footprint energy")...).stdout, body, "the terminal's JSON is the server's")

	require.NoError(t, p.Close())
	require.InEpsilon(t, got.Total.EnergyWh, report(t, l.must(0, ask("footprint energy")...)).Total.EnergyWh, 1e-9)
	zip := filepath.Join(t.TempDir(), "team.zip")
	l.must(0, "cache", "export", "-o", zip)
	other := newLaptop(t, "")
	other.alone().must(0, "cache", "import", zip)
	far := other.alone().must(0, append(words("footprint energy --offline -o json"), words(window)...)...)
	require.InEpsilon(t, got.Total.EnergyWh, report(t, far).Total.EnergyWh, 1e-9)
}

func fetched(t *testing.T, address string) string {
	t.Helper()
	res, err := http.Get(address)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", body)
	return string(body)
}

func TestFredEstimatesWhereNothingIsMetered(t *testing.T) {
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	for _, rung := range []string{"snapshot", "requests", "machines"} {
		o := l.must(0, "footprint", "carbon", "--source", rung, "--last", "1h", "-o", "json")
		require.Contains(t, o.stdout, `"source": "`+rung+`"`)
		require.Positive(t, report(t, o).Total.CarbonGrams)
	}
	require.Contains(t, l.must(0, "doctor").stdout, "estimated from what pods use")
	viewer := newLaptop(t, kubeconfigOf(t, small(t), rig.Viewer, "shop"))
	o := viewer.fred("footprint", "--last", "1h")
	require.Contains(t, []int{0, 3}, o.code, "%s", o)
	require.Contains(t, o.stdout, "shop")
}

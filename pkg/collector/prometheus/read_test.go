package prometheus_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/collector/prometheus"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
)

// series is what a scripted Prometheus has: its labels, and points of seconds since
// day and values.
type series struct {
	labels map[string]string
	points [][2]float64
}

// script says what is answered to queries that match; the first that does counts.
type script []struct {
	query  string // regular expression
	answer []series
}

// serve answers as Prometheus does, from a script; what it has no answer to, it has
// no series of.
func (s script) serve(t *testing.T) *prometheus.Meter {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.FormValue("query")
		kind, result := "vector", []any{}
		if r.URL.Path == "/api/v1/query_range" || regexp.MustCompile(`\]$`).MatchString(query) {
			kind = "matrix"
		}
		for _, line := range s {
			if regexp.MustCompile(line.query).MatchString(query) {
				for _, a := range line.answer {
					result = append(result, a.of(kind))
				}
				break
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"status": "success", "data": map[string]any{"resultType": kind, "result": result}})
	}))
	t.Cleanup(server.Close)
	return meter(server.URL)
}

func (s series) of(kind string) map[string]any {
	points := [][2]any{}
	for _, p := range s.points {
		points = append(points, [2]any{float64(day.Unix()) + p[0], strconv.FormatFloat(p[1], 'g', -1, 64)})
	}
	if kind == "vector" {
		return map[string]any{"metric": s.labels, "value": points[0]}
	}
	return map[string]any{"metric": s.labels, "values": points}
}

type labels = map[string]string

// steady is samples of a counter, one a minute, that grows by watts.
func steady(from, to, watts float64) (points [][2]float64) {
	for at := from; at <= to; at += 60 {
		points = append(points, [2]float64{at, 1e6 + watts*at})
	}
	return points
}

func find(t *testing.T, r footprint.Reading, class footprint.Class, who string) []float64 {
	t.Helper()
	for _, s := range r.Series {
		if s.Class == class && (s.Node == who || s.Namespace == who) {
			return s.Values
		}
	}
	require.Failf(t, "no such series", "%s %s in %v", class, who, r.Series)
	return nil
}

func TestFiguresOfAnHourAreThoseAskedAtItsEnd(t *testing.T) {
	node, shop := labels{"node_name": "a"}, labels{"pod_namespace": "shop"}
	m := script{
		{`^count by \(prometheus_replica,replica\) \(count_over_time\(kepler_node`, []series{{labels{}, [][2]float64{{3600, 2}, {10800, 2}}}}},
		{`^topk`, []series{{node, [][2]float64{{10800, 60}}}}},
		{`\[2h\]$`, []series{{node, steady(3600, 10800, 50)}}},
		{`^avg\(max by`, []series{{labels{}, [][2]float64{{3600, 60}, {10800, 30}}}}},
		{`^sum by \(node_name\).*kepler_node_cpu_joules_total\{zone=~"package\|dram"`, []series{{node, [][2]float64{{3600, 180000}, {10800, 90000}}}}},
		{`^sum by \(pod_namespace\) \(increase\(.*state="running"`, []series{{shop, [][2]float64{{3600, 36000}, {10800, 18000}}}}},
	}.serve(t)
	r, err := m.Read(t.Context(), "any", ask())
	require.NoError(t, err)
	require.Equal(t, []footprint.Rung{footprint.Kepler, "", footprint.Kepler}, r.Rungs)
	require.InDeltaSlice(t, []float64{1, 0, 0.5}, []float64(r.Coverage), 1e-9)
	require.Equal(t, footprint.Every(time.Minute), r.Scrape)
	for who, want := range map[string][]float64{"a": {50, math.NaN(), 25}, "shop": {10, math.NaN(), 5}} {
		class := footprint.Consumer
		if who == "a" {
			class = footprint.NodeTotal
		}
		got := find(t, r, class, who)
		require.InDelta(t, want[0], got[0], 1e-9)
		require.True(t, math.IsNaN(got[1]), "an hour without samples is not zero")
		require.InDelta(t, want[2], got[2], 1e-9)
	}
}

func TestAnAbsurdHourIsReadAgainWhole(t *testing.T) {
	old := labels{"instance": "a", "package": "0", "mode": "dynamic"}
	container := labels{"container_id": "1", "container_namespace": "shop", "pod_name": "web", "mode": "dynamic", "instance": "a"}
	spiked := steady(-900, 4500, 10)
	spiked[40][1] = 9.22e14
	hour := [][2]float64{{3600, 1}}
	m := script{
		{`^count by \(prometheus_replica,replica\) \(count_over_time\(kepler_container`, []series{{labels{}, hour}}},
		{`^topk`, []series{{container, hour}}},
		{`\[2h\]$`, []series{{container, steady(0, 3600, 50)}}},
		{`^sum by \(instance\).*package_joules`, []series{{labels{"instance": "a"}, [][2]float64{{3600, 144000}}}}},
		{`^sum by \(instance\).*dram_joules`, []series{{labels{"instance": "a"}, [][2]float64{{3600, 36000}}}}},
		{`^sum by \(container_namespace\)`, []series{{labels{"container_namespace": "shop"}, [][2]float64{{3600, 9.22e14}}}}},
		{`package_joules.*s\]$`, []series{{old, steady(-900, 4500, 40)}}},
		{`dram_joules.*s\]$`, []series{{old, steady(-900, 4500, 10)}}},
		{`^kepler_container.*mode!="idle",container_namespace!~.*s\]$`, []series{{container, spiked}}},
	}.serve(t)
	r, err := m.Read(t.Context(), "any", ask())
	require.NoError(t, err)
	require.InDelta(t, 10, find(t, r, footprint.Consumer, "shop")[0], 1e-6)
	require.InDelta(t, 50, find(t, r, footprint.NodeTotal, "a")[0], 1e-6, "all parts of a node are read again")
	require.Equal(t, 1, r.Rejected)
}

func TestWhatAnExporterDidNotTellIsNotBookedOnTheHourAfter(t *testing.T) {
	node := labels{"node_name": "a", "zone": "package"}
	told := append(steady(-900, 1800, 50), steady(9000, 10800, 50)...) // silent for two hours
	ends := [][2]float64{{0, 1}, {3600, 1}, {7200, 1}, {10800, 1}}
	m := script{
		{`^count by \(prometheus_replica,replica\) \(count_over_time\(kepler_node`, []series{{labels{}, ends}}}, // others tell all the time
		{`^topk`, []series{{node, ends}}},
		{`\[2h\]$`, []series{{node, steady(3600, 10800, 50)}}},
		{` unless `, []series{{labels{"node_name": "a"}, ends}}},
		{`^group by \(node_name\) \(last_over_time\(kepler_node_cpu_joules_total\[180s\]\)\)$`, []series{
			{labels{"node_name": "a"}, [][2]float64{{10800, 1}}}, {labels{"node_name": "b"}, ends},
		}},
		{`^sum by \(node_name\).*kepler_node_cpu_joules_total\{zone=~"package\|dram"`, []series{{labels{"node_name": "a"}, [][2]float64{{3600, 90000}, {10800, 450000}}}}},
		{`^kepler_node_cpu_joules_total.*s\]$`, []series{{node, told}}},
	}
	r, err := m.serve(t).Read(t.Context(), "any", ask())
	require.NoError(t, err)
	require.InDelta(t, 125, find(t, r, footprint.NodeTotal, "a")[2], 1e-6, "it was not there before, as far as is known")

	m[4].answer[0].points = [][2]float64{{0, 1}, {10800, 1}}
	longer := ask()
	longer.Start = day.Add(-time.Hour)
	r, err = m.serve(t).Read(t.Context(), "any", longer)
	require.NoError(t, err)
	for h, v := range find(t, r, footprint.NodeTotal, "a")[1:] {
		require.InDelta(t, 50, v, 1e-6, "hour %d", h)
	}
}

func TestPodsAreThoseOfTheZoneThatTheirNodeHas(t *testing.T) {
	in := func(zone, node string) labels { return labels{"zone": zone, "node_name": node, "path": "/" + zone} }
	pod := func(zone, node string) labels {
		l := in(zone, node)
		l["pod_id"], l["pod_name"], l["pod_namespace"], l["state"] = node, node, "shop", "running"
		return l
	}
	all := [][2]float64{{3600, 1}}
	m := script{
		{`^count by \(prometheus_replica,replica\) \(count_over_time\(kepler_node`, []series{{labels{}, all}}},
		{`^topk`, []series{{in("psys", "a.b"), all}}},
		{`\[2h\]$`, []series{{in("psys", "a.b"), steady(0, 3600, 50)}}},
		{`^group by \(node_name\) \(last_over_time\(kepler_node_cpu_joules_total\{zone="psys"`, []series{{labels{"node_name": "a.b"}, all}}},
		{`^group by \(node_name\) .*zone=~"package\|dram",node_name!~"a\\\\.b"\}\[1h`, []series{{labels{"node_name": "c"}, all}}},
		{`^kepler_pod.*zone="psys"\}\[`, []series{{pod("psys", "a.b"), steady(-900, 4500, 20)}}},
		{`^kepler_pod.*zone=~"package\|dram",node_name!~"a\\\\.b"\}\[`, []series{{pod("package", "c"), steady(-900, 4500, 5)}, {pod("dram", "c"), steady(-900, 4500, 2)}}},
	}.serve(t)
	exact := ask()
	exact.Exact = true
	r, err := m.Read(t.Context(), "any", exact)
	require.NoError(t, err)
	require.InDelta(t, 27, find(t, r, footprint.Consumer, "shop")[0], 1e-6)
	require.Equal(t, []string{"1 nodes are metered whole (zone psys) and 1 by processor and memory alone"}, r.Notes)
}

func TestAQuestionThatIsTooBigIsAskedByHalves(t *testing.T) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		start, _ := strconv.ParseFloat(r.FormValue("start"), 64)
		end, _ := strconv.ParseFloat(r.FormValue("end"), 64)
		if end > start {
			w.WriteHeader(http.StatusUnprocessableEntity)
			_, _ = fmt.Fprint(w, `{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory in query execution"}`)
			return
		}
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[]}}`)
	}))
	defer s.Close()
	one := ask()
	one.Rung = footprint.Kepler
	_, err := meter(s.URL).Read(t.Context(), "any", one)
	require.NoError(t, err)
	require.EqualValues(t, 5, asked.Load(), "three hours, and the two questions that were too big")
}

func TestAnAnswerThatBreaksOffIsNone(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = fmt.Fprint(w, `{"status":"success","data":{"resultType":"matrix","result":[`)
	}))
	defer s.Close()
	_, err := meter(s.URL+"/?token=hush").Read(t.Context(), "any", ask())
	require.Equal(t, fault.BadAnswer, fault.KindOf(err), "%v", err)
	require.NotEmpty(t, fault.HintOf(err))
	require.NotContains(t, err.Error(), "hush")
}

func TestATargetThatCannotBeMeantIsToldWithoutItsPassword(t *testing.T) {
	for name, target := range map[string]prometheus.Target{
		"an address that is none":         {URL: "http://me:hush@[::1"},
		"a replica label that is a query": {URL: "http://127.0.0.1:1", Replicas: []string{"a) (b"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := prometheus.New(func(string) (prometheus.Target, error) { return target, nil }, nil)
			_, err := m.Read(t.Context(), "any", ask())
			require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
			require.NotEmpty(t, fault.HintOf(err))
			require.NotContains(t, err.Error(), "hush")
		})
	}
}

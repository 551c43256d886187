package fred_test

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// gauge is a meter that reads the same every hour: 10 Wh of shop's pods, 5 of ops',
// 20 idle, of 40. It has what happened since, and notes what it is asked.
type gauge struct {
	mu    sync.Mutex
	since time.Time
	node  string
	asked []string
	fail  error
	part  string  // why what it reads is a part
	lack  float64 // which part is not there
	rung  footprint.Rung
}

func (g *gauge) Read(_ context.Context, _ string, ask footprint.Ask) (footprint.Reading, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, fmt.Sprintf("%s+%dh", ask.Start.Format("02T15"), int(ask.End.Sub(ask.Start).Hours())))
	if g.fail != nil {
		return footprint.Reading{}, g.fail
	}
	n := int(ask.End.Sub(ask.Start) / time.Hour)
	r := footprint.Reading{Start: ask.Start, Until: ask.End, Rungs: make([]footprint.Rung, n), Coverage: make(footprint.Values, n), Scrape: footprint.Every(30 * time.Second), Partial: g.part}
	if ask.Now.Before(r.Until) {
		r.Until = ask.Now
	}
	rows := []footprint.Series{
		{Class: footprint.NodeTotal, Node: g.node}, {Class: footprint.NodeIdle, Node: g.node}, {Namespace: "shop"}, {Namespace: "ops"},
	}
	if ask.Grain == footprint.ByPod {
		rows[2].Pod, rows[3].Pod = "web-0", "long-gone-1"
	}
	watts := []float64{40, 20, 10, 5}
	for i := range rows {
		for h := range n {
			start := ask.Start.Add(time.Duration(h) * time.Hour)
			if start.Before(g.since) {
				rows[i].Values = append(rows[i].Values, footprint.Missing)
				continue
			}
			r.Rungs[h], r.Coverage[h] = g.rung, 1
			rows[i].Values = append(rows[i].Values, watts[i]*(1-g.lack)*min(1, r.Until.Sub(start).Hours()))
		}
	}
	r.Series = rows
	return r, nil
}

func (g *gauge) requests() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	asked := g.asked
	g.asked = nil
	return asked
}

func metered(t *testing.T) (*stand, *gauge) {
	t.Helper()
	g := &gauge{node: "n1", rung: footprint.Kepler}
	return dev(t, func(o *fred.Options) { o.Meter = g }), g
}

func last(s string) fred.FootprintQuery {
	return fred.FootprintQuery{Window: window.Asked{Last: s}}
}

func energyOf(t *testing.T, s *stand, q fred.FootprintQuery) fred.EnergyReport {
	t.Helper()
	r, err := s.Energy(t.Context(), q)
	require.NoError(t, err)
	return r
}

// wh are the figures of rows by who they are of.
func wh(r fred.EnergyReport) map[string]float64 {
	all := map[string]float64{}
	for _, row := range r.Items {
		name := fmt.Sprintf("%s%s/%s%s", row.Class, row.Namespace, row.Name, row.Node)
		all[name] += float64(*row.Energy)
	}
	return all
}

func TestHistoryIsAskedForOnce(t *testing.T) {
	s, g := metered(t)
	r := energyOf(t, s, last("3d"))
	require.InDelta(t, 3*24*40, float64(*r.Total.Energy), 1e-6)
	require.Equal(t, map[string]float64{"shop/": 720, "ops/": 360, "idle/": 1440, "unattributed/": 360}, wh(r))
	require.Equal(t, []string{"29T00+84h"}, g.requests(), "noon of the first: four days, the last as far as it goes")

	energyOf(t, s, last("2d"))
	require.Empty(t, g.requests(), "fresh")
	s.clock.pass(6 * time.Minute)
	energyOf(t, s, last("3d"))
	require.Equal(t, []string{"01T11+2h"}, g.requests(), "what is not final: Settle keeps the hour before open")
	s.clock.pass(24 * time.Hour)
	energyOf(t, s, last("3d"))
	require.Equal(t, []string{"01T11+26h"}, g.requests(), "one more day, and no more")
	energyOf(t, s, last("10d"))
	require.Equal(t, []string{"23T00+144h"}, g.requests(), "what lies before")
}

func TestADayThatCannotBeReadIsAskedForWhole(t *testing.T) {
	s, g := metered(t)
	energyOf(t, s, last("3d"))
	g.requests()
	name := "clusters/dev/energy/best/namespace/2026-10-30.jsonl"
	b, _, err := cache.ReadBlob(t.Context(), s.store, name)
	require.NoError(t, err)
	_, err = s.store.Put(t.Context(), name, bytes.Replace(b, []byte(`"rungs":["kepler"`), []byte(`"rungs":[{"epler"`), 1))
	require.NoError(t, err)
	r := energyOf(t, s, last("3d"))
	require.InDelta(t, 3*24*40, float64(*r.Total.Energy), 1e-6)
	require.Equal(t, []string{"30T00+24h"}, g.requests())
}

func TestWhatAMeterAnswersInPartIsSaidAndNotKept(t *testing.T) {
	s, g := metered(t)
	g.part = "one store does not answer"
	r := energyOf(t, s, last("3d"))
	require.True(t, report.Partial(r.Warnings), "%v", r.Warnings)
	require.Contains(t, r.Warnings[0].Message, g.part)
	require.Equal(t, []string{"29T00+84h"}, g.requests())

	g.part = ""
	s.clock.pass(6 * time.Minute)
	require.Empty(t, energyOf(t, s, last("3d")).Warnings)
	require.Equal(t, []string{"29T00+85h"}, g.requests(), "all of it, also what would be final")
	s.clock.pass(6 * time.Minute)
	energyOf(t, s, last("3d"))
	require.NotContains(t, g.requests(), "29T00+85h", "once")

	g.part, g.lack = "one store does not answer", 0.5
	again := fred.FootprintQuery{Window: window.Asked{Start: "2026-10-30", End: "2026-11-01"}}
	again.Refresh = true
	require.InDelta(t, 2*24*40, float64(*energyOf(t, s, again).Total.Energy), 1e-6, "days that were read whole stay")
}

func TestHistoryOutlivesItsMeter(t *testing.T) {
	s, g := metered(t)
	before := energyOf(t, s, last("2d"))
	g.since = noon.Add(100 * time.Hour) // it forgets all
	s.clock.pass(6 * time.Minute)
	after := energyOf(t, s, fred.FootprintQuery{Window: window.Asked{Start: "2026-10-30T12:00", End: "2026-11-01T12:00"}})
	require.InDelta(t, float64(*before.Total.Energy), float64(*after.Total.Energy), 1e-6)

	g.fail = errDown
	s.clock.pass(time.Hour)
	stale := energyOf(t, s, last("1d"))
	require.True(t, stale.Stale)
	require.Contains(t, codes(stale.Warnings), report.Stale)
	offline := s.offline(t)
	r := energyOf(t, offline, fred.FootprintQuery{Window: window.Asked{Start: "2026-10-31", End: "2026-11-01"}})
	require.InDelta(t, 24*40, float64(*r.Total.Energy), 1e-6)
	r = energyOf(t, offline, fred.FootprintQuery{Window: window.Asked{Start: "2026-10-20", End: "2026-11-01"}})
	require.Contains(t, codes(r.Warnings), report.Missing, "days that are not cached are said to be missing")
	require.InDelta(t, 2./12, float64(r.Total.Known), 0.05)
}

func TestWithNothingMeteredThereIsAnEstimate(t *testing.T) {
	s := dev(t)
	r := energyOf(t, s, last("1d"))
	require.Equal(t, report.Estimated, r.Provenance[0].Method)
	require.Equal(t, "requests", r.Provenance[0].Source)
	require.Nil(t, r.Total.Coverage)
	require.Less(t, *r.Total.EnergyLow, *r.Total.Energy)
	require.Greater(t, *r.Total.EnergyHigh, *r.Total.Energy)
	sum := unit.Energy(0)
	for _, row := range r.Items {
		sum += *row.Energy
	}
	require.InDelta(t, float64(*r.Total.Energy), float64(sum), 1e-9)
}

func TestAWindowThatNoMeterKnowsIsEstimated(t *testing.T) {
	s, g := metered(t)
	g.since = noon.Add(-3 * time.Hour)
	require.Equal(t, "kepler", energyOf(t, s, last("6h")).Provenance[0].Source)
	r := energyOf(t, s, fred.FootprintQuery{Window: window.Asked{Start: "2026-11-01T01:00", End: "2026-11-01T03:00"}})
	require.Equal(t, "requests", r.Provenance[0].Source, "of another hour of that day something is known")
}

func TestAMeterThatDoesNotAnswerIsSaidAndEstimatedFor(t *testing.T) {
	s, g := metered(t)
	g.fail = errDown
	r := energyOf(t, s, last("1d"))
	require.Equal(t, report.Estimated, r.Provenance[0].Method)
	require.Contains(t, codes(r.Warnings), report.Missing)
	g.fail = fault.New(fault.Invalid, "prometheus.url is no address")
	_, err := s.Energy(t.Context(), last("1d"))
	fails(t, err, fault.Invalid, "no address", "")
	g.fail = errDown
	age := time.Duration(0)
	_, err = s.Energy(t.Context(), fred.FootprintQuery{Query: fred.Query{MaxAge: &age}})
	fails(t, err, fault.Unreachable, "connection refused", "")
	_, err = s.Energy(t.Context(), fred.FootprintQuery{Rung: "kepler"})
	fails(t, err, fault.Unreachable, "connection refused", "API server")
}

func TestNobodyIsTakenForAnotherCluster(t *testing.T) {
	s, g := metered(t)
	g.node = "somebody-elses"
	r := energyOf(t, s, last("1d"))
	require.Equal(t, report.Estimated, r.Provenance[0].Method)
	require.Contains(t, r.Warnings[0].Message, "tells of other nodes than it has: somebody-elses")
}

func TestPodsAreBookedUnderTheirWorkloads(t *testing.T) {
	s, _ := metered(t)
	q := last("1d")
	q.By = "workload"
	require.Equal(t, map[string]float64{"shop/web": 240, "departedops/": 120, "idle/": 480, "unattributed/": 120}, wh(energyOf(t, s, q)))
	q.Namespace = "shop"
	require.Equal(t, map[string]float64{"shop/web": 240}, wh(energyOf(t, s, q)))
	q.Namespace, q.Selector, q.By = "", "app=web", "namespace"
	require.Equal(t, map[string]float64{"shop/": 240}, wh(energyOf(t, s, q)))
	q.Selector, q.By = "", "node"
	require.Equal(t, map[string]float64{"/n1": 960}, wh(energyOf(t, s, q)))
	q.By = "cluster"
	require.Equal(t, map[string]float64{"/": 960}, wh(energyOf(t, s, q)))
}

func TestCarbonIsEnergyTimesPUETimesTheGrid(t *testing.T) {
	s, _ := metered(t)
	for zone, intensity := range map[string]float64{"FR": 44.18, "DE": 342.06, "PL": 614.98} {
		q := last("1d")
		q.Grid, q.PUE = zone, 1.5
		r, err := s.Carbon(t.Context(), q)
		require.NoError(t, err)
		require.InDelta(t, 0.960*1.5*intensity, float64(*r.Total.Carbon), 1e-3)
		require.Positive(t, float64(*r.Total.Embodied))
		sum := unit.Carbon(0)
		for _, row := range r.Items {
			sum += *row.Carbon
		}
		require.InDelta(t, float64(*r.Total.Carbon), float64(sum), 1e-9)
		require.Equal(t, "grid intensity of "+zone, r.Provenance[1].Factor.Name)
		require.Equal(t, 2024, r.Provenance[1].Factor.Year)
	}
	_, err := s.Carbon(t.Context(), fred.FootprintQuery{Grid: "XZ"})
	fails(t, err, fault.NotFound, `no grid zone "XZ"`, "")
	_, err = s.Carbon(t.Context(), fred.FootprintQuery{PUE: 0.4})
	fails(t, err, fault.Invalid, "PUE of 0.4", "Give")
}

func TestTwoWindowsAreCompared(t *testing.T) {
	s, g := metered(t)
	g.since = noon.Add(-36 * time.Hour)
	r, err := s.CompareEnergy(t.Context(), fred.CompareQuery{FootprintQuery: last("1d")})
	require.NoError(t, err)
	require.Equal(t, noon.Add(-48*time.Hour), r.Total.First.Start.UTC())
	require.InDelta(t, 480, float64(*r.Total.First.Value), 1e-6)
	require.InDelta(t, 0.5, float64(r.Total.First.Known), 1e-6)
	require.InDelta(t, 100, float64(*r.Total.Percentage), 1e-6)
	require.Nil(t, r.Total.PerDay)
	share := 0.
	for _, row := range r.Items {
		share += float64(*row.Share)
	}
	require.InDelta(t, 100, share, 1e-6)

	r, err = s.CompareEnergy(t.Context(), fred.CompareQuery{FootprintQuery: last("12h"), First: window.Asked{Start: "2026-10-20", Last: "1d"}})
	require.NoError(t, err)
	require.Nil(t, r.Total.First.Value, "nothing is known of it")
	require.Nil(t, r.Total.Difference)
	require.Nil(t, r.Total.Percentage)
	_, err = s.CompareEnergy(t.Context(), fred.CompareQuery{FootprintQuery: fred.FootprintQuery{Window: window.Asked{Step: "1d"}}})
	fails(t, err, fault.Invalid, "compared whole", "--step")
}

func TestAnEnergyQuestionThatCannotBeMeantIsRefused(t *testing.T) {
	s, _ := metered(t)
	for name, q := range map[string]fred.FootprintQuery{
		"grouping": {By: "pod"},
		"source":   {Rung: "crystal-ball"},
		"window":   last("-1d"),
		"selector": {Query: fred.Query{Selector: "a=("}},
	} {
		_, err := s.Energy(t.Context(), q)
		require.Equal(t, fault.Invalid, fault.KindOf(err), name)
	}
	_, err := s.Energy(t.Context(), fred.FootprintQuery{Query: fred.Query{Namespace: "shpo"}})
	fails(t, err, fault.NotFound, `no namespace "shpo"`, "shop")
}

func TestClustersOfTwoNamesCountOnce(t *testing.T) {
	p := shop("uid-dev")
	g := &gauge{node: "n1", rung: footprint.Kepler}
	s := newStand(t, &world{
		contexts: []kube.Cluster{contextOf("dev", p, "shop"), contextOf("again", p, "shop")},
		places:   map[string]*place{"dev": p, "again": p},
	}, func(o *fred.Options) { o.Meter = g })
	r := energyOf(t, s, fred.FootprintQuery{Query: fred.Query{AllClusters: true}, By: "cluster"})
	require.Len(t, r.Items, 2)
	require.InDelta(t, 960, float64(*r.Total.Energy), 1e-6)
}

package footprint_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/window"
)

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

const nan = "nan" // written in rows of tests

func values(v ...any) footprint.Values {
	out := make(footprint.Values, len(v))
	for i, x := range v {
		switch x := x.(type) {
		case int:
			out[i] = float64(x)
		case float64:
			out[i] = x
		default:
			out[i] = footprint.Missing
		}
	}
	return out
}

func reading(rungs []footprint.Rung, series ...footprint.Series) *footprint.Reading {
	r := &footprint.Reading{Start: day, Until: day.Add(time.Duration(len(rungs)) * time.Hour), Rungs: rungs, Series: series, Coverage: make(footprint.Values, len(rungs))}
	for h, rung := range rungs {
		if rung != "" {
			r.Coverage[h] = 1
		}
	}
	return r
}

func line(a *footprint.Account, who footprint.Who) footprint.Values {
	for _, l := range a.Lines {
		if l.Who == who {
			return l.Wh
		}
	}
	return nil
}

func requireValues(t *testing.T, want, got footprint.Values) {
	t.Helper()
	require.Len(t, got, len(want))
	for h := range want {
		if math.IsNaN(want[h]) {
			require.True(t, math.IsNaN(got[h]), "hour %d is %g", h, got[h])
		} else {
			require.InDelta(t, want[h], got[h], 1e-9, "hour %d", h)
		}
	}
}

func TestEveryWattHourOfANodeIsSomebodys(t *testing.T) {
	k := []footprint.Rung{footprint.Kepler, footprint.Kepler, ""}
	site := footprint.Site{}
	a := site.Account(reading(k,
		footprint.Series{Class: footprint.NodeTotal, Node: "n1", Values: values(100, 90, nan)},
		footprint.Series{Class: footprint.NodeTotal, Node: "n2", Values: values(50, nan, nan)},
		footprint.Series{Class: footprint.NodeIdle, Node: "n1", Values: values(40, 60, nan)},
		footprint.Series{Namespace: "shop", Values: values(70, 35, nan)},
	), false)
	requireValues(t, values(70, 35, nan), line(&a, footprint.Who{Namespace: "shop"}))
	requireValues(t, values(40, 60, nan), line(&a, footprint.Who{Class: footprint.NodeIdle}))
	requireValues(t, values(40, 0, nan), line(&a, footprint.Who{Class: footprint.Unattributed})) // never less than nothing
	nodes := site.Account(reading(k, footprint.Series{Class: footprint.NodeTotal, Node: "n1", Values: values(100, 90, nan)}), true)
	requireValues(t, values(100, 90, nan), line(&nodes, footprint.Who{Node: "n1"}))
}

func TestCPUTimeTimesTheMachineIsEnergy(t *testing.T) {
	// the documented m5.large: 2 vCPU of 0.613 W idle and 4.104 W full, at 20 %
	site := footprint.Site{Machines: []footprint.Machine{{
		Name: "m5", CPUs: 2, Idle: footprint.Range{Value: 0.613, Low: 0.3, High: 0.9}, Full: footprint.Range{Value: 4.104, Low: 2, High: 6.2},
	}}}
	rungs := make([]footprint.Rung, 24)
	cores, root := make(footprint.Values, 24), make(footprint.Values, 24)
	for h := range rungs {
		rungs[h], cores[h], root[h] = footprint.CPUTime, 0.3, 0.4
	}
	a := site.Account(reading(rungs,
		footprint.Series{Namespace: "shop", Node: "m5", Values: cores},
		footprint.Series{Class: footprint.NodeTotal, Node: "m5", Values: root},
	), false)
	total := 0.
	for _, l := range a.Lines {
		for h, v := range l.Wh {
			total += v
			require.LessOrEqual(t, l.Low[h], v)
			require.GreaterOrEqual(t, l.High[h], v)
		}
	}
	require.InDelta(t, 62.938, total, 0.001)
	require.InDelta(t, 0.3*(4.104-0.613), line(&a, footprint.Who{Namespace: "shop"})[0], 1e-9)
	require.InDelta(t, 0.1*(4.104-0.613), line(&a, footprint.Who{Class: footprint.System})[0], 1e-9)
	require.InDelta(t, 2*0.613, line(&a, footprint.Who{Class: footprint.NodeIdle})[0], 1e-9)
}

func TestOneHourHasOneRung(t *testing.T) {
	site := footprint.Site{Other: footprint.Machine{CPUs: 1, Idle: footprint.Exactly(1), Full: footprint.Exactly(3)}}
	a := site.Account(reading([]footprint.Rung{footprint.CPUTime, footprint.Kepler},
		footprint.Series{Namespace: "shop", Node: "n1", Values: values(0.5, nan)},
		footprint.Series{Namespace: "shop", Values: values(nan, 7)},
	), false)
	whole := footprint.NewLedger([]window.Window{{Start: day, End: day.Add(2 * time.Hour)}}, func(footprint.Who) (footprint.Who, bool) { return footprint.Who{}, true }, nil, footprint.Range{})
	whole.Add(&a)
	require.InDelta(t, 0.5*2+1+7, footprint.Sum(whole.Entries()[0].Cells).Energy.Value, 1e-9)
	require.Equal(t, map[footprint.Rung]float64{footprint.CPUTime: 1, footprint.Kepler: 1}, whole.Rungs())
}

func TestWhateverInstantAWindowIsCutAtItsPartsAddUp(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	const hours = 48
	rungs, shop, node := make([]footprint.Rung, hours), make(footprint.Values, hours), make(footprint.Values, hours)
	for h := range rungs {
		rungs[h], shop[h] = footprint.Kepler, dice.Float64()*100
		node[h] = shop[h] + 20
		if h == 17 {
			rungs[h], shop[h], node[h] = "", footprint.Missing, footprint.Missing
		}
	}
	site := footprint.Site{}
	a := site.Account(reading(rungs, footprint.Series{Namespace: "shop", Values: shop}, footprint.Series{Class: footprint.NodeTotal, Node: "n", Values: node}), false)
	factors := &footprint.Factors{PUE: footprint.Exactly(1.2), Grid: func(at time.Time) (footprint.Range, bool) { return footprint.Exactly(float64(40 + at.Hour())), true }}
	sum := func(pieces ...window.Window) (e, c, m float64) {
		l := footprint.NewLedger(pieces, func(w footprint.Who) (footprint.Who, bool) { return w, true }, factors, footprint.Exactly(13))
		l.Add(&a)
		for _, entry := range l.Entries() {
			cell := footprint.Sum(entry.Cells)
			e, c, m = e+cell.Energy.Value, c+cell.Carbon.Value, m+cell.Embodied.Value
		}
		return e, c, m
	}
	w := window.Window{Start: day.Add(7 * time.Minute), End: day.Add(47*time.Hour + 13*time.Second)}
	energy, carbon, embodied := sum(w)
	for range 500 {
		cut := w.Start.Add(time.Duration(dice.Int64N(int64(w.Length()))))
		first, second := window.Window{Start: w.Start, End: cut}, window.Window{Start: cut, End: w.End}
		e1, c1, m1 := sum(first)
		e2, c2, m2 := sum(second)
		require.InDelta(t, energy, e1+e2, 1e-9*energy)
		require.InDelta(t, carbon, c1+c2, 1e-9*carbon)
		require.InDelta(t, embodied, m1+m2, 1e-9*embodied)
		e, _, _ := sum(first, second)
		require.InDelta(t, energy, e, 1e-9*energy)
	}
}

func TestAnHourWithoutDataIsUnknownAndNotNothing(t *testing.T) {
	site := footprint.Site{}
	a := site.Account(reading([]footprint.Rung{footprint.Kepler, "", footprint.Kepler}, footprint.Series{Namespace: "shop", Values: values(5, nan, 0)}), false)
	pieces := window.Resolved{Window: window.Window{Start: day, End: day.Add(3 * time.Hour)}, Step: window.Hour, Zone: time.UTC}.Pieces()
	l := footprint.NewLedger(pieces, func(w footprint.Who) (footprint.Who, bool) { return w, w.Namespace == "shop" }, nil, footprint.Range{})
	l.Add(&a)
	row := func(i int) string {
		b, err := json.Marshal(l.Entries()[0].Cells[i].EnergyRow("", footprint.Who{Namespace: "shop"}, nil))
		require.NoError(t, err)
		return string(b)
	}
	require.JSONEq(t, `{"namespace":"shop","energyWh":5}`, row(0))
	require.JSONEq(t, `{"namespace":"shop","energyWh":null}`, row(1))
	require.JSONEq(t, `{"namespace":"shop","energyWh":0}`, row(2))
	require.Equal(t, []float64{1, 0, 1}, []float64{l.Coverage(0), l.Coverage(1), l.Coverage(2)})
}

func TestTheOpenHourIsKnownAsFarAsItGoes(t *testing.T) {
	r := reading([]footprint.Rung{footprint.Kepler}, footprint.Series{Namespace: "shop", Values: values(30)})
	r.Until = day.Add(30 * time.Minute)
	site := footprint.Site{}
	a := site.Account(r, false)
	l := footprint.NewLedger([]window.Window{{Start: day, End: day.Add(15 * time.Minute)}, {Start: day.Add(15 * time.Minute), End: day.Add(time.Hour)}},
		func(w footprint.Who) (footprint.Who, bool) { return w, w.Namespace == "shop" }, nil, footprint.Range{})
	l.Add(&a)
	require.InDelta(t, 15, l.Entries()[0].Cells[0].Energy.Value, 1e-9)
	require.InDelta(t, 15, l.Entries()[0].Cells[1].Energy.Value, 1e-9)
	require.InDelta(t, 1./3, l.Known(1), 1e-9)
}

func TestAnEstimateTakesTheClusterAsItIsSinceItWasMade(t *testing.T) {
	site := footprint.Site{
		Machines: []footprint.Machine{{Name: "n1", CPUs: 4, Idle: footprint.Exactly(1), Full: footprint.Exactly(3)}},
		Since:    day.Add(6 * time.Hour),
	}
	loads := []footprint.Load{
		{Who: footprint.Who{Namespace: "shop"}, Node: "n1", Cores: 2, Since: day.Add(6 * time.Hour)},
		{Who: footprint.Who{Namespace: "shop"}, Node: "n1", Cores: 1, Since: day.Add(12*time.Hour + 30*time.Minute)},
	}
	l := footprint.NewLedger([]window.Window{{Start: day, End: day.Add(36 * time.Hour)}}, func(w footprint.Who) (footprint.Who, bool) { return w, true }, nil, footprint.Range{})
	for a := range site.Estimate(footprint.Requests, loads, window.Window{Start: day, End: day.Add(36 * time.Hour)}, false) {
		l.Add(&a)
	}
	got := map[footprint.Who]float64{}
	for _, e := range l.Entries() {
		got[e.Who] = footprint.Sum(e.Cells).Energy.Value
	}
	require.InDelta(t, 4*30, got[footprint.Who{Class: footprint.NodeIdle}], 1e-9)
	require.InDelta(t, 2*2*30+2*23.5, got[footprint.Who{Namespace: "shop"}], 1e-9)
	require.InDelta(t, 30./36, l.Known(0), 1e-9)
	require.Zero(t, l.Coverage(0))
}

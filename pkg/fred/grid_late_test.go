package fred_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// moody is a publisher that may hang, fail, or reject values.
type moody struct {
	publisher
	hang     bool
	fail     error
	rejected []time.Time
}

func (p *moody) Hours(ctx context.Context, zone string, w window.Window) (mix.Answer, error) {
	if p.hang {
		<-ctx.Done()
		return mix.Answer{}, fault.New(fault.Timeout, "%s did not answer in time", p.name)
	}
	if p.fail != nil {
		p.asked++
		return mix.Answer{}, p.fail
	}
	a, err := p.publisher.Hours(ctx, zone, w)
	for _, at := range p.rejected {
		if w.Overlap(at, at.Add(time.Minute)) > 0 {
			a.Rejected = append(a.Rejected, at)
		}
	}
	return a, err
}

// steady is a grid that emits the same in every hour.
func steady(grams float64, final bool) func(time.Time) *mix.Hour {
	return func(time.Time) *mix.Hour {
		return &mix.Hour{Direct: mix.Intensity(grams), Lifecycle: mix.Intensity(grams), Final: final}
	}
}

func ofGrid(zone, start, end string) fred.MixQuery {
	return fred.MixQuery{Grid: zone, Window: window.Asked{Start: start, End: end}}
}

func TestASourceThatHangsTakesNothingOfWhatIsCached(t *testing.T) {
	src := &moody{publisher: publisher{name: "RTE", of: steady(20, false)}}
	s := published(t, src)
	s.Timeout = 300 * time.Millisecond
	q := ofGrid("FR", "2026-10-02", "2026-11-01") // more days than are asked for at a time
	mixOf(t, s, q)
	s.clock.pass(5 * 24 * time.Hour)
	src.hang = true
	r := mixOf(t, s, q)
	require.InDelta(t, 1, float64(r.Items[0].Known), 1e-12)
	require.InDelta(t, 20, float64(*r.Items[0].Lifecycle), 1e-9)
	require.True(t, r.Stale)
}

func TestASourceThatHangsDoesNotHideWhatTheNextHasCached(t *testing.T) {
	first := &moody{publisher: publisher{name: "Electricity Maps", of: func(time.Time) *mix.Hour { return nil }}}
	s := published(t, first, &publisher{name: "RTE", of: steady(20, true)})
	s.Timeout = 300 * time.Millisecond
	q := ofGrid("FR", "2026-10-20", "2026-10-21")
	mixOf(t, s, q)
	s.clock.pass(10 * 24 * time.Hour)
	first.hang = true
	r := mixOf(t, s, q)
	require.Equal(t, "RTE", r.Items[0].Source)
	require.Equal(t, "FR: Electricity Maps did not answer in time", r.Warnings[0].Message)
	require.False(t, r.Stale, "by a source that is not in it")
}

// meeting is a publisher that answers once it is asked about as many zones as all.
type meeting struct {
	publisher
	all sync.WaitGroup
}

func (p *meeting) Hours(ctx context.Context, zone string, w window.Window) (mix.Answer, error) {
	p.all.Done()
	met := make(chan struct{})
	go func() { p.all.Wait(); close(met) }()
	select {
	case <-met:
		return (&publisher{name: p.name, of: p.of}).Hours(ctx, zone, w)
	case <-ctx.Done():
		return mix.Answer{}, ctx.Err()
	}
}

func TestSeveralGridsAreWaitedForAtOnce(t *testing.T) {
	places := map[string]*place{}
	var contexts []kube.Cluster
	zones := map[string]string{"a": "FR", "b": "GB", "c": "DE", "d": "PL"}
	for name := range zones {
		places[name] = shop("uid-" + name)
		contexts = append(contexts, contextOf(name, places[name], "shop"))
	}
	src := &meeting{publisher: publisher{name: "NESO", of: steady(20, true)}}
	src.all.Add(len(zones))
	s := newStand(t, &world{contexts: contexts, places: places}, func(o *fred.Options) {
		o.Grids = []mix.Source{src}
		o.SiteOf = func(c string) fred.Site { return fred.Site{Zone: zones[c]} }
	})
	q := fred.MixQuery{Query: fred.Query{AllClusters: true}}
	q.Window.Start, q.Window.End = "2026-10-20", "2026-10-21"
	for _, row := range mixOf(t, s, q).Items {
		require.Equal(t, "NESO", row.Source)
	}
}

func TestATotalWithoutADifferenceHasNoEffects(t *testing.T) {
	pa, pb := shop("uid-a"), shop("uid-b")
	w := &world{contexts: []kube.Cluster{contextOf("a", pa, "shop"), contextOf("b", pb, "shop")}, places: map[string]*place{"a": pa, "b": pb}}
	s := newStand(t, w, func(o *fred.Options) {
		o.Meter = &gauge{node: "n1", rung: "kepler"}
		o.Grids = []mix.Source{onlyGB{&publisher{name: "NESO", of: func(at time.Time) *mix.Hour { return steady(float64(100*(at.Day()-29)), true)(at) }}}}
		o.SiteOf = func(c string) fred.Site { return map[string]fred.Site{"a": {Zone: "GB"}, "b": {Zone: "PL"}}[c] }
	})
	q := fred.FootprintQuery{Query: fred.Query{AllClusters: true}, Intensity: "direct", Window: window.Asked{Start: "2026-10-31", End: "2026-11-01"}}
	r, err := s.CompareCarbon(t.Context(), fred.CompareQuery{FootprintQuery: q, First: window.Asked{Start: "2026-10-30", End: "2026-10-31"}})
	require.NoError(t, err)
	require.Nil(t, r.Total.Difference, "the direct intensity of Poland is not known")
	require.Nil(t, r.Total.GridEffect)
	require.Nil(t, r.Total.EnergyEffect)
}

// onlyGB knows one zone.
type onlyGB struct{ mix.Source }

func (onlyGB) Knows(zone string) bool { return zone == "GB" }

func TestWhatIsToldAgainIsNoPoorer(t *testing.T) {
	whole, final := true, false
	src := &publisher{name: "NESO", of: func(time.Time) *mix.Hour {
		h := &mix.Hour{Direct: mix.Intensity(10), Final: final && whole}
		if whole {
			h.Mix, h.Lifecycle = map[mix.Fuel]float64{mix.Wind: 1}, mix.Intensity(11)
		}
		return h
	}}
	for _, final = range []bool{false, true} {
		s := published(t, src)
		whole = true
		q := ofGrid("GB", "2026-10-20", "2026-10-21")
		mixOf(t, s, q)
		whole = false // the list of fuels is late
		s.clock.pass(10 * 24 * time.Hour)
		q.Refresh = true
		r := mixOf(t, s, q)
		require.InDelta(t, 11, float64(*r.Items[0].Lifecycle), 1e-9, "final: %t", final)
		require.InDelta(t, 100, float64(r.Items[0].Mix[mix.Wind]), 1e-9)
	}
}

func TestRejectedValuesCountOnceAndWhereTheyAre(t *testing.T) {
	bad := time.Date(2026, 10, 31, 5, 0, 0, 0, time.UTC)
	src := &moody{publisher: publisher{name: "RTE", of: func(at time.Time) *mix.Hour {
		if at.Equal(bad) {
			return nil
		}
		return steady(20, at.Day() < 31)(at)
	}}, rejected: []time.Time{bad}}
	s := published(t, src)
	q := ofGrid("FR", "2026-10-29", "2026-11-01")
	said := func() (all []string) {
		for _, w := range mixOf(t, s, q).Warnings {
			all = append(all, w.Message)
		}
		return all
	}
	require.Equal(t, []string{"FR: RTE: 1 value that cannot be true left out"}, said())
	s.clock.pass(24 * time.Hour)
	require.Equal(t, []string{"FR: RTE: 1 value that cannot be true left out"}, said())
	q.Window.End = "2026-10-30"
	require.Empty(t, said(), "it is of another day")
	q.Window.End, q.Refresh, src.rejected = "2026-11-01", true, nil
	src.of = steady(20, true)
	require.Empty(t, said(), "it was mended")
	q.Refresh = false
	require.Empty(t, said())
}

func TestASourceThatIsDownIsDownForAllZones(t *testing.T) {
	src := &moody{publisher: publisher{name: "EIA"}, fail: fault.New(fault.Unreachable, "EIA is down")}
	s := published(t, src)
	for _, zone := range []string{"US", "FR", "DE"} {
		mixOf(t, s, ofGrid(zone, "2026-10-20", "2026-10-21"))
	}
	require.Equal(t, 1, src.asked)
}

func TestProvenanceIsThatOfAllHours(t *testing.T) {
	fields := func(of func(time.Time) *mix.Hour) (all []string) {
		for _, p := range mixOf(t, published(t, &publisher{name: "NESO", of: of}), ofGrid("GB", "2026-10-20", "2026-10-21")).Provenance {
			for _, f := range p.Fields {
				all = append(all, p.Source+" "+f)
			}
		}
		return all
	}
	require.Equal(t, []string{"NESO directGramsPerKWh", "ember-yearly lifecycleGramsPerKWh"},
		fields(func(time.Time) *mix.Hour { return &mix.Hour{Direct: mix.Intensity(10), Final: true} }), "who tells no lifecycle is not its source")
	require.Contains(t, fields(func(at time.Time) *mix.Hour {
		h := steady(10, true)(at)
		if at.Hour() > 0 {
			h.Mix = map[mix.Fuel]float64{mix.Wind: 1}
		}
		return h
	}), "NESO mixPercent")
}

package fred_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/collector/grid"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/window"
)

// onGrids is a metered cluster, of 40 Wh an hour, beside publishers of grids.
func onGrids(t *testing.T, more ...func(*testutil.Grids, grid.Options) mix.Source) (*stand, *gauge, *testutil.Grids) {
	t.Helper()
	g, api := &gauge{node: "n1", rung: "kepler"}, testutil.NewGrids(t)
	var s *stand
	api.Now = func() time.Time { return s.Now() }
	at := grid.Options{URL: api.URL, Now: api.Now}
	s = dev(t, func(o *fred.Options) {
		o.Meter = g
		for _, source := range more {
			o.Grids = append(o.Grids, source(api, at))
		}
		o.Grids = append(o.Grids, grid.NewNESO(api.Client(), at), grid.NewRTE(api.Client(), at))
	})
	return s, g, api
}

func carbonOf(t *testing.T, s *stand, q fred.FootprintQuery) fred.CarbonReport {
	t.Helper()
	q.PUE = 1.5
	r, err := s.Carbon(t.Context(), q)
	require.NoError(t, err)
	return r
}

func onZone(zone, length string) fred.FootprintQuery {
	q := last(length)
	q.Grid = zone
	return q
}

func TestCarbonIsCountedHourByHour(t *testing.T) {
	s, _, _ := onGrids(t)
	for _, zone := range []string{"GB", "FR"} {
		direct := onZone(zone, "1d")
		direct.Intensity = "direct"
		r := carbonOf(t, s, direct)
		// From noon to noon every hour of the clock comes once: 20 to 43, of 40 Wh each.
		require.InDelta(t, 24*31.5*0.040*1.5, float64(*r.Total.Carbon), 1e-6, zone)

		r = carbonOf(t, s, onZone(zone, "1d"))
		// 70 % of 12, a mean of 7.5 % of 490, and 22.5 % of 11.
		require.InDelta(t, 24*(0.70*12+0.075*490+0.225*11)*0.040*1.5, float64(*r.Total.Carbon), 1e-6, zone)
		require.Empty(t, r.Warnings)
		require.Contains(t, r.Provenance[1].Factor.Name, "grid intensity of "+zone+" by the hour")
		require.InDelta(t, 47.625, r.Provenance[1].Factor.Value, 1e-9)
		require.Contains(t, r.Provenance[1].Note, "24 of 24 hours, from 21.28 to 73.97 gCO2e/kWh; computed from the mix")

		// An hour at three in the morning is not one at noon.
		q := onZone(zone, "1h")
		q.Window.End = "2026-11-01T04:00:00Z"
		require.InDelta(t, (0.70*12+0.05*490+0.25*11)*0.040*1.5, float64(*carbonOf(t, s, q).Total.Carbon), 1e-6, zone)
	}
}

func TestTheFirstAnswerIsTheOneThatTheCacheGives(t *testing.T) {
	s, _, _ := onGrids(t)
	for _, zone := range []string{"GB", "FR"} {
		first, later := carbonOf(t, s, onZone(zone, "2d")), carbonOf(t, s, onZone(zone, "2d"))
		require.Equal(t, first, later)
	}
}

func TestAPartOfADayIsWhatItsHoursEmit(t *testing.T) {
	s, _, _ := onGrids(t)
	whole := carbonOf(t, s, onZone("FR", "2d"))
	sum := 0.
	for _, w := range [][2]string{
		{"2026-10-30T12:00:00Z", "2026-10-31T03:17:00Z"},
		{"2026-10-31T03:17:00Z", "2026-10-31T03:59:59.5Z"},
		{"2026-10-31T03:59:59.5Z", "2026-11-01T12:00:00Z"},
	} {
		q := onZone("FR", "")
		q.Window.Start, q.Window.End = w[0], w[1]
		sum += float64(*carbonOf(t, s, q).Total.Carbon)
	}
	require.InDelta(t, float64(*whole.Total.Carbon), sum, 1e-9)
}

func TestAPublisherIsAskedForAnHourOnceItIsFinal(t *testing.T) {
	s, _, api := onGrids(t)
	carbonOf(t, s, onZone("GB", "3d"))
	require.Equal(t, []string{"/intensity/2026-10-29T00:00Z/2026-11-01T12:00Z", "/generation/2026-10-29T00:00Z/2026-11-01T12:00Z"}, api.Asked())
	carbonOf(t, s, onZone("GB", "3d"))
	carbonOf(t, s, onZone("gb", "2d"))
	require.Empty(t, api.Asked(), "fresh, however the zone is written")
	s.clock.pass(16 * time.Minute)
	carbonOf(t, s, onZone("GB", "3d"))
	require.Equal(t, []string{"/intensity/2026-11-01T11:00Z/2026-11-01T12:16Z", "/generation/2026-11-01T11:00Z/2026-11-01T12:16Z"}, api.Asked(), "what was a forecast")
	s.clock.pass(24 * time.Hour)
	carbonOf(t, s, onZone("GB", "3d"))
	require.Len(t, api.Asked(), 2)
	carbonOf(t, s, onZone("GB", "1mo"))
	require.Equal(t, []string{
		"/intensity/2026-10-02T00:00Z/2026-10-16T00:00Z", "/generation/2026-10-02T00:00Z/2026-10-16T00:00Z",
		"/intensity/2026-10-16T00:00Z/2026-10-29T00:00Z", "/generation/2026-10-16T00:00Z/2026-10-29T00:00Z",
	}, api.Asked(), "what lies before, a fortnight at a time")
}

func TestCountriesDifferAsTheTablesSay(t *testing.T) {
	s, _ := metered(t)
	for zone, intensity := range map[string]float64{"FR": 44.18, "DE": 342.06, "PL": 614.98} { // Ember, 2024
		q := onZone(zone, "1d")
		q.By = "workload"
		r := carbonOf(t, s, q)
		i := slices.IndexFunc(r.Items, func(row footprint.CarbonRow) bool { return row.Name == "web" })
		require.InDelta(t, 24*0.010*1.5*intensity, float64(*r.Items[i].Carbon), 1e-9, zone)
		require.InDelta(t, 24*0.040*1.5*intensity, float64(*r.Total.Carbon), 1e-9, zone)
	}
}

func TestWhatIsNotCheckedYetIsAskedForLessAndLess(t *testing.T) {
	s, _, api := onGrids(t)
	q := onZone("FR", "")
	q.Window.Start, q.Window.End = "2026-10-22", "2026-10-23" // nine and a half days ago
	carbonOf(t, s, q)
	require.NotEmpty(t, api.Asked())
	s.clock.pass(20 * time.Hour)
	carbonOf(t, s, q)
	require.Empty(t, api.Asked(), "a tenth of its age has not passed")
	s.clock.pass(5 * time.Hour)
	carbonOf(t, s, q)
	require.NotEmpty(t, api.Asked())
	s.clock.pass(30 * 24 * time.Hour)
	carbonOf(t, s, q)
	require.NotEmpty(t, api.Asked(), "checked by now")
	s.clock.pass(300 * 24 * time.Hour)
	carbonOf(t, s, q)
	require.Empty(t, api.Asked(), "for good")
}

func TestWithoutItsPublisherTheYearlyMeanStandsIn(t *testing.T) {
	const yearly = 44.18 // of France, by Ember
	for name, tt := range map[string]struct {
		status int
		said   string
		asked  int
	}{
		"down":      {500, "RTE is down (500): the yearly mean stands in", 1},
		"too often": {429, "RTE is asked too often (429): the yearly mean stands in", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, _, api := onGrids(t)
			api.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
				w.Header().Set("Retry-After", "3600")
				w.WriteHeader(tt.status)
				return true
			})
			r := carbonOf(t, s, onZone("FR", "1d"))
			require.InDelta(t, 24*yearly*0.040*1.5, float64(*r.Total.Carbon), 1e-6)
			require.Len(t, r.Warnings, 1)
			require.Equal(t, report.Note, r.Warnings[0].Code, "nothing is missing")
			require.Equal(t, tt.said, r.Warnings[0].Message)
			require.Len(t, api.Asked(), tt.asked)
			require.Len(t, carbonOf(t, s, onZone("FR", "1d")).Warnings, 1)
			require.Empty(t, api.Asked(), "it is left alone for a while")
			s.clock.pass(6 * time.Minute)
			api.Answer(nil)
			require.Empty(t, carbonOf(t, s, onZone("FR", "1d")).Warnings)
		})
	}
}

func TestWhatAPublisherSaidOutlivesIt(t *testing.T) {
	s, _, api := onGrids(t)
	before := carbonOf(t, s, onZone("FR", "2d"))
	api.Close()
	s.clock.pass(time.Hour)
	q := onZone("FR", "")
	q.Window.Start, q.Window.End = "2026-10-30T12:00:00Z", "2026-11-01T12:00:00Z"
	after := carbonOf(t, s, q)
	require.InDelta(t, float64(*before.Total.Carbon), float64(*after.Total.Carbon), 1e-9)
	require.Len(t, after.Warnings, 1)
	require.Contains(t, after.Warnings[0].Message, "RTE does not answer")
	require.NotContains(t, after.Warnings[0].Message, "yearly")
}

func TestAnExpiredKeyIsSaidOnceAndAnotherSourceTaken(t *testing.T) {
	s, _, api := onGrids(t, func(api *testutil.Grids, o grid.Options) mix.Source {
		old := func() (string, error) { return "expired-key-4711", nil }
		return grid.NewElectricityMaps(api.Client(), old, o)
	})
	r := carbonOf(t, s, onZone("FR", "3d"))
	require.Len(t, r.Warnings, 1)
	require.Equal(t, "Electricity Maps does not know the key (401)", r.Warnings[0].Message)
	require.Equal(t, "RTE", r.Provenance[1].Source)
	require.Len(t, slices.DeleteFunc(api.Asked(), func(u string) bool { return u[:3] != "/v4" }), 2, "the past, and what any key may see")

	q := onZone("DE", "1d")
	r = carbonOf(t, s, q)
	require.Equal(t, "Electricity Maps does not know the key (401): the yearly mean stands in", r.Warnings[0].Message)
}

func TestADirectIntensityIsInNoTable(t *testing.T) {
	s, _, _ := onGrids(t)
	q := onZone("PL", "1d")
	q.Intensity = "direct"
	r := carbonOf(t, s, q)
	require.Nil(t, r.Total.Carbon)
	require.True(t, report.Partial(r.Warnings))
	require.Contains(t, r.Warnings[0].Message, "the direct intensity of the grid of PL is not known for 24 hours")
	q.Intensity = "indirect"
	_, err := s.Carbon(t.Context(), q)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

func TestTheMixIsTheMeanOfItsHours(t *testing.T) {
	s, _, api := onGrids(t)
	r, err := s.Mix(t.Context(), fred.MixQuery{Grid: "fr", Window: last("1d").Window})
	require.NoError(t, err)
	require.Len(t, r.Items, 1)
	row := r.Items[0]
	require.InDelta(t, 70, float64(row.Mix[mix.Nuclear]), 1e-9)
	require.InDelta(t, 7.5, float64(row.Mix[mix.Gas]), 1e-9)
	require.InDelta(t, 22.5, float64(row.Mix[mix.Wind]), 1e-9)
	require.Len(t, row.Mix, 3)
	require.InDelta(t, 22.5, float64(*row.Renewable), 1e-9)
	require.InDelta(t, 92.5, float64(*row.LowCarbon), 1e-9)
	require.InDelta(t, 31.5, float64(*row.Direct), 1e-9)
	require.InDelta(t, 47.625, float64(*row.Lifecycle), 1e-9)
	require.InDelta(t, 1, float64(row.Known), 1e-9)
	require.Equal(t, []string{"FR", "RTE"}, []string{row.Zone, row.Source})

	api.Asked()
	q := fred.MixQuery{Grid: "FR", Window: last("1d").Window}
	q.Window.Step = "1h"
	r, err = s.Mix(t.Context(), q)
	require.NoError(t, err)
	require.Len(t, r.Items, 24)
	require.Empty(t, api.Asked(), "carbon and mix are of one reading")
	for i, row := range r.Items {
		require.InDelta(t, testutil.DirectAt(*row.Start), float64(*row.Direct), 1e-9)
		sum := 0.
		for _, f := range slices.Sorted(maps.Keys(row.Mix)) {
			sum += float64(row.Mix[f])
		}
		require.InDelta(t, 100, sum, 1e-9, "row %d", i)
	}

	r, err = s.Mix(t.Context(), fred.MixQuery{Grid: "PL", Window: last("1d").Window})
	require.NoError(t, err)
	require.Nil(t, r.Items[0].Mix, "a table has none")
	require.InDelta(t, 614.98, float64(*r.Items[0].Lifecycle), 1e-9)
	require.Equal(t, 2024, r.Items[0].Year)
	require.Zero(t, r.Items[0].Known)
	_, err = s.Mix(t.Context(), fred.MixQuery{Grid: "QQ"})
	require.Equal(t, fault.NotFound, fault.KindOf(err))
}

func TestGridsAreOfNoClusterAndTravelWithAll(t *testing.T) {
	s, _, _ := onGrids(t)
	carbonOf(t, s, onZone("FR", "2d"))
	list, err := s.Entries(t.Context(), fred.EntryQuery{Kinds: []string{"grid"}})
	require.NoError(t, err)
	require.Len(t, list.Items, 3)
	for _, e := range list.Items {
		require.Empty(t, e.Cluster)
		require.Contains(t, e.Name, "grid/fr/rte/")
	}
}

// publisher is a source that says of each hour what it is told to.
type publisher struct {
	name  string
	of    func(at time.Time) *mix.Hour
	asked int
}

func (p *publisher) Name() string      { return p.name }
func (p *publisher) Terms() string     { return "" }
func (p *publisher) Knows(string) bool { return true }

func (p *publisher) Hours(_ context.Context, _ string, w window.Window) (mix.Answer, error) {
	p.asked++
	a := mix.Answer{Hours: []mix.Hour{}}
	for at := w.Start; at.Before(w.End); at = at.Add(time.Hour) {
		if h := p.of(at); h != nil {
			h.Start, h.Basis = at, mix.Production
			a.Hours = append(a.Hours, *h)
		}
	}
	return a, nil
}

func published(t *testing.T, sources ...mix.Source) *stand {
	t.Helper()
	return dev(t, func(o *fred.Options) { o.Meter, o.Grids = &gauge{node: "n1", rung: "kepler"}, sources })
}

func mixOf(t *testing.T, s *stand, q fred.MixQuery) fred.MixReport {
	t.Helper()
	r, err := s.Mix(t.Context(), q)
	require.NoError(t, err)
	return r
}

func TestARefusalOfAnOldWindowIsNoneOfToday(t *testing.T) {
	s, _, api := onGrids(t, func(api *testutil.Grids, o grid.Options) mix.Source {
		return grid.NewElectricityMaps(api.Client(), func() (string, error) { return api.Key, nil }, o)
	})
	api.Answer(func(w http.ResponseWriter, r *http.Request) bool { // a key that has the last day alone
		refused := strings.HasSuffix(r.URL.Path, "/past-range")
		if refused {
			w.WriteHeader(http.StatusForbidden)
		}
		return refused
	})
	old := onZone("DE", "")
	old.Window.Start, old.Window.End = "2026-10-10", "2026-10-11"
	require.Contains(t, carbonOf(t, s, old).Warnings[0].Message, "the yearly mean stands in")
	api.Asked()
	carbonOf(t, s, old)
	require.Empty(t, api.Asked(), "of the same window it is not asked again at once")
	r := carbonOf(t, s, onZone("DE", "6h"))
	require.Equal(t, "Electricity Maps", r.Provenance[1].Source)
	require.InDelta(t, (36+37+38+39+40+41)*0.040*1.5, float64(*r.Total.Carbon), 1e-6) // from six to noon, ten more than the direct
}

func TestPublishersThatNeverAnswerDoNotTakeTheAnswer(t *testing.T) {
	s, _, api := onGrids(t)
	s.Timeout = 300 * time.Millisecond
	hang := make(chan struct{})
	api.Answer(func(http.ResponseWriter, *http.Request) bool { <-hang; return true })
	t.Cleanup(func() { close(hang) })
	r := carbonOf(t, s, onZone("FR", "1d"))
	require.InDelta(t, 24*44.18*0.040*1.5, float64(*r.Total.Carbon), 1e-6)
	require.Equal(t, "RTE did not answer in time: the yearly mean stands in", r.Warnings[0].Message)
}

func TestWhatIsInterruptedIsNoAnswer(t *testing.T) {
	s, _, api := onGrids(t)
	ctx, cancel := context.WithCancel(t.Context())
	api.Answer(func(_ http.ResponseWriter, r *http.Request) bool { cancel(); <-r.Context().Done(); return true })
	_, err := s.Mix(ctx, fred.MixQuery{Grid: "FR"})
	require.ErrorIs(t, err, context.Canceled)
	api.Answer(nil)
	require.Equal(t, "RTE", mixOf(t, s, fred.MixQuery{Grid: "FR"}).Items[0].Source, "who left is not taken for a source that is down")
}

func TestTheMixCountsHoursWithoutALifecycleByTheYear(t *testing.T) {
	s := published(t, &publisher{name: "NESO", of: func(at time.Time) *mix.Hour {
		if at.Hour() == 3 {
			return &mix.Hour{Direct: mix.Intensity(10), Lifecycle: mix.Intensity(11), Final: true, Mix: map[mix.Fuel]float64{mix.Wind: 1}}
		}
		return &mix.Hour{Direct: mix.Intensity(300), Final: true, Mix: map[mix.Fuel]float64{mix.Gas: 0.7, mix.Imports: 0.3}} // too much is imported
	}})
	r := mixOf(t, s, fred.MixQuery{Window: last("1d").Window, Grid: "GB"})
	row := r.Items[0]
	require.InDelta(t, (23*215.79+11)/24, float64(*row.Lifecycle), 1e-9)
	require.InDelta(t, 1, float64(row.Known), 1e-12)
	require.InDelta(t, 23./24, float64(row.Yearly), 1e-12)
	require.Equal(t, 2024, row.Year)
	sources := []string{}
	for _, p := range r.Provenance {
		sources = append(sources, p.Source)
	}
	require.Equal(t, []string{"NESO", "NESO", "ember-yearly"}, sources)
	c := carbonOf(t, s, onZone("GB", "1d"))
	require.InDelta(t, float64(*row.Lifecycle)*24*0.040*1.5, float64(*c.Total.Carbon), 1e-6, "as carbon is")
}

func TestASourceThatHasNoHourOfTheWindowIsNotTheSource(t *testing.T) {
	early := &publisher{name: "EIA", of: func(at time.Time) *mix.Hour {
		if at.Hour() > 2 {
			return nil
		}
		return &mix.Hour{Lifecycle: mix.Intensity(11), Mix: map[mix.Fuel]float64{mix.Wind: 1}}
	}}
	second := &publisher{name: "Second", of: func(time.Time) *mix.Hour { return &mix.Hour{Lifecycle: mix.Intensity(500)} }}
	r := mixOf(t, published(t, early, second), fred.MixQuery{Window: last("6h").Window, Grid: "US"})
	require.Equal(t, "Second", r.Items[0].Source)
	require.InDelta(t, 500, float64(*r.Items[0].Lifecycle), 1e-9)

	r = mixOf(t, published(t, early), fred.MixQuery{Window: last("6h").Window, Grid: "US"})
	require.Equal(t, "ember-yearly", r.Items[0].Source)
	require.Len(t, r.Provenance, 1)
	require.Equal(t, "ember-yearly", r.Provenance[0].Source)
}

func TestHoursToComeHaveNoRow(t *testing.T) {
	s, _, _ := onGrids(t)
	q := fred.MixQuery{Grid: "FR"}
	q.Window.Start, q.Window.End, q.Window.Step = "2026-11-01T10:00:00Z", "2026-11-01T16:00:00Z", "1h"
	r := mixOf(t, s, q)
	require.Len(t, r.Items, 2)
	for _, row := range r.Items {
		require.Equal(t, "RTE", row.Source)
	}
	q.Window.Step = ""
	require.InDelta(t, 1, float64(mixOf(t, s, q).Items[0].Known), 1e-12, "of the time up to now")
}

func TestARefreshTakesWhatTheSourceSaysNow(t *testing.T) {
	said := 10.
	src := &publisher{name: "NESO", of: func(time.Time) *mix.Hour { return &mix.Hour{Direct: mix.Intensity(said), Final: true} }}
	s := published(t, src)
	q := fred.MixQuery{Grid: "GB", Window: window.Asked{Start: "2026-10-20", End: "2026-10-21"}}
	mixOf(t, s, q)
	said = 20
	require.InDelta(t, 10, float64(*mixOf(t, s, q).Items[0].Direct), 1e-9)
	require.Equal(t, 1, src.asked)
	q.Refresh = true
	require.InDelta(t, 20, float64(*mixOf(t, s, q).Items[0].Direct), 1e-9)
	q.Refresh = false
	require.InDelta(t, 20, float64(*mixOf(t, s, q).Items[0].Direct), 1e-9)
}

func TestWhatIsNotKnownIsNotTheGridsDoing(t *testing.T) {
	s := published(t, &publisher{name: "NESO", of: func(at time.Time) *mix.Hour {
		if at.Day() == 31 && at.Hour() < 18 {
			return nil
		}
		return &mix.Hour{Direct: mix.Intensity(100), Final: true}
	}})
	q := onZone("GB", "")
	q.Intensity = "direct"
	q.Window.Start, q.Window.End = "2026-10-31", "2026-11-01"
	r, err := s.CompareCarbon(t.Context(), fred.CompareQuery{FootprintQuery: q, First: window.Asked{Start: "2026-10-30", End: "2026-10-31"}})
	require.NoError(t, err)
	require.Nil(t, r.Total.Difference)
	require.Nil(t, r.Total.GridEffect)
	require.InDelta(t, 1, float64(r.Total.First.Known), 1e-9)
	require.InDelta(t, 0.25, float64(r.Total.Second.Known), 1e-9)
	require.True(t, report.Partial(r.Warnings))
}

func TestValuesThatCannotBeAreSaidHoweverManyThereAre(t *testing.T) {
	s, _, api := onGrids(t)
	api.Answer(func(w http.ResponseWriter, _ *http.Request) bool {
		_, _ = io.WriteString(w, `[{"date_heure":"2026-11-01T08:00:00Z","nature":"x","taux_co2":9999}]`)
		return true
	})
	for range 2 {
		r := mixOf(t, s, fred.MixQuery{Grid: "FR", Window: last("6h").Window})
		require.Len(t, r.Warnings, 1)
		require.Regexp(t, "^FR: RTE: 1 value that cannot be true left out$", r.Warnings[0].Message)
		s.clock.pass(16 * time.Minute)
	}
}

func TestWhatCouldNotBeRenewedIsStale(t *testing.T) {
	s, _, api := onGrids(t)
	q := fred.MixQuery{Grid: "FR", Window: last("1d").Window}
	require.False(t, mixOf(t, s, q).Stale)
	api.Close()
	s.clock.pass(6 * time.Hour)
	r := mixOf(t, s, q)
	require.True(t, r.Stale)
	require.Equal(t, noon, r.CollectedAt.UTC())
	require.True(t, carbonOf(t, s, onZone("FR", "1d")).Stale)
}

func TestAnExportOfOneClusterHasItsOwnGridAlone(t *testing.T) {
	s, _, _ := onGrids(t)
	s.SiteOf = func(string) fred.Site { return fred.Site{Zone: "FR"} }
	carbonOf(t, s, last("1d"))
	mixOf(t, s, fred.MixQuery{Grid: "GB"})
	exported := func(q fred.ExportQuery) (fr, gb bool) {
		var b bytes.Buffer
		_, err := s.Export(t.Context(), q, &b, "test")
		require.NoError(t, err)
		z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		require.NoError(t, err)
		for _, f := range z.File {
			fr, gb = fr || strings.Contains(f.Name, "grid/fr/"), gb || strings.Contains(f.Name, "grid/gb/")
		}
		return fr, gb
	}
	fr, gb := exported(fred.ExportQuery{Clusters: []string{"dev"}})
	require.True(t, fr)
	require.False(t, gb, "which tells where others are")
	fr, gb = exported(fred.ExportQuery{})
	require.True(t, fr && gb)
}

func TestTheDoctorKnowsThatNobodyIsAsked(t *testing.T) {
	s := dev(t, func(o *fred.Options) { o.SiteOf = func(string) fred.Site { return fred.Site{Zone: "FR"} } })
	r, err := s.Diagnose(t.Context(), fred.Query{})
	require.NoError(t, err)
	i := slices.IndexFunc(r.Items, func(f fred.Finding) bool { return f.Check == "grid" })
	require.Contains(t, r.Items[i].Hint, "grid.live")
}

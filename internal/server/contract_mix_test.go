package server_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/collector/grid"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/mix"
)

// gridServer serves clusters in Paris and in Finland, of whose grids that of France is
// published.
func gridServer(t *testing.T) *server.Server {
	t.Helper()
	w, api := simulation.New(time.Now()), testutil.NewGrids(t)
	c := cache.New(cache.NewMemory(), cache.Options{MemoryBytes: 256 << 20})
	t.Cleanup(c.Close)
	f := fred.New(fred.Options{
		Cache: c, Contexts: w, Kubernetes: w, Age: time.Hour, Meter: w,
		Grids: []mix.Source{grid.NewRTE(api.Client(), grid.Options{URL: api.URL})},
	})
	t.Cleanup(f.Close)
	return newServer(t, server.Options{Fred: f})
}

func TestTheWebClientFindsTheMix(t *testing.T) {
	s := gridServer(t)
	const lifecycle, direct = "Carbon Intensity gCO₂eq/kWh (LCA)", "Carbon Intensity gCO₂eq/kWh (direct)"
	names := func(got series) []string {
		var all []string
		for _, d := range got.Details {
			require.Equal(t, "mix", d.Kind)
			require.Len(t, d.Values, len(got.Timestamps))
			all = append(all, d.Name)
		}
		return all
	}
	for _, slash := range []string{"", "/"} { // the web client's own form has one
		got := decoded[series](t, s, "energy/mix"+slash+"?"+window(50*time.Hour, 2*time.Hour)+"&cluster=aurora&precision=H")
		require.Equal(t, "mix", got.Unit)
		require.Equal(t, []string{"Renewable Percentage", "Low Carbon Percentage", direct, lifecycle}, names(got))
		require.GreaterOrEqual(t, len(got.Timestamps), 48)
		for i, at := range got.Timestamps[1:] {
			nuclear, _, wind := testutil.MixAt(at)
			require.InDelta(t, wind, got.Details[0].Values[i+1], 1e-6)
			require.InDelta(t, nuclear+wind, got.Details[1].Values[i+1], 1e-6)
			require.InDelta(t, testutil.DirectAt(at), got.Details[2].Values[i+1], 1e-6)
		}
	}
	got := decoded[series](t, s, "energy/mix?"+window(50*time.Hour, 2*time.Hour))
	require.LessOrEqual(t, len(got.Timestamps), 4, "days are the default, and the first cluster that of no parameter")
	require.Len(t, got.Details, 4)

	got = decoded[series](t, s, "energy/mix?"+window(50*time.Hour, 2*time.Hour)+"&cluster=borealis")
	require.Equal(t, []string{lifecycle}, names(got), "a table has one figure, and it is no gap")
	require.NotZero(t, got.Details[0].Values[0])

	got = decoded[series](t, s, "energy/mix?"+window(-time.Hour, -2*time.Hour))
	require.Empty(t, got.Details)
	require.NotNil(t, got.Timestamps)
	require.Equal(t, http.StatusUnprocessableEntity, ask(t, s, http.MethodGet, "/fred/energy/mix").Code)
	require.Equal(t, http.StatusNotFound, ask(t, s, http.MethodGet, "/fred/energy/mix?cluster=nope&"+window(50*time.Hour, 2*time.Hour)).Code)
}

func TestTheMixOfARouteIsThatOfACommand(t *testing.T) {
	s := gridServer(t)
	got := decoded[fred.MixReport](t, s, "v1/footprint/mix?all-contexts=true&last=2d&step=1d")
	zones := map[string]int{}
	for _, row := range got.Items {
		zones[row.Zone+" "+row.Source]++
	}
	require.Len(t, zones, 2)
	require.NotZero(t, zones["FR RTE"])
	require.Equal(t, http.StatusNotFound, ask(t, s, http.MethodGet, "/fred/v1/footprint/mix?zone=QQ").Code)
	require.Equal(t, http.StatusUnprocessableEntity, ask(t, s, http.MethodGet, "/fred/v1/footprint/carbon?intensity=marginal").Code)
}

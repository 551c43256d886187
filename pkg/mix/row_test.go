package mix_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

var midnight = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

func span(from, to float64) window.Window {
	at := func(hours float64) time.Time { return midnight.Add(time.Duration(hours * float64(time.Hour))) }
	return window.Window{Start: at(from), End: at(to)}
}

// hours are five, without the third; the last has no mix.
func hours() []mix.Hour {
	var all []mix.Hour
	for i, direct := range []unit.Intensity{10, 20, math.MaxInt8, 40, 50} {
		if i == 2 {
			continue
		}
		h := mix.Hour{Start: midnight.Add(time.Duration(i) * time.Hour), Direct: new(direct), Estimated: i == 3, Basis: mix.Production}
		if i < 4 {
			h.Mix = map[mix.Fuel]float64{mix.Wind: 0.25, mix.Nuclear: 0.5, mix.Imports: 0.25}
		}
		all = append(all, h)
	}
	return all
}

func TestARowIsTheMeanOfWhatIsKnown(t *testing.T) {
	r := mix.Over(hours(), span(0.5, 5), nil)
	require.InDelta(t, (0.5*10+20+40+50)/3.5, float64(*r.Direct), 1e-12)
	require.Nil(t, r.Lifecycle)
	require.InDelta(t, 3.5/4.5, float64(r.Known), 1e-12)
	require.InDelta(t, 1/4.5, float64(r.Estimated), 1e-12)
	require.Equal(t, map[mix.Fuel]unit.Figure{mix.Wind: 25, mix.Nuclear: 50, mix.Imports: 25}, r.Mix)
	require.InDelta(t, 25, float64(*r.Renewable), 1e-12)
	require.InDelta(t, 75, float64(*r.LowCarbon), 1e-12)

	r = mix.Over(hours(), span(2, 3), nil)
	require.Zero(t, r.Known)
	require.Nil(t, r.Direct)
	require.Nil(t, r.Mix)
	require.Nil(t, r.Renewable, "unknown, not 0")
	r = mix.Over(hours(), span(4.25, 4.5), nil)
	require.InDelta(t, 50, float64(*r.Direct), 1e-12)
	require.Nil(t, r.Mix)
	require.Zero(t, mix.Over(nil, span(0, 1), nil).Known)
}

func TestEveryFuelIsInTheList(t *testing.T) {
	seen := map[mix.Fuel]bool{}
	for _, f := range mix.Fuels {
		require.False(t, seen[f], f)
		seen[f] = true
	}
	for _, f := range []mix.Fuel{
		mix.Nuclear, mix.Wind, mix.Solar, mix.Hydro, mix.Biomass, mix.Geothermal, mix.Gas, mix.Coal, mix.Oil, mix.Other, mix.Unknown, mix.Imports, mix.Storage,
	} {
		require.True(t, seen[f], f)
	}
	require.InDelta(t, 0.5, mix.Renewable(map[mix.Fuel]float64{mix.Geothermal: 0.5, mix.Coal: 0.5}), 1e-12)
}

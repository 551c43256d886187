package footprint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/unit"
)

func TestIntensityIsWhatIsEmittedPerUnit(t *testing.T) {
	s, err := footprint.ParseUnit(" API calls = 2.5e2 ")
	require.NoError(t, err)
	// The m5.large of docs/method/energy.md on a day in France: 3.156 g and 22.985 g.
	got := s.Of(footprint.Emission{Carbon: new(unit.Carbon(3.156)), Embodied: new(unit.Carbon(22.985)), CarbonHigh: new(unit.Carbon(4))})
	require.Equal(t, "API calls", got.Unit)
	require.InDelta(t, 26.141/250, float64(*got.Grams), 1e-12)
	require.InDelta(t, 26.985/250, float64(*got.High), 1e-12)
	require.Nil(t, got.Low)
	require.Nil(t, s.Of(footprint.Emission{Embodied: new(unit.Carbon(1))}).Grams, "unknown, not the rest")
	for _, bad := range []string{"", "users", "users=", "=3", "users=0", "users=-1", "users=1e999", "users=1e-999", "1=1", "users=NaN", "a\x1b=1", "users=1,200"} {
		_, err := footprint.ParseUnit(bad)
		require.Equal(t, fault.Invalid, fault.KindOf(err), "%q", bad)
	}
}

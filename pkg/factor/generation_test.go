package factor_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/factor"
)

func TestEveryFuelOfTheTableIsKnown(t *testing.T) {
	for _, r := range rows(t, "generation_factors.csv") {
		f, ok := factor.Generation(r["fuel"])
		require.True(t, ok, r)
		want, err := strconv.ParseFloat(r["lifecycle_gco2e_per_kwh"], 64)
		require.NoError(t, err)
		require.InDelta(t, want, f.Value, 0)
		within(t, f, 1, 1000, r["fuel"])
	}
	_, ok := factor.Generation("imports")
	require.False(t, ok)
}

func TestAMixEmitsTheMeanOfItsFuels(t *testing.T) {
	tests := []struct {
		name      string
		mix       map[string]float64
		want      float64
		low, high float64
		unknown   bool
	}{
		{name: "one fuel", mix: map[string]float64{"gas": 3}, want: 490, low: 490, high: 490},
		{name: "shares weigh", mix: map[string]float64{"nuclear": 0.75, "coal": 0.25}, want: 214, low: 214, high: 214},
		{name: "imports have no weight, but widen the range", mix: map[string]float64{"nuclear": 0.9, "imports": 0.1}, want: 12, low: 11.9, high: 92.8},
		{name: "unknown has no weight either", mix: map[string]float64{"wind": 80, "unknown": 20}, want: 11, low: 11, high: 172.8},
		{name: "too little is known", mix: map[string]float64{"wind": 79, "unknown": 21}, unknown: true},
		{name: "nothing is known", mix: map[string]float64{"imports": 1}, unknown: true},
		{name: "an empty mix", unknown: true},
		{name: "nothing is generated", mix: map[string]float64{"gas": 0}, unknown: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, ok := factor.OfMix(tt.mix)
			require.Equal(t, !tt.unknown, ok)
			require.InDelta(t, tt.want, f.Value, 1e-9)
			require.InDelta(t, tt.low, f.Low, 1e-9)
			require.InDelta(t, tt.high, f.High, 1e-9)
			require.Equal(t, ok, f.Source != "")
		})
	}
}

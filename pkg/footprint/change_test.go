package footprint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/unit"
)

func emitted(wh, grams float64) footprint.Cell {
	return footprint.Cell{Known: true, Emitted: true, Energy: footprint.Exactly(wh), Weighed: wh, Carbon: footprint.Exactly(grams)}
}

func TestADifferenceIsOfTheEnergyAndOfTheGrid(t *testing.T) {
	for name, tt := range map[string]struct {
		first, second footprint.Cell
		energy, grid  float64
	}{
		// 100 Wh more, at a mean of 45 g/kWh; 10 g/kWh less, of a mean of 150 Wh.
		"both":           {emitted(100, 5), emitted(200, 8), 4.5, -1.5},
		"energy alone":   {emitted(100, 5), emitted(300, 15), 10, 0},
		"the grid alone": {emitted(100, 5), emitted(100, 7), 0, 2},
		"from nothing":   {emitted(0, 0), emitted(100, 7), 7, 0},
		"to nothing":     {emitted(100, 7), emitted(0, 0), -7, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := footprint.Change{Difference: new(unit.Figure(tt.second.Carbon.Value - tt.first.Carbon.Value))}
			c.Split(tt.first, tt.second)
			require.InDelta(t, tt.energy, float64(*c.EnergyEffect), 1e-12)
			require.InDelta(t, tt.grid, float64(*c.GridEffect), 1e-12)
		})
	}
	unknown := footprint.Change{}
	unknown.Split(emitted(1, 1), footprint.Cell{})
	require.Nil(t, unknown.GridEffect)
}

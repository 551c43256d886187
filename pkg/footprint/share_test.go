package footprint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/footprint"
)

func TestIdleEnergyIsSharedAsItIsUsed(t *testing.T) {
	nan := footprint.Missing
	shop, ops := []float64{30, 0, nan, nan}, []float64{10, 0, 5, nan}
	a := footprint.Account{Lines: []footprint.Line{
		{Who: footprint.Who{Namespace: "shop"}, Wh: shop},
		{Who: footprint.Who{Namespace: "ops", Class: footprint.Departed}, Wh: ops},
		{Who: footprint.Who{Class: footprint.System}, Wh: []float64{7, 7, 7, 7}},
		{Who: footprint.Who{Class: footprint.NodeIdle}, Wh: []float64{20, 20, 20, nan}, Low: []float64{10, 10, 10, nan}, High: []float64{40, 40, 40, nan}},
	}}
	a.ShareIdle()
	require.Equal(t, []float64{45, 0}, a.Lines[0].Wh[:2], "three quarters of it; nobody used anything in the second hour")
	require.Equal(t, []float64{37.5, 60}, []float64{a.Lines[0].Low[0], a.Lines[0].High[0]})
	require.Equal(t, []float64{15, 0, 25}, a.Lines[1].Wh[:3])
	require.Equal(t, []float64{7, 7, 7, 7}, a.Lines[2].Wh)
	require.Equal(t, []float64{0, 20, 0}, a.Lines[3].Wh[:3])
	require.Equal(t, []float64{30, 0}, shop[:2], "a reading stays as it was read")
}

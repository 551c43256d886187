package cli

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/unit"
)

func TestALimitIsPassedOnItsOwnSideAlone(t *testing.T) {
	all := totals{energy: new(unit.Energy(2500)), carbon: new(unit.Carbon(10000)), embodied: new(unit.Carbon(0))}
	for said, passed := range map[string]bool{
		"energy>2kWh": true, "energy>2.5kWh": false, "energy>=2.5kWh": true, "energy<2.5kWh": false, "energy <= 2500 Wh": true, "energy<1MWh": true,
		"carbon>10kg": false, "carbon>9.999kg": true, "carbon>=0.01t": true, "carbon<1e7mg": false, "embodied>0g": false, "embodied<=0g": true,
	} {
		var l limits
		require.NoError(t, l.Set(said))
		err := l.judged(all, nil)
		require.Equal(t, passed, err != nil, said)
		if passed {
			require.Equal(t, exitThreshold, exitCode(err), said)
		}
		require.Equal(t, passed, !errors.Is(l.judged(all, errPartial), errPartial), "%s: what is missing hides no limit that is passed", said)
	}
}

func TestWhatIsNotALimitIsRefused(t *testing.T) {
	for _, said := range []string{"", "carbon", "carbon>", "carbon>10", "carbon>10kWh", "energy>10kg", "cost>10USD", "carbon>1.2.3kg", "carbon=10kg", "carbon>-kg"} {
		require.Error(t, (&limits{}).Set(said), said)
	}
}

func TestWhatIsNotKnownPassesNoLimitAndIsNoSuccess(t *testing.T) {
	var l limits
	require.NoError(t, l.Set("carbon>1g"))
	require.Equal(t, exitPartial, exitCode(l.judged(totals{}, nil)))
	require.Equal(t, errPartial, l.judged(totals{}, errPartial))
	down := errors.New("down")
	require.Equal(t, down, l.judged(totals{carbon: new(unit.Carbon(5))}, down))
	require.Equal(t, fault.Threshold, fault.KindOf(l.judged(totals{carbon: new(unit.Carbon(5))}, errPartial)))
}

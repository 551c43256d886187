package fred_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/unit"
)

// uses says what the pods of web and their node use from now on.
func (s *stand) uses(web, node unit.CPU) {
	s.world.change(func() {
		p := s.world.places["dev"]
		p.inv.PodMetrics = []kube.Usage{{Namespace: "shop", Name: "web-0", CPU: web}, {Namespace: "shop", Name: "web-1", CPU: web}}
		p.inv.NodeMetrics = []kube.Usage{{Name: "n1", CPU: node}}
	})
}

func collect(t *testing.T, s *stand) fred.CollectedRow {
	t.Helper()
	r, err := s.Collect(t.Context(), fred.FootprintQuery{})
	require.NoError(t, err)
	require.Len(t, r.Items, 1)
	return r.Items[0]
}

func TestWithoutAMeterMomentsBecomeAHistory(t *testing.T) {
	s := dev(t)
	s.uses(unit.Core, 3*unit.Core)
	s.clock.pass(15 * time.Minute)
	require.Equal(t, "samples", collect(t, s).Source)
	collect(t, s) // the same moment: kept once
	s.clock.pass(15 * time.Minute)
	s.uses(unit.Core/2, 2*unit.Core)
	collect(t, s)
	s.clock.pass(40 * time.Minute) // ten past one: nothing was seen of this hour

	hour := last("")
	hour.Window.Start, hour.Window.End, hour.By, hour.Rung = "2026-11-01T12:00:00Z", "2026-11-01T13:00:00Z", "workload", "samples"
	seen := wh(energyOf(t, s, hour))
	hour.Rung = "snapshot"
	now := wh(energyOf(t, s, hour))
	require.InDelta(t, now["shop/web"]*0.75/0.5, seen["shop/web"], 1e-9, "the mean of a core and a half of one, of each pod")
	require.InDelta(t, now["system/"]*1/1, seen["system/"], 1e-9, "a core beside the pods, both times")
	require.InDelta(t, now["idle/"], seen["idle/"], 1e-9)

	// What was not seen is estimated, what was is not, and the answer says so.
	both := last("")
	both.Window.Start, both.Window.End, both.By = "2026-11-01T11:00:00Z", "2026-11-01T13:00:00Z", "workload"
	r := energyOf(t, s, both)
	require.InDelta(t, now["shop/web"]+seen["shop/web"], wh(r)["shop/web"], 1e-9)
	require.Len(t, r.Warnings, 1)
	require.Equal(t, "the source changes within the window: samples for 1 hour, snapshot for 1 hour", r.Warnings[0].Message)
	require.Contains(t, r.Provenance[0].Note, "at moments that fred recorded")

	both.Rung = "samples"
	both.Window.Start, both.Window.End = "2026-10-20", "2026-10-21"
	_, err := s.Energy(t.Context(), both)
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	require.Contains(t, fault.HintOf(err), "footprint collect")
}

func TestWhatAMeterKnowsIsKept(t *testing.T) {
	s, g := metered(t)
	s.uses(unit.Core, unit.Core)
	row := collect(t, s)
	require.Equal(t, "kepler", row.Source)
	require.InDelta(t, 1, float64(row.Known), 1e-9)
	g.requests()
	g.fail = errors.New("gone")
	require.InDelta(t, 24*40, float64(*energyOf(t, s, last("1d")).Total.Energy), 1e-6)
	require.Empty(t, g.requests())
}

func TestWithNothingToKeepThatIsSaid(t *testing.T) {
	s := dev(t)
	r, err := s.Collect(t.Context(), fred.FootprintQuery{})
	require.NoError(t, err)
	require.Equal(t, "none", r.Items[0].Source)
	require.Contains(t, r.Warnings[len(r.Warnings)-1].Message, "there is nothing to keep")
	_, err = s.offline(t).Collect(t.Context(), fred.FootprintQuery{})
	require.Equal(t, fault.Offline, fault.KindOf(err))
}

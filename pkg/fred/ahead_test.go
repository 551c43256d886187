package fred_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fred"
)

func TestWhatIsAskedOftenIsRenewedBeforeItGetsStale(t *testing.T) {
	s := dev(t, func(o *fred.Options) { o.Ahead = true })
	ask := func() fred.WorkloadList {
		r, err := s.Workloads(t.Context(), fred.Query{})
		require.NoError(t, err)
		require.False(t, r.Stale)
		return r
	}
	first := ask()
	s.world.requests()

	s.clock.pass(39 * time.Second)
	ask()
	require.Empty(t, s.world.requests(), "two thirds of its time have not passed")

	s.clock.pass(2 * time.Second)
	require.Equal(t, first.CollectedAt, ask().CollectedAt, "nobody waits for it")
	require.Eventually(t, func() bool { return ask().CollectedAt.After(*first.CollectedAt) }, 5*time.Second, time.Millisecond)
	require.Contains(t, s.world.requests(), "dev pods")
}

func TestNothingGoesOnInTheBackgroundAfterClose(t *testing.T) {
	s := dev(t, func(o *fred.Options) { o.Ahead = true })
	_, err := s.Workloads(t.Context(), fred.Query{})
	require.NoError(t, err)
	s.Close()
	s.world.requests()
	s.clock.pass(50 * time.Second)
	_, err = s.Workloads(t.Context(), fred.Query{})
	require.NoError(t, err)
	require.Empty(t, s.world.requests())
}

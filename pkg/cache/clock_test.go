package cache_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// A clock that is put right, or wrong, must make no entry fresh that is not.
func TestNoEntryIsFreshForLongerThanItsTimeWhateverTheClockDoes(t *testing.T) {
	day := 24 * time.Hour
	for name, tt := range map[string]struct {
		jump  time.Duration
		asked bool
		state cache.State // before it is asked again
	}{
		"no jump":                      {0, false, cache.Fresh},
		"back by less than clocks may": {-59 * time.Second, false, cache.Fresh},
		"back by some minutes":         {-5 * time.Minute, true, cache.Stale},
		"back by a day":                {-day, true, cache.Stale},
		"back by thirty years":         {-30 * 365 * day, true, cache.Stale},
		"forward by a day":             {day, true, cache.Stale},
		"forward by thirty years":      {30 * 365 * day, true, cache.Stale},
	} {
		for _, ttl := range []time.Duration{time.Minute, cache.Forever} {
			if ttl == cache.Forever && tt.jump > 0 {
				continue // what does not change stays as it is
			}
			now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
			c := cache.New(cache.NewMemory(), cache.Options{Now: func() time.Time { return now }, MemoryBytes: 1 << 20})
			src, req := &source{}, cache.Request{Key: key, TTL: ttl}
			fetch(t, c, req, src)
			now = now.Add(tt.jump)
			_, state, err := c.Peek(t.Context(), key)
			require.NoError(t, err)
			require.Equal(t, tt.state, state, name)
			fetch(t, c, req, src)
			require.Equal(t, tt.asked, src.asked == 2, name)
			fetch(t, c, req, src)
			require.LessOrEqual(t, src.asked, 2, "%s: what was read since is fresh", name)
		}
	}
}

func TestAnEntryOfAFutureIsServedStaleAndNeverCalledNegativelyOld(t *testing.T) {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{Now: func() time.Time { return now }})
	fetch(t, c, minute, &source{})
	now = now.Add(-24 * time.Hour)
	down := &source{err: errAPI}
	e := fetch(t, c, minute, down)
	require.Equal(t, cache.Stale, e.State)
	require.ErrorIs(t, e.Cause, errAPI)
	hour := time.Hour
	req := minute
	req.MaxAge = &hour
	_, err := cache.Fetch(t.Context(), c, req, down.collect)
	require.ErrorIs(t, err, cache.ErrTooOld)
	require.ErrorContains(t, err, "of an unknown age (its time, 2026-11-01T12:00:00Z, is to come)")
	require.NotContains(t, err.Error(), "-24h")

	now = now.Add(24*time.Hour - 30*time.Second)
	zero := time.Duration(0)
	req.MaxAge = &zero
	_, err = cache.Fetch(t.Context(), c, req, down.collect)
	require.ErrorContains(t, err, "0s old", "clocks differ a little")
}

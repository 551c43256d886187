package cache_test

import (
	"context"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

func TestAFreshEntryIsNotFetchedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{}
		first := fetch(t, c, minute, s)
		require.Equal(t, cache.Fresh, first.State)
		require.NotEmpty(t, first.Version)
		time.Sleep(time.Minute - time.Nanosecond)
		require.Equal(t, first, fetch(t, c, minute, s))
		require.Equal(t, 1, s.asked)
		time.Sleep(time.Nanosecond)
		require.Equal(t, 2, fetch(t, c, minute, s).Value)
	})
}

func TestWhatIsCachedForeverIsNeverFetchedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{}
		req := cache.Request{Key: key, TTL: cache.Forever}
		require.Zero(t, fetch(t, c, req, s).Header.ExpiresAt)
		time.Sleep(20 * 365 * 24 * time.Hour)
		require.Equal(t, cache.Fresh, fetch(t, c, req, s).State)
		require.Equal(t, 1, s.asked)
	})
}

func TestWithoutATTLEveryFetchAsks(t *testing.T) {
	c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{}
	fetch(t, c, cache.Request{Key: key}, s)
	require.Equal(t, 2, fetch(t, c, cache.Request{Key: key}, s).Value)
}

func TestTheSourceMayEndAnEntryEarlier(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, asked := cache.New(cache.NewMemory(), cache.Options{}), 0
		collect := func(context.Context) (cache.Collected[int], error) {
			asked++
			return cache.Collected[int]{ExpiresAt: time.Now().Add(10 * time.Second)}, nil
		}
		for range 2 {
			_, err := cache.Fetch(t.Context(), c, cache.Request{Key: key, TTL: cache.Forever}, collect)
			require.NoError(t, err)
			time.Sleep(9 * time.Second)
		}
		require.Equal(t, 1, asked)
		_, err := cache.Fetch(t.Context(), c, minute, collect)
		require.NoError(t, err)
		require.Equal(t, 2, asked)
	})
}

func TestTheHeaderTellsWhereAnEntryComesFrom(t *testing.T) {
	at := time.Date(2026, 11, 3, 10, 0, 0, 5, time.FixedZone("CET", 3600))
	c := cache.New(cache.NewMemory(), cache.Options{SecretPolicy: "7"})
	req := cache.Request{Key: key, TTL: cache.Forever, Source: "kubernetes", InputHash: "h", ClusterUID: "asked", Endpoint: "asked"}
	first, err := cache.Fetch(t.Context(), c, req, func(context.Context) (cache.Collected[[]string], error) {
		return cache.Collected[[]string]{
			Value: []string{"<&>"}, CollectedAt: at, ExpiresAt: at.Add(time.Hour), ClusterUID: "uid",
			Endpoint: "https://api", Simulated: true, Warnings: []string{"no pods"},
		}, nil
	})
	require.NoError(t, err)
	require.Equal(t, cache.Header{
		Schema: 1, Key: key, Source: "kubernetes", CollectedAt: at.UTC(), ExpiresAt: at.Add(time.Hour).UTC(),
		InputHash: "h", ClusterUID: "uid", Endpoint: "https://api", Simulated: true, SecretPolicy: "7",
		Warnings: []string{"no pods"}, Items: 1, Size: 7, SHA256: first.Header.SHA256,
	}, first.Header)
	require.Equal(t, []string{"no pods"}, first.Warnings)

	read, err := cache.Read[[]string](t.Context(), c, key)
	require.NoError(t, err)
	require.Equal(t, cache.Stale, read.State, "it has expired since")
	read.State = first.State
	require.Equal(t, first, read, "what is read later is what was collected")
	header, state, err := c.Peek(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, cache.Stale, state)
	require.Equal(t, first.Header, header)
}

func TestAFailingSourceLeavesTheEntryStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := cache.NewMemory()
		c, s := cache.New(store, cache.Options{}), &source{}
		first := fetch(t, c, minute, s)
		_, before := blob(t, store)
		s.err = errAPI
		time.Sleep(time.Hour)
		e := fetch(t, c, minute, s)
		require.Equal(t, 1, e.Value)
		require.Equal(t, cache.Stale, e.State)
		require.Equal(t, errAPI, e.Cause)
		require.Equal(t, first.Header, e.Header)
		_, after := blob(t, store)
		require.Equal(t, before, after, "an error never replaces a good entry")
		s.err = nil
		require.Equal(t, 3, fetch(t, c, minute, s).Value)
	})
}

func TestWithNothingStoredTheErrorIsTheSourcesOwn(t *testing.T) {
	store := cache.NewMemory()
	_, err := cache.Fetch(t.Context(), cache.New(store, cache.Options{}), minute, (&source{err: errAPI}).collect)
	require.ErrorIs(t, err, errAPI)
	require.Empty(t, names(t, store))
}

func TestRefreshAsksFirstAndServesStaleWhenThatFails(t *testing.T) {
	c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{}
	req := minute
	req.Refresh = true
	fetch(t, c, minute, s)
	e := fetch(t, c, req, s)
	require.Equal(t, 2, e.Value)
	require.Equal(t, cache.Fresh, e.State)
	s.err = errAPI
	e = fetch(t, c, req, s)
	require.Equal(t, 2, e.Value)
	require.Equal(t, cache.Stale, e.State)
	require.Equal(t, errAPI, e.Cause)
}

func TestMaxAgeAsksWhenOlderAndRefusesWhenThatFails(t *testing.T) {
	tests := []struct {
		name   string
		maxAge time.Duration
		age    time.Duration
		err    error
		asked  int // beyond the first
		want   error
	}{
		{name: "a younger entry is served unasked", maxAge: 10 * time.Second, age: 10 * time.Second},
		{name: "a younger entry is served unasked even past its TTL", maxAge: time.Hour, age: 30 * time.Minute},
		{name: "an older entry is asked for", maxAge: 10 * time.Second, age: 11 * time.Second, asked: 1},
		{name: "an older entry is refused when the source fails", maxAge: 10 * time.Second, age: 11 * time.Second, err: errAPI, asked: 1, want: cache.ErrTooOld},
		{name: "0 always asks", maxAge: 0, age: 0, asked: 1},
		{name: "0 refuses whatever is stored", maxAge: 0, age: 0, err: errAPI, asked: 1, want: cache.ErrTooOld},
		{name: "less than 0 is 0", maxAge: -time.Hour, age: 0, err: errAPI, asked: 1, want: cache.ErrTooOld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{}
				fetch(t, c, minute, s)
				time.Sleep(tt.age)
				s.err = tt.err
				req := minute
				req.MaxAge = &tt.maxAge
				e, err := cache.Fetch(t.Context(), c, req, s.collect)
				require.Equal(t, 1+tt.asked, s.asked)
				if tt.want != nil {
					require.ErrorIs(t, err, tt.want)
					require.ErrorIs(t, err, tt.err)
					return
				}
				require.NoError(t, err)
				require.Equal(t, cache.Fresh, e.State)
			})
		})
	}
}

func TestRefreshWithinMaxAgeServesStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{}
		fetch(t, c, minute, s)
		s.err = errAPI
		req := minute
		req.Refresh, req.MaxAge = true, new(time.Hour)
		require.Equal(t, cache.Stale, fetch(t, c, req, s).State)
		time.Sleep(2 * time.Hour)
		_, err := cache.Fetch(t.Context(), c, req, s.collect)
		require.ErrorIs(t, err, cache.ErrTooOld)
	})
}

func TestOfflineNeverAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := cache.NewMemory()
		online, offline := cache.New(store, cache.Options{}), cache.New(store, cache.Options{Offline: offline})
		s := &source{}
		_, err := cache.Fetch(t.Context(), offline, minute, s.collect)
		require.ErrorIs(t, err, cache.ErrOffline)
		require.ErrorIs(t, err, cache.ErrMissing)
		require.EqualError(t, err, `clusters/"arn:aws:eks:eu-west-1:1:cluster/Prod"/workloads: not in the cache, and fred is offline`)

		fetch(t, online, minute, s)
		require.Equal(t, cache.Fresh, fetch(t, offline, minute, s).State)
		req := minute
		req.Refresh = true
		e := fetch(t, offline, req, s)
		require.Equal(t, cache.Stale, e.State, "it was to be refreshed and was not")
		require.Equal(t, cache.ErrOffline, e.Cause)

		time.Sleep(time.Hour)
		e = fetch(t, offline, minute, s)
		require.Equal(t, cache.Stale, e.State)
		require.Equal(t, cache.ErrOffline, e.Cause)
		req.MaxAge = new(time.Minute)
		_, err = cache.Fetch(t.Context(), offline, req, s.collect)
		require.ErrorIs(t, err, cache.ErrTooOld)
		require.ErrorIs(t, err, cache.ErrOffline)
		require.Equal(t, 1, s.asked)
	})
}

func TestAClockThatWentBackMakesNothingFresh(t *testing.T) {
	now := time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)
	c, s := cache.New(cache.NewMemory(), cache.Options{Now: func() time.Time { return now }}), &source{}
	forever := cache.Request{Key: key, TTL: cache.Forever}
	fetch(t, c, forever, s)
	now = now.Add(-time.Minute)
	require.Equal(t, 1, fetch(t, c, forever, s).Value, "clocks may differ by a minute")
	now = now.Add(-time.Second)
	_, state, err := c.Peek(t.Context(), key)
	require.NoError(t, err)
	require.Equal(t, cache.Stale, state)
	s.err = errAPI
	require.Equal(t, cache.Stale, fetch(t, c, forever, s).State)
	forever.MaxAge = new(time.Hour)
	_, err = cache.Fetch(t.Context(), c, forever, s.collect)
	require.ErrorIs(t, err, cache.ErrTooOld, "its age is unknown")
	s.err = nil
	require.Equal(t, 4, fetch(t, c, forever, s).Value)
}

func TestAnotherInputMakesAnEntryStale(t *testing.T) {
	c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{}
	req := cache.Request{Key: key, TTL: cache.Forever, InputHash: "one"}
	fetch(t, c, req, s)
	require.Equal(t, 1, fetch(t, c, req, s).Value)
	req.InputHash = "two"
	s.err = errAPI
	require.Equal(t, cache.Stale, fetch(t, c, req, s).State)
	s.err = nil
	require.Equal(t, "two", fetch(t, c, req, s).Header.InputHash)
}

func TestAnAnswerThatCannotBeStoredIsNotLost(t *testing.T) {
	for name, reason := range map[string]error{"disk full": syscall.ENOSPC, "read-only folder": syscall.EROFS} {
		t.Run(name, func(t *testing.T) {
			c := cache.New(failing{Store: cache.NewMemory(), put: reason}, cache.Options{MemoryBytes: 1 << 20})
			s := &source{}
			for want := 1; want < 3; want++ {
				e := fetch(t, c, minute, s)
				require.Equal(t, want, e.Value)
				require.Equal(t, cache.Fresh, e.State)
				require.Empty(t, e.Version)
				require.Len(t, e.Warnings, 1)
				require.Contains(t, e.Warnings[0], "not stored: "+reason.Error())
			}
		})
	}
}

func TestAStoreThatCannotBeReadCountsAsMissing(t *testing.T) {
	c, s := cache.New(failing{Store: cache.NewMemory(), read: syscall.EACCES}, cache.Options{}), &source{}
	e := fetch(t, c, minute, s)
	require.Len(t, e.Warnings, 1)
	require.Contains(t, e.Warnings[0], "permission denied")
	s.err = errAPI
	_, err := cache.Fetch(t.Context(), c, minute, s.collect)
	require.ErrorIs(t, err, errAPI)
	require.ErrorContains(t, err, "permission denied")
}

func TestACanceledCallerGetsHisErrorAndASlowSourceAStaleEntry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := cache.New(cache.NewMemory(), cache.Options{})
		fetch(t, c, minute, &source{})
		time.Sleep(time.Hour)
		slow := func(ctx context.Context) (cache.Collected[int], error) {
			<-ctx.Done()
			return cache.Collected[int]{}, ctx.Err()
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err := cache.Fetch(ctx, c, minute, slow)
		require.ErrorIs(t, err, context.Canceled)
		_, err = cache.Fetch(ctx, c, minute, slow)
		require.ErrorIs(t, err, context.Canceled)

		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		e, err := cache.Fetch(ctx, c, minute, slow)
		require.NoError(t, err)
		require.Equal(t, cache.Stale, e.State)
		require.ErrorIs(t, e.Cause, context.DeadlineExceeded)
	})
}

func TestWhatIsNoJSONIsAnError(t *testing.T) {
	_, err := cache.Fetch(t.Context(), cache.New(cache.NewMemory(), cache.Options{}), minute, func(context.Context) (cache.Collected[any], error) {
		return cache.Collected[any]{Value: make(chan int)}, nil
	})
	require.ErrorContains(t, err, "encode payload")
}

func offline() bool { return true }

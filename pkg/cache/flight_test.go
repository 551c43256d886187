package cache_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// slow is a source that takes a second and counts who asks and who gives up.
type slow struct {
	asked, canceled atomic.Int32
}

func (s *slow) collect(ctx context.Context) (cache.Collected[int], error) {
	n := s.asked.Add(1)
	select {
	case <-time.After(time.Second):
		return cache.Collected[int]{Value: int(n)}, nil
	case <-ctx.Done():
		s.canceled.Add(1)
		return cache.Collected[int]{}, ctx.Err()
	}
}

func TestManyWhoAskForOneKeyAskTheSourceOnce(t *testing.T) {
	for name, opts := range map[string]cache.Options{"from the store": {}, "from memory": {MemoryBytes: 1 << 20}} {
		t.Run(name, func(t *testing.T) {
			c := cache.New(folder(t, t.TempDir()), opts)
			var asked atomic.Int32
			var all sync.WaitGroup
			for range 64 {
				all.Go(func() {
					e, err := cache.Fetch(t.Context(), c, minute, func(context.Context) (cache.Collected[int], error) {
						time.Sleep(time.Millisecond)
						return cache.Collected[int]{Value: int(asked.Add(1))}, nil
					})
					if err != nil || e.Value != 1 || e.State != cache.Fresh {
						t.Errorf("%+v: %v", e, err)
					}
				})
				time.Sleep(50 * time.Microsecond) // some come while it is collected, some just after
			}
			all.Wait()
			require.EqualValues(t, 1, asked.Load())
		})
	}
}

func TestWhoWantsAYoungerEntryThanTheOthersGetsOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{}), &slow{}
		refresh := minute
		refresh.Refresh = true
		var all sync.WaitGroup
		for i := range 10 {
			req := minute
			req.Refresh = i%2 == 0
			all.Go(func() {
				_, err := cache.Fetch(t.Context(), c, req, s.collect)
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, s.asked.Load(), "they share what is asked anyway")
		e, err := cache.Fetch(t.Context(), c, refresh, s.collect)
		require.NoError(t, err)
		require.Equal(t, 2, e.Value)
	})
}

func TestWhoLeavesDoesNotEndTheCollectionForTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{}), &slow{}
		ctx, cancel := context.WithCancel(t.Context())
		var first, second error
		var e cache.Entry[int]
		var both sync.WaitGroup
		both.Go(func() { _, first = cache.Fetch(ctx, c, minute, s.collect) })
		synctest.Wait()
		both.Go(func() { e, second = cache.Fetch(t.Context(), c, minute, s.collect) })
		synctest.Wait()
		cancel()
		both.Wait()
		require.ErrorIs(t, first, context.Canceled)
		require.NoError(t, second)
		require.Equal(t, 1, e.Value)
		require.Zero(t, s.canceled.Load())
	})
}

func TestTheLastWhoLeavesCancelsTheCollection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{}), &slow{}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if _, err := cache.Fetch(ctx, c, minute, s.collect); !errors.Is(err, context.DeadlineExceeded) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		// Who comes now gets a collection of his own, not the dying one.
		e, err := cache.Fetch(t.Context(), c, minute, s.collect)
		require.NoError(t, err)
		require.Equal(t, 2, e.Value)
		require.EqualValues(t, 1, s.canceled.Load())
	})
}

func TestPatienceServesStaleWhileTheRefreshGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{}), &slow{}
		req := minute
		req.Patience = 100 * time.Millisecond
		began := time.Now()
		e, err := cache.Fetch(t.Context(), c, req, s.collect)
		require.NoError(t, err)
		require.Equal(t, 1, e.Value)
		require.Equal(t, time.Second, time.Since(began), "with nothing to serve it waits")

		time.Sleep(time.Hour)
		began = time.Now()
		for range 2 {
			e, err = cache.Fetch(t.Context(), c, req, s.collect)
			require.NoError(t, err)
			require.Equal(t, 1, e.Value)
			require.Equal(t, cache.Stale, e.State)
			require.Equal(t, cache.ErrRefreshing, e.Cause)
		}
		require.Equal(t, 200*time.Millisecond, time.Since(began))
		time.Sleep(time.Second)
		e, err = cache.Fetch(t.Context(), c, req, s.collect)
		require.NoError(t, err)
		require.Equal(t, 2, e.Value, "the refresh was stored")
		require.Equal(t, cache.Fresh, e.State)

		time.Sleep(time.Hour)
		req.MaxAge = new(time.Minute)
		e, err = cache.Fetch(t.Context(), c, req, s.collect)
		require.NoError(t, err)
		require.Equal(t, 3, e.Value, "what is too old to be served is waited for")
		c.Close()
	})
}

func TestADetachedRefreshHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := cache.New(cache.NewMemory(), cache.Options{RefreshTimeout: 30 * time.Second})
		fetch(t, c, minute, &source{})
		time.Sleep(time.Hour)
		began, ended := time.Now(), make(chan time.Duration, 1)
		req := minute
		req.Patience = time.Second
		_, err := cache.Fetch(t.Context(), c, req, func(ctx context.Context) (cache.Collected[int], error) {
			<-ctx.Done()
			ended <- time.Since(began)
			return cache.Collected[int]{}, ctx.Err()
		})
		require.NoError(t, err)
		require.Equal(t, 31*time.Second, <-ended)
	})
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, s := cache.New(cache.NewMemory(), cache.Options{MemoryBytes: 1 << 20}), &slow{}
		fetch(t, c, minute, &source{})
		time.Sleep(time.Hour)
		req := minute
		req.Patience = time.Millisecond
		_, err := cache.Fetch(t.Context(), c, req, s.collect)
		require.NoError(t, err)
		c.Close()
		require.EqualValues(t, 1, s.canceled.Load())
		e, err := cache.Fetch(t.Context(), c, minute, s.collect)
		require.NoError(t, err, "what is stored can still be read")
		require.Equal(t, cache.ErrClosed, e.Cause)
		_, err = cache.Fetch(t.Context(), c, cache.Request{Key: cache.NewKey("other")}, s.collect)
		require.ErrorIs(t, err, cache.ErrClosed)
	})
}

func TestASourceThatPanicsOrExitsIsAnError(t *testing.T) {
	c := cache.New(cache.NewMemory(), cache.Options{})
	for text, collect := range map[string]func(context.Context) (cache.Collected[int], error){
		"panic: boom":            func(context.Context) (cache.Collected[int], error) { panic("boom") },
		"ended without a result": func(context.Context) (cache.Collected[int], error) { runtime.Goexit(); panic("never") },
	} {
		_, err := cache.Fetch(t.Context(), c, minute, collect)
		require.ErrorContains(t, err, text)
	}
}

func TestTheContextKeepsItsValues(t *testing.T) {
	type id struct{}
	ctx := context.WithValue(t.Context(), id{}, "request 7")
	_, err := cache.Fetch(ctx, cache.New(cache.NewMemory(), cache.Options{}), minute, func(ctx context.Context) (cache.Collected[int], error) {
		require.Equal(t, "request 7", ctx.Value(id{}))
		return cache.Collected[int]{}, nil
	})
	require.NoError(t, err)
}

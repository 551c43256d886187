package cache_test

import (
	"context"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// counting is a store that counts how often a blob is read.
type counting struct {
	cache.Store

	gets atomic.Int32
}

func (c *counting) Open(ctx context.Context, name string) (io.ReadCloser, cache.Info, error) {
	c.gets.Add(1)
	return c.Store.Open(ctx, name)
}

// text fetches an entry of n bytes (and quotes) for ever.
func text(t *testing.T, c *cache.Cache, name string, n int) cache.Entry[*string] {
	t.Helper()
	e, err := cache.Fetch(t.Context(), c, cache.Request{Key: cache.NewKey(name), TTL: cache.Forever},
		func(context.Context) (cache.Collected[*string], error) {
			return cache.Collected[*string]{Value: new(strings.Repeat("x", n-2))}, nil
		})
	require.NoError(t, err)
	return e
}

func TestADecodedEntryIsKeptWhileItIsWhatIsStored(t *testing.T) {
	store := &counting{Store: cache.NewMemory()}
	c := cache.New(store, cache.Options{MemoryBytes: 1000})
	first := text(t, c, "a", 10)
	require.Same(t, first.Value, text(t, c, "a", 10).Value)
	require.Zero(t, store.gets.Load())

	other := cache.New(store, cache.Options{}) // another process
	_, err := cache.Fetch(t.Context(), other, cache.Request{Key: cache.NewKey("a"), Refresh: true, TTL: cache.Forever},
		func(context.Context) (cache.Collected[string], error) {
			return cache.Collected[string]{Value: "new"}, nil
		})
	require.NoError(t, err)
	again := text(t, c, "a", 10)
	require.Equal(t, "new", *again.Value)
	require.NotEqual(t, first.Version, again.Version)
	read, err := cache.Read[*string](t.Context(), c, cache.NewKey("a"))
	require.NoError(t, err)
	require.Same(t, again.Value, read.Value)
	require.EqualValues(t, 1, store.gets.Load())

	require.NoError(t, store.Delete(t.Context(), "a.jsonl"))
	_, err = cache.Read[*string](t.Context(), c, cache.NewKey("a"))
	require.ErrorIs(t, err, cache.ErrMissing)
}

func TestTheLeastRecentlyUsedEntriesLeaveMemoryFirst(t *testing.T) {
	store := &counting{Store: cache.NewMemory()}
	c := cache.New(store, cache.Options{MemoryBytes: 100})
	for _, name := range []string{"a", "b", "a", "c"} {
		text(t, c, name, 40)
	}
	text(t, c, "a", 40)
	text(t, c, "c", 40)
	require.Zero(t, store.gets.Load(), "a and c are kept")
	text(t, c, "b", 40)
	require.EqualValues(t, 1, store.gets.Load(), "b is read again")
	text(t, c, "large", 101)
	text(t, c, "large", 101)
	require.EqualValues(t, 2, store.gets.Load(), "what is larger than all of memory is not kept")
}

func TestManyReadersDecodeOneVersionOnce(t *testing.T) {
	store := &counting{Store: cache.NewMemory()}
	text(t, cache.New(store, cache.Options{}), "a", 1<<20)
	c := cache.New(store, cache.Options{MemoryBytes: 10 << 20})
	var all sync.WaitGroup
	for range 32 {
		all.Go(func() {
			if _, err := cache.Read[string](t.Context(), c, cache.NewKey("a")); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	require.Less(t, store.gets.Load(), int32(8))
}

func TestOneEntryMayBeReadAsSeveralTypes(t *testing.T) {
	c := cache.New(cache.NewMemory(), cache.Options{MemoryBytes: 1000})
	text(t, c, "a", 10)
	for range 2 {
		s, err := cache.Read[string](t.Context(), c, cache.NewKey("a"))
		require.NoError(t, err)
		p, err := cache.Read[*string](t.Context(), c, cache.NewKey("a"))
		require.NoError(t, err)
		require.Equal(t, s.Value, *p.Value)
	}
}

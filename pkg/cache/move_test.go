package cache_test

import (
	"bytes"
	"context"
	"fmt"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// of stores value under k as data of the cluster with that UID.
func of(t *testing.T, c *cache.Cache, uid string, value int, k ...string) cache.Entry[int] {
	t.Helper()
	e, err := cache.Fetch(t.Context(), c, cache.Request{Key: cache.NewKey(k...), TTL: cache.Forever, Refresh: true},
		func(context.Context) (cache.Collected[int], error) {
			return cache.Collected[int]{Value: value, ClusterUID: uid}, nil
		})
	require.NoError(t, err)
	return e
}

// all returns what can be read, as "key = value".
func all(t *testing.T, c *cache.Cache) []string {
	t.Helper()
	var list []string
	for l, err := range c.List(t.Context(), cache.Key{}) {
		require.NoError(t, err)
		require.NoError(t, l.Problem)
		e, err := cache.Read[int](t.Context(), c, l.Header.Key)
		require.NoError(t, err)
		list = append(list, fmt.Sprintf("%s = %d", l.Header.Key, e.Value))
	}
	return list
}

func TestMoveSetsAWholePrefixAside(t *testing.T) {
	c := cache.New(folder(t, t.TempDir()), cache.Options{})
	of(t, c, "1", 1, "clusters", "A/B", "nodes")
	of(t, c, "1", 2, "clusters", "A/B", "usage", "today")
	of(t, c, "2", 3, "clusters", "A/B", "pods")
	of(t, c, "1", 4, "clusters", "a", "nodes")
	from := cache.NewKey("clusters", "A/B")
	n, err := c.Move(t.Context(), from, cache.Aside("1", from), func(h cache.Header) bool { return h.ClusterUID == "1" })
	require.NoError(t, err)
	require.Equal(t, 2, n)
	moved := []string{
		`aside/1/clusters/"A/B"/nodes = 1`, `aside/1/clusters/"A/B"/usage/today = 2`,
		`clusters/"A/B"/pods = 3`, `clusters/a/nodes = 4`,
	}
	require.Equal(t, moved, all(t, c))
	n, err = c.Move(t.Context(), from, cache.Aside("1", from), func(h cache.Header) bool { return h.ClusterUID == "1" })
	require.NoError(t, err)
	require.Zero(t, n)
	require.Equal(t, moved, all(t, c))
}

func TestMoveGoesOnAfterACrash(t *testing.T) {
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{})
	of(t, c, "1", 1, "x", "a")
	of(t, c, "1", 2, "x", "b")
	broken := cache.New(undeletable{store}, cache.Options{})
	n, err := broken.Move(t.Context(), cache.NewKey("x"), cache.NewKey("y"), nil)
	require.ErrorIs(t, err, syscall.EIO)
	require.Zero(t, n)
	require.Equal(t, []string{"x/a = 1", "x/b = 2", "y/a = 1", "y/b = 2"}, all(t, c))
	n, err = c.Move(t.Context(), cache.NewKey("x"), cache.NewKey("y"), nil)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Equal(t, []string{"y/a = 1", "y/b = 2"}, all(t, c))
}

type undeletable struct{ cache.Store }

func (undeletable) Delete(context.Context, string) error { return syscall.EIO }

func TestMoveLosesNothing(t *testing.T) {
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{})
	of(t, c, "1", 1, "x", "clash")
	of(t, c, "1", 2, "y", "clash")
	of(t, c, "1", 3, "x", "fine")
	for name, data := range map[string]string{"x/damaged.jsonl": "damaged", "x/newer.jsonl": `{"schema":9,`} {
		_, err := store.Put(t.Context(), name, []byte(data))
		require.NoError(t, err)
	}
	n, err := c.Move(t.Context(), cache.NewKey("x"), cache.NewKey("y"), nil)
	require.Equal(t, 1, n)
	for _, want := range []error{cache.ErrExists, cache.ErrDamaged, cache.ErrNewer} {
		require.ErrorIs(t, err, want)
	}
	require.Equal(t, []string{"x/clash.jsonl", "x/damaged.jsonl", "x/newer.jsonl", "y/clash.jsonl", "y/fine.jsonl"}, names(t, store))
	_, err = c.Move(t.Context(), cache.NewKey("x"), cache.NewKey("x", "y"), nil)
	require.Error(t, err, "a prefix cannot move into itself")
}

func TestAnEntryOfAnotherClusterIsNeitherShownNorLost(t *testing.T) {
	c, s := cache.New(cache.NewMemory(), cache.Options{}), &source{err: errAPI}
	of(t, c, "old", 7, "clusters", "prod", "nodes")
	req := cache.Request{Key: cache.NewKey("clusters", "prod", "nodes"), TTL: cache.Forever, ClusterUID: "new"}
	_, err := cache.Fetch(t.Context(), c, req, s.collect)
	require.ErrorIs(t, err, errAPI)
	_, err = cache.Fetch(t.Context(), cache.New(cache.NewMemory(), cache.Options{Offline: offline}), req, s.collect)
	require.ErrorIs(t, err, cache.ErrMissing)

	e := of(t, c, "new", 8, "clusters", "prod", "nodes")
	require.Equal(t, 8, e.Value)
	require.Equal(t, []string{"cache entry clusters/prod/nodes was of another cluster (old) and is set aside"}, e.Warnings)
	require.Equal(t, []string{"aside/old/clusters/prod/nodes = 7", "clusters/prod/nodes = 8"}, all(t, c))

	of(t, c, "old", 9, "clusters", "prod", "nodes") // the first one is back, and goes again
	of(t, c, "new", 10, "clusters", "prod", "nodes")
	require.Equal(t, []string{
		"aside/new/clusters/prod/nodes = 8", "aside/old/clusters/prod/nodes = 9", "clusters/prod/nodes = 10",
	}, all(t, c))
}

func TestWhatCannotBeSetAsideIsNotOverwritten(t *testing.T) {
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{})
	of(t, c, "old", 7, "a")
	_, err := store.Put(t.Context(), "aside/old/a.jsonl", []byte(`{"schema":9,`))
	require.NoError(t, err)
	before, _, err := cache.ReadBlob(t.Context(), store, "a.jsonl")
	require.NoError(t, err)
	e := of(t, c, "new", 8, "a")
	require.Equal(t, 8, e.Value)
	require.Len(t, e.Warnings, 1)
	after, _, err := cache.ReadBlob(t.Context(), store, "a.jsonl")
	require.NoError(t, err)
	require.True(t, bytes.Equal(before, after))
}

func TestListTellsTheStateOfEachEntry(t *testing.T) {
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{})
	of(t, c, "1", 1, "x", "fresh")
	_, err := cache.Fetch(t.Context(), c, cache.Request{Key: cache.NewKey("x", "old")}, (&source{}).collect)
	require.NoError(t, err)
	for name, data := range map[string]string{"x/bad.jsonl": "", "x/newer.jsonl": `{"schema":9,`, "x/note.txt": "foreign", "y/bad.jsonl": ""} {
		_, err := store.Put(t.Context(), name, []byte(data))
		require.NoError(t, err)
	}
	states := map[string]cache.State{}
	for l, err := range c.List(t.Context(), cache.NewKey("x")) {
		require.NoError(t, err)
		require.Equal(t, l.Problem != nil, l.Header.Schema == 0)
		states[l.Name] = l.State
	}
	require.Equal(t, map[string]cache.State{
		"x/bad.jsonl": cache.Damaged, "x/fresh.jsonl": cache.Fresh, "x/newer.jsonl": cache.Newer, "x/old.jsonl": cache.Stale,
	}, states)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range c.List(ctx, cache.Key{}) {
		require.ErrorIs(t, err, context.Canceled)
	}
}

package cache_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// spread fills a cache in a folder with entries at several depths.
func spread(t *testing.T, n int) (*cache.Cache, *cache.Folder) {
	t.Helper()
	store := folder(t, t.TempDir())
	c := cache.New(store, cache.Options{})
	change, err := c.Change(t.Context())
	require.NoError(t, err)
	defer func() { _ = change.Close() }()
	for i := range n {
		k := cache.NewKey("clusters", fmt.Sprint("C", i%7), "kube", "in", fmt.Sprint("n", i%31), fmt.Sprint(i))
		if i%10 == 0 {
			k = cache.NewKey(fmt.Sprint("top", i))
		}
		h := cache.Header{Key: k, CollectedAt: time.Unix(int64(i), 0).UTC()}
		if i%3 == 0 {
			h.Warnings = []string{"größer"}
		}
		o, _, err := c.Resealed(h, fmt.Appendf(nil, "%d", i))
		require.NoError(t, err)
		require.NoError(t, change.Put(t.Context(), o))
	}
	require.NoError(t, change.Commit(t.Context()))
	return c, store
}

func listed(t *testing.T, c *cache.Cache) map[string]cache.Listed {
	t.Helper()
	all, last := map[string]cache.Listed{}, ""
	for l, err := range c.List(t.Context(), cache.Key{}) {
		require.NoError(t, err)
		require.Less(t, last, l.Name, "in the order of their names")
		all[l.Name], last = l, l.Name
	}
	return all
}

func TestAListSaysWhatTheStoreAndTheEntriesSay(t *testing.T) {
	const n = 700
	c, store := spread(t, n)
	all := listed(t, c)
	require.Len(t, all, n)
	for info, err := range store.List(t.Context(), "") {
		require.NoError(t, err)
		l := all[info.Name]
		require.NoError(t, l.Problem)
		require.Equal(t, info, l.Info)
		h, state, err := c.Peek(t.Context(), l.Header.Key)
		require.NoError(t, err)
		require.Equal(t, h, l.Header)
		require.Equal(t, state, l.State)
	}
}

// What a folder may hold that fred did not write there.
func TestAListTellsOfWhatCannotBeReadAndOfNothingElse(t *testing.T) {
	c, store := spread(t, 40)
	at := func(name string) string { return filepath.Join(store.Path(), filepath.FromSlash(name)) }
	sound := len(listed(t, c))
	require.NoError(t, os.WriteFile(at("empty.jsonl"), nil, 0o600))
	require.NoError(t, os.WriteFile(at("junk.jsonl"), []byte(strings.Repeat("x", 9000)), 0o600))
	require.NoError(t, os.WriteFile(at("README"), []byte("x"), 0o600))
	require.NoError(t, os.WriteFile(at("huge.jsonl"), nil, 0o600))
	require.NoError(t, os.Truncate(at("huge.jsonl"), cache.MaxBlob+1))
	require.NoError(t, os.Mkdir(at("folder.jsonl"), 0o700))
	outside := filepath.Join(t.TempDir(), "outside")
	require.NoError(t, os.MkdirAll(outside, 0o700))
	data, err := os.ReadFile(at("top0.jsonl"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(outside, "top0.jsonl"), data, 0o600))
	require.NoError(t, os.Symlink(outside, at("linked")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "top0.jsonl"), at("link.jsonl")))
	require.NoError(t, os.WriteFile(at("moved.jsonl"), data, 0o600))

	all := listed(t, c)
	require.Len(t, all, sound+4)
	for name, size := range map[string]int64{"empty.jsonl": 0, "junk.jsonl": 9000, "huge.jsonl": cache.MaxBlob + 1, "moved.jsonl": int64(len(data))} {
		l := all[name]
		require.ErrorIs(t, l.Problem, cache.ErrDamaged, name)
		require.Equal(t, cache.Damaged, l.State)
		require.Equal(t, size, l.Size, name)
		require.NotEmpty(t, l.Version)
		require.Zero(t, l.Header)
	}
}

func TestAListThatIsInterruptedSaysSo(t *testing.T) {
	c, _ := spread(t, 500)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last error
	n := 0
	for _, err := range c.List(ctx, cache.Key{}) {
		if n++; n == 3 {
			cancel()
		}
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)
}

func TestAListMayBeLeftAtAnyTime(t *testing.T) {
	c, _ := spread(t, 300)
	for stop := range 17 {
		n := 0
		for _, err := range c.List(t.Context(), cache.Key{}) {
			require.NoError(t, err)
			if n++; n > stop*stop {
				break
			}
		}
		require.Equal(t, stop*stop+1, n)
	}
}

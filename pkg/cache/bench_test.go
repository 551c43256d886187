package cache_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// pod resembles what an inventory keeps of one.
type pod struct {
	Namespace, Name, Node, Phase, Owner string
	Labels                              map[string]string
	CPURequestCores                     float64
	MemoryRequestBytes, Restarts        int64
	Images                              []string
}

// pods returns n pods; 12,000 of them are about 4 MB of JSON.
func pods(n int) []pod {
	list := make([]pod, n)
	for i := range list {
		list[i] = pod{
			Namespace: fmt.Sprintf("team-%d", i%50), Name: fmt.Sprintf("web-7d9f8c6b5-%05d", i), Node: fmt.Sprintf("node-%d", i%60),
			Phase: "Running", Owner: "Deployment/web", Labels: map[string]string{"app": "web", "pod-template-hash": "7d9f8c6b5"},
			CPURequestCores: 0.25, MemoryRequestBytes: 268435456, Restarts: int64(i % 3),
			Images: []string{"registry.example.org/shop/web@sha256:0123456789abcdef0123456789abcdef"},
		}
	}
	return list
}

func benchFetch(b *testing.B, c *cache.Cache, k cache.Key, list []pod, refresh bool) cache.Entry[[]pod] {
	b.Helper()
	e, err := cache.Fetch(b.Context(), c, cache.Request{Key: k, TTL: cache.Forever, Refresh: refresh},
		func(context.Context) (cache.Collected[[]pod], error) { return cache.Collected[[]pod]{Value: list}, nil })
	require.NoError(b, err)
	require.Empty(b, e.Warnings)
	return e
}

func benchCache(b *testing.B, opts cache.Options) *cache.Cache {
	b.Helper()
	f, err := cache.NewFolder(b.TempDir())
	require.NoError(b, err)
	return cache.New(f, opts)
}

func BenchmarkStoreLarge(b *testing.B) {
	c, list := benchCache(b, cache.Options{}), pods(12000)
	b.SetBytes(benchFetch(b, c, key, list, true).Header.Size)
	b.ReportAllocs()
	for b.Loop() {
		benchFetch(b, c, key, list, true)
	}
}

func BenchmarkReadLarge(b *testing.B) {
	c, list := benchCache(b, cache.Options{}), pods(12000)
	b.SetBytes(benchFetch(b, c, key, list, true).Header.Size)
	b.ReportAllocs()
	for b.Loop() {
		benchFetch(b, c, key, nil, false)
	}
}

func BenchmarkReadSmall(b *testing.B) {
	for name, opts := range map[string]cache.Options{"disk": {}, "memory": {MemoryBytes: 1 << 20}} {
		b.Run(name, func(b *testing.B) {
			c := benchCache(b, opts)
			benchFetch(b, c, key, pods(3), true)
			b.ReportAllocs()
			for b.Loop() {
				benchFetch(b, c, key, nil, false)
			}
		})
	}
}

func BenchmarkPeek(b *testing.B) {
	c := benchCache(b, cache.Options{})
	benchFetch(b, c, key, pods(12000), true)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := c.Peek(b.Context(), key); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReadOneOfMany reads one entry of a folder that has few, and of one
// that has many: it should cost the same.
func BenchmarkReadOneOfMany(b *testing.B) {
	for _, n := range []int{100, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := benchCache(b, cache.Options{})
			fill(b, c, n)
			for b.Loop() {
				benchFetch(b, c, cache.NewKey("many", "7"), nil, false)
			}
		})
	}
}

func BenchmarkList(b *testing.B) {
	c := benchCache(b, cache.Options{})
	const n = 1000
	fill(b, c, n)
	for b.Loop() {
		count := 0
		for _, err := range c.List(b.Context(), cache.Key{}) {
			require.NoError(b, err)
			count++
		}
		require.Equal(b, n, count)
	}
}

// fill makes n entries of a few bytes, in one folder.
func fill(b *testing.B, c *cache.Cache, n int) {
	b.Helper()
	change, err := c.Change(b.Context())
	require.NoError(b, err)
	for i := range n {
		h := cache.Header{Key: cache.NewKey("many", fmt.Sprint(i)), CollectedAt: time.Now(), Items: 1}
		o, _, err := c.Resealed(h, []byte(`[{"Namespace":"shop","Name":"web"}]`))
		require.NoError(b, err)
		require.NoError(b, change.Put(b.Context(), o))
	}
	require.NoError(b, change.Commit(b.Context()))
	require.NoError(b, change.Close())
}

// BenchmarkListOfFolders lists entries as several clusters have them: 16 in a folder.
func BenchmarkListOfFolders(b *testing.B) {
	const folders, kinds = 300, 16
	f, err := cache.NewFolder(b.TempDir())
	require.NoError(b, err)
	c := cache.New(f, cache.Options{})
	change, err := c.Change(b.Context())
	require.NoError(b, err)
	for i := range folders * kinds {
		h := cache.Header{Key: cache.NewKey("clusters", fmt.Sprint("c", i/kinds/30), "kube", "in", fmt.Sprint("ns", i/kinds), fmt.Sprint("kind", i%kinds)), CollectedAt: time.Now()}
		o, _, err := c.Resealed(h, []byte(`{"pods":[]}`))
		require.NoError(b, err)
		require.NoError(b, change.Put(b.Context(), o))
	}
	require.NoError(b, change.Commit(b.Context()))
	require.NoError(b, change.Close())
	for b.Loop() {
		n := 0
		for l, err := range c.List(b.Context(), cache.Key{}) {
			require.NoError(b, err)
			require.NoError(b, l.Problem)
			n++
		}
		require.Equal(b, folders*kinds, n)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/(folders*kinds), "µs/entry")
}

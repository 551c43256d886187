// Package cachetest says what a cache.Store promises, as a suite that every
// implementation passes.
package cachetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// Store runs the suite. open returns an empty store and arranges for its end
// with t.Cleanup; it is called once for each promise.
func Store(t *testing.T, open func(t *testing.T) cache.Store) {
	t.Helper()
	for name, promise := range promises {
		t.Run(name, func(t *testing.T) { promise(t, open(t)) })
	}
}

var promises = map[string]func(*testing.T, cache.Store){
	"bytes come back as they were put":                 bytesComeBack,
	"parts are put one after the other":                partsAreJoined,
	"the caller owns what he gives and gets":           slicesAreOwned,
	"an empty blob is not a missing one":               emptyIsNotMissing,
	"what was never put is missing":                    neverPutIsMissing,
	"what was deleted is missing":                      deletedIsMissing,
	"a version changes with the content and only then": versionsChange,
	"the head is a part, or all of a short blob":       headIsPart,
	"a long name keeps its own blob":                   longNames,
	"a name is refused that could escape or hide":      badNames,
	"a list is sorted and holds what has the prefix":   listIsSorted,
	"a list can be left early":                         listStops,
	"a batch changes all at once or nothing":           batches,
	"batches wait for one another":                     batchesWait,
	"a canceled context ends every operation":          canceled,
	"a reader sees the old blob or the new one":        overwriteIsAtomic,
	"writers of one name leave one of their blobs":     writersLeaveOne,
	"writers and deleters of neighbors do not meddle":  neighborsDoNotMeddle,
}

func bytesComeBack(t *testing.T, s cache.Store) {
	for _, data := range [][]byte{[]byte("a"), []byte("line\nline\r\n\x00\xff"), bytes.Repeat([]byte("fred "), 1<<20)} {
		info, err := s.Put(t.Context(), "a/b.jsonl", data)
		require.NoError(t, err)
		require.EqualValues(t, len(data), info.Size)
		require.Equal(t, "a/b.jsonl", info.Name)
		got, read, err := cache.ReadBlob(t.Context(), s, "a/b.jsonl")
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got), "the bytes differ")
		same(t, info, read)
	}
}

func partsAreJoined(t *testing.T, s cache.Store) {
	put(t, s, "a", "one ", "", "two ", "three")
	require.Equal(t, "one two three", get(t, s, "a"))
}

func slicesAreOwned(t *testing.T, s cache.Store) {
	data := []byte("as it was")
	_, err := s.Put(t.Context(), "a", data)
	require.NoError(t, err)
	copy(data, "changed!!")
	got, _, err := cache.ReadBlob(t.Context(), s, "a")
	require.NoError(t, err)
	copy(got, "changed!!")
	require.Equal(t, "as it was", get(t, s, "a"))
}

func emptyIsNotMissing(t *testing.T, s cache.Store) {
	put(t, s, "a", "")
	require.Empty(t, get(t, s, "a"))
	info, err := s.Stat(t.Context(), "a")
	require.NoError(t, err)
	require.Zero(t, info.Size)
	require.Equal(t, []string{"a"}, names(t, s, ""))
}

func neverPutIsMissing(t *testing.T, s cache.Store) {
	require.Empty(t, names(t, s, ""))
	isMissing(t, s, "a/b.jsonl")
	put(t, s, "a/b.jsonl", "x")
	for _, name := range []string{"a", "a/b", "a/b.json", "a/b.jsonl/c", "b.jsonl"} {
		isMissing(t, s, name)
	}
}

func deletedIsMissing(t *testing.T, s cache.Store) {
	put(t, s, "a/b/c.jsonl", "x")
	put(t, s, "a/d.jsonl", "x")
	for range 2 { // the second time there is nothing to delete, which is no error
		require.NoError(t, s.Delete(t.Context(), "a/b/c.jsonl"))
		isMissing(t, s, "a/b/c.jsonl")
	}
	require.NoError(t, s.Delete(t.Context(), "never/there"))
	require.Equal(t, []string{"a/d.jsonl"}, names(t, s, ""))
	put(t, s, "a/b/c.jsonl", "y")
	require.Equal(t, "y", get(t, s, "a/b/c.jsonl"))
}

func versionsChange(t *testing.T, s cache.Store) {
	seen := map[string]bool{}
	for i := range 100 { // fast, same size: a clock alone does not tell them apart
		info := put(t, s, "a", fmt.Sprint(100+i))
		require.False(t, seen[info.Version], "version %q came again", info.Version)
		seen[info.Version] = true
		stat, err := s.Stat(t.Context(), "a")
		require.NoError(t, err)
		same(t, info, stat)
	}
}

func headIsPart(t *testing.T, s cache.Store) {
	info := put(t, s, "a", "0123456789")
	for n, want := range map[int]string{0: "", 4: "0123", 10: "0123456789", 4096: "0123456789"} {
		head, got, err := s.Head(t.Context(), "a", n)
		require.NoError(t, err)
		require.Equal(t, want, string(head))
		same(t, info, got)
	}
}

func longNames(t *testing.T, s cache.Store) {
	long := strings.Repeat("s", 186)
	list := []string{long, long + "/" + long, long + "/" + long + "/" + long + "/" + long, "a=3a_b-c.d"}
	for i, name := range list {
		put(t, s, name+"/x.jsonl", fmt.Sprint(i))
	}
	for i, name := range list {
		require.Equal(t, fmt.Sprint(i), get(t, s, name+"/x.jsonl"))
	}
}

func badNames(t *testing.T, s cache.Store) {
	for _, name := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/./b", ".tmp/a", "a/.hidden",
		`a\b`, "A", "a b", "a:b", "a%2fb", "a\x00b", "ä", strings.Repeat("a", 256),
	} {
		_, err := s.Put(t.Context(), name, []byte("x"))
		require.ErrorIs(t, err, cache.ErrName, "put %q", name)
		_, _, err = cache.ReadBlob(t.Context(), s, name)
		require.ErrorIs(t, err, cache.ErrName, "get %q", name)
		_, _, err = s.Head(t.Context(), name, 1)
		require.ErrorIs(t, err, cache.ErrName, "head %q", name)
		_, err = s.Stat(t.Context(), name)
		require.ErrorIs(t, err, cache.ErrName, "stat %q", name)
		require.ErrorIs(t, s.Delete(t.Context(), name), cache.ErrName, "delete %q", name)
	}
	require.Empty(t, names(t, s, ""))
}

func listIsSorted(t *testing.T, s cache.Store) {
	all := []string{"a-b.jsonl", "a.jsonl", "a/b.jsonl", "a/b/c.jsonl", "a/c.jsonl", "a=3a.jsonl", "ab/c.jsonl", "b.jsonl"}
	for _, i := range []int{3, 0, 7, 5, 1, 6, 2, 4} {
		put(t, s, all[i], all[i])
	}
	require.Equal(t, all, names(t, s, ""))
	require.Equal(t, all[2:5], names(t, s, "a/"))
	require.Equal(t, all[2:4], names(t, s, "a/b"))
	require.Equal(t, all[3:4], names(t, s, "a/b/"))
	require.Equal(t, all[:7], names(t, s, "a"))
	require.Equal(t, all[1:2], names(t, s, "a.jsonl"))
	for _, none := range []string{"a.jsonl/", "c", "a/b/c/", "../", "/", "A"} {
		require.Empty(t, names(t, s, none), none)
	}
	for info, err := range s.List(t.Context(), "") {
		require.NoError(t, err)
		stat, err := s.Stat(t.Context(), info.Name)
		require.NoError(t, err)
		same(t, stat, info)
	}
}

func listStops(t *testing.T, s cache.Store) {
	for _, name := range []string{"a/a", "a/b", "b/a"} {
		put(t, s, name, "x")
	}
	count := 0
	for range s.List(t.Context(), "") {
		count++
		break
	}
	require.Equal(t, 1, count)
}

func canceled(t *testing.T, s cache.Store) {
	put(t, s, "a", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Put(ctx, "a", []byte("y"))
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = cache.ReadBlob(ctx, s, "a")
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = s.Head(ctx, "a", 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Stat(ctx, "a")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, s.Delete(ctx, "a"), context.Canceled)
	err = nil
	for _, err = range s.List(ctx, "") {
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Error(t, err, "a list says why it is empty")
	require.Equal(t, "x", get(t, s, "a"))
}

// whole is a blob of n bytes that are all the same, so that a mixture shows.
func whole(i, n int) []byte { return bytes.Repeat([]byte{byte('a' + i%26)}, n) }

// isWhole fails when data is not one that whole made.
func isWhole(t *testing.T, data []byte, n int) {
	t.Helper()
	require.Len(t, data, n)
	require.Equal(t, n, bytes.Count(data, data[:1]), "a mixture of two blobs")
}

func overwriteIsAtomic(t *testing.T, s cache.Store) {
	const size, puts = 64 << 10, 60
	put(t, s, "a/b", string(whole(0, size)))
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				data, info, err := cache.ReadBlob(t.Context(), s, "a/b")
				if err != nil || len(data) != size || bytes.Count(data, data[:1]) != size || info.Size != size {
					t.Errorf("read %d bytes (%v): %v", len(data), info, err)
					return
				}
			}
		})
	}
	for i := range puts {
		put(t, s, "a/b", string(whole(i, size)))
	}
	close(done)
	readers.Wait()
}

func writersLeaveOne(t *testing.T, s cache.Store) {
	const size = 32 << 10
	var writers sync.WaitGroup
	for i := range 8 {
		writers.Go(func() {
			for range 8 {
				if _, err := s.Put(t.Context(), "new/folder/a", whole(i, size)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	data, info, err := cache.ReadBlob(t.Context(), s, "new/folder/a")
	require.NoError(t, err)
	isWhole(t, data, size)
	stat, err := s.Stat(t.Context(), "new/folder/a")
	require.NoError(t, err)
	same(t, stat, info)
	require.Equal(t, []string{"new/folder/a"}, names(t, s, ""))
}

func neighborsDoNotMeddle(t *testing.T, s cache.Store) {
	var all sync.WaitGroup
	for i := range 6 {
		name := fmt.Sprintf("shared/folder/%d", i)
		all.Go(func() {
			for range 20 {
				_, err := s.Put(t.Context(), name, []byte(name))
				if err == nil {
					_, _, err = cache.ReadBlob(t.Context(), s, name)
				}
				if err == nil {
					err = s.Delete(t.Context(), name)
				}
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	require.Empty(t, names(t, s, ""))
}

package layer_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/cache/cachetest"
	"github.com/fredctl/fred/pkg/cache/layer"
	"github.com/fredctl/fred/pkg/fault"
)

// elsewhere is a cache elsewhere that counts what is fetched from it.
type elsewhere struct {
	*cache.Memory

	fetched atomic.Int32
	off     atomic.Bool
}

func (e *elsewhere) Place() string { return "elsewhere" }

func (e *elsewhere) guard() error {
	if e.off.Load() {
		return fault.New(fault.Offline, "elsewhere is not asked: %w", cache.ErrOffline)
	}
	return nil
}

func (e *elsewhere) OpenUnless(ctx context.Context, name, version string) (io.ReadCloser, cache.Info, bool, error) {
	if err := e.guard(); err != nil {
		return nil, cache.Info{}, false, err
	}
	r, info, err := e.Open(ctx, name)
	if err != nil {
		return nil, info, false, err
	}
	if info.Version == version {
		return nil, info, true, nil
	}
	e.fetched.Add(1)
	return r, info, false, nil
}

func (e *elsewhere) Head(ctx context.Context, name string, n int) ([]byte, cache.Info, error) {
	if err := e.guard(); err != nil {
		return nil, cache.Info{}, err
	}
	return e.Memory.Head(ctx, name, n)
}

func (e *elsewhere) Stat(ctx context.Context, name string) (cache.Info, error) {
	if err := e.guard(); err != nil {
		return cache.Info{}, err
	}
	return e.Memory.Stat(ctx, name)
}

func (e *elsewhere) Put(ctx context.Context, name string, data ...[]byte) (cache.Info, error) {
	if err := e.guard(); err != nil {
		return cache.Info{}, err
	}
	return e.Memory.Put(ctx, name, data...)
}

func (e *elsewhere) List(ctx context.Context, prefix string) iter.Seq2[cache.Info, error] {
	if err := e.guard(); err != nil {
		return func(yield func(cache.Info, error) bool) { yield(cache.Info{}, err) }
	}
	return e.Memory.List(ctx, prefix)
}

func open(t *testing.T, room int64) (*layer.Layer, *elsewhere, string) {
	t.Helper()
	remote, dir := &elsewhere{Memory: cache.NewMemory()}, filepath.Join(t.TempDir(), "not", "yet")
	return layer.New(remote, dir, layer.Options{MaxBytes: room}), remote, dir
}

func read(t *testing.T, s cache.Store, name string) string {
	t.Helper()
	data, _, err := cache.ReadBlob(t.Context(), s, name)
	require.NoError(t, err)
	return string(data)
}

func put(t *testing.T, s cache.Store, name, data string) {
	t.Helper()
	_, err := s.Put(t.Context(), name, []byte(data))
	require.NoError(t, err)
}

func files(t *testing.T, dir string) (paths []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, path)
		if !d.IsDir() {
			paths = append(paths, path)
		}
		return nil
	}))
	return paths
}

func TestLayerKeepsThePromisesOfAStore(t *testing.T) {
	cachetest.Store(t, func(t *testing.T) cache.Store { l, _, _ := open(t, 0); return l })
}

func TestWhatHasNotChangedIsNotFetchedAgain(t *testing.T) {
	l, remote, dir := open(t, 0)
	put(t, remote, "a", "one")
	for range 3 {
		require.Equal(t, "one", read(t, l, "a"))
	}
	require.EqualValues(t, 1, remote.fetched.Load())
	put(t, remote, "a", "another") // by somebody else
	require.Equal(t, "another", read(t, l, "a"))
	head, info, err := l.Head(t.Context(), "a", 3)
	require.NoError(t, err)
	require.Equal(t, "ano", string(head))
	require.EqualValues(t, 7, info.Size)
	put(t, l, "a", "mine")
	require.Equal(t, "mine", read(t, l, "a"))
	require.EqualValues(t, 2, remote.fetched.Load())
	require.Len(t, files(t, dir), 1)
}

func TestADamagedCopyIsFetchedAgainAndNeverServed(t *testing.T) {
	l, remote, dir := open(t, 0)
	put(t, l, "a", "the whole truth")
	path := files(t, dir)[0]
	whole, err := os.ReadFile(path)
	require.NoError(t, err)
	for at := range whole {
		for _, bad := range [][]byte{whole[:at], append(bytes.Clone(whole[:at]), append([]byte{whole[at] ^ 1}, whole[at+1:]...)...)} {
			require.NoError(t, os.WriteFile(path, bad, 0o600))
			require.Equal(t, "the whole truth", read(t, l, "a"), "byte %d", at)
		}
	}
	require.Positive(t, remote.fetched.Load())
}

func TestOfflineTheCopiesAreAllThereIs(t *testing.T) {
	l, remote, _ := open(t, 0)
	put(t, remote, "b/read", "read before")
	put(t, remote, "b/unread", "x")
	require.Equal(t, "read before", read(t, l, "b/read"))
	remote.off.Store(true)
	require.Equal(t, "read before", read(t, l, "b/read"))
	info, err := l.Stat(t.Context(), "b/read")
	require.NoError(t, err)
	for listed, err := range l.List(t.Context(), "b/") {
		require.NoError(t, err)
		require.Equal(t, info, listed)
	}
	_, _, err = l.Open(t.Context(), "b/unread")
	require.ErrorIs(t, err, cache.ErrMissing)
	require.ErrorIs(t, err, cache.ErrOffline)
	_, err = l.Put(t.Context(), "b/read", []byte("x"))
	require.Equal(t, fault.Offline, fault.KindOf(err))
}

func TestCopiesThatWereNotUsedForLongestGoFirst(t *testing.T) {
	l, _, dir := open(t, 100<<10)
	for i := range 40 {
		put(t, l, fmt.Sprint(i), string(bytes.Repeat([]byte{'x'}, 10<<10)))
		old := time.Now().Add(time.Duration(i-100) * time.Minute)
		for _, path := range files(t, dir) {
			if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) < time.Minute {
				require.NoError(t, os.Chtimes(path, old, old))
			}
		}
	}
	require.LessOrEqual(t, len(files(t, dir)), 10)
	require.Equal(t, 10<<10, len(read(t, l, "39"))) //nolint:testifylint // the message would hold all of it
}

func TestAFolderThatCannotBeWrittenCostsSpeedAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	remote := &elsewhere{Memory: cache.NewMemory()}
	l := layer.New(remote, filepath.Join(file, "copies"), layer.Options{})
	put(t, l, "a", "x")
	require.Equal(t, "x", read(t, l, "a"))
}

package cachetest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

func begin(t *testing.T, s cache.Store) cache.Batch {
	t.Helper()
	b, err := s.Begin(t.Context())
	require.NoError(t, err)
	return b
}

func batches(t *testing.T, s cache.Store) {
	put(t, s, "a/old", "old")
	put(t, s, "a/gone", "gone")
	change := func() cache.Batch {
		b := begin(t, s)
		require.NoError(t, b.Put(t.Context(), "a/old", []byte("ne"), []byte("w")))
		require.NoError(t, b.Put(t.Context(), "b/c/added", []byte("first")))
		require.NoError(t, b.Put(t.Context(), "b/c/added", []byte("last")))
		require.NoError(t, b.Delete(t.Context(), "a/gone"))
		require.NoError(t, b.Delete(t.Context(), "a/never"))
		require.NoError(t, b.Put(t.Context(), "a/dropped", []byte("x")))
		require.NoError(t, b.Delete(t.Context(), "a/dropped"))
		require.NoError(t, b.Delete(t.Context(), "a/back"))
		require.NoError(t, b.Put(t.Context(), "a/back", []byte("back")))
		require.ErrorIs(t, b.Put(t.Context(), "../out", []byte("x")), cache.ErrName)
		require.ErrorIs(t, b.Delete(t.Context(), "../out"), cache.ErrName)
		return b
	}
	b := change()
	require.Equal(t, []string{"a/gone", "a/old"}, names(t, s, ""), "nothing is seen before the commit")
	require.NoError(t, b.Close())
	require.Equal(t, []string{"a/gone", "a/old"}, names(t, s, ""), "nor ever without one")
	require.Equal(t, "old", get(t, s, "a/old"))

	b = change()
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, b.Commit(stopped), context.Canceled)
	require.Equal(t, []string{"a/gone", "a/old"}, names(t, s, ""))
	require.NoError(t, b.Commit(t.Context()))
	require.NoError(t, b.Close())
	require.Equal(t, []string{"a/back", "a/old", "b/c/added"}, names(t, s, ""))
	require.Equal(t, "new", get(t, s, "a/old"))
	require.Equal(t, "last", get(t, s, "b/c/added"))
}

func batchesWait(t *testing.T, s cache.Store) {
	first := begin(t, s)
	soon, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	_, err := s.Begin(soon)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NoError(t, first.Close())
	require.NoError(t, begin(t, s).Close())
}

package cachetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

func put(t *testing.T, s cache.Store, name string, parts ...string) cache.Info {
	t.Helper()
	data := make([][]byte, len(parts))
	for i, p := range parts {
		data[i] = []byte(p)
	}
	info, err := s.Put(t.Context(), name, data...)
	require.NoError(t, err)
	return info
}

func get(t *testing.T, s cache.Store, name string) string {
	t.Helper()
	data, _, err := cache.ReadBlob(t.Context(), s, name)
	require.NoError(t, err)
	return string(data)
}

func names(t *testing.T, s cache.Store, prefix string) []string {
	t.Helper()
	var list []string
	for info, err := range s.List(t.Context(), prefix) {
		require.NoError(t, err)
		list = append(list, info.Name)
	}
	return list
}

func isMissing(t *testing.T, s cache.Store, name string) {
	t.Helper()
	_, _, err := cache.ReadBlob(t.Context(), s, name)
	require.ErrorIs(t, err, cache.ErrMissing)
	_, _, err = s.Head(t.Context(), name, 10)
	require.ErrorIs(t, err, cache.ErrMissing)
	_, err = s.Stat(t.Context(), name)
	require.ErrorIs(t, err, cache.ErrMissing)
}

// same fails unless both tell of one version of a blob. A medium may tell of the
// time at which it stored it a little before it has done so.
func same(t *testing.T, want, got cache.Info) {
	t.Helper()
	require.WithinDuration(t, want.Modified, got.Modified, 5*time.Second)
	got.Modified = want.Modified
	require.Equal(t, want, got)
}

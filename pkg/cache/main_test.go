package cache_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// childMode tells the test binary, run again by a test, what to do instead of
// testing.
const childMode = "FRED_CACHE_CHILD"

func TestMain(m *testing.M) {
	if mode := os.Getenv(childMode); mode != "" {
		os.Exit(children[mode]())
	}
	os.Exit(m.Run())
}

var (
	key    = cache.NewKey("clusters", "arn:aws:eks:eu-west-1:1:cluster/Prod", "workloads")
	errAPI = errors.New("connection refused")
)

// minute is a request for key whose entry is fresh for one minute.
var minute = cache.Request{Key: key, TTL: time.Minute, Source: "kubernetes"}

// source counts how often it is asked, and answers with that count or err.
type source struct {
	asked int
	err   error
}

func (s *source) collect(context.Context) (cache.Collected[int], error) {
	s.asked++
	return cache.Collected[int]{Value: s.asked}, s.err
}

// fetch asks for req and fails the test on an error.
func fetch(t *testing.T, c *cache.Cache, req cache.Request, s *source) cache.Entry[int] {
	t.Helper()
	e, err := cache.Fetch(t.Context(), c, req, s.collect)
	require.NoError(t, err)
	return e
}

// blob returns the only blob in a store.
func blob(t *testing.T, s cache.Store) (string, []byte) {
	t.Helper()
	list := names(t, s)
	require.Len(t, list, 1)
	data, _, err := cache.ReadBlob(t.Context(), s, list[0])
	require.NoError(t, err)
	return list[0], data
}

// failing is a store whose writes or reads fail.
type failing struct {
	cache.Store

	put, read error
}

func (f failing) Put(ctx context.Context, name string, data ...[]byte) (cache.Info, error) {
	if f.put != nil {
		return cache.Info{}, f.put
	}
	return f.Store.Put(ctx, name, data...)
}

func (f failing) Head(ctx context.Context, name string, n int) ([]byte, cache.Info, error) {
	if f.read != nil {
		return nil, cache.Info{}, f.read
	}
	return f.Store.Head(ctx, name, n)
}

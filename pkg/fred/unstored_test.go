package fred_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
)

// stuck is a store that fails when it is changed.
type stuck struct {
	cache.Store

	begin, commit, remove error
}

func (s stuck) Begin(ctx context.Context) (cache.Batch, error) {
	if s.begin != nil {
		return nil, s.begin
	}
	b, err := s.Store.Begin(ctx)
	return stuckBatch{b, s.commit}, err
}

func (s stuck) Delete(context.Context, string) error { return s.remove }

func (s stuck) Writable(context.Context) error { return s.begin }

type stuckBatch struct {
	cache.Batch

	commit error
}

func (b stuckBatch) Commit(context.Context) error { return b.commit }

func TestAChangeThatFailsSaysWhatBecameOfItAndWhatToDo(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	zip, _ := s.exported(t, fred.ExportQuery{})
	odd := errors.New("odd")
	for _, tt := range []struct {
		store stuck
		kind  fault.Kind
		hint  string
	}{
		{stuck{begin: cache.ErrReadOnly}, fault.Unwritable, "Nothing was changed. Name another place with --cache"},
		{stuck{commit: cache.ErrFull}, fault.Unwritable, "Nothing was changed. Make room"},
		{stuck{commit: errors.Join(cache.ErrCommitted, cache.ErrFull)}, fault.Unwritable, "whoever opens the cache next"},
		{stuck{commit: odd}, fault.Internal, ""},
	} {
		tt.store.Store = cache.NewMemory()
		c := colleague(t, s.clock)
		c.Cache = cache.New(tt.store, cache.Options{})
		r, err := c.Import(t.Context(), bytes.NewReader(zip), int64(len(zip)), fred.ImportOptions{Merge: fred.Newer})
		fails(t, err, tt.kind, "", tt.hint)
		require.Nil(t, r)
	}
	s.Cache = cache.New(stuck{Store: s.store, remove: cache.ErrReadOnly}, cache.Options{})
	s.clock.pass(time.Hour)
	_, err := s.Prune(t.Context(), fred.EntryQuery{}, fred.PruneOptions{OlderThan: time.Minute})
	fails(t, err, fault.Unwritable, "cannot be written", "the rest is as it was")
}

func TestInfoSaysWhetherTheCacheCanBeWritten(t *testing.T) {
	for why, want := range map[error]*bool{nil: new(true), cache.ErrFull: new(false), errors.ErrUnsupported: nil} {
		s := dev(t)
		s.Cache = cache.New(stuck{Store: s.store, begin: why}, cache.Options{})
		r, err := s.Info(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, r.Total.Writable, "%v", why)
		require.Equal(t, errors.Is(why, cache.ErrFull), r.Total.Reason != "")
	}
}

func TestAKindThatNoEntryIsOfIsAMistakeOfTheCaller(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	for word, hint := range map[string]string{
		"pod": `Did you mean "pods"?`, "deployment": `Did you mean "deployments"?`, "fact": `Did you mean "facts"?`, "Pods": `Did you mean "pods"?`,
		"elephants": "The kinds are pods, ",
	} {
		q := []string{"pods", word}
		_, err := s.Entries(t.Context(), fred.EntryQuery{Kinds: q})
		fails(t, err, fault.NotFound, `no kind of entry "`+word+`"`, hint)
		_, err = s.Prune(t.Context(), fred.EntryQuery{Kinds: q}, fred.PruneOptions{})
		fails(t, err, fault.NotFound, word, hint)
		_, err = s.Export(t.Context(), fred.ExportQuery{Kinds: q}, &bytes.Buffer{}, "test")
		fails(t, err, fault.NotFound, word, hint)
	}
	require.True(t, s.has(t, podsName))
	for _, kind := range []string{"secondthoughts", "jobs", "server", "refused", "facts"} { // of this fred or of another
		_, err := cache.Fetch(t.Context(), cache.New(s.store, cache.Options{}), cache.Request{Key: cache.NewKey("clusters", "dev", "secondthoughts"), TTL: cache.Forever},
			func(context.Context) (cache.Collected[int], error) { return cache.Collected[int]{}, nil })
		require.NoError(t, err)
		_, err = s.Entries(t.Context(), fred.EntryQuery{Kinds: []string{kind}})
		require.NoError(t, err, kind)
	}
}

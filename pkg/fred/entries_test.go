package fred_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
)

const (
	podsName   = "clusters/dev/kube/pods.jsonl"
	factsName  = "clusters/dev/facts.jsonl"
	serverName = "clusters/dev/kube/server.jsonl"
)

// overwrite replaces what is stored under name by what change makes of it.
func (s *stand) overwrite(t *testing.T, name string, change func(string) string) {
	t.Helper()
	data, _, err := cache.ReadBlob(t.Context(), s.store, name)
	require.NoError(t, err)
	_, err = s.store.Put(t.Context(), name, []byte(change(string(data))))
	require.NoError(t, err)
}

// flipped is data with another byte in the middle of its payload.
func flipped(data string) string {
	at := len(data) - 20
	return data[:at] + string(data[at]^1) + data[at+1:]
}

func foreign(string) string { return "foreign\n" }

func (s *stand) has(t *testing.T, name string) bool {
	t.Helper()
	_, err := s.store.Stat(t.Context(), name)
	if !errors.Is(err, cache.ErrMissing) {
		require.NoError(t, err)
	}
	return err == nil
}

func (s *stand) prunes(t *testing.T, q fred.EntryQuery) fred.EntryList {
	t.Helper()
	r, err := s.Prune(t.Context(), q, fred.PruneOptions{OlderThan: 30 * 24 * time.Hour})
	require.NoError(t, err)
	return r
}

func TestPruneLeavesDamagedFactsUnlessTheirKindIsNamed(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	s.writes(t, "dev", about("owner", "ann", 0))
	s.overwrite(t, factsName, foreign)
	require.Empty(t, s.prunes(t, fred.EntryQuery{}).Items)
	require.Empty(t, s.prunes(t, fred.EntryQuery{Clusters: []string{"dev"}}).Items)
	require.True(t, s.has(t, factsName), "somebody may bring it back to life")
	require.Len(t, s.prunes(t, fred.EntryQuery{Kinds: []string{"facts"}}).Items, 1)
	require.False(t, s.has(t, factsName))
}

func TestPruneDeletesWhatVerifyFoundDamaged(t *testing.T) {
	for name, change := range map[string]func(string) string{"a flipped byte": flipped, "another file": foreign} {
		t.Run(name, func(t *testing.T) {
			s := dev(t)
			s.workloads(t, everywhere)
			s.overwrite(t, podsName, change)
			r, err := s.Verify(t.Context())
			fails(t, err, fault.Internal, "1 of ", "fred cache prune")
			require.Len(t, r.Items, 1)
			require.Equal(t, []string{"dev", "pods"}, []string{r.Items[0].Cluster, r.Items[0].Kind})
			require.Len(t, s.prunes(t, fred.EntryQuery{}).Items, 1)
			require.False(t, s.has(t, podsName))
			_, err = s.Verify(t.Context())
			require.NoError(t, err)
		})
	}
}

// unreadable is a store one of whose blobs cannot be read for now.
type unreadable struct {
	cache.Store
	name string
}

func (u unreadable) Head(ctx context.Context, name string, n int) ([]byte, cache.Info, error) {
	if name == u.name {
		return nil, cache.Info{}, errors.New("permission denied")
	}
	return u.Store.Head(ctx, name, n)
}

func TestPruneLeavesWhatCannotBeReadForNow(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	f := fred.New(fred.Options{Cache: cache.New(unreadable{s.store, podsName}, cache.Options{Now: s.clock.Now}), Now: s.clock.Now})
	defer f.Close()
	r, err := f.Prune(t.Context(), fred.EntryQuery{}, fred.PruneOptions{OlderThan: time.Hour})
	require.NoError(t, err)
	require.Empty(t, r.Items)
	require.True(t, s.has(t, podsName))
}

func TestAnEntryOfANewerFredStaysWhateverIsAsked(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	s.overwrite(t, podsName, func(data string) string { return strings.Replace(data, `"schema":1`, `"schema":99`, 1) })
	r, err := s.Prune(t.Context(), fred.EntryQuery{Kinds: []string{"pods"}}, fred.PruneOptions{})
	require.NoError(t, err)
	require.Empty(t, r.Items)
	require.True(t, s.has(t, podsName))
}

func TestADamagedEntryIsListedUnderItsClusterWithAWarning(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	s.overwrite(t, serverName, foreign)
	r, err := s.Entries(t.Context(), fred.EntryQuery{Clusters: []string{"dev"}, Kinds: []string{"server"}})
	require.NoError(t, err)
	require.Len(t, r.Items, 1)
	require.Equal(t, cache.Damaged, r.Items[0].State)
	require.NotEmpty(t, r.Items[0].Reason)
	require.Len(t, r.Warnings, 1)
}

func TestAListThatIsAllThatWasAskedForAndNotCachedIsNotFredsOwnFault(t *testing.T) {
	const name = "clusters/dev/kube/services.jsonl"
	for what, lose := range map[string]func(*testing.T, *stand){
		"missing": func(t *testing.T, s *stand) { require.NoError(t, s.store.Delete(t.Context(), name)) },
		"damaged": func(t *testing.T, s *stand) { s.overwrite(t, name, flipped) },
		"foreign": func(t *testing.T, s *stand) { s.overwrite(t, name, foreign) },
	} {
		t.Run(what, func(t *testing.T) {
			s := dev(t)
			s.workloads(t, everywhere)
			lose(t, s)
			_, err := s.offline(t).Services(t.Context(), everywhere, "", "")
			fails(t, err, fault.Offline, "no services of cluster", "without --offline")
		})
	}
}

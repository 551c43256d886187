package fred_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/report"
)

const day = 24 * time.Hour

func TestAClockThatWentBackHasTheClusterAskedAgain(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	s.world.change(func() { s.world.places["dev"].deploy("shop", "new", 1) })
	s.clock.pass(-day)
	s.world.requests()
	stale := s.offline(t).workloads(t, everywhere)
	require.True(t, stale.Stale, "nobody knows how old it is")
	require.Len(t, stale.Items, 3)
	fresh := s.workloads(t, everywhere)
	require.False(t, fresh.Stale)
	require.Len(t, fresh.Items, 4)
	require.Contains(t, s.world.requests(), "dev pods")
	s.workloads(t, everywhere)
	require.Empty(t, s.world.requests(), "and then it is fresh by the clock of now")
}

func TestWhatIsOfAFutureIsTooOldForAnyMaxAge(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	s.clock.pass(-day)
	s.world.change(func() { s.world.places["dev"].silent = errDown })
	year := 365 * day
	_, err := s.Workloads(t.Context(), fred.Query{AllNamespaces: true, MaxAge: &year})
	fails(t, err, fault.Unreachable, "of an unknown age", "--max-age")
	require.True(t, s.workloads(t, everywhere).Stale)
}

func TestPruneDeletesWhatIsOfAFutureOnlyWhereAgeDoesNotMatter(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	s.writes(t, "dev", about("owner", "ann", 0))
	s.clock.pass(-day)
	for _, age := range []time.Duration{time.Second, 30 * day} {
		r, err := s.Prune(t.Context(), fred.EntryQuery{}, fred.PruneOptions{OlderThan: age})
		require.NoError(t, err)
		require.Empty(t, r.Items)
	}
	r, err := s.Prune(t.Context(), fred.EntryQuery{}, fred.PruneOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, r.Items)
	require.True(t, s.has(t, factsName))
	require.False(t, s.has(t, podsName))
}

// Somebody's clock is a year ahead: what he read must not hide for a year what
// others read since.
func TestAnImportFromAWrongClockHidesNothing(t *testing.T) {
	s, wrong := dev(t), dev(t)
	wrong.clock.pass(365 * day)
	wrong.world.change(func() { wrong.world.places["dev"].deploy("shop", "theirs", 1) })
	wrong.workloads(t, everywhere)
	zip, _ := wrong.exported(t, fred.ExportQuery{})
	s.workloads(t, everywhere)

	r := s.imports(t, zip, fred.ImportOptions{})
	require.Zero(t, r.Total.Actions[fred.Replaced], "%v", r.Total.Actions)
	require.Equal(t, []report.Code{report.Note}, codes(r.Warnings))
	require.Contains(t, r.Warnings[0].Message, "of a time to come")
	require.Len(t, s.offline(t).workloads(t, everywhere).Items, 3)

	empty := colleague(t, s.clock)
	require.Positive(t, empty.imports(t, zip, fred.ImportOptions{}).Total.Actions[fred.Added], "better than nothing")
	got := empty.workloads(t, everywhere)
	require.True(t, got.Stale)
	require.Len(t, got.Items, 4)
	ours, _ := s.exported(t, fred.ExportQuery{})
	require.Positive(t, empty.imports(t, ours, fred.ImportOptions{}).Total.Actions[fred.Replaced], "a right clock wins")
	require.Len(t, empty.workloads(t, everywhere).Items, 3)

	forced := s.imports(t, zip, fred.ImportOptions{Merge: fred.Theirs})
	require.Positive(t, forced.Total.Actions[fred.Replaced], "unless it is asked for")
}

func TestAFactOfATimeToComeTakesThePlaceOfNone(t *testing.T) {
	s, wrong := dev(t), dev(t)
	for _, st := range []*stand{s, wrong} {
		st.workloads(t, everywhere)
	}
	s.writes(t, "dev", about("peak", "Monday", 0))
	wrong.writes(t, "dev", about("peak", "Friday", 365*day), about("theirs", "y", 365*day))
	zip, _ := wrong.exported(t, fred.ExportQuery{})
	for range 2 {
		s.imports(t, zip, fred.ImportOptions{})
		require.Equal(t, []string{"peak=Monday", "theirs=y"}, titles(t, s, "dev"))
	}
	_, state, err := cache.New(s.store, cache.Options{Now: s.clock.Now}).Peek(t.Context(), cache.NewKey("clusters", "dev", "facts"))
	require.NoError(t, err)
	require.Equal(t, cache.Fresh, state)
}

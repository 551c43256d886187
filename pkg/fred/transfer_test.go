package fred_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// exported returns the archive of what q selects.
func (s *stand) exported(t *testing.T, q fred.ExportQuery) ([]byte, *fred.Transfer) {
	t.Helper()
	var b bytes.Buffer
	r, err := s.Export(t.Context(), q, &b, "test")
	require.NoError(t, err)
	return b.Bytes(), r
}

func (s *stand) imports(t *testing.T, zip []byte, o fred.ImportOptions) *fred.Transfer {
	t.Helper()
	if o.Merge == "" {
		o.Merge = fred.Newer
	}
	r, err := s.Import(t.Context(), bytes.NewReader(zip), int64(len(zip)), o)
	require.NoError(t, err)
	return r
}

// colleague is somebody without a kubeconfig, offline, with an empty cache.
func colleague(t *testing.T, c *clock) *stand {
	t.Helper()
	return on(t, &world{}, c, cache.NewMemory(), func(o *fred.Options) { o.Offline = func() bool { return true } })
}

// writes stores facts about a cluster as fred ai will.
func (s *stand) writes(t *testing.T, cluster string, facts ...fact.Fact) {
	t.Helper()
	c := cache.New(s.store, cache.Options{Now: s.clock.Now})
	uid := "uid-dev"
	if p, ok := s.world.places[cluster]; ok {
		uid = p.server.UID
	}
	_, err := cache.Fetch(t.Context(), c, cache.Request{Key: cache.NewKey("clusters", cluster, "facts"), TTL: cache.Forever, Refresh: true},
		func(context.Context) (cache.Collected[map[string]fact.List], error) {
			return cache.Collected[map[string]fact.List]{Value: map[string]fact.List{"facts": facts}, ClusterUID: uid}, nil
		})
	require.NoError(t, err)
}

func titles(t *testing.T, s *stand, cluster string) (list []string) {
	t.Helper()
	r, err := s.Facts(t.Context(), fred.Query{Clusters: []string{cluster}}, fact.Scope{})
	require.NoError(t, err)
	for _, f := range r.Items {
		list = append(list, f.Title+"="+f.Content)
	}
	return list
}

func about(title, content string, after time.Duration) fact.Fact {
	return fact.Fact{User: "ann", Date: noon.Add(after), Title: title, Content: content}
}

func TestAColleagueAnswersTheSameOfflineAfterAnImport(t *testing.T) {
	s := dev(t)
	want := s.workloads(t, everywhere)
	zip, r := s.exported(t, fred.ExportQuery{})
	again, _ := s.exported(t, fred.ExportQuery{})
	require.Equal(t, zip, again)
	require.Equal(t, r.Total.Entries, r.Total.Actions[fred.Exported])
	c := colleague(t, s.clock)
	got := c.imports(t, zip, fred.ImportOptions{})
	require.Equal(t, r.Total.Entries, got.Total.Actions[fred.Added])
	require.Equal(t, want.Items, c.workloads(t, everywhere).Items)
	require.Equal(t, s.offline(t).overview(t, fred.Query{}).Items, c.overview(t, fred.Query{}).Items)
	require.Equal(t, r.Total.Entries, c.imports(t, zip, fred.ImportOptions{}).Total.Actions[fred.Unchanged], "twice is once")
}

func TestADryRunChangesNothing(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	zip, _ := s.exported(t, fred.ExportQuery{})
	c := colleague(t, s.clock)
	r := c.imports(t, zip, fred.ImportOptions{DryRun: true})
	require.True(t, r.Total.DryRun)
	require.Positive(t, r.Total.Actions[fred.Added])
	_, err := c.Workloads(t.Context(), everywhere)
	require.Equal(t, fault.Offline, fault.KindOf(err))
	require.Equal(t, r.Total.Actions, c.imports(t, zip, fred.ImportOptions{}).Total.Actions, "it does what it said")
}

func TestWhichSideStaysIsSaidByTheMerge(t *testing.T) {
	for merge, want := range map[fred.Side]map[string]int{
		fred.Newer: {"theirs are older": 3, "theirs are newer": 4}, fred.Ours: {"theirs are older": 3, "theirs are newer": 3}, fred.Theirs: {"theirs are older": 4, "theirs are newer": 4},
	} {
		for when, n := range want {
			s, o := dev(t), dev(t)
			o.world.change(func() { o.world.places["dev"].deploy("shop", "theirs", 1) })
			first, second := s, o
			if when == "theirs are older" {
				first, second = o, s
			}
			first.workloads(t, everywhere)
			second.clock.pass(time.Hour)
			second.workloads(t, everywhere)
			first.clock.pass(time.Hour)
			zip, _ := o.exported(t, fred.ExportQuery{})
			r := s.imports(t, zip, fred.ImportOptions{Merge: merge})
			require.Len(t, s.offline(t).workloads(t, everywhere).Items, n, "%s, %s: %v", merge, when, r.Total.Actions)
		}
	}
}

func TestFactsOfBothSidesAreMergedWhateverTheMerge(t *testing.T) {
	for _, o := range []fred.ImportOptions{{}, {Merge: fred.Ours}, {Merge: fred.Theirs}, {Replace: true}} {
		s, other := dev(t), dev(t)
		for _, st := range []*stand{s, other} {
			st.workloads(t, everywhere)
		}
		s.writes(t, "dev", about("peak", "Monday", 0), about("ours", "x", 0))
		other.writes(t, "dev", about("peak", "Friday", time.Hour), about("theirs", "y", 0))
		zip, _ := other.exported(t, fred.ExportQuery{})
		s.clock.pass(time.Hour)
		r := s.imports(t, zip, o)
		require.Equal(t, 1, r.Total.Actions[fred.Merged])
		require.Equal(t, []string{"peak=Friday", "ours=x", "theirs=y"}, titles(t, s, "dev"))
	}
}

func TestReplaceDeletesWhatTheArchiveLacksButNothingThatPeopleWrote(t *testing.T) {
	s, other := dev(t), dev(t)
	s.workloads(t, everywhere)
	s.writes(t, "dev", about("ours", "x", 0))
	other.workloads(t, everywhere)
	zip, _ := other.exported(t, fred.ExportQuery{Kinds: []string{"pods"}})
	r := s.imports(t, zip, fred.ImportOptions{Replace: true})
	require.Positive(t, r.Total.Actions[fred.Deleted])
	require.Equal(t, []string{"ours=x"}, titles(t, s, "dev"))
	_, rest := s.exported(t, fred.ExportQuery{})
	require.Equal(t, 3, rest.Total.Entries, "pods, the server and the facts")
}

func TestAnExportOfOneNamespaceHoldsNothingOfAnother(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	s.writes(t, "dev", about("ours", "secret of the cluster", 0))
	zip, _ := s.exported(t, fred.ExportQuery{Namespaces: []string{"ops"}})
	a, err := cache.OpenArchive(t.Context(), bytes.NewReader(zip), int64(len(zip)), cache.DefaultLimits)
	require.NoError(t, err)
	require.NoError(t, a.Each(t.Context(), func(in cache.Incoming) error {
		require.Regexp(t, "/server.jsonl$|/in/ops/", in.Name)
		require.NotContains(t, string(in.Payload), "cart")
		require.NotContains(t, string(in.Payload), "secret of")
		return nil
	}))
	c := colleague(t, s.clock)
	c.imports(t, zip, fred.ImportOptions{})
	got := c.workloads(t, everywhere)
	require.Equal(t, []string{"ops/log"}, names(got.Items))
	require.Contains(t, body(t, got.Warnings), "only these namespaces may be read: [ops]", "a part is not shown as the whole")
}

func TestAnotherClusterOfTheSameNameIsSetAside(t *testing.T) {
	s := dev(t)
	s.workloads(t, everywhere)
	p := shop("uid-other").deploy("shop", "foreign", 1)
	other := newStand(t, &world{contexts: []kube.Cluster{contextOf("dev", p, "shop")}, places: map[string]*place{"dev": p}})
	other.clock.pass(time.Hour)
	other.workloads(t, everywhere)
	zip, _ := other.exported(t, fred.ExportQuery{})
	s.clock.pass(time.Hour)
	r := s.imports(t, zip, fred.ImportOptions{Merge: fred.Theirs})
	require.Equal(t, []report.Code{report.Note}, codes(r.Warnings))
	require.Len(t, s.offline(t).workloads(t, everywhere).Items, 3, "the clusters are not mixed")
}

func TestARefusedArchiveChangesNothing(t *testing.T) {
	s := dev(t)
	_, err := s.Import(t.Context(), bytes.NewReader([]byte("no zip")), 6, fred.ImportOptions{Merge: fred.Newer})
	fails(t, err, fault.Refused, "no zip", "Nothing was changed")
	_, err = s.Import(t.Context(), bytes.NewReader(nil), 0, fred.ImportOptions{Merge: "best"})
	fails(t, err, fault.Invalid, "best", "newer, ours or theirs")
	_, err = s.Export(t.Context(), fred.ExportQuery{}, &bytes.Buffer{}, "test")
	fails(t, err, fault.NotFound, "nothing in the cache", "fred cache ls")
	_, err = s.Export(t.Context(), fred.ExportQuery{Clusters: []string{"prod"}}, &bytes.Buffer{}, "test")
	fails(t, err, fault.NotFound, "prod", "")
}

// ill is a store in which one entry cannot be read just now.
type ill struct {
	cache.Store
	name string
}

func (s ill) Head(ctx context.Context, name string, n int) ([]byte, cache.Info, error) {
	if strings.Contains(name, s.name) {
		return nil, cache.Info{}, errors.New("input/output error")
	}
	return s.Store.Head(ctx, name, n)
}

func TestAnImportReplacesNothingThatCannotBeReadJustNow(t *testing.T) {
	from := dev(t)
	from.workloads(t, everywhere)
	from.writes(t, "dev", about("theirs", "b", 0))
	archive, _ := from.exported(t, fred.ExportQuery{})
	for _, name := range []string{"dev/facts", "dev/kube/server"} {
		t.Run(name, func(t *testing.T) {
			s := colleague(t, &clock{now: noon})
			s.writes(t, "dev", about("ours", "a", 0))
			before := blobs(t, s.store)
			bad := on(t, &world{}, s.clock, ill{s.store, name}, func(o *fred.Options) { o.Offline = func() bool { return true } })
			_, err := bad.Import(t.Context(), bytes.NewReader(archive), int64(len(archive)), fred.ImportOptions{Merge: fred.Newer})
			require.ErrorContains(t, err, "input/output error")
			require.Equal(t, before, blobs(t, s.store))
		})
	}
}

func TestDamagedFactsAreReplacedOnRequestAlone(t *testing.T) {
	from := dev(t)
	from.writes(t, "dev", about("theirs", "b", 0))
	archive, _ := from.exported(t, fred.ExportQuery{})
	for damage, change := range map[string]func(string) string{
		"the header is cut short": func(s string) string { return s[:40] },
		"the payload is altered":  func(s string) string { return strings.Replace(s, "ours", "Ours", 1) },
	} {
		t.Run(damage, func(t *testing.T) {
			s := colleague(t, &clock{now: noon})
			s.writes(t, "dev", about("ours", "a", 0))
			const name = "clusters/dev/facts.jsonl"
			s.overwrite(t, name, change)
			before := blobs(t, s.store)[name]
			r := s.imports(t, archive, fred.ImportOptions{})
			require.Equal(t, 1, r.Total.Actions[fred.LeftOut])
			require.Contains(t, r.Warnings[0].Message, "--merge theirs replaces them")
			require.Equal(t, before, blobs(t, s.store)[name])
			s.imports(t, archive, fred.ImportOptions{Merge: fred.Theirs})
			require.Contains(t, blobs(t, s.store)[name], `"theirs"`)
		})
	}
}

func blobs(t *testing.T, s cache.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for info, err := range s.List(t.Context(), "") {
		require.NoError(t, err)
		data, _, err := cache.ReadBlob(t.Context(), s, info.Name)
		require.NoError(t, err)
		all[info.Name] = string(data)
	}
	return all
}

package fred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// EntryQuery selects entries of the cache; its zero value is all of them.
type EntryQuery struct {
	Clusters []string // full names or aliases
	Kinds    []string // pods, deployments, facts…
}

// PruneOptions say what to delete.
type PruneOptions struct {
	OlderThan time.Duration
	DryRun    bool
}

// EntryRow is an entry of the cache.
type EntryRow struct {
	Cluster     string      `json:"cluster,omitempty" doc:"Full name of the cluster"`
	Namespace   string      `json:"namespace,omitempty" doc:"Where the entry is of one namespace"`
	Kind        string      `json:"entryKind,omitempty" doc:"What the entry holds: pods, deployments, facts…"`
	State       cache.State `json:"state" doc:"What it is good for" enum:"fresh,stale,damaged,newer"`
	Reason      string      `json:"reason,omitempty" doc:"What is wrong with it"`
	Count       int         `json:"count,omitempty" doc:"Objects in it"`
	SizeBytes   int64       `json:"sizeBytes" doc:"Bytes of it"`
	Source      string      `json:"source,omitempty" doc:"The collector that read it"`
	Simulated   bool        `json:"simulated,omitempty" doc:"It is made up"`
	Aside       string      `json:"aside,omitempty" doc:"Identity of the cluster that bore the name before, which it is of"`
	CollectedAt time.Time   `json:"collectedAt,omitzero" doc:"When it was read from its source"`
	ExpiresAt   time.Time   `json:"expiresAt,omitzero" doc:"When it will be read again; left out where never"`
	Policy      string      `json:"secretPolicy,omitempty" doc:"Version of the rules that kept secrets out of it"`
	Name        string      `json:"name" doc:"Its name in the cache"`
}

// EntryTotal sums entries up.
type EntryTotal struct {
	Entries   int                 `json:"entries" doc:"Rows"`
	SizeBytes int64               `json:"sizeBytes" doc:"Bytes of all entries"`
	States    map[cache.State]int `json:"states" doc:"Entries by state"`
	Deleted   int                 `json:"deleted,omitempty" doc:"Entries that were deleted, or would be"`
	DryRun    bool                `json:"dryRun,omitempty" doc:"Nothing was deleted"`
}

// EntryList is an EntryList report.
type EntryList = report.Report[EntryRow, EntryTotal]

// Entries lists what is cached, sorted by cluster, namespace and kind. It reads
// headers alone: what is wrong behind them goes unnoticed. No source is asked.
func (f *Fred) Entries(ctx context.Context, q EntryQuery) (EntryList, error) {
	_, out, err := f.entries(ctx, q)
	return out, err
}

// entries returns what q selects as it is listed, and the report of it, in the
// same order.
func (f *Fred) entries(ctx context.Context, q EntryQuery) ([]*located, EntryList, error) {
	out := report.New[EntryRow, EntryTotal]("EntryList")
	out.Total = &EntryTotal{States: map[cache.State]int{}}
	if err := f.makeUp(ctx); err != nil {
		return nil, out, err
	}
	if err := f.checkKinds(ctx, q.Kinds); err != nil {
		return nil, out, err
	}
	var all []*located
	for l, err := range f.Cache.List(ctx, cache.Key{}) {
		if err != nil {
			return nil, out, err
		}
		all = append(all, &located{l, placeListed(l)})
	}
	clusters, err := named(all, q.Clusters)
	if err != nil {
		return nil, out, err
	}
	all = slices.DeleteFunc(all, func(l *located) bool {
		return clusters != nil && !slices.Contains(clusters, l.cluster) || q.Kinds != nil && !slices.Contains(q.Kinds, l.kind)
	})
	slices.SortFunc(all, func(a, b *located) int {
		return cmp.Or(strings.Compare(a.aside, b.aside), strings.Compare(a.cluster, b.cluster), strings.Compare(a.namespace, b.namespace),
			strings.Compare(a.kind, b.kind), strings.Compare(a.Name, b.Name))
	})
	out.Items = make([]EntryRow, 0, len(all))
	for _, l := range all {
		addEntry(&out, entryOf(l))
	}
	out.Warnings = unusable(all)
	return all, out, nil
}

// located is an entry and what its key says or, where it is damaged, its name.
type located struct {
	cache.Listed
	place
}

func placeListed(l cache.Listed) place {
	if l.Problem == nil {
		return placeOf(l.Header.Key)
	}
	key, _ := cache.KeyNamed(l.Name)
	return placeOf(key)
}

// named returns the full names of the clusters that entries are of and that are
// meant by words; nil where there is no word.
func named(all []*located, words []string) ([]string, error) {
	if len(words) == 0 {
		return nil, nil
	}
	seen := map[string]bool{}
	for _, l := range all {
		seen[l.cluster] = l.cluster != ""
	}
	var known []kube.Cluster
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		if seen[name] {
			known = append(known, kube.Derive(name))
		}
	}
	kube.Unique(known)
	var full []string
	for _, word := range words {
		c, ok := kube.Find(known, word)
		if !ok {
			return nil, unknownContext(word, known)
		}
		full = append(full, c.Name)
	}
	return full, nil
}

// unusable warns of the entries that cannot be used.
func unusable(all []*located) []report.Warning {
	n := 0
	for _, l := range all {
		if l.Problem != nil {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []report.Warning{{Code: report.Note, Message: fmt.Sprintf("%d of %d entries cannot be used, see fred cache verify", n, len(all))}}
}

func entryOf(l *located) EntryRow {
	h := l.Header
	row := EntryRow{
		Cluster: l.cluster, Namespace: l.namespace, Kind: l.kind, State: l.State, Count: h.Items, SizeBytes: l.Size, Source: h.Source,
		Simulated: h.Simulated, Aside: l.aside, CollectedAt: h.CollectedAt, ExpiresAt: h.ExpiresAt, Policy: h.SecretPolicy, Name: l.Name,
	}
	if l.Problem != nil {
		row.Reason = l.Problem.Error()
	}
	return row
}

func addEntry(out *EntryList, row EntryRow) {
	out.Items = append(out.Items, row)
	out.Total.Entries++
	out.Total.SizeBytes += row.SizeBytes
	out.Total.States[row.State]++
}

// Verify reads every entry to its end, a few at a time, and lists those that are
// damaged or of a newer fred. Damage is an error of kind Internal beside the
// report. Files that are being written are sound.
func (f *Fred) Verify(ctx context.Context) (EntryList, error) {
	all, out, err := f.entries(ctx, EntryQuery{})
	if err != nil {
		return out, err
	}
	problems, err := f.readAll(ctx, all)
	if err != nil {
		return out, err
	}
	total := out.Total
	out.Items, out.Warnings, total.States = []EntryRow{}, nil, map[cache.State]int{}
	for i, l := range all {
		row := judged(entryOf(l), problems[i])
		total.States[row.State]++
		if row.Reason != "" {
			out.Items = append(out.Items, row)
		}
	}
	if n := total.States[cache.Damaged]; n > 0 {
		return out, fault.New(fault.Internal, "%d of %d entries are damaged", n, total.Entries).
			Hinted("They count as missing. fred cache prune deletes those that a source can give again; bring others back from an export.")
	}
	return out, nil
}

// readAll reads entries to their ends, a few at a time, and returns what is wrong
// with each. An error is that it was interrupted.
func (f *Fred) readAll(ctx context.Context, all []*located) ([]error, error) {
	problems := make([]error, len(all))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	var done atomic.Int64
	for i, l := range all {
		g.Go(func() error {
			problems[i] = f.Cache.Verify(ctx, l.Listed)
			f.Progress("entries read", int(done.Add(1)), len(all))
			return ctx.Err()
		})
	}
	return problems, g.Wait()
}

// judged returns row with what reading the entry to its end has shown.
func judged(row EntryRow, problem error) EntryRow {
	switch {
	case problem == nil:
	case errors.Is(problem, cache.ErrNewer):
		row.State, row.Reason = cache.Newer, problem.Error()
	default:
		row.State, row.Reason = cache.Damaged, problem.Error()
	}
	return row
}

// Prune deletes what q selects of what is older than o says, what is damaged, and
// what was refused to somebody a while ago; never what a newer fred wrote, and what people
// wrote or a model was paid for only where q names its kind. An entry that is
// replaced meanwhile stays. It lists what it deleted.
func (f *Fred) Prune(ctx context.Context, q EntryQuery, o PruneOptions) (EntryList, error) {
	all, listed, err := f.entries(ctx, q)
	out := report.New[EntryRow, EntryTotal]("EntryList")
	out.Total = &EntryTotal{States: map[cache.State]int{}, DryRun: o.DryRun}
	if err != nil {
		return out, err
	}
	problems, err := f.readAll(ctx, all)
	if err != nil {
		return out, err
	}
	for i, l := range all {
		row := judged(listed.Items[i], problems[i])
		if !f.prunable(row, problems[i], q, o) {
			continue
		}
		gone := true
		if !o.DryRun {
			if gone, err = f.Cache.Remove(ctx, l.Listed); err != nil {
				return out, unstored(err, partly)
			}
		}
		if gone {
			out.Total.Deleted++
			addEntry(&out, row)
		}
	}
	return out, nil
}

// prunable says whether to delete an entry. What cannot be read just now, for
// want of a right or of an open file, is not damaged.
func (f *Fred) prunable(row EntryRow, problem error, q EntryQuery, o PruneOptions) bool {
	again := row.Kind == serverKind || row.Kind == refusedKind || slices.Contains(kube.Known, kube.Resource(row.Kind)) // a source has it
	switch {
	case row.State == cache.Newer, problem != nil && !errors.Is(problem, cache.ErrDamaged):
		return false
	case !again && !slices.Contains(q.Kinds, row.Kind):
		return false
	case problem != nil:
		return true
	case row.Kind == refusedKind && row.State == cache.Stale:
		return true
	default: // one from the future is of no age, so it goes with all of them alone
		return o.OlderThan <= 0 || f.Now().Sub(row.CollectedAt) > o.OlderThan
	}
}

// CacheRow is what is cached of one cluster.
type CacheRow struct {
	Cluster   string              `json:"cluster,omitempty" doc:"Full name of the cluster"`
	Entries   int                 `json:"entries" doc:"How many there are"`
	SizeBytes int64               `json:"sizeBytes" doc:"Bytes of them"`
	States    map[cache.State]int `json:"states" doc:"Entries by state"`
	Aside     int                 `json:"aside,omitempty" doc:"Entries of another cluster that bore the name before"`
	Oldest    time.Time           `json:"oldest,omitzero" doc:"When the oldest of them was read from its source"`
	Newest    time.Time           `json:"newest,omitzero" doc:"When the newest was"`
	Simulated bool                `json:"simulated,omitempty" doc:"Some of it is made up"`
}

// CacheTotal says what the whole cache is.
type CacheTotal struct {
	Location  string   `json:"location" doc:"Where the cache is"`
	Schema    int      `json:"schema" doc:"Version of the entries' form that this fred writes"`
	Policies  []string `json:"secretPolicies" doc:"Versions of the rules that kept secrets out of the entries"`
	Entries   int      `json:"entries" doc:"How many there are"`
	SizeBytes int64    `json:"sizeBytes" doc:"Bytes of them"`
	Writable  *bool    `json:"writable,omitempty" doc:"Whether something can be stored; left out where that is not known"`
	Reason    string   `json:"reason,omitempty" doc:"Why nothing can be stored"`
}

// CacheInfo is a CacheInfo report.
type CacheInfo = report.Report[CacheRow, CacheTotal]

// Info sums the cache up by cluster. No source is asked.
func (f *Fred) Info(ctx context.Context) (CacheInfo, error) {
	out := report.New[CacheRow, CacheTotal]("CacheInfo")
	_, list, err := f.entries(ctx, EntryQuery{})
	if err != nil {
		return out, err
	}
	out.Total = &CacheTotal{
		Location: f.Location, Schema: cache.Schema, Policies: []string{}, Entries: list.Total.Entries, SizeBytes: list.Total.SizeBytes,
	}
	if err := f.Cache.Writable(ctx); !errors.Is(err, errors.ErrUnsupported) {
		out.Total.Writable = new(err == nil)
		if err != nil {
			out.Total.Reason = err.Error()
		}
	}
	at := map[string]int{}
	for i := range list.Items {
		e := &list.Items[i]
		if e.Policy != "" && !slices.Contains(out.Total.Policies, e.Policy) {
			out.Total.Policies = append(out.Total.Policies, e.Policy)
		}
		if _, ok := at[e.Cluster]; !ok {
			at[e.Cluster] = len(out.Items)
			out.Items = append(out.Items, CacheRow{Cluster: e.Cluster, States: map[cache.State]int{}})
		}
		out.Items[at[e.Cluster]].add(e)
	}
	slices.Sort(out.Total.Policies)
	slices.SortFunc(out.Items, func(a, b CacheRow) int { return strings.Compare(a.Cluster, b.Cluster) })
	return out, nil
}

func (r *CacheRow) add(e *EntryRow) {
	r.Entries++
	r.SizeBytes += e.SizeBytes
	r.Simulated = r.Simulated || e.Simulated
	if e.Aside != "" {
		r.Aside++
	}
	if e.Aside == "" || e.State == cache.Damaged || e.State == cache.Newer {
		r.States[e.State]++ // what is set aside serves nobody, however fresh it is
	}
	if e.CollectedAt.IsZero() {
		return
	}
	if r.Oldest.IsZero() || e.CollectedAt.Before(r.Oldest) {
		r.Oldest = e.CollectedAt
	}
	if e.CollectedAt.After(r.Newest) {
		r.Newest = e.CollectedAt
	}
}

package fred

import (
	"cmp"
	"context"
	"fmt"
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

// parallel is how many lists are asked for at a time: enough to hide round
// trips, few enough to be a good neighbor to the API server.
const parallel = 6

// loaded is one cluster's inventory, as far as it could be had.
type loaded struct {
	cluster     kube.Cluster
	server      kube.Server
	snapshot    *kube.Snapshot
	namespaces  []string // the only ones that could be read; nil: all
	missing     map[kube.Resource]error
	warnings    []report.Warning
	collectedAt time.Time
	stale       bool
	imported    bool // some of it comes from a zip of the first Fred
	simulated   bool // some of it is made up, here or where it was exported
	metrics     report.Provenance
	version     string
	asked       string // the namespace that was asked about; "" for all
	several     bool   // it is one of several clusters asked about
	twin        bool   // another of them is the same cluster
}

// loading is one load under way.
type loading struct {
	*Fred
	query     Query
	cluster   kube.Cluster
	namespace string // the one asked for, or "" for all
	server    kube.Server
	deadline  time.Time // by which the cluster must have answered
	down      error     // why the cluster was not asked
	entry     cache.Entry[kube.Server]
	narrow    map[kube.Resource]bool // fresh in the candidate namespaces, and not to be had whole
	replaced  bool                   // another cluster answers under the name
	recalled  atomic.Bool            // a refusal of a moment ago was taken for an answer
}

// part is one resource of a load.
type part struct {
	entries    []cache.Entry[kube.Inventory]
	namespaces []string // where the whole was forbidden: the ones that could be read
	err        error
}

// load returns the inventory of c, with the lists in need. If one of them has
// to be read again, every other of kube.All that is not fresh is read with it: so
// what is cached belongs together, and serves every other question offline.
func (f *Fred) load(ctx context.Context, c kube.Cluster, q Query, namespace string, need []kube.Resource) (*loaded, error) {
	l := &loading{Fred: f, query: q, cluster: c, namespace: namespace, deadline: time.Now().Add(f.Timeout)}
	if err := l.identify(ctx); err != nil {
		return nil, err
	}
	want := need
	if l.plan(ctx, need) {
		want = slices.Concat(kube.All, without(need, kube.All))
	}
	parts, err := l.lists(ctx, want, need)
	if err != nil {
		return nil, err
	}
	out, err := l.assemble(need, parts)
	switch {
	case err == nil:
		f.asked.Store(c.Name, true)
		f.renewAhead(c, out, namespace, need)
	case l.recalled.Load(): // nothing but old refusals: rights may have been given meanwhile
		q.Refresh = true
		return f.load(ctx, c, q, namespace, need)
	}
	return out, err
}

func without(all, some []kube.Resource) []kube.Resource {
	return slices.DeleteFunc(slices.Clone(all), func(r kube.Resource) bool { return slices.Contains(some, r) })
}

// plan finds out how the lists in need are cached, and reports whether one of
// them has to be read again.
func (l *loading) plan(ctx context.Context, need []kube.Resource) (old bool) {
	if l.Offline() || l.query.Refresh || l.query.MaxAge != nil {
		return !l.Offline()
	}
	l.narrow = map[kube.Resource]bool{}
	for _, r := range need {
		_, state, err := l.Cache.Peek(ctx, listKey(l.cluster.Name, r, ""))
		switch {
		case err == nil && state == cache.Fresh:
		case l.refusal(ctx, r, "") == nil:
			old = old || !r.Optional()
		case r.Namespaced():
			l.narrow[r] = l.freshIn(ctx, r)
			old = old || !l.narrow[r] && !r.Optional()
		}
	}
	if old {
		l.planRest(ctx, without(kube.All, need))
	}
	return old
}

// planRest finds out which of the lists that are read besides need no reading.
func (l *loading) planRest(ctx context.Context, rest []kube.Resource) {
	for _, r := range rest {
		l.narrow[r] = r.Namespaced() && l.refusal(ctx, r, "") != nil && l.freshIn(ctx, r)
	}
}

// freshIn reports whether all is known that can be of r in the candidate
// namespaces: each list is fresh, or was refused a moment ago.
func (l *loading) freshIn(ctx context.Context, r kube.Resource) bool {
	for _, ns := range l.candidates(ctx) {
		_, state, err := l.Cache.Peek(ctx, listKey(l.cluster.Name, r, ns))
		if (err != nil || state != cache.Fresh) && l.refusal(ctx, r, ns) == nil {
			return false
		}
	}
	return true
}

// lists reads the resources in want, a few at a time, and keeps those in need.
func (l *loading) lists(ctx context.Context, want, need []kube.Resource) (map[kube.Resource]part, error) {
	parts := make([]part, len(want))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for i, r := range want {
		g.Go(func() error {
			p := l.list(ctx, r)
			if slices.Contains(need, r) {
				parts[i] = p
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	kept := make(map[kube.Resource]part, len(need))
	for i, r := range want {
		if slices.Contains(need, r) {
			kept[r] = parts[i]
		}
	}
	return kept, nil
}

// list reads one resource: whole or, where that is forbidden, in the namespaces
// that the user most likely may read.
func (l *loading) list(ctx context.Context, r kube.Resource) part {
	if l.narrow[r] {
		return l.listIn(ctx, r, nil)
	}
	e, err := l.fetch(ctx, r, "")
	p := part{entries: []cache.Entry[kube.Inventory]{e}, err: err}
	refused := fault.KindOf(e.Cause) == fault.Forbidden || err != nil && fault.KindOf(err) == fault.Forbidden
	nothing := err != nil && (l.Offline() || l.down != nil) // but perhaps of some namespaces
	if r.Namespaced() && (refused || nothing) {
		in := l.listIn(ctx, r, err)
		if in.err == nil {
			return in
		}
		if refused && err != nil {
			p.err = in.err
		}
	}
	return p
}

// candidates are the namespaces to try where whole lists are forbidden: the one
// asked for, or those of the settings, the context's own and, where the cluster
// cannot be asked, those in the cache.
func (l *loading) candidates(ctx context.Context) []string {
	if l.namespace != "" {
		return []string{l.namespace}
	}
	list := slices.Clone(l.NamespacesOf(l.cluster.Name))
	if l.Offline() || l.down != nil {
		list = append(list, l.cachedNamespaces(ctx)...)
	}
	if own := cmp.Or(l.cluster.Namespace, l.server.Namespace); own != "" {
		list = append(list, own)
	}
	if len(list) == 0 {
		list = []string{defaultNamespace(l.cluster, l.server)}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// cachedNamespaces are those that the cache has lists of their own of.
func (l *loading) cachedNamespaces(ctx context.Context) []string {
	var list []string
	in := clusterKey(l.cluster.Name).Join("kube", "in")
	for e, err := range l.Cache.List(ctx, in) {
		if err == nil && e.Problem == nil {
			list = append(list, e.Header.Key.Segments()[4])
		}
	}
	return list
}

// listIn reads r in the candidate namespaces; why is the error if none may be read.
func (l *loading) listIn(ctx context.Context, r kube.Resource, why error) part {
	p := part{err: why}
	for _, ns := range l.candidates(ctx) {
		e, err := l.fetch(ctx, r, ns)
		if err != nil {
			if p.err == nil || ns == l.namespace {
				p.err = err // the words for the namespace asked about say more
			}
			continue
		}
		p.entries, p.namespaces = append(p.entries, e), append(p.namespaces, ns)
	}
	if len(p.namespaces) > 0 {
		p.err = nil
	}
	return p
}

func (l *loading) fetch(ctx context.Context, r kube.Resource, namespace string) (cache.Entry[kube.Inventory], error) {
	return cache.Fetch(ctx, l.Cache, l.request(listKey(l.cluster.Name, r, namespace)),
		func(ctx context.Context) (cache.Collected[kube.Inventory], error) {
			if err := cmp.Or(l.down, l.refusal(ctx, r, namespace)); err != nil {
				return cache.Collected[kube.Inventory]{}, err
			}
			ctx, cancel := context.WithDeadline(ctx, l.deadline)
			defer cancel()
			inv, err := l.Kubernetes.List(ctx, l.cluster.Name, r, namespace)
			if fault.KindOf(err) == fault.Forbidden {
				l.keepRefusal(ctx, r, namespace, err)
			}
			return collected(l.Fred, inv, identity(l.server)), err
		})
}

func (l *loading) request(key cache.Key) cache.Request {
	return cache.Request{
		Key: key, TTL: l.Age, Source: l.Source, ClusterUID: l.identity(),
		MaxAge: l.query.MaxAge, Refresh: l.query.Refresh, Patience: l.Patience,
	}
}

// identity is that of the cluster, or "" as long as it is not known.
func (l *loading) identity() string {
	if l.server == (kube.Server{}) {
		return ""
	}
	return identity(l.server)
}

func collected[T any](f *Fred, v T, uid string) cache.Collected[T] {
	c := cache.Collected[T]{Value: v, ClusterUID: uid, Simulated: f.Simulated}
	if f.Moment != nil {
		c.CollectedAt = f.Moment()
	}
	return c
}

// assemble puts the parts together, and says what is missing of them.
func (l *loading) assemble(need []kube.Resource, parts map[kube.Resource]part) (*loaded, error) {
	out := &loaded{cluster: l.cluster, server: l.server, asked: l.namespace, stale: l.entry.State == cache.Stale, simulated: l.entry.Header.Simulated, missing: map[kube.Resource]error{}}
	out.cluster.Namespace = defaultNamespace(l.cluster, l.server)
	known := map[kube.Resource]bool{}
	var worst error
	var version strings.Builder
	fmt.Fprintf(&version, "%s:%s;", versionOf(l.entry), l.entry.State)
	for _, r := range need {
		p := parts[r]
		if p.err != nil {
			if !r.Optional() {
				worst = graver(worst, p.err)
			}
			out.missing[r] = p.err
			fmt.Fprintf(&version, "%s:-;", r)
			continue
		}
		known[r] = true
		if !p.imported() {
			out.narrow(p.namespaces)
		}
		for _, e := range p.entries {
			out.use(e.Header.CollectedAt, e.State == cache.Stale)
			out.simulated = out.simulated || e.Header.Simulated
			out.imported = out.imported || e.Header.Source == importedSource
			out.warnings = withoutTwins(out.warnings, l.notes(e.Warnings))
			fmt.Fprintf(&version, "%s:%s:%s:%v;", r, versionOf(e), e.State, p.namespaces)
		}
	}
	if len(known) == 0 || onlyOptional(known) {
		return nil, asFault(worst)
	}
	out.warnings = append(l.gaps(need, parts, out), out.warnings...)
	out.metrics = l.metrics(parts)
	for _, w := range out.warnings {
		fmt.Fprintf(&version, "%s;", w.Message)
	}
	version.WriteString(out.metrics.Note)
	out.version = version.String()
	out.snapshot = l.memo.get(l.cluster.Name+"\x00"+fmt.Sprint(need), out.version, func() *kube.Snapshot {
		var lists []kube.Inventory
		for _, r := range need {
			for _, e := range parts[r].entries {
				if parts[r].err == nil {
					lists = append(lists, e.Value)
				}
			}
		}
		inv := kube.Merge(lists)
		for r, namespaces := range limits(parts) {
			inv.Limit(r, namespaces)
		}
		if out.namespaces != nil {
			inv.Narrow(out.namespaces)
		}
		return kube.NewSnapshot(inv, known, out.collectedAt)
	})
	return out, nil
}

func onlyOptional(known map[kube.Resource]bool) bool {
	for r := range known {
		if !r.Optional() {
			return false
		}
	}
	return true
}

// versionOf tells e from every other, also where it could not be stored.
func versionOf[T any](e cache.Entry[T]) string {
	return cmp.Or(e.Version, e.Header.CollectedAt.Format(time.RFC3339Nano)+" "+e.Header.SHA256)
}

// narrow notes that a list could only be read in some namespaces. The answer is
// of those that all such lists were read in.
func (o *loaded) narrow(namespaces []string) {
	switch {
	case namespaces == nil:
	case o.namespaces == nil:
		o.namespaces = namespaces
	default:
		o.namespaces = slices.DeleteFunc(slices.Clone(o.namespaces), func(ns string) bool { return !slices.Contains(namespaces, ns) })
	}
}

// use notes that the answer rests on something read at at.
func (o *loaded) use(at time.Time, stale bool) {
	if o.collectedAt.IsZero() || at.Before(o.collectedAt) {
		o.collectedAt = at
	}
	o.stale = o.stale || stale
}

// defaultNamespace is what kubectl would use where none is named.
func defaultNamespace(c kube.Cluster, s kube.Server) string {
	return cmp.Or(c.Namespace, s.Namespace, "default")
}

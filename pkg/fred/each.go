package fred

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// scope says which namespace of a cluster a question is about; "" is all.
type scope func(kube.Cluster) string

// wholeCluster is the scope of overviews: all namespaces unless one is named.
func wholeCluster(q Query) scope {
	return func(kube.Cluster) string { return q.Namespace }
}

// oneNamespace is the scope of lists: the namespace named, or all, or the
// context's default, as with kubectl.
func oneNamespace(q Query) scope {
	return func(c kube.Cluster) string {
		switch {
		case q.AllNamespaces:
			return ""
		case q.Namespace != "":
			return q.Namespace
		default:
			return defaultNamespace(c, kube.Server{})
		}
	}
}

// each loads the clusters that q means and hands them to add in their order,
// one at a time, then to about. One of several clusters that does not answer is
// a warning; one that was asked about alone is an error.
func (f *Fred) each(ctx context.Context, q Query, need []kube.Resource, of scope,
	add func(l *loaded, namespace string) error, about func([]*loaded, []report.Warning),
) error {
	clusters, err := f.choose(ctx, q)
	if err != nil {
		return err
	}
	all, errs := f.loadAll(ctx, clusters, q, need, of)
	var got []*loaded
	var gone []report.Warning
	for i, l := range all {
		err := errs[i]
		if err == nil {
			l.several, l.twin = len(clusters) > 1, hasTwin(got, l)
			err = add(l, of(l.cluster))
			errs[i] = err
		}
		switch {
		case err == nil:
			got = append(got, l)
		case len(clusters) == 1 || fault.KindOf(err) == fault.Invalid || fault.KindOf(err) == fault.Interrupted:
			return err
		default:
			gone = append(gone, report.Warning{Code: report.Missing, Cluster: clusters[i].Name, Message: err.Error()})
		}
	}
	if len(got) == 0 {
		return slices.MinFunc(errs, func(a, b error) int { return int(fault.KindOf(b)) - int(fault.KindOf(a)) })
	}
	about(got, gone)
	return nil
}

// hasTwin reports whether l is the same cluster as one of got, under another name.
func hasTwin(got []*loaded, l *loaded) bool {
	return l.server.UID != "" && slices.ContainsFunc(got, func(o *loaded) bool { return o.server.UID == l.server.UID })
}

func (f *Fred) loadAll(ctx context.Context, clusters []kube.Cluster, q Query, need []kube.Resource, of scope) ([]*loaded, []error) {
	all, errs := make([]*loaded, len(clusters)), make([]error, len(clusters))
	var g errgroup.Group
	g.SetLimit(parallel)
	var done atomic.Int64
	for i, c := range clusters {
		g.Go(func() error {
			all[i], errs[i] = f.load(ctx, c, q, of(c), need)
			f.Progress("clusters read", int(done.Add(1)), len(clusters))
			return nil
		})
	}
	_ = g.Wait() // the errors are in errs
	return all, errs
}

// must says whether r could be had: an answer about nothing but r is none without it.
func (l *loaded) must(r kube.Resource) error {
	if l.snapshot.Known(r) {
		return nil
	}
	why := asFault(l.missing[r])
	err := fault.New(fault.KindOf(why), "no %s of cluster %q: %w", r, l.cluster.Name, why)
	if err.Kind == fault.Forbidden {
		return err.Hinted("Ask for the right to list %s.", r)
	}
	return err.Hinted("%s", fault.HintOf(why))
}

// label is the cluster's name where rows of several stand together.
func (l *loaded) label() string {
	if l.several {
		return l.cluster.Name
	}
	return ""
}

// check says whether the namespace asked for exists, as far as that can be known.
func (l *loaded) check(namespace string) error {
	if namespace == "" || namespace == l.cluster.Namespace || !l.snapshot.Whole(kube.Namespaces, "") {
		return nil
	}
	have := l.snapshot.NamespaceNames()
	if !slices.Contains(have, namespace) {
		return unknown("namespace", namespace, have)
	}
	return nil
}

// about fills what a report says of itself from the clusters it is about.
func about[I, T any](f *Fred, out *report.Report[I, T]) func([]*loaded, []report.Warning) {
	return func(got []*loaded, gone []report.Warning) {
		out.Simulated = f.Simulated
		var oldest time.Time
		for _, l := range got {
			if oldest.IsZero() || l.collectedAt.Before(oldest) {
				oldest = l.collectedAt
			}
			out.Stale = out.Stale || l.stale
			out.Simulated = out.Simulated || l.simulated
			out.Warnings = append(out.Warnings, l.warnings...)
			if l.twin {
				out.Warnings = append(out.Warnings, report.Warning{
					Code: report.Note, Cluster: l.cluster.Name,
					Message: "this is a cluster that is also here under another name; totals count it once",
				})
			}
			out.Provenance = append(out.Provenance, l.metrics)
			out.Version += l.cluster.Name + "=" + l.version
		}
		out.Warnings = append(out.Warnings, gone...)
		if len(gone) > 0 {
			out.Version = "" // why a cluster is gone may change with each question
		}
		out.CollectedAt = new(oldest.Truncate(time.Millisecond))
		if len(got) == 1 && len(gone) == 0 {
			out.Cluster, out.Namespace = got[0].cluster.Name, got[0].asked
		}
	}
}

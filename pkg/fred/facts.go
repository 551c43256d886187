package fred

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// FactRow is a fact in a list that may be of several clusters.
type FactRow struct {
	Cluster string `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	fact.Fact
}

// FactList is a FactList report.
type FactList = report.Report[FactRow, report.None]

// factsEntry is what the cache keeps of a cluster's facts: all of them, in one
// entry that never expires.
type factsEntry struct {
	Facts fact.List `json:"facts"`
}

// Facts lists what people wrote about exactly scope in the clusters that q means,
// in the order in which they wrote it. No cluster is asked, not even whether there
// is such a namespace or workload; how old an answer q allows says nothing of
// facts, which never expire. That nobody wrote anything is an empty list; that what
// they wrote cannot be read is an error or, for one of several clusters, a warning.
func (f *Fred) Facts(ctx context.Context, q Query, scope fact.Scope) (FactList, error) {
	out := report.New[FactRow, report.None]("FactList")
	if err := scope.Validate(); err != nil {
		return out, err
	}
	clusters, err := f.choose(ctx, q)
	if err != nil {
		return out, err
	}
	out.Simulated = f.Simulated
	var unread []error
	for _, c := range clusters {
		if err := f.addFacts(ctx, &out, c, scope, len(clusters) > 1); err != nil {
			unread = append(unread, err)
			out.Warnings = append(out.Warnings, report.Warning{Code: report.Missing, Cluster: c.Name, Message: err.Error()})
		}
	}
	switch {
	case ctx.Err() != nil:
		return out, ctx.Err()
	case len(unread) == len(clusters):
		return out, unread[0]
	case len(unread) > 0:
		out.Version = "" // why facts cannot be read may change with each question
	case len(clusters) == 1:
		out.Cluster, out.Namespace = clusters[0].Name, scope.Namespace
	}
	return out, nil
}

// addFacts adds to out what is written about scope in c, with c's name where
// there are several.
func (f *Fred) addFacts(ctx context.Context, out *FactList, c kube.Cluster, scope fact.Scope, several bool) error {
	e, err := f.readFacts(ctx, c)
	if errors.Is(err, cache.ErrMissing) {
		out.Version += c.Name + "=-;"
		return nil
	}
	if err != nil {
		return err
	}
	if f.isOfAnother(ctx, c, e.Header) {
		out.Version += c.Name + "=another;"
		out.Warnings = append(out.Warnings, report.Warning{
			Code: report.Replaced, Cluster: c.Name, Message: "what is written here is about another cluster that had this name, and not shown",
		})
		return nil
	}
	l := &loaded{cluster: c, several: several}
	for _, found := range e.Value.Facts.In(scope) {
		out.Items = append(out.Items, FactRow{Cluster: l.label(), Fact: found})
	}
	for _, note := range e.Warnings {
		out.Warnings = append(out.Warnings, report.Warning{Code: report.Note, Cluster: c.Name, Message: note})
	}
	out.Version += c.Name + "=" + versionOf(e) + ";"
	if at := e.Header.CollectedAt.Truncate(time.Millisecond); out.CollectedAt == nil || at.Before(*out.CollectedAt) {
		out.CollectedAt = &at
	}
	return nil
}

// readFacts returns the entry of what is written about c. It fails with
// cache.ErrMissing where there is none, and then only.
func (f *Fred) readFacts(ctx context.Context, c kube.Cluster) (cache.Entry[factsEntry], error) {
	e, err := cache.Read[factsEntry](ctx, f.Cache, factsKey(c.Name))
	switch {
	case err == nil || errors.Is(err, cache.ErrMissing):
		return e, err
	case errors.Is(err, cache.ErrDamaged):
		return e, fault.New(fault.BadAnswer, "the facts of cluster %q cannot be read: %w", c.Name, err).
			Hinted("Bring the entry back from a copy of the cache or an export; fred leaves it as it is.")
	case errors.Is(err, cache.ErrNewer):
		return e, fault.New(fault.BadAnswer, "the facts of cluster %q cannot be read: %w", c.Name, err).
			Hinted("Use the newer fred that wrote them.")
	default:
		return e, fmt.Errorf("read the facts of cluster %q: %w", c.Name, err)
	}
}

// isOfAnother reports whether an entry of c tells of another cluster than the one
// that last answered under the name, as far as both are known.
func (f *Fred) isOfAnother(ctx context.Context, c kube.Cluster, h cache.Header) bool {
	server, err := cache.Read[kube.Server](ctx, f.Cache, serverKey(c.Name))
	return err == nil && server.Value != (kube.Server{}) && h.ClusterUID != "" && h.ClusterUID != identity(server.Value)
}

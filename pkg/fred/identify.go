package fred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// identify learns which cluster it is that bears the context's name, so that
// the facts of two clusters are never mixed. A cluster that does not answer is
// no error as long as the cache knows it: l.down says why it did not.
func (l *loading) identify(ctx context.Context) error {
	key := serverKey(l.cluster.Name)
	before, readErr := cache.Read[kube.Server](ctx, l.Cache, key)
	request := l.request(key)
	moved := readErr == nil && before.Value != (kube.Server{}) && l.cluster.URL != "" && before.Value.URL != l.cluster.URL
	if moved {
		request.MaxAge = new(time.Duration) // nothing that another address said will do
	}
	e, err := cache.Fetch(ctx, l.Cache, request, func(ctx context.Context) (cache.Collected[kube.Server], error) {
		ctx, cancel := context.WithDeadline(ctx, l.deadline)
		defer cancel()
		server, err := l.Kubernetes.Identify(ctx, l.cluster.Name)
		if err != nil {
			return cache.Collected[kube.Server]{}, err
		}
		server.Namespace = l.cluster.Namespace
		if readErr == nil {
			l.compare(ctx, before.Value, &server)
		}
		return collected(l.Fred, server, identity(server)), nil
	})
	if err != nil {
		if moved && !isOffline(err) && fault.KindOf(err) != fault.Interrupted {
			return l.movedAway(err)
		}
		return asFault(err)
	}
	l.entry, l.server = e, e.Value
	if e.State == cache.Stale {
		l.down = e.Cause
	}
	if errors.Is(l.down, cache.ErrRefreshing) {
		l.down = fault.New(fault.Timeout, "cluster %q has not answered yet: %w", l.cluster.Name, l.down)
	}
	return nil
}

// movedAway is the error when the context has another address than the cluster
// that is cached, and nobody answers there.
func (l *loading) movedAway(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		err = f // without what the cache has to say of the age of what will not do
	}
	return fault.New(fault.KindOf(err), "context %q now points to %s, which does not say whether it is the cluster that is cached: %w", l.cluster.Name, l.cluster.URL, err).
		Hinted("%s", fault.HintOf(err))
}

// compare sets what is cached aside if now is another cluster of the same name,
// and brings back what an earlier one of now's identity left. Where that fails
// nothing is mixed: entries bear the identity of their cluster.
func (l *loading) compare(ctx context.Context, before kube.Server, now *kube.Server) {
	if now.UID == "" && now.URL == before.URL {
		now.UID = before.UID // this user may not read it, another could
	}
	old, current := identity(before), identity(*now)
	if old == current {
		return
	}
	here := clusterKey(l.cluster.Name)
	moves := [][2]cache.Key{{cache.Aside(current, here), here}}
	if before != (kube.Server{}) { // else imported from the first Fred, which did not know: it is taken for this one
		l.replaced = before.URL != now.URL || before.UID != ""
		l.Log.Info("another cluster answers under a known name", "context", l.cluster.Name, "was", old, "is", current)
		moves = slices.Insert(moves, 0, [2]cache.Key{here, cache.Aside(old, here)})
	}
	for _, move := range moves {
		if _, err := l.Cache.Move(ctx, move[0], move[1], nil); err != nil {
			l.Log.Warn("set a cluster aside", "err", err)
		}
	}
}

// identity is what a cluster is told from another by: its UID or, where the user
// may not read that, its address.
func identity(s kube.Server) string { return cmp.Or(s.UID, "url:"+s.URL) }

// asFault gives what the cache said a kind.
func asFault(err error) error {
	var f *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, cache.ErrTooOld) && !isRefusal(err):
		return fault.New(fault.Unreachable, "%w", err).Hinted("Ask without --max-age to see what is cached.")
	case errors.As(err, &f):
		return err
	case errors.Is(err, cache.ErrOffline), errors.Is(err, cache.ErrMissing):
		return fault.New(fault.Offline, "%w", err).Hinted("Run it once without --offline, so that it is cached.")
	default:
		return err
	}
}

// isRefusal reports whether a source answered, and knows or serves the asker not.
func isRefusal(err error) bool {
	k := fault.KindOf(err)
	return k == fault.Unauthorized || k == fault.Forbidden
}

// gaps says what is missing of the lists in need, how old the rest is, and what
// else must be known.
func (l *loading) gaps(need []kube.Resource, parts map[kube.Resource]part, out *loaded) []report.Warning {
	var ws []report.Warning
	add := func(code report.Code, format string, args ...any) {
		ws = append(ws, report.Warning{Code: code, Cluster: l.cluster.Name, Message: fmt.Sprintf(format, args...)})
	}
	if l.replaced {
		add(report.Replaced, "another cluster answers under this name now; what was cached of the old one is set aside")
	}
	if out.stale {
		add(report.Stale, "%s: shown as read at %s", l.why(need, parts), out.collectedAt.UTC().Format(time.RFC3339))
	}
	if out.imported {
		ws = append(ws, l.importedGaps(need, parts)...)
	}
	for _, r := range need {
		err := parts[r].err
		if out.imported && isMissing(err) {
			continue // said already, for all of them at once
		}
		if err == nil || r.Optional() || (l.namespace != "" && !r.Namespaced()) {
			continue
		}
		code := report.Missing
		if k := fault.KindOf(err); k == fault.Forbidden {
			code = report.Forbidden
		}
		add(code, "no %s: %v", r, err)
	}
	if out.namespaces != nil && l.namespace == "" {
		add(report.Forbidden, "only these namespaces may be read: %v", out.namespaces)
	}
	return ws
}

// why says why the answer is stale.
func (l *loading) why(need []kube.Resource, parts map[kube.Resource]part) string {
	if l.Offline() {
		return "offline"
	}
	if l.down != nil {
		return l.down.Error()
	}
	for _, r := range need {
		for _, e := range parts[r].entries {
			if e.State == cache.Stale && e.Cause != nil {
				return e.Cause.Error()
			}
		}
	}
	return "not renewed"
}

func (l *loading) notes(messages []string) []report.Warning {
	var ws []report.Warning
	for _, m := range messages {
		ws = append(ws, report.Warning{Code: report.Note, Cluster: l.cluster.Name, Message: m})
	}
	return ws
}

// withoutTwins returns have and those of more that it does not have yet.
func withoutTwins(have, more []report.Warning) []report.Warning {
	for _, w := range more {
		if !slices.Contains(have, w) {
			have = append(have, w)
		}
	}
	return have
}

// metrics says where the numbers of usage come from.
func (l *loading) metrics(parts map[kube.Resource]part) report.Provenance {
	p := report.Provenance{Fields: []string{"cpuUsageCores", "memoryUsageBytes"}, Method: report.Unknown, Source: "metrics.k8s.io", Cluster: l.cluster.Name}
	pods, asked := parts[kube.PodMetrics]
	switch {
	case !asked:
	case pods.err != nil && isOffline(pods.err):
		p.Note = "not cached"
	case pods.err != nil:
		p.Note = pods.err.Error()
	case len(pods.entries) > 0 && pods.entries[0].Value.Absent:
		p.Note = "not installed on this cluster"
	case l.Simulated || len(pods.entries) > 0 && pods.entries[0].Header.Simulated:
		p.Method = report.Simulated
	default:
		p.Method = report.Measured
	}
	return p
}

// graver returns the error that says more about why nothing could be had.
func graver(a, b error) error {
	if a == nil || fault.KindOf(b) == fault.Unauthorized {
		return b
	}
	return a
}

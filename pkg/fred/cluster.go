package fred

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// Known returns the clusters that can be asked about: the kubeconfig's contexts
// or, offline and where there is none, those in the cache. Aliases are unique.
func (f *Fred) Known(ctx context.Context) ([]kube.Cluster, error) {
	var known []kube.Cluster
	if !f.Offline() {
		var err error
		if known, err = f.Contexts.Clusters(); err != nil {
			return nil, err
		}
	}
	if len(known) == 0 {
		var err error
		if known, err = f.cached(ctx); err != nil {
			return nil, err
		}
	}
	kube.Unique(known)
	return known, nil
}

// Active returns the full names of the current context and of every cluster that
// somebody has had an answer about since f was made: those that may be asked again
// without being told to. To ask others might have people log in.
func (f *Fred) Active(ctx context.Context) ([]string, error) {
	known, err := f.Known(ctx)
	var names []string
	for _, c := range known {
		if _, asked := f.asked.Load(c.Name); asked || c.Current {
			names = append(names, c.Name)
		}
	}
	return names, err
}

// cached returns the clusters that the cache has an inventory of, by name.
func (f *Fred) cached(ctx context.Context) ([]kube.Cluster, error) {
	var known []kube.Cluster
	for entry, err := range f.Cache.List(ctx, clustersKey) {
		if err != nil {
			return nil, err
		}
		segments := entry.Header.Key.Segments()
		if entry.Problem != nil || len(segments) != 4 || !entry.Header.Key.Equal(serverKey(segments[1])) {
			continue
		}
		c := kube.Derive(segments[1])
		if e, err := cache.Read[kube.Server](ctx, f.Cache, entry.Header.Key); err == nil {
			c.Namespace = e.Value.Namespace
		}
		known = append(known, c)
	}
	slices.SortFunc(known, func(a, b kube.Cluster) int { return strings.Compare(a.Name, b.Name) })
	if len(known) == 1 {
		known[0].Current = true
	}
	return known, nil
}

// choose returns the clusters that q means.
func (f *Fred) choose(ctx context.Context, q Query) ([]kube.Cluster, error) {
	known, err := f.Known(ctx)
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		return nil, f.noCluster()
	}
	if q.AllClusters {
		return known, nil
	}
	if len(q.Clusters) == 0 {
		return current(known)
	}
	var chosen []kube.Cluster
	for _, name := range q.Clusters {
		c, ok := kube.Find(known, name)
		if !ok {
			return nil, unknownContext(name, known)
		}
		if !slices.ContainsFunc(chosen, func(o kube.Cluster) bool { return o.Name == c.Name }) {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}

func (f *Fred) noCluster() error {
	if f.Offline() {
		return fault.New(fault.Offline, "no cluster is cached").
			Hinted("Run fred once without --offline, or try --simulation.")
	}
	return fault.New(fault.Invalid, "no cluster: there is no kubeconfig, and nothing is cached").
		Hinted("Point KUBECONFIG or --kubeconfig at one, or try --simulation.")
}

func current(known []kube.Cluster) ([]kube.Cluster, error) {
	for _, c := range known {
		if c.Current {
			return []kube.Cluster{c}, nil
		}
	}
	if len(known) == 1 {
		return known, nil
	}
	return nil, fault.New(fault.Invalid, "no current context").
		Hinted("Name one with --context: %s.", strings.Join(names(known), ", "))
}

func names(cs []kube.Cluster) []string {
	list := make([]string, 0, len(cs))
	for _, c := range cs {
		list = append(list, c.Name)
	}
	return list
}

// one returns the one cluster that q means.
func (f *Fred) one(ctx context.Context, q Query) (kube.Cluster, error) {
	chosen, err := f.choose(ctx, q)
	if err != nil {
		return kube.Cluster{}, err
	}
	if len(chosen) > 1 {
		return kube.Cluster{}, fault.New(fault.Invalid, "this looks at one cluster at a time").
			Hinted("Name one with --context: %s.", strings.Join(names(chosen), ", "))
	}
	return chosen[0], nil
}

// unknown says that there is no such thing as name, where, and what may have
// been meant.
func unknown(what, name string, have []string, where ...string) error {
	err := fault.New(fault.NotFound, "%s", strings.Join(append([]string{fmt.Sprintf("no %s %q", what, name)}, where...), " "))
	if like := closest(name, have); like != "" {
		return err.Hinted("Did you mean %q?", like)
	}
	if len(have) > 0 && len(have) <= 12 {
		return err.Hinted("There is %s.", strings.Join(have, ", "))
	}
	return err
}

// unknownContext knows that a context may have been meant by its alias.
func unknownContext(name string, known []kube.Cluster) error {
	words := names(known)
	for _, c := range known {
		words = append(words, c.Alias)
	}
	if like := closest(name, words); like != "" {
		words = []string{like}
	} else {
		words = words[:len(known)]
	}
	return unknown("context", name, words)
}

// isOffline reports whether err says that a source was not asked.
func isOffline(err error) bool { return errors.Is(err, cache.ErrOffline) }

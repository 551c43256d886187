// Package simulation makes up two plausible clusters, so that fred can be tried
// without a cluster, a key or a network. It stands in the place of the sources:
// what it makes passes through the same cache, use cases and views as the real
// thing. The same UTC day gives the same bytes.
//
// A new subject (energy, cost, grid, bills) is a method of World in a file of
// its own that draws from the workloads of plan.go, so that all subjects tell of
// the same clusters.
package simulation

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// Name is the name of this source in provenance and cache entries.
const Name = "simulation"

// World is a made-up world as of one day. It is safe for concurrent use, and
// makes each cluster on first use.
type World struct {
	day      time.Time
	clusters map[string]func() kube.Inventory
}

// New returns the world of the UTC day that now lies in.
func New(now time.Time) *World {
	w := &World{day: now.UTC().Truncate(24 * time.Hour), clusters: map[string]func() kube.Inventory{}}
	for _, p := range plans {
		w.clusters[p.context] = sync.OnceValue(func() kube.Inventory { return build(p, w.day) })
	}
	return w
}

// Moment returns the midnight that everything in w is as of.
func (w *World) Moment() time.Time { return w.day }

// Clusters returns the clusters of w; the first is the current one.
func (w *World) Clusters() ([]kube.Cluster, error) {
	var cs []kube.Cluster
	for i, p := range plans {
		c := kube.Derive(p.context)
		c.Namespace, c.Current, c.URL = p.namespace, i == 0, p.url()
		cs = append(cs, c)
	}
	return cs, nil
}

// Identify says who a cluster is.
func (w *World) Identify(_ context.Context, cluster string) (kube.Server, error) {
	for _, p := range plans {
		if p.context == cluster {
			return kube.Server{
				Version: p.version, Platform: "linux/amd64", URL: p.url(),
				UID: fmt.Sprintf("51a0c1a7-ed00-4000-8000-%012x", seed(p.context)&0xffffffffffff), Namespace: p.namespace,
			}, nil
		}
	}
	return kube.Server{}, fault.New(fault.NotFound, "no simulated cluster %q", cluster)
}

// List returns the objects of r.
func (w *World) List(_ context.Context, cluster string, r kube.Resource, namespace string) (kube.Inventory, error) {
	inventory, ok := w.clusters[cluster]
	if !ok {
		return kube.Inventory{}, fault.New(fault.NotFound, "no simulated cluster %q", cluster)
	}
	return only(inventory(), r, namespace), nil
}

// only returns the part of inv that r is.
func only(inv kube.Inventory, r kube.Resource, namespace string) kube.Inventory {
	kinds := map[kube.Resource]string{
		kube.Deployments: "Deployment", kube.StatefulSets: "StatefulSet", kube.DaemonSets: "DaemonSet",
		kube.Jobs: "Job", kube.CronJobs: "CronJob",
	}
	var part kube.Inventory
	switch r {
	case kube.Nodes:
		part.Nodes = inv.Nodes
	case kube.Namespaces:
		part.Namespaces = inv.Namespaces
	case kube.ReplicaSets:
		part.ReplicaSets = in(namespace, inv.ReplicaSets, func(o kube.Workload) string { return o.Namespace })
	case kube.Pods:
		part.Pods = in(namespace, inv.Pods, func(o kube.Pod) string { return o.Namespace })
	case kube.Services:
		part.Services = in(namespace, inv.Services, func(o kube.Service) string { return o.Namespace })
	case kube.Ingresses:
		part.Ingresses = in(namespace, inv.Ingresses, func(o kube.Ingress) string { return o.Namespace })
	case kube.ConfigMaps:
		part.ConfigMaps = in(namespace, inv.ConfigMaps, func(o kube.ConfigMap) string { return o.Namespace })
	case kube.ResourceQuotas:
		part.ResourceQuotas = in(namespace, inv.ResourceQuotas, func(o kube.ResourceQuota) string { return o.Namespace })
	case kube.LimitRanges:
		part.LimitRanges = in(namespace, inv.LimitRanges, func(o kube.LimitRange) string { return o.Namespace })
	case kube.PodMetrics:
		part.PodMetrics = in(namespace, inv.PodMetrics, func(o kube.Usage) string { return o.Namespace })
	case kube.PersistentVolumes:
		part.PersistentVolumes = inv.PersistentVolumes
	case kube.NodeMetrics:
		part.NodeMetrics = inv.NodeMetrics
	default:
		for _, o := range inv.Workloads {
			if o.Kind == kinds[r] && (namespace == "" || o.Namespace == namespace) {
				part.Workloads = append(part.Workloads, o)
			}
		}
	}
	return part
}

func in[T any](namespace string, all []T, of func(T) string) []T {
	if namespace == "" {
		return all
	}
	var kept []T
	for _, o := range all {
		if of(o) == namespace {
			kept = append(kept, o)
		}
	}
	return kept
}

// seed turns a name into a number that is the same on every machine.
func seed(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return h.Sum64()
}

// dice returns the source of chance of one named thing: independent of every
// other, so that adding a thing changes nothing else.
func dice(name string) *rand.Rand {
	return rand.New(rand.NewPCG(seed(name), 2026)) //nolint:gosec // plausible, not secret
}

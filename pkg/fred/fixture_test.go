package fred_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
)

// noon is when every test begins.
var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// clock is a time that passes only when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// place is one cluster as its API server shows it.
type place struct {
	server kube.Server
	inv    kube.Inventory
	silent error                                         // nobody answers, for this reason
	refuse func(r kube.Resource, namespace string) error // a list fails
	before func(ctx context.Context) error               // runs before every request
}

// world is a kubeconfig and the clusters behind it. A context is the name of a
// place; several may lead to one.
type world struct {
	mu       sync.Mutex
	contexts []kube.Cluster
	broken   error // of the kubeconfig
	places   map[string]*place
	asked    []string // "cluster resource namespace" of every list, "cluster identify"
}

func (w *world) Clusters() ([]kube.Cluster, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.contexts), w.broken
}

func (w *world) Identify(ctx context.Context, cluster string) (kube.Server, error) {
	p := w.visit(cluster, "identify")
	if err := p.ready(ctx); err != nil {
		return kube.Server{}, err
	}
	return p.server, nil
}

func (w *world) List(ctx context.Context, cluster string, r kube.Resource, namespace string) (kube.Inventory, error) {
	p := w.visit(cluster, strings.TrimSpace(string(r)+" "+namespace))
	if err := p.ready(ctx); err != nil {
		return kube.Inventory{}, err
	}
	if p.refuse != nil {
		if err := p.refuse(r, namespace); err != nil {
			return kube.Inventory{}, err
		}
	}
	return part(p.inv, r, namespace), nil
}

// visit notes a request and returns a copy of where it goes.
func (w *world) visit(cluster, what string) place {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, cluster+" "+what)
	return *w.places[cluster]
}

func (p *place) ready(ctx context.Context) error {
	if p.before != nil {
		if err := p.before(ctx); err != nil {
			return err
		}
	}
	return p.silent
}

// change alters the world between two questions.
func (w *world) change(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

// requests returns what was asked since the last call.
func (w *world) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := w.asked
	w.asked = nil
	return asked
}

// part returns what a list of r holds.
func part(inv kube.Inventory, r kube.Resource, namespace string) kube.Inventory {
	here := func(ns string) bool { return namespace == "" || ns == namespace }
	kinds := map[kube.Resource]string{
		kube.Deployments: "Deployment", kube.StatefulSets: "StatefulSet", kube.DaemonSets: "DaemonSet",
		kube.Jobs: "Job", kube.CronJobs: "CronJob",
	}
	var out kube.Inventory
	switch r {
	case kube.Nodes:
		out.Nodes = inv.Nodes
	case kube.Namespaces:
		out.Namespaces = inv.Namespaces
	case kube.Pods:
		out.Pods = only(inv.Pods, func(o kube.Pod) bool { return here(o.Namespace) })
	case kube.Services:
		out.Services = only(inv.Services, func(o kube.Service) bool { return here(o.Namespace) })
	case kube.ConfigMaps:
		out.ConfigMaps = only(inv.ConfigMaps, func(o kube.ConfigMap) bool { return here(o.Namespace) })
	case kube.PersistentVolumes:
		out.PersistentVolumes = inv.PersistentVolumes
	case kube.NodeMetrics:
		out.NodeMetrics, out.Absent = inv.NodeMetrics, inv.NodeMetrics == nil
	case kube.PodMetrics:
		out.PodMetrics, out.Absent = inv.PodMetrics, inv.PodMetrics == nil
	default:
		out.Workloads = only(inv.Workloads, func(o kube.Workload) bool { return o.Kind == kinds[r] && here(o.Namespace) })
	}
	return out
}

func only[T any](all []T, keep func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(all), func(o T) bool { return !keep(o) })
}

// deploy adds a Deployment with ready pods, each of which requests 100m and 64Mi.
func (p *place) deploy(namespace, name string, pods int) *place {
	if !slices.ContainsFunc(p.inv.Namespaces, func(n kube.Namespace) bool { return n.Name == namespace }) {
		p.inv.Namespaces = append(p.inv.Namespaces, kube.Namespace{Meta: kube.Meta{Name: namespace}, Phase: "Active"})
	}
	labels := map[string]string{"app": name}
	p.inv.Workloads = append(p.inv.Workloads, kube.Workload{
		Meta: kube.Meta{Namespace: namespace, Name: name, Labels: labels}, Kind: "Deployment",
		Replicas: int32(pods), Ready: int32(pods), Template: &kube.Template{Labels: labels},
	})
	for i := range pods {
		p.inv.Pods = append(p.inv.Pods, kube.Pod{
			Meta: kube.Meta{Namespace: namespace, Name: fmt.Sprintf("%s-%d", name, i), Owner: &kube.Ref{Kind: "Deployment", Name: name}},
			Node: "n1", Phase: "Running", Ready: true,
			Resources: kube.Resources{CPURequest: unit.Core / 10, MemoryRequest: 64 << 20},
		})
	}
	p.inv.Sort()
	return p
}

// shop is a small cluster.
func shop(uid string) *place {
	p := &place{server: kube.Server{Version: "v1.37.2", URL: "https://" + uid + ".example:6443", UID: uid}}
	p.inv.Nodes = []kube.Node{{
		Meta: kube.Meta{Name: "n1"}, CPUAllocatable: 4 * unit.Core, MemoryAllocatable: 8 << 30,
		Conditions: []kube.Condition{{Type: "Ready", Status: "True"}},
	}}
	p.inv.Services = []kube.Service{{Meta: kube.Meta{Namespace: "shop", Name: "web"}, Selector: map[string]string{"app": "web"}}}
	p.inv.ConfigMaps = []kube.ConfigMap{{Meta: kube.Meta{Namespace: "shop", Name: "web"}}}
	return p.deploy("shop", "web", 2).deploy("shop", "cart", 1).deploy("ops", "log", 1)
}

// stand is a Fred in front of a world, with a clock and a cache of its own.
type stand struct {
	*fred.Fred
	world *world
	clock *clock
	store cache.Store
}

// dev is a stand on one cluster called dev, whose context's namespace is shop.
func dev(t *testing.T, options ...func(*fred.Options)) *stand {
	t.Helper()
	p := shop("uid-dev")
	return newStand(t, &world{
		contexts: []kube.Cluster{contextOf("dev", p, "shop")},
		places:   map[string]*place{"dev": p},
	}, options...)
}

// contextOf is a context that leads to p; the first of a kubeconfig is current.
func contextOf(name string, p *place, namespace string) kube.Cluster {
	c := kube.Derive(name)
	c.URL, c.Namespace, c.Current = p.server.URL, namespace, true
	return c
}

func newStand(t *testing.T, w *world, options ...func(*fred.Options)) *stand {
	t.Helper()
	return on(t, w, &clock{now: noon}, cache.NewMemory(), options...)
}

// on returns a stand on a cache that may hold something already.
func on(t *testing.T, w *world, c *clock, store cache.Store, options ...func(*fred.Options)) *stand {
	t.Helper()
	o := fred.Options{Contexts: w, Kubernetes: w}
	for _, set := range options {
		set(&o)
	}
	o.Cache, o.Now = cache.New(store, cache.Options{Now: c.Now, Offline: o.Offline}), c.Now
	t.Cleanup(o.Cache.Close)
	f := fred.New(o)
	t.Cleanup(f.Close)
	return &stand{Fred: f, world: w, clock: c, store: store}
}

// offline is the same cache without any source.
func (s *stand) offline(t *testing.T) *stand {
	t.Helper()
	return on(t, s.world, s.clock, s.store, func(o *fred.Options) { o.Offline = func() bool { return true } })
}

func (s *stand) workloads(t *testing.T, q fred.Query) fred.WorkloadList {
	t.Helper()
	r, err := s.Workloads(t.Context(), q)
	require.NoError(t, err)
	return r
}

func (s *stand) overview(t *testing.T, q fred.Query) fred.ClusterOverview {
	t.Helper()
	r, err := s.Overview(t.Context(), q)
	require.NoError(t, err)
	return r
}

// names returns "namespace/name" of rows.
func names(rows []kube.WorkloadRow) []string {
	list := make([]string, 0, len(rows))
	for _, r := range rows {
		list = append(list, r.Namespace+"/"+r.Name)
	}
	return list
}

func codes(ws []report.Warning) []report.Code {
	list := make([]report.Code, 0, len(ws))
	for _, w := range ws {
		list = append(list, w.Code)
	}
	return list
}

// body is what a reader of the report's JSON gets.
func body(t *testing.T, v any) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, report.JSON(&b, v))
	return b.String()
}

// fails checks the kind of err and that it says what a person needs.
func fails(t *testing.T, err error, kind fault.Kind, says, hint string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, kind, fault.KindOf(err), "%v", err)
	require.Contains(t, err.Error(), says)
	require.Contains(t, fault.HintOf(err), hint)
}

var (
	errDown    = fault.New(fault.Unreachable, "connection refused").Hinted("Check that the API server is up.")
	everywhere = fred.Query{AllNamespaces: true}
)

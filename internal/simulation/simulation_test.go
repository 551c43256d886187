package simulation_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
)

var morning = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

// inventory is all there is of one simulated cluster.
func inventory(t *testing.T, w *simulation.World, cluster string) kube.Inventory {
	t.Helper()
	var parts []kube.Inventory
	for _, r := range kube.All {
		part, err := w.List(t.Context(), cluster, r, "")
		require.NoError(t, err)
		parts = append(parts, part)
	}
	return *kube.Merge(parts)
}

func clusters(t *testing.T, w *simulation.World) []kube.Cluster {
	t.Helper()
	cs, err := w.Clusters()
	require.NoError(t, err)
	return cs
}

func all(t *testing.T, now time.Time) string {
	t.Helper()
	w := simulation.New(now)
	var parts []any
	for _, c := range clusters(t, w) {
		server, err := w.Identify(t.Context(), c.Name)
		require.NoError(t, err)
		parts = append(parts, c, server, inventory(t, w, c.Name))
	}
	b, err := json.Marshal(parts)
	require.NoError(t, err)
	return string(b)
}

func TestOneUTCDayGivesTheSameBytesWhereverAndWheneverItIsAsked(t *testing.T) {
	kiritimati := time.FixedZone("Pacific/Kiritimati", 14*3600)
	want := all(t, morning)
	require.Equal(t, want, all(t, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)))
	require.Equal(t, want, all(t, time.Date(2026, 11, 23, 23, 59, 59, 0, time.UTC)))
	require.Equal(t, want, all(t, morning.In(kiritimati)))
	require.NotEqual(t, want, all(t, morning.AddDate(0, 0, 1)))
	require.Equal(t, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), simulation.New(morning.In(kiritimati)).Moment())
}

func TestThereAreTwoClustersEightNamespacesAndFortyWorkloads(t *testing.T) {
	w := simulation.New(morning)
	require.Len(t, clusters(t, w), 2)
	require.True(t, clusters(t, w)[0].Current)
	namespaces, workloads := 0, 0
	kinds := map[string]bool{}
	for _, c := range clusters(t, w) {
		inv := inventory(t, w, c.Name)
		namespaces += len(inv.Namespaces)
		for _, o := range inv.Workloads {
			kinds[o.Kind] = true
			if o.Owner == nil {
				workloads++
			}
		}
	}
	require.Equal(t, 8, namespaces)
	require.Equal(t, 40, workloads)
	require.Len(t, kinds, len(kube.Kinds), "every kind of workload is there")
}

func TestWhatIsSimulatedHangsTogether(t *testing.T) {
	w := simulation.New(morning)
	for _, c := range clusters(t, w) {
		inv := inventory(t, w, c.Name)
		require.Contains(t, namesOf(inv.Namespaces, func(n kube.Namespace) string { return n.Name }), c.Namespace)
		nodes := map[string]kube.Node{}
		for _, n := range inv.Nodes {
			nodes[n.Name] = n
			require.Less(t, n.CPUAllocatable, n.CPUCapacity)
			require.True(t, n.Created.Before(w.Moment()))
		}
		requested := map[string]unit.CPU{}
		owners := ownersOf(inv)
		for _, p := range inv.Pods {
			require.Contains(t, nodes, p.Node, p.Name)
			require.Contains(t, owners, kube.ID{Namespace: p.Namespace, Kind: p.Owner.Kind, Name: p.Owner.Name})
			require.True(t, p.Created.Before(w.Moment()))
			requested[p.Node] += p.Resources.CPURequest
		}
		require.Len(t, slices.Compact(slices.Sorted(slices.Values(namesOf(inv.Pods, func(p kube.Pod) string { return p.Namespace + "/" + p.Name })))), len(inv.Pods), "names are unique")
		for name, cpu := range requested {
			require.LessOrEqual(t, cpu, nodes[name].CPUAllocatable, "the scheduler would not have put that much on %s", name)
		}
		for _, u := range inv.NodeMetrics {
			require.LessOrEqual(t, u.CPU, nodes[u.Name].CPUCapacity)
			require.LessOrEqual(t, u.Memory, nodes[u.Name].MemoryCapacity)
		}
		s := kube.NewSnapshot(&inv, everything(), w.Moment())
		for _, r := range s.Workloads("", nil) {
			d := s.Detail(r.ID())
			for _, cm := range d.ConfigMaps {
				require.False(t, cm.Missing, "%s uses %s", r.Name, cm.Name)
			}
			if r.Replicas != nil && r.Kind != "Job" {
				require.Equal(t, *r.Replicas, *r.Pods, r.Name)
			}
		}
		for _, in := range inv.Ingresses {
			require.Contains(t, namesOf(inv.Services, func(o kube.Service) string { return o.Name }), in.Rules[0].Backend.Service)
		}
		require.NotEmpty(t, s.Problems(), "there is something to look at")
	}
}

func TestAQuotaIsUsedByWhatRuns(t *testing.T) {
	w := simulation.New(morning)
	for _, c := range clusters(t, w) {
		inv := inventory(t, w, c.Name)
		require.NotEmpty(t, inv.ResourceQuotas)
		for _, q := range inv.ResourceQuotas {
			var pods int64
			var sum kube.Resources
			for _, p := range inv.Pods {
				if p.Namespace == q.Namespace && p.Active() {
					pods++
					sum.CPURequest += p.Resources.CPURequest
					sum.MemoryRequest += p.Resources.MemoryRequest
				}
			}
			used := func(name string) resource.Quantity { return resource.MustParse(q.Used[name]) }
			count, cpu, memory := used("pods"), used("requests.cpu"), used("requests.memory")
			require.Equal(t, pods, count.Value())
			require.Equal(t, int64(sum.CPURequest), cpu.ScaledValue(resource.Nano))
			require.Equal(t, int64(sum.MemoryRequest), memory.Value())
			for name, hard := range q.Hard {
				limit, have := resource.MustParse(hard), used(name)
				require.LessOrEqual(t, have.Cmp(limit), 0, "%s of %s is not more than allowed", name, q.Namespace)
			}
		}
	}
}

func namesOf[T any](list []T, name func(T) string) []string {
	var names []string
	for _, o := range list {
		names = append(names, name(o))
	}
	return names
}

func ownersOf(inv kube.Inventory) map[kube.ID]bool {
	owners := map[kube.ID]bool{}
	for _, o := range slices.Concat(inv.Workloads, inv.ReplicaSets) {
		owners[kube.ID{Namespace: o.Namespace, Kind: o.Kind, Name: o.Name}] = true
	}
	return owners
}

func everything() map[kube.Resource]bool {
	known := map[kube.Resource]bool{}
	for _, r := range kube.All {
		known[r] = true
	}
	return known
}

func TestTheListsOfAllNamespacesAreTheListOfTheWhole(t *testing.T) {
	w := simulation.New(morning)
	for _, c := range clusters(t, w) {
		whole := inventory(t, w, c.Name)
		for _, r := range kube.All {
			if !r.Namespaced() {
				continue
			}
			part, err := w.List(t.Context(), c.Name, r, "")
			require.NoError(t, err)
			sum := 0
			for _, ns := range whole.Namespaces {
				in, err := w.List(t.Context(), c.Name, r, ns.Name)
				require.NoError(t, err)
				sum += in.Len()
			}
			require.Equal(t, part.Len(), sum, r)
		}
	}
}

func TestAClusterThatIsNotSimulatedIsNotFound(t *testing.T) {
	w := simulation.New(morning)
	_, err := w.Identify(t.Context(), "prod")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	_, err = w.List(t.Context(), "prod", kube.Pods, "")
	require.Equal(t, fault.NotFound, fault.KindOf(err))
}

func TestEverythingThatIsAnsweredOfItIsMarkedSimulated(t *testing.T) {
	w := simulation.New(morning)
	c := cache.New(cache.NewMemory(), cache.Options{Now: func() time.Time { return morning }})
	t.Cleanup(c.Close)
	f := fred.New(fred.Options{Cache: c, Contexts: w, Kubernetes: w, Source: simulation.Name, Simulated: true, Moment: w.Moment, Age: 24 * time.Hour})
	q := fred.Query{AllClusters: true, AllNamespaces: true}
	overview, err := f.Overview(t.Context(), q)
	require.NoError(t, err)
	workloads, err := f.Workloads(t.Context(), q)
	require.NoError(t, err)
	list, err := f.Clusters(t.Context(), q)
	require.NoError(t, err)
	require.True(t, overview.Simulated && workloads.Simulated && list.Simulated)
	for _, p := range slices.Concat(overview.Provenance, workloads.Provenance) {
		require.Equal(t, report.Simulated, p.Method)
	}
	require.Equal(t, w.Moment(), *workloads.CollectedAt)
	require.Empty(t, workloads.Warnings)
	require.False(t, workloads.Stale)
	for entry, err := range c.List(t.Context(), cache.NewKey()) {
		require.NoError(t, err)
		require.True(t, entry.Header.Simulated, entry.Name)
		require.Equal(t, simulation.Name, entry.Header.Source)
	}
	again, err := f.Workloads(t.Context(), fred.Query{AllClusters: true, AllNamespaces: true, Refresh: true})
	require.NoError(t, err)
	require.Equal(t, workloads.Items, again.Items, "what is simulated may be read again")
}

func TestAWorldIsAskedByManyAtOnce(t *testing.T) {
	w := simulation.New(morning)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for _, c := range []string{"gke_acme-lab_europe-north1_borealis", "arn:aws:eks:eu-west-3:111122223333:cluster/aurora"} {
				_, _ = w.List(t.Context(), c, kube.Pods, "")
			}
		})
	}
	wg.Wait()
}

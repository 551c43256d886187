//go:build e2e

package e2e_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/fredctl/fred/internal/e2e/rig"
)

func TestWorkloadsAreThoseThatKubectlSees(t *testing.T) {
	t.Parallel()
	is := truthOf(t)
	want := is.workloads()
	a := answerOf[row](t, newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "")).must(0, "kube", "workloads", "-A", "-o", "json"))
	require.Equal(t, "WorkloadList", a.Kind)
	require.Equal(t, "rig", a.Cluster)
	require.False(t, a.Stale)
	require.Empty(t, a.Warnings)
	require.ElementsMatch(t, slices.Collect(maps.Keys(want)), ids(a.Items), "no row is missing, double or made up")
	var sum counts
	for _, r := range a.Items {
		w := want[r.id()]
		n := is.count(w.pods...)
		n.same(t, r, r.id())
		if w.replicas != nil {
			require.Equal(t, new(int(*w.replicas)), r.Replicas, r.id())
		}
		require.ElementsMatch(t, imagesOf(w.spec), r.Images, r.id())
		require.Equal(t, w.kind == "Pod", r.Class == "pod", r.id())
		sum = sum.plus(n)
	}
	require.Equal(t, len(want), a.Total.Workloads)
	sum.same(t, *a.Total, "the total")
	require.Equal(t, is.count(pointers(is.pods)...), sum, "the parts sum up to all pods there are")
}

func (n counts) plus(o counts) counts {
	n.request.add(o.request)
	n.usage.add(o.usage)
	return counts{n.pods + o.pods, n.ready + o.ready, n.restarts + o.restarts, n.request, n.usage, n.measured + o.measured}
}

func pointers[T any](list []T) []*T {
	all := make([]*T, 0, len(list))
	for i := range list {
		all = append(all, &list[i])
	}
	return all
}

func imagesOf(spec *corev1.PodSpec) []string {
	images := map[string]bool{}
	for _, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		images[c.Image] = true
	}
	return slices.Collect(maps.Keys(images))
}

func TestWhatIsWrongIsWhatKubectlShows(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	status := map[string]string{}
	for _, r := range rowsOnly(t, l.must(0, "kube", "workloads", "-o", "json")) {
		require.Equal(t, "shop", r.Namespace, "a list is of the context's namespace")
		status[r.Kind+"/"+r.Name] = r.Status
	}
	want := map[string]string{
		"Deployment/web": "Ready", "StatefulSet/db": "Ready", "Deployment/checkout": "CrashLoopBackOff",
		"Deployment/recommender": "ImagePullBackOff", "Deployment/mailer": "CreateContainerConfigError",
		"Deployment/analytics": "Unschedulable", "Job/export-orders": "Failed", "Job/import-catalogue": "Complete",
		"CronJob/reindex": "Suspended", "Deployment/asleep": "Idle", "Deployment/thumbnails": "Ready",
	}
	for name, reason := range want {
		require.Equal(t, reason, status[name], name)
	}
	table := l.must(0, "kube", "-o", "wide").stdout
	for _, reason := range []string{
		"CrashLoopBackOff", "ImagePullBackOff", "CreateContainerConfigError", "Unschedulable", "OOMKilled", "Evicted", "NotReady", "Cordoned",
	} {
		require.Contains(t, table, reason)
	}
}

// glance is an item of a ClusterOverview.
type glance struct {
	Name   string `json:"name"`
	Server struct {
		Version string `json:"version"`
		URL     string `json:"url"`
		UID     string `json:"uid"`
	} `json:"server"`
	Nodes struct {
		Nodes             int      `json:"nodes"`
		NodesReady        int      `json:"nodesReady"`
		CPUAllocatable    float64  `json:"cpuAllocatableCores"`
		MemoryAllocatable int64    `json:"memoryAllocatableBytes"`
		PodsAllocatable   int64    `json:"podsAllocatable"`
		CPUUsage          *float64 `json:"cpuUsageCores"`
		MemoryUsage       *int64   `json:"memoryUsageBytes"`
	} `json:"nodes"`
	Workloads  row   `json:"workloads"`
	Namespaces []row `json:"namespaces"`
}

func TestOverviewSumsUpWhatKubectlSees(t *testing.T) {
	t.Parallel()
	c, is := small(t), truthOf(t)
	a := answerOf[glance](t, newLaptop(t, kubeconfigOf(t, c, rig.Admin, "shop")).must(0, "kube", "-o", "json"))
	require.Equal(t, "ClusterOverview", a.Kind)
	require.Len(t, a.Items, 1)
	g := a.Items[0]
	require.Equal(t, "rig", g.Name)
	require.Equal(t, serverVersion(t, c), g.Server.Version)
	require.Equal(t, c.AdminConfig.Host, g.Server.URL)
	var allocatable, used amount
	ready, pods := 0, int64(0)
	names := []string{}
	for i := range is.nodes {
		n := &is.nodes[i]
		allocatable.add(amountOf(n.Status.Allocatable))
		used.add(is.nodeUsage[n.Name])
		pods += n.Status.Allocatable.Pods().Value()
		if nodeReady(n) {
			ready++
		}
	}
	require.Equal(t, len(is.nodes), g.Nodes.Nodes)
	require.Equal(t, ready, g.Nodes.NodesReady)
	require.InDelta(t, allocatable.cores(), g.Nodes.CPUAllocatable, 1e-9)
	require.Equal(t, allocatable.memory, g.Nodes.MemoryAllocatable)
	require.Equal(t, pods, g.Nodes.PodsAllocatable)
	require.Equal(t, new(used.cores()), g.Nodes.CPUUsage)
	require.Equal(t, &used.memory, g.Nodes.MemoryUsage)
	is.count(pointers(is.pods)...).same(t, g.Workloads, "the cluster, although the context has a namespace")
	require.Len(t, is.workloads(), g.Workloads.Workloads)
	for i := range is.namespaces {
		n := &is.namespaces[i]
		names = append(names, n.Name)
		if n.Name == "kube-system" {
			require.Equal(t, string(n.UID), g.Server.UID)
		}
	}
	shown := []string{}
	for _, r := range g.Namespaces {
		shown = append(shown, r.Name)
		is.count(is.podsIn(r.Name)...).same(t, r, "namespace "+r.Name)
	}
	require.ElementsMatch(t, names, shown)
	require.True(t, slices.IsSorted(shown))
}

func (w *truth) podsIn(namespace string) []*corev1.Pod {
	return slices.DeleteFunc(pointers(w.pods), func(p *corev1.Pod) bool { return p.Namespace != namespace })
}

func serverVersion(t *testing.T, c *rig.Cluster) string {
	t.Helper()
	out, err := c.Kubectl(t.Context(), "version", "-o", "json")
	require.NoError(t, err)
	var v struct{ ServerVersion struct{ GitVersion string } }
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	return v.ServerVersion.GitVersion
}

func nodeReady(n *corev1.Node) bool {
	return slices.ContainsFunc(n.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

func TestNodesAreAsKubectlDescribesThem(t *testing.T) {
	t.Parallel()
	c, is := small(t), truthOf(t)
	type node struct {
		Name              string   `json:"name"`
		Status            string   `json:"status"`
		InstanceType      string   `json:"instanceType"`
		Zone              string   `json:"zone"`
		Version           string   `json:"version"`
		CPUAllocatable    float64  `json:"cpuAllocatableCores"`
		MemoryAllocatable int64    `json:"memoryAllocatableBytes"`
		Pods              *int     `json:"pods"`
		CPURequest        *float64 `json:"cpuRequestCores"`
		MemoryRequest     *int64   `json:"memoryRequestBytes"`
		CPUUsage          *float64 `json:"cpuUsageCores"`
		MemoryUsage       *int64   `json:"memoryUsageBytes"`
	}
	a := answerOf[node](t, newLaptop(t, kubeconfigOf(t, c, rig.Admin, "")).must(0, "kube", "nodes", "-o", "json"))
	require.Len(t, a.Items, len(is.nodes))
	for _, n := range a.Items {
		i := slices.IndexFunc(is.nodes, func(o corev1.Node) bool { return o.Name == n.Name })
		require.GreaterOrEqual(t, i, 0, n.Name)
		o := &is.nodes[i]
		require.Equal(t, nodeReady(o), strings.HasPrefix(n.Status, "Ready"), n.Name)
		require.Equal(t, o.Spec.Unschedulable, strings.Contains(n.Status, "Cordoned"), n.Name)
		require.Equal(t, o.Labels["node.kubernetes.io/instance-type"], n.InstanceType)
		require.Equal(t, o.Labels["topology.kubernetes.io/zone"], n.Zone)
		require.Equal(t, o.Status.NodeInfo.KubeletVersion, n.Version)
		allocatable := amountOf(o.Status.Allocatable)
		require.InDelta(t, allocatable.cores(), n.CPUAllocatable, 1e-9, n.Name)
		require.Equal(t, allocatable.memory, n.MemoryAllocatable, n.Name)
		d := describeNode(t, c, n.Name)
		require.Equal(t, &d.pods, n.Pods, n.Name)
		require.Equal(t, new(d.request.cores()), n.CPURequest, n.Name)
		require.Equal(t, &d.request.memory, n.MemoryRequest, n.Name)
		if u, ok := is.nodeUsage[n.Name]; ok {
			require.Equal(t, new(u.cores()), n.CPUUsage, n.Name)
			require.Equal(t, &u.memory, n.MemoryUsage, n.Name)
		} else {
			require.Nil(t, n.CPUUsage, n.Name)
		}
	}
}

// described is what `kubectl describe node` sums up.
type described struct {
	pods    int
	request amount
}

var (
	podsOnNode  = regexp.MustCompile(`Non-terminated Pods:\s+\((\d+) in total\)`)
	requestOnIt = regexp.MustCompile(`(?m)^  (cpu|memory)\s+(\S+) \(`)
)

func describeNode(t *testing.T, c *rig.Cluster, name string) (d described) {
	t.Helper()
	out, err := c.Kubectl(t.Context(), "describe", "node", name)
	require.NoError(t, err)
	m := podsOnNode.FindStringSubmatch(out)
	require.NotNil(t, m, out)
	d.pods, err = strconv.Atoi(m[1])
	require.NoError(t, err)
	_, allocated, _ := strings.Cut(out, "Allocated resources:")
	for _, m := range requestOnIt.FindAllStringSubmatch(allocated, -1) {
		q, err := resource.ParseQuantity(m[2])
		require.NoError(t, err)
		if m[1] == "cpu" {
			d.request.cpu = q.ScaledValue(-9)
		} else {
			d.request.memory = q.Value()
		}
	}
	return d
}

func TestUsageIsWhatKubectlTopSays(t *testing.T) {
	t.Parallel()
	c := small(t)
	out, err := c.Kubectl(t.Context(), "top", "pods", "-A", "--no-headers")
	require.NoError(t, err)
	var cpu, memory int64 // in millicores and MiB, as kubectl rounds them
	pods := 0
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		q, err := resource.ParseQuantity(f[2])
		require.NoError(t, err)
		cpu += q.MilliValue()
		q, err = resource.ParseQuantity(f[3])
		require.NoError(t, err)
		memory += q.Value() >> 20
		pods++
	}
	a := answerOf[row](t, newLaptop(t, kubeconfigOf(t, c, rig.Admin, "")).must(0, "kube", "workloads", "-A", "-o", "json"))
	require.InDelta(t, float64(cpu)/1000, *a.Total.CPUUsage, float64(pods)*0.001)
	require.InDelta(t, float64(memory), float64(*a.Total.MemoryUsage)/(1<<20), float64(pods))
	require.Equal(t, "measured", a.Provenance[0].Method)
	require.Equal(t, "metrics.k8s.io", a.Provenance[0].Source)
}

func TestSelectorsAreKubectls(t *testing.T) {
	t.Parallel()
	c := small(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, ""))
	for _, selector := range []string{"app.kubernetes.io/name=web", "app.kubernetes.io/part-of!=storefront", "app.kubernetes.io/name in (api, db)", "no-such-label"} {
		out, err := c.Kubectl(t.Context(), "get", "deployments,statefulsets,daemonsets,jobs,cronjobs", "-A", "-l", selector,
			"--ignore-not-found", "-o", `jsonpath={range .items[*]}{.metadata.namespace} {.kind}/{.metadata.name}{"\n"}{end}`)
		require.NoError(t, err)
		want := strings.Split(strings.TrimSpace(out), "\n")
		got := slices.DeleteFunc(ids(rowsOnly(t, l.must(0, "kube", "workloads", "-A", "-l", selector, "-o", "json"))), func(id string) bool {
			return strings.Contains(id, " Pod/") || strings.Contains(id, " ReplicaSet/") || strings.Contains(id, " Rollout/")
		})
		if out == "" {
			want = []string{}
		}
		require.ElementsMatch(t, want, got, selector)
	}
}

func TestTheSameFactsAreTheSameBytes(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	for _, args := range [][]string{{"kube"}, {"kube", "workloads", "-A"}, {"kube", "workload", "deploy/web"}, {"kube", "namespaces"}} {
		args = append(args, "-o", "json")
		l.must(0, args...)
		first := l.must(0, append(args, "--offline")...)
		require.Equal(t, first.stdout, l.must(0, append(args, "--offline")...).stdout)
		require.True(t, strings.HasSuffix(first.stdout, "}\n") && !strings.HasSuffix(first.stdout, "\n\n"), "one final newline")
		require.Contains(t, first.stdout, "{\n  \"apiVersion\": \"fred/v1\",\n", "indented by two spaces")
	}
}

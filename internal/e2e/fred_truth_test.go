//go:build e2e

package e2e_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// truth is what the real kubectl says there is.
type truth struct {
	pods         []corev1.Pod
	deployments  []appsv1.Deployment
	replicaSets  []appsv1.ReplicaSet
	statefulSets []appsv1.StatefulSet
	daemonSets   []appsv1.DaemonSet
	jobs         []batchv1.Job
	cronJobs     []batchv1.CronJob
	nodes        []corev1.Node
	namespaces   []corev1.Namespace
	configMaps   []corev1.ConfigMap
	services     []corev1.Service
	ingresses    []networkingv1.Ingress
	podUsage     map[string]amount // by namespace/name
	nodeUsage    map[string]amount
}

// amount is CPU in nanocores and memory in bytes.
type amount struct{ cpu, memory int64 }

func (a amount) cores() float64 { return float64(a.cpu) / 1e9 }

func (a *amount) add(b amount) { a.cpu, a.memory = a.cpu+b.cpu, a.memory+b.memory }

var (
	truthOnce sync.Once
	smallIs   *truth
)

// truthOf returns what the shared cluster holds. It is read once: nothing that
// is compared with it changes while the tests run.
func truthOf(t *testing.T) *truth {
	t.Helper()
	c := small(t)
	truthOnce.Do(func() { smallIs = observe(t, c) })
	require.NotNil(t, smallIs)
	return smallIs
}

func observe(t *testing.T, c *rig.Cluster) *truth {
	t.Helper()
	w := &truth{
		pods:         kubectlList[corev1.Pod](t, c, "get", "pods", "-A", "-o", "json"),
		deployments:  kubectlList[appsv1.Deployment](t, c, "get", "deployments", "-A", "-o", "json"),
		replicaSets:  kubectlList[appsv1.ReplicaSet](t, c, "get", "replicasets", "-A", "-o", "json"),
		statefulSets: kubectlList[appsv1.StatefulSet](t, c, "get", "statefulsets", "-A", "-o", "json"),
		daemonSets:   kubectlList[appsv1.DaemonSet](t, c, "get", "daemonsets", "-A", "-o", "json"),
		jobs:         kubectlList[batchv1.Job](t, c, "get", "jobs", "-A", "-o", "json"),
		cronJobs:     kubectlList[batchv1.CronJob](t, c, "get", "cronjobs", "-A", "-o", "json"),
		nodes:        kubectlList[corev1.Node](t, c, "get", "nodes", "-o", "json"),
		namespaces:   kubectlList[corev1.Namespace](t, c, "get", "namespaces", "-o", "json"),
		configMaps:   kubectlList[corev1.ConfigMap](t, c, "get", "configmaps", "-A", "-o", "json"),
		services:     kubectlList[corev1.Service](t, c, "get", "services", "-A", "-o", "json"),
		ingresses:    kubectlList[networkingv1.Ingress](t, c, "get", "ingresses", "-A", "-o", "json"),
		podUsage:     map[string]amount{}, nodeUsage: map[string]amount{},
	}
	for _, m := range kubectlList[metrics.PodMetrics](t, c, "get", "--raw", "/apis/metrics.k8s.io/v1beta1/pods") {
		var sum amount
		for _, container := range m.Containers {
			sum.add(amountOf(container.Usage))
		}
		w.podUsage[m.Namespace+"/"+m.Name] = sum
	}
	for _, m := range kubectlList[metrics.NodeMetrics](t, c, "get", "--raw", "/apis/metrics.k8s.io/v1beta1/nodes") {
		w.nodeUsage[m.Name] = amountOf(m.Usage)
	}
	return w
}

// kubectlList returns the items of a list that kubectl prints as JSON.
func kubectlList[Item any](t *testing.T, c *rig.Cluster, args ...string) []Item {
	t.Helper()
	out, err := c.Kubectl(t.Context(), args...)
	require.NoError(t, err)
	var list struct{ Items []Item }
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	return list.Items
}

func amountOf(list corev1.ResourceList) amount {
	cpu, memory := list[corev1.ResourceCPU], list[corev1.ResourceMemory]
	return amount{cpu.ScaledValue(-9), memory.Value()}
}

// requests is what the scheduler counts for a pod: its containers and sidecars
// together or, if that is more, an init container with the sidecars before it.
func requests(spec *corev1.PodSpec) amount {
	var running, most amount
	for _, c := range spec.InitContainers {
		own := amountOf(c.Resources.Requests)
		if c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways {
			running.add(own)
			own = amount{}
		}
		own.add(running)
		most = amount{max(most.cpu, own.cpu), max(most.memory, own.memory)}
	}
	for _, c := range spec.Containers {
		running.add(amountOf(c.Resources.Requests))
	}
	running = amount{max(most.cpu, running.cpu), max(most.memory, running.memory)}
	running.add(amountOf(spec.Overhead))
	return running
}

func active(p *corev1.Pod) bool {
	return p.Status.Phase != corev1.PodSucceeded && p.Status.Phase != corev1.PodFailed
}

func isReady(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

func restarts(p *corev1.Pod) (n int) {
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		n += int(s.RestartCount)
	}
	return n
}

// workload is a row as it should be.
type workload struct {
	namespace, kind, name string
	labels                map[string]string // of the pods
	spec                  *corev1.PodSpec
	replicas              *int32
	pods                  []*corev1.Pod // all of them, finished ones too
}

func (w *workload) id() string { return w.namespace + " " + w.kind + "/" + w.name }

// workloads puts every pod at the top of its chain of owners, followed by UID.
func (w *truth) workloads() map[string]*workload {
	all := map[string]*workload{}
	put := func(kind string, o *metav1.ObjectMeta, template *corev1.PodTemplateSpec, replicas *int32) {
		row := &workload{namespace: o.Namespace, kind: kind, name: o.Name, spec: &template.Spec, labels: template.Labels, replicas: replicas}
		all[row.id()] = row
	}
	owners := map[types.UID]*metav1.OwnerReference{} // of what owns pods
	for i := range w.deployments {
		put("Deployment", &w.deployments[i].ObjectMeta, &w.deployments[i].Spec.Template, w.deployments[i].Spec.Replicas)
	}
	for i := range w.statefulSets {
		put("StatefulSet", &w.statefulSets[i].ObjectMeta, &w.statefulSets[i].Spec.Template, w.statefulSets[i].Spec.Replicas)
	}
	for i := range w.daemonSets {
		put("DaemonSet", &w.daemonSets[i].ObjectMeta, &w.daemonSets[i].Spec.Template, &w.daemonSets[i].Status.DesiredNumberScheduled)
	}
	for i := range w.jobs {
		put("Job", &w.jobs[i].ObjectMeta, &w.jobs[i].Spec.Template, nil)
		owners[w.jobs[i].UID] = metav1.GetControllerOf(&w.jobs[i])
	}
	for i := range w.cronJobs {
		put("CronJob", &w.cronJobs[i].ObjectMeta, &w.cronJobs[i].Spec.JobTemplate.Spec.Template, nil)
	}
	for i := range w.replicaSets {
		rs := &w.replicaSets[i]
		owner := metav1.GetControllerOf(rs)
		owners[rs.UID] = owner
		switch {
		case owner == nil:
			put("ReplicaSet", &rs.ObjectMeta, &rs.Spec.Template, rs.Spec.Replicas)
		case owner.Kind != "Deployment":
			o := metav1.ObjectMeta{Namespace: rs.Namespace, Name: owner.Name}
			put(owner.Kind, &o, &rs.Spec.Template, rs.Spec.Replicas)
		}
	}
	for i := range w.pods {
		p := &w.pods[i]
		kind, name := "Pod", p.Name
		for owner := metav1.GetControllerOf(p); owner != nil && owner.Kind != "Node"; owner = owners[owner.UID] {
			kind, name = owner.Kind, owner.Name
		}
		row := &workload{namespace: p.Namespace, kind: kind, name: name, spec: &p.Spec, labels: p.Labels}
		if have := all[row.id()]; have != nil {
			row = have
		}
		row.pods = append(row.pods, p)
		all[row.id()] = row
	}
	return all
}

// counts are the numbers of a row, a namespace or a total.
type counts struct {
	pods, ready, restarts int
	request, usage        amount
	measured              int // pods with usage
}

func (w *truth) count(pods ...*corev1.Pod) (n counts) {
	for _, p := range pods {
		if !active(p) {
			continue
		}
		n.pods++
		if isReady(p) {
			n.ready++
		}
		n.restarts += restarts(p)
		n.request.add(requests(&p.Spec))
		if u, ok := w.podUsage[p.Namespace+"/"+p.Name]; ok {
			n.usage.add(u)
			n.measured++
		}
	}
	return n
}

// same requires a row's numbers to be n.
func (n counts) same(t *testing.T, r row, what string) {
	t.Helper()
	require.Equal(t, &n.pods, r.Pods, "pods of %s", what)
	require.Equal(t, &n.ready, r.PodsReady, "ready pods of %s", what)
	require.Equal(t, &n.restarts, r.Restarts, "restarts of %s", what)
	require.Equal(t, new(n.request.cores()), r.CPURequest, "CPU requested by %s", what)
	require.Equal(t, &n.request.memory, r.MemoryRequest, "memory requested by %s", what)
	switch {
	case n.measured > 0:
		require.Equal(t, new(n.usage.cores()), r.CPUUsage, "CPU used by %s", what)
		require.Equal(t, &n.usage.memory, r.MemoryUsage, "memory used by %s", what)
	case n.pods > 0:
		require.Nil(t, r.CPUUsage, "unknown is not zero: CPU used by %s", what)
		require.Nil(t, r.MemoryUsage, "unknown is not zero: memory used by %s", what)
	}
}

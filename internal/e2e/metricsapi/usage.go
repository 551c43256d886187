package metricsapi

import (
	"cmp"
	"hash/fnv"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// window is how long metrics-server averages over.
const window = 15 * time.Second

// Usage returns what a container of a namespace uses: between a tenth and the
// whole of what it asks for, by a hash of both names, so that every replica uses
// the same and each run of a test sees the same sums. A container that asks for
// nothing is counted as asking for 50m and 64Mi.
func Usage(namespace string, container corev1.Container) corev1.ResourceList {
	cpu, memory := int64(50), int64(64<<20)
	if q, ok := container.Resources.Requests[corev1.ResourceCPU]; ok {
		cpu = q.MilliValue()
	}
	if q, ok := container.Resources.Requests[corev1.ResourceMemory]; ok {
		memory = q.Value()
	}
	h := fnv.New32a()
	h.Write([]byte(namespace + "/" + container.Name))
	share := 10 + int64(h.Sum32()%91) // per cent
	return amounts(cpu*share/100, memory*share/100)
}

// overhead is what a node uses beside its pods.
var overhead = amounts(120, 600<<20)

func amounts(milliCPU, memory int64) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    *resource.NewMilliQuantity(milliCPU, resource.DecimalSI),
		corev1.ResourceMemory: *resource.NewQuantity(memory, resource.BinarySI),
	}
}

// podUsage returns the usage of a pod, and whether there is any: as with
// metrics-server, a pod without a running container has none.
func podUsage(pod *corev1.Pod, now time.Time) (v1beta1.PodMetrics, bool) {
	running := runningContainers(pod)
	m := v1beta1.PodMetrics{
		ObjectMeta: metav1.ObjectMeta{
			Name: pod.Name, Namespace: pod.Namespace, Labels: pod.Labels, CreationTimestamp: metav1.NewTime(now),
		},
		Timestamp:  metav1.NewTime(now),
		Window:     metav1.Duration{Duration: window},
		Containers: []v1beta1.ContainerMetrics{},
	}
	for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
		if running[c.Name] {
			m.Containers = append(m.Containers, v1beta1.ContainerMetrics{Name: c.Name, Usage: Usage(pod.Namespace, c)})
		}
	}
	return m, len(m.Containers) > 0
}

func runningContainers(pod *corev1.Pod) map[string]bool {
	running := map[string]bool{}
	for _, s := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		running[s.Name] = s.State.Running != nil
	}
	return running
}

// nodeUsage returns the usage of a node on which pods run, and whether there is
// any: a node that is not ready has no kubelet to ask.
func nodeUsage(node *corev1.Node, pods []v1beta1.PodMetrics, now time.Time) (v1beta1.NodeMetrics, bool) {
	total := overhead.DeepCopy()
	for _, p := range pods {
		for _, c := range p.Containers {
			add(total, c.Usage)
		}
	}
	m := v1beta1.NodeMetrics{
		ObjectMeta: metav1.ObjectMeta{Name: node.Name, Labels: node.Labels, CreationTimestamp: metav1.NewTime(now)},
		Timestamp:  metav1.NewTime(now),
		Window:     metav1.Duration{Duration: window},
		Usage:      total,
	}
	return m, ready(node)
}

func add(total, more corev1.ResourceList) {
	for name, amount := range more {
		sum := total[name]
		sum.Add(amount)
		total[name] = sum
	}
}

func ready(node *corev1.Node) bool {
	return slices.ContainsFunc(node.Status.Conditions, func(c corev1.NodeCondition) bool {
		return c.Type == corev1.NodeReady && c.Status == corev1.ConditionTrue
	})
}

func byName[T metav1.Object](a, b T) int {
	return cmp.Or(cmp.Compare(a.GetNamespace(), b.GetNamespace()), cmp.Compare(a.GetName(), b.GetName()))
}

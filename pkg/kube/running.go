package kube

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/unit"
)

// Running is a pod that has a node.
type Running struct {
	Workload ID // the top of its chain of owners
	Pod      string
	Node     string
	Request  unit.CPU
	Usage    *unit.CPU // nil where metrics.k8s.io says nothing of it

	MemoryRequest unit.Bytes
	MemoryUsage   *unit.Bytes // nil where Usage is

	Since time.Time // when its workload was made or, where pods come and go, itself
}

// Running returns the pods that have a node and have not ended, by workload.
func (s *Snapshot) Running() []Running {
	var all []Running
	for _, id := range s.ids {
		w := s.workloads[id]
		for _, p := range s.pods[id] {
			if p.Node == "" || !p.Active() {
				continue
			}
			r := Running{Workload: id, Pod: p.Name, Node: p.Node, Request: p.Resources.CPURequest, MemoryRequest: p.Resources.MemoryRequest, Since: p.Created}
			if lasting(id.Kind) && !w.Created.IsZero() {
				r.Since = w.Created
			}
			if u, ok := s.usage[ID{p.Namespace, "Pod", p.Name}]; ok {
				r.Usage, r.MemoryUsage = &u.CPU, &u.Memory
			}
			all = append(all, r)
		}
	}
	return all
}

// lasting reports whether a workload of that kind has pods as long as it exists.
func lasting(kind string) bool { return kind != "Job" && kind != "CronJob" && kind != "Pod" }

// Owners returns the top owner of every pod, by namespace and name.
func (s *Snapshot) Owners() map[ID]ID {
	owners := make(map[ID]ID, len(s.inv.Pods))
	for top, pods := range s.pods {
		for _, p := range pods {
			owners[ID{p.Namespace, "Pod", p.Name}] = top
		}
	}
	return owners
}

// Nodes returns the nodes. They must not be changed.
func (s *Snapshot) Nodes() []Node { return s.inv.Nodes }

// NodeUsage returns the CPU that a node uses, as metrics.k8s.io has it.
func (s *Snapshot) NodeUsage(node string) (unit.CPU, bool) {
	u, ok := s.usage[ID{"", "Node", node}]
	return u.CPU, ok
}

// Founded returns when the cluster was made: when the oldest of its namespaces or,
// where none is known, of its nodes was. It is zero if that is not known either.
func (s *Snapshot) Founded() time.Time {
	var dates []time.Time
	for i := range s.inv.Namespaces {
		dates = append(dates, s.inv.Namespaces[i].Created)
	}
	if len(dates) == 0 {
		for i := range s.inv.Nodes {
			dates = append(dates, s.inv.Nodes[i].Created)
		}
	}
	dates = slices.DeleteFunc(dates, time.Time.IsZero)
	if len(dates) == 0 {
		return time.Time{}
	}
	return slices.MinFunc(dates, time.Time.Compare)
}

// InstanceType returns the cloud's type of machine that n says it is.
func (n *Node) InstanceType() string {
	return cmp.Or(n.Labels["node.kubernetes.io/instance-type"], n.Labels["beta.kubernetes.io/instance-type"])
}

// Region returns the cloud region that n says it is in.
func (n *Node) Region() string {
	return cmp.Or(n.Labels["topology.kubernetes.io/region"], n.Labels["failure-domain.beta.kubernetes.io/region"])
}

// spotLabels are the labels, and their values, that clouds and their tools put on nodes
// which may be taken away at any time.
var spotLabels = [][2]string{
	{"eks.amazonaws.com/capacityType", "spot"},
	{"karpenter.sh/capacity-type", "spot"},
	{"node.kubernetes.io/lifecycle", "spot"},
	{"cloud.google.com/gke-spot", "true"},
	{"cloud.google.com/gke-preemptible", "true"},
	{"kubernetes.azure.com/scalesetpriority", "spot"},
}

// Spot reports whether n is a machine that is cheap since it may be taken away.
func (n *Node) Spot() bool {
	return slices.ContainsFunc(spotLabels, func(l [2]string) bool { return strings.EqualFold(n.Labels[l[0]], l[1]) })
}

// Package kube says what runs on a cluster: the objects as they were read, with
// only what fred keeps of them, and what follows from them when they are put
// side by side (whose pods are whose, what is wired to what, what is wrong).
//
// It does no I/O and knows no Kubernetes client: pkg/collector/kubernetes fills
// an Inventory, pkg/fred asks questions of it. Nothing in it holds the value of
// a Secret, a ConfigMap or a telling environment variable.
package kube

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Resource names one list that an inventory is made of, by its plural API name.
type Resource string

// The resources, in the order in which they are read and shown.
const (
	Nodes          Resource = "nodes"
	Namespaces     Resource = "namespaces"
	Deployments    Resource = "deployments"
	StatefulSets   Resource = "statefulsets"
	DaemonSets     Resource = "daemonsets"
	Jobs           Resource = "jobs"
	CronJobs       Resource = "cronjobs"
	ReplicaSets    Resource = "replicasets"
	Pods           Resource = "pods"
	Services       Resource = "services"
	Ingresses      Resource = "ingresses"
	ConfigMaps     Resource = "configmaps"
	ResourceQuotas Resource = "resourcequotas"
	LimitRanges    Resource = "limitranges"
	NodeMetrics    Resource = "nodemetrics" // metrics.k8s.io, where it answers
	PodMetrics     Resource = "podmetrics"  // metrics.k8s.io, where it answers

	PersistentVolumes Resource = "persistentvolumes"
)

// All lists the resources that are read together, the heaviest first, so that a
// reader that takes a few at a time ends early.
var All = []Resource{
	Pods, ConfigMaps, ReplicaSets, Deployments, Services, Ingresses, StatefulSets, DaemonSets,
	Jobs, CronJobs, Nodes, Namespaces, ResourceQuotas, LimitRanges, PodMetrics, NodeMetrics,
}

// Known lists every resource of an inventory: All, and those that are read only
// for a question that names them.
var Known = slices.Concat(All, []Resource{PersistentVolumes})

// Namespaced reports whether objects of r live in namespaces.
func (r Resource) Namespaced() bool {
	return r != Nodes && r != Namespaces && r != NodeMetrics && r != PersistentVolumes
}

// Optional reports whether a cluster may well be without r.
func (r Resource) Optional() bool { return r == NodeMetrics || r == PodMetrics }

// Kinds are the workload kinds, in the order in which they are shown.
var Kinds = []string{"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"}

var kindNames = map[string]string{
	"deployment": "Deployment", "deployments": "Deployment", "deploy": "Deployment",
	"statefulset": "StatefulSet", "statefulsets": "StatefulSet", "sts": "StatefulSet",
	"daemonset": "DaemonSet", "daemonsets": "DaemonSet", "ds": "DaemonSet",
	"job": "Job", "jobs": "Job",
	"cronjob": "CronJob", "cronjobs": "CronJob", "cj": "CronJob",
	"pod": "Pod", "pods": "Pod", "po": "Pod",
	"replicaset": "ReplicaSet", "replicasets": "ReplicaSet", "rs": "ReplicaSet",
}

// KindWords are the words by which ParseKind knows kinds, sorted.
func KindWords() []string { return slices.Sorted(maps.Keys(kindNames)) }

// ParseKind returns the kind that kubectl would understand by s: a kind, its
// plural or short name, in any case, with or without its API group
// ("deployments.apps").
func ParseKind(s string) (kind string, ok bool) {
	name, _, _ := strings.Cut(strings.ToLower(s), ".")
	kind, ok = kindNames[name]
	return kind, ok
}

// Inventory is what was read of one cluster, whole or in part. It may be shared
// between goroutines as long as nobody changes it.
type Inventory struct {
	Nodes          []Node          `json:"nodes,omitempty"`
	Namespaces     []Namespace     `json:"namespaces,omitempty"`
	Workloads      []Workload      `json:"workloads,omitempty"`
	ReplicaSets    []Workload      `json:"replicasets,omitempty"`
	Pods           []Pod           `json:"pods,omitempty"`
	Services       []Service       `json:"services,omitempty"`
	Ingresses      []Ingress       `json:"ingresses,omitempty"`
	ConfigMaps     []ConfigMap     `json:"configmaps,omitempty"`
	ResourceQuotas []ResourceQuota `json:"resourcequotas,omitempty"`
	LimitRanges    []LimitRange    `json:"limitranges,omitempty"`
	NodeMetrics    []Usage         `json:"nodemetrics,omitempty"`
	PodMetrics     []Usage         `json:"podmetrics,omitempty"`
	// PersistentVolumes are not among All.
	PersistentVolumes []PersistentVolume `json:"persistentvolumes,omitempty"`
	// Absent says that the cluster has no such API (metrics.k8s.io is not installed).
	Absent bool `json:"absent,omitempty"`
	// Partial says that there may be more of it than is here.
	Partial bool `json:"partial,omitempty"`

	only  []string              // the only namespaces that it is of, see Narrow
	whole map[Resource][]string // where lists that are not whole are, see Limit
}

// Narrow drops what lies outside of namespaces, where some lists could be read in
// those alone: pods of some namespaces beside workloads of all would show
// workloads without pods. What nodes carry is not known then.
func (inv *Inventory) Narrow(namespaces []string) {
	inv.only = slices.Concat([]string{}, namespaces)
	inv.Workloads = keepIn(inv, inv.Workloads, func(o *Workload) string { return o.Namespace })
	inv.ReplicaSets = keepIn(inv, inv.ReplicaSets, func(o *Workload) string { return o.Namespace })
	inv.Pods = keepIn(inv, inv.Pods, func(o *Pod) string { return o.Namespace })
	inv.Services = keepIn(inv, inv.Services, func(o *Service) string { return o.Namespace })
	inv.Ingresses = keepIn(inv, inv.Ingresses, func(o *Ingress) string { return o.Namespace })
	inv.ConfigMaps = keepIn(inv, inv.ConfigMaps, func(o *ConfigMap) string { return o.Namespace })
	inv.ResourceQuotas = keepIn(inv, inv.ResourceQuotas, func(o *ResourceQuota) string { return o.Namespace })
	inv.LimitRanges = keepIn(inv, inv.LimitRanges, func(o *LimitRange) string { return o.Namespace })
	inv.PodMetrics = keepIn(inv, inv.PodMetrics, func(o *Usage) string { return o.Namespace })
}

// Limit notes that the list of r has all there is in these namespaces alone, and
// that elsewhere nothing follows from what it lacks.
func (inv *Inventory) Limit(r Resource, namespaces []string) {
	if inv.whole == nil {
		inv.whole = map[Resource][]string{}
	}
	inv.whole[r] = namespaces
}

// covers reports whether inv is of namespace too.
func (inv *Inventory) covers(namespace string) bool {
	return inv.only == nil || slices.Contains(inv.only, namespace)
}

// keepIn returns the part of list that inv is of; list is not changed, since
// others may read it.
func keepIn[T any](inv *Inventory, list []T, of func(*T) string) []T {
	var kept []T
	for i := range list {
		if inv.covers(of(&list[i])) {
			kept = append(kept, list[i])
		}
	}
	return kept
}

// Merge returns the lists of all parts in one inventory. It may share them with the
// parts: neither must be changed afterwards.
func Merge(parts []Inventory) *Inventory {
	return &Inventory{
		Nodes:          joined(parts, func(p *Inventory) []Node { return p.Nodes }),
		Namespaces:     joined(parts, func(p *Inventory) []Namespace { return p.Namespaces }),
		Workloads:      joined(parts, func(p *Inventory) []Workload { return p.Workloads }),
		ReplicaSets:    joined(parts, func(p *Inventory) []Workload { return p.ReplicaSets }),
		Pods:           joined(parts, func(p *Inventory) []Pod { return p.Pods }),
		Services:       joined(parts, func(p *Inventory) []Service { return p.Services }),
		Ingresses:      joined(parts, func(p *Inventory) []Ingress { return p.Ingresses }),
		ConfigMaps:     joined(parts, func(p *Inventory) []ConfigMap { return p.ConfigMaps }),
		ResourceQuotas: joined(parts, func(p *Inventory) []ResourceQuota { return p.ResourceQuotas }),
		LimitRanges:    joined(parts, func(p *Inventory) []LimitRange { return p.LimitRanges }),
		NodeMetrics:    joined(parts, func(p *Inventory) []Usage { return p.NodeMetrics }),
		PodMetrics:     joined(parts, func(p *Inventory) []Usage { return p.PodMetrics }),

		PersistentVolumes: joined(parts, func(p *Inventory) []PersistentVolume { return p.PersistentVolumes }),
	}
}

// joined returns one list of all parts; that of a part itself where the others
// have none.
func joined[T any](parts []Inventory, list func(*Inventory) []T) []T {
	lists := make([][]T, 0, len(parts))
	for i := range parts {
		if l := list(&parts[i]); len(l) > 0 {
			lists = append(lists, l)
		}
	}
	if len(lists) == 1 {
		return slices.Clip(lists[0])
	}
	return slices.Concat(lists...)
}

// Len returns the number of objects in inv.
func (inv *Inventory) Len() int {
	return len(inv.Nodes) + len(inv.Namespaces) + len(inv.Workloads) + len(inv.ReplicaSets) +
		len(inv.Pods) + len(inv.Services) + len(inv.Ingresses) + len(inv.ConfigMaps) +
		len(inv.ResourceQuotas) + len(inv.LimitRanges) + len(inv.NodeMetrics) + len(inv.PodMetrics) +
		len(inv.PersistentVolumes)
}

// Server is what a cluster says of itself.
type Server struct {
	Version   string `json:"version,omitempty" doc:"Kubernetes version" example:"v1.37.2"`
	Platform  string `json:"platform,omitempty" doc:"Operating system and architecture of the API server" example:"linux/amd64"`
	URL       string `json:"url,omitempty" doc:"Address of the API server"`
	UID       string `json:"uid,omitempty" doc:"UID of namespace kube-system, which stands for the cluster"`
	Namespace string `json:"namespace,omitempty" doc:"The context's default namespace"`
}

// Meta is what fred keeps of an object's metadata.
type Meta struct {
	Namespace   string            `json:"namespace,omitempty"`
	Name        string            `json:"name"`
	Created     time.Time         `json:"created,omitzero"`
	Deleted     time.Time         `json:"deleted,omitzero"` // when its deletion was asked for
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"` // an allow-list only
	Owner       *Ref              `json:"owner,omitempty"`       // its controller
}

// Ref names an object in the same namespace.
type Ref struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// Condition is a status condition. Its message is not kept.
type Condition struct {
	Type   string    `json:"type"`
	Status string    `json:"status"`
	Reason string    `json:"reason,omitempty"`
	Since  time.Time `json:"since,omitzero"`
}

// condition returns the condition of the given type, or an empty one.
func condition(cs []Condition, typ string) Condition {
	for _, c := range cs {
		if c.Type == typ {
			return c
		}
	}
	return Condition{}
}

package kube

import (
	"slices"

	"github.com/fredctl/fred/pkg/unit"
)

// WorkloadDetail is all that is known of one workload.
type WorkloadDetail struct {
	WorkloadRow
	Spec       WorkloadSpec    `json:"spec" doc:"What it is made of"`
	PodList    []PodRow        `json:"podList,omitzero" doc:"Its pods; left out where they are not known"`
	ConfigMaps []ConfigMapLink `json:"configMaps,omitzero" doc:"ConfigMaps that its pods use; left out where that is not known"`
	Services   []Service       `json:"services,omitzero" doc:"Services whose selector matches its pods; left out where that is not known"`
	Ingresses  []Ingress       `json:"ingresses,omitzero" doc:"Ingresses that lead to one of those Services; left out where that is not known"`
}

// WorkloadSpec is the essential part of a workload's specification.
type WorkloadSpec struct {
	Labels         map[string]string `json:"labels,omitempty"`
	Annotations    map[string]string `json:"annotations,omitempty" doc:"Harmless ones only"`
	Strategy       string            `json:"strategy,omitempty" doc:"How it is updated"`
	Schedule       string            `json:"schedule,omitempty" doc:"Of a CronJob"`
	Suspended      bool              `json:"suspended,omitempty"`
	ServiceAccount string            `json:"serviceAccount,omitempty"`
	HostNetwork    bool              `json:"hostNetwork,omitempty"`
	PodLabels      map[string]string `json:"podLabels,omitempty" doc:"Labels of its pods, which Services select"`
	Resources      *Resources        `json:"resources,omitempty" doc:"Of one pod, as the scheduler counts them"`
	Containers     []Container       `json:"containers,omitzero" doc:"Left out where they are not known"`
	Volumes        []Volume          `json:"volumes,omitempty" doc:"Volumes that hold other objects"`
}

// PodRow is a pod as the detail of a workload shows it.
type PodRow struct {
	Name          string      `json:"name"`
	Node          string      `json:"node,omitempty"`
	Phase         string      `json:"phase"`
	Ready         bool        `json:"ready"`
	Restarts      int32       `json:"restarts"`
	CPURequest    unit.CPU    `json:"cpuRequestCores"`
	MemoryRequest unit.Bytes  `json:"memoryRequestBytes"`
	CPUUsage      *unit.CPU   `json:"cpuUsageCores"`
	MemoryUsage   *unit.Bytes `json:"memoryUsageBytes"`
	Issues        []Issue     `json:"issues,omitempty"`
}

// ConfigMapLink is a ConfigMap that a workload uses, and how.
type ConfigMapLink struct {
	Name    string      `json:"name"`
	Via     []string    `json:"via" doc:"volume, env, envFrom, and init where an init container uses it"`
	Missing bool        `json:"missing,omitempty" doc:"It is not optional and not there"`
	Keys    []ConfigKey `json:"keys,omitempty"`
}

// Find returns the workload called id.
func (s *Snapshot) Find(id ID) (*Workload, bool) {
	w, ok := s.workloads[id]
	return w, ok
}

// Detail returns what is known of the workload called id, which must exist.
func (s *Snapshot) Detail(id ID) WorkloadDetail {
	w := s.workloads[id]
	d := WorkloadDetail{
		WorkloadRow: s.row(id, w, s.problemsByID()[id]),
		Spec:        w.spec(),
		PodList:     s.podRows(id),
	}
	if w.NameOnly {
		d.Spec.Containers = nil
		return d
	}
	d.ConfigMaps, d.Services = s.ConfigMapsOf(w), s.ServicesOf(w)
	d.Ingresses = s.IngressesOf(id.Namespace, d.Services)
	return d
}

func (w *Workload) spec() WorkloadSpec {
	sp := WorkloadSpec{
		Labels: w.Labels, Annotations: w.Annotations, Strategy: w.Strategy,
		Schedule: w.Schedule, Suspended: w.Suspended, Containers: []Container{},
	}
	if t := w.Template; t != nil {
		sp.ServiceAccount, sp.HostNetwork, sp.PodLabels = t.ServiceAccount, t.HostNetwork, t.Labels
		sp.Resources, sp.Containers, sp.Volumes = &t.Resources, t.Containers, t.Volumes
	}
	return sp
}

func (s *Snapshot) podRows(id ID) []PodRow {
	if !s.known[Pods] {
		return nil
	}
	rows := make([]PodRow, 0, len(s.pods[id]))
	for _, p := range s.pods[id] {
		r := PodRow{
			Name: p.Name, Node: p.Node, Phase: p.Phase, Ready: p.Ready, Restarts: p.Restarts,
			CPURequest: p.Resources.CPURequest, MemoryRequest: p.Resources.MemoryRequest, Issues: p.Issues,
		}
		if u, ok := s.usage[ID{p.Namespace, "Pod", p.Name}]; ok {
			r.CPUUsage, r.MemoryUsage = &u.CPU, &u.Memory
		}
		rows = append(rows, r)
	}
	return rows
}

// ConfigMapsOf returns the ConfigMaps that w's pods use, in the order of the
// specification: volumes first, then the containers' variables.
func (s *Snapshot) ConfigMapsOf(w *Workload) []ConfigMapLink {
	links := []ConfigMapLink{}
	if w.Template == nil {
		return links
	}
	add := func(name, via string, optional bool) {
		i := slices.IndexFunc(links, func(l ConfigMapLink) bool { return l.Name == name })
		if i < 0 {
			i = len(links)
			links = append(links, s.link(w.Namespace, name, optional))
		}
		if !slices.Contains(links[i].Via, via) {
			links[i].Via = append(links[i].Via, via)
		}
	}
	for _, v := range w.Template.Volumes {
		if v.Kind == "ConfigMap" {
			add(v.Object, "volume", v.Optional)
		}
	}
	for _, c := range w.Template.Containers {
		for _, e := range c.Env {
			if e.From != nil && e.From.Kind == "ConfigMap" {
				add(e.From.Name, via(c, "env"), e.From.Optional)
			}
		}
		for _, e := range c.EnvFrom {
			if e.Kind == "ConfigMap" {
				add(e.Name, via(c, "envFrom"), e.Optional)
			}
		}
	}
	return links
}

func via(c Container, how string) string {
	if c.Init {
		return "init " + how
	}
	return how
}

func (s *Snapshot) link(namespace, name string, optional bool) ConfigMapLink {
	if cm := s.configMap(namespace, name); cm != nil {
		return ConfigMapLink{Name: name, Keys: cm.Keys}
	}
	return ConfigMapLink{Name: name, Missing: s.Whole(ConfigMaps, namespace) && !optional}
}

func (s *Snapshot) configMap(namespace, name string) *ConfigMap {
	for i := range s.inv.ConfigMaps {
		if cm := &s.inv.ConfigMaps[i]; cm.Namespace == namespace && cm.Name == name {
			return cm
		}
	}
	return nil
}

// ServicesOf returns the Services whose selector lies within the labels of w's
// pods. A Service without a selector matches nothing.
func (s *Snapshot) ServicesOf(w *Workload) []Service {
	services := []Service{}
	if w.Template == nil {
		return services
	}
	for i := range s.inv.Services {
		if svc := &s.inv.Services[i]; svc.Namespace == w.Namespace && within(svc.Selector, w.Template.Labels) {
			services = append(services, *svc)
		}
	}
	return services
}

func within(selector, labels map[string]string) bool {
	for k, v := range selector {
		if have, ok := labels[k]; !ok || have != v {
			return false
		}
	}
	return len(selector) > 0
}

// IngressesOf returns the Ingresses of namespace that lead to one of services,
// by a rule or as the default backend.
func (s *Snapshot) IngressesOf(namespace string, services []Service) []Ingress {
	ingresses := []Ingress{}
	for i := range s.inv.Ingresses {
		in := &s.inv.Ingresses[i]
		if in.Namespace == namespace && slices.ContainsFunc(services, func(svc Service) bool { return in.leadsTo(svc.Name) }) {
			ingresses = append(ingresses, *in)
		}
	}
	return ingresses
}

func (in *Ingress) leadsTo(service string) bool {
	if in.Default != nil && in.Default.Service == service {
		return true
	}
	return slices.ContainsFunc(in.Rules, func(r IngressRule) bool { return r.Backend.Service == service })
}

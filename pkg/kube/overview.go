package kube

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/unit"
)

// ClusterOverview is one cluster at a glance.
type ClusterOverview struct {
	Cluster
	Server     Server         `json:"server"`
	Nodes      *NodeTotal     `json:"nodes,omitempty" doc:"What there is to run on, where nodes may be read"`
	Workloads  WorkloadTotal  `json:"workloads" doc:"What runs, over all namespaces shown"`
	Namespaces []NamespaceRow `json:"namespaces"`
	Problems   []Problem      `json:"problems"`
}

// NamespaceRow is a namespace as a list shows it.
type NamespaceRow struct {
	Cluster     string            `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Name        string            `json:"name"`
	Status      string            `json:"status,omitempty" doc:"Active or Terminating; left out where namespaces may not be read"`
	Created     time.Time         `json:"created,omitzero"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty" doc:"Harmless ones only"`
	WorkloadTotal
	Problems    []Problem       `json:"problems,omitempty"`
	Quotas      []ResourceQuota `json:"resourceQuotas,omitempty"`
	LimitRanges []LimitRange    `json:"limitRanges,omitempty"`
}

// NodeRow is a node as a list shows it.
type NodeRow struct {
	Cluster           string            `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Name              string            `json:"name"`
	Status            string            `json:"status" doc:"Ready, NotReady, Unknown, and Cordoned" example:"Ready"`
	Roles             []string          `json:"roles,omitempty"`
	InstanceType      string            `json:"instanceType,omitempty"`
	Region            string            `json:"region,omitempty"`
	Zone              string            `json:"zone,omitempty"`
	ProviderID        string            `json:"providerID,omitempty"`
	OS                string            `json:"os,omitempty"`
	Arch              string            `json:"arch,omitempty"`
	Version           string            `json:"version,omitempty" doc:"Of the kubelet"`
	Created           time.Time         `json:"created,omitzero"`
	Labels            map[string]string `json:"labels,omitempty"`
	Taints            []string          `json:"taints,omitempty"`
	CPUAllocatable    unit.CPU          `json:"cpuAllocatableCores"`
	MemoryAllocatable unit.Bytes        `json:"memoryAllocatableBytes"`
	PodsAllocatable   int64             `json:"podsAllocatable"`
	Pods              *int              `json:"pods"`
	CPURequest        *unit.CPU         `json:"cpuRequestCores"`
	MemoryRequest     *unit.Bytes       `json:"memoryRequestBytes"`
	CPUUsage          *unit.CPU         `json:"cpuUsageCores"`
	MemoryUsage       *unit.Bytes       `json:"memoryUsageBytes"`
	Problems          []Problem         `json:"problems,omitempty"`
}

// NodeTotal sums up nodes. Usage is a node's own, so it holds what runs outside
// of pods too.
type NodeTotal struct {
	Nodes             int         `json:"nodes"`
	NodesReady        int         `json:"nodesReady"`
	CPUAllocatable    unit.CPU    `json:"cpuAllocatableCores" doc:"What pods can be given, in cores"`
	MemoryAllocatable unit.Bytes  `json:"memoryAllocatableBytes" doc:"What pods can be given, in bytes"`
	PodsAllocatable   int64       `json:"podsAllocatable"`
	CPURequest        *unit.CPU   `json:"cpuRequestCores" doc:"CPU requested by the pods that have a node, in cores"`
	MemoryRequest     *unit.Bytes `json:"memoryRequestBytes" doc:"Memory requested by the pods that have a node, in bytes"`
	CPUUsage          *unit.CPU   `json:"cpuUsageCores"`
	MemoryUsage       *unit.Bytes `json:"memoryUsageBytes"`
}

// Overview returns the cluster at a glance, or one namespace of it if that is not
// "". Nodes and their problems belong to the whole cluster.
func (s *Snapshot) Overview(c Cluster, server Server, namespace string) ClusterOverview {
	o := ClusterOverview{Cluster: c, Server: server, Problems: []Problem{}}
	rows := s.Workloads(namespace, nil)
	o.Workloads = s.TotalOf(rows, namespace)
	o.Namespaces = s.namespaceRows(rows, namespace)
	if s.known[Nodes] {
		o.Nodes = new(TotalOfNodes(s.NodeRows()))
	}
	for _, p := range s.Problems() {
		if p.Kind == "Node" || asked(namespace, p.Namespace) {
			o.Problems = append(o.Problems, p)
		}
	}
	return o
}

// asked reports whether an object of namespace is meant where one of wanted, or
// of any namespace if that is "", is asked for.
func asked(wanted, namespace string) bool { return wanted == "" || wanted == namespace }

// NamespaceNames returns the names of all namespaces.
func (s *Snapshot) NamespaceNames() []string {
	names := make([]string, 0, len(s.inv.Namespaces))
	for i := range s.inv.Namespaces {
		names = append(names, s.inv.Namespaces[i].Name)
	}
	return names
}

// NamespaceRows returns the namespace so called, or all if it is "", by name.
func (s *Snapshot) NamespaceRows(namespace string) []NamespaceRow {
	return s.namespaceRows(s.Workloads(namespace, nil), namespace)
}

func (s *Snapshot) namespaceRows(workloads []WorkloadRow, namespace string) []NamespaceRow {
	byName := map[string]*NamespaceRow{}
	row := func(name string) *NamespaceRow {
		if byName[name] == nil {
			byName[name] = &NamespaceRow{Name: name}
		}
		return byName[name]
	}
	for i := range s.inv.Namespaces {
		n := &s.inv.Namespaces[i]
		if asked(namespace, n.Name) {
			r := row(n.Name)
			r.Status, r.Created, r.Labels, r.Annotations = n.Phase, n.Created, n.Labels, n.Annotations
		}
	}
	for start := 0; start < len(workloads); {
		end := start
		for end < len(workloads) && workloads[end].Namespace == workloads[start].Namespace {
			end++
		}
		row(workloads[start].Namespace).WorkloadTotal = TotalOf(workloads[start:end])
		start = end
	}
	for _, p := range s.Problems() {
		if p.Namespace != "" && asked(namespace, p.Namespace) {
			r := row(p.Namespace)
			r.Problems = append(r.Problems, p)
		}
	}
	return s.finishNamespaces(byName)
}

// finishNamespaces sorts the rows, and gives those without workloads their zeros.
func (s *Snapshot) finishNamespaces(byName map[string]*NamespaceRow) []NamespaceRow {
	for _, q := range s.inv.ResourceQuotas {
		if r := byName[q.Namespace]; r != nil {
			r.Quotas = append(r.Quotas, q)
		}
	}
	for _, l := range s.inv.LimitRanges {
		if r := byName[l.Namespace]; r != nil {
			r.LimitRanges = append(r.LimitRanges, l)
		}
	}
	rows := make([]NamespaceRow, 0, len(byName))
	for _, r := range byName {
		if r.Workloads == nil && s.inv.covers(r.Name) {
			r.WorkloadTotal = s.TotalOf(nil, r.Name)
		}
		rows = append(rows, *r)
	}
	slices.SortFunc(rows, func(a, b NamespaceRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows
}

// NodeRows returns the nodes, sorted by name.
func (s *Snapshot) NodeRows() []NodeRow {
	type load struct {
		pods int
		Resources
	}
	loads := map[string]*load{}
	for i := range s.inv.Pods {
		p := &s.inv.Pods[i]
		if p.Node == "" || !p.Active() {
			continue
		}
		l := loads[p.Node]
		if l == nil {
			l = &load{}
			loads[p.Node] = l
		}
		l.pods++
		l.CPURequest += p.Resources.CPURequest
		l.MemoryRequest += p.Resources.MemoryRequest
	}
	rows := make([]NodeRow, 0, len(s.inv.Nodes))
	for i := range s.inv.Nodes {
		r := nodeRow(&s.inv.Nodes[i])
		if s.known[Pods] && s.inv.only == nil {
			l := cmp.Or(loads[r.Name], &load{})
			r.Pods, r.CPURequest, r.MemoryRequest = &l.pods, &l.CPURequest, &l.MemoryRequest
		}
		if u, ok := s.usage[ID{"", "Node", r.Name}]; ok {
			r.CPUUsage, r.MemoryUsage = &u.CPU, &u.Memory
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b NodeRow) int { return cmp.Compare(a.Name, b.Name) })
	return rows
}

const rolePrefix = "node-role.kubernetes.io/"

func nodeRow(n *Node) NodeRow {
	r := NodeRow{
		Name: n.Name, Status: n.status(), ProviderID: n.ProviderID, OS: n.OS, Arch: n.Arch, Version: n.KubeletVersion,
		InstanceType: n.InstanceType(),
		Region:       n.Region(),
		Zone:         cmp.Or(n.Labels["topology.kubernetes.io/zone"], n.Labels["failure-domain.beta.kubernetes.io/zone"]),
		Created:      n.Created, Labels: n.Labels, Taints: n.Taints, Problems: nodeProblems(n),
		CPUAllocatable: n.CPUAllocatable, MemoryAllocatable: n.MemoryAllocatable, PodsAllocatable: n.PodsAllocatable,
	}
	for label := range n.Labels {
		if role, ok := strings.CutPrefix(label, rolePrefix); ok && role != "" {
			r.Roles = append(r.Roles, role)
		}
	}
	slices.Sort(r.Roles)
	return r
}

func (n *Node) status() string {
	status := "Unknown"
	switch condition(n.Conditions, "Ready").Status {
	case "True":
		status = "Ready"
	case "False":
		status = "NotReady"
	}
	if n.Unschedulable {
		status += ",Cordoned"
	}
	return status
}

// TotalOfNodes sums up rows.
func TotalOfNodes(rows []NodeRow) NodeTotal {
	t := NodeTotal{Nodes: len(rows)}
	for i := range rows {
		r := &rows[i]
		if strings.HasPrefix(r.Status, "Ready") {
			t.NodesReady++
		}
		t.CPUAllocatable += r.CPUAllocatable
		t.MemoryAllocatable += r.MemoryAllocatable
		t.PodsAllocatable += r.PodsAllocatable
		addTo(&t.CPURequest, r.CPURequest)
		addTo(&t.MemoryRequest, r.MemoryRequest)
		addTo(&t.CPUUsage, r.CPUUsage)
		addTo(&t.MemoryUsage, r.MemoryUsage)
	}
	return t
}

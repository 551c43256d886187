package kube

import (
	"cmp"
	"regexp"
	"slices"
	"sync"
	"time"
)

// ID names an object: a workload, a pod or a node.
type ID struct{ Namespace, Kind, Name string }

// Snapshot is an inventory put in order: whose pods are whose, and what they use.
// It is safe for concurrent use, and what it returns must not be changed.
type Snapshot struct {
	inv   *Inventory
	known map[Resource]bool
	at    time.Time

	replicaSets map[ID]*Workload
	workloads   map[ID]*Workload
	pods        map[ID][]*Pod // by top owner
	usage       map[ID]Usage  // by pod and node
	ids         []ID          // of all workload rows, sorted

	problems     func() []Problem // found once, when first asked for
	problemsByID func() map[ID][]Problem
}

// NewSnapshot indexes inv, of which the lists in known were had, as of at.
func NewSnapshot(inv *Inventory, known map[Resource]bool, at time.Time) *Snapshot {
	s := &Snapshot{
		inv: inv, known: known, at: at,
		replicaSets: make(map[ID]*Workload, len(inv.ReplicaSets)),
		workloads:   make(map[ID]*Workload, len(inv.Workloads)),
		pods:        make(map[ID][]*Pod, len(inv.Workloads)),
		usage:       make(map[ID]Usage, len(inv.PodMetrics)),
	}
	for i := range inv.ReplicaSets {
		w := &inv.ReplicaSets[i]
		s.replicaSets[ID{w.Namespace, w.Kind, w.Name}] = w
	}
	for i := range inv.Workloads {
		w := &inv.Workloads[i]
		s.workloads[ID{w.Namespace, w.Kind, w.Name}] = w
	}
	s.adoptReplicaSets()
	s.adoptPods()
	for _, u := range inv.PodMetrics {
		s.usage[ID{u.Namespace, "Pod", u.Name}] = u
	}
	for _, u := range inv.NodeMetrics {
		s.usage[ID{"", "Node", u.Name}] = u
	}
	s.sortIDs()
	s.problems = sync.OnceValue(s.findProblems)
	s.problemsByID = sync.OnceValue(s.groupProblems)
	return s
}

// Known reports whether r could be read.
func (s *Snapshot) Known(r Resource) bool { return s.known[r] }

// Whole reports whether all is known that there is of r in namespace, everywhere if
// that is "".
func (s *Snapshot) Whole(r Resource, namespace string) bool {
	namespaces, limited := s.inv.whole[r]
	return s.known[r] && (!limited || slices.Contains(namespaces, namespace))
}

// listed are the lists that workloads come from.
var listed = []Resource{Deployments, StatefulSets, DaemonSets, Jobs, CronJobs}

// counted reports whether no workload of namespace, of all if it is "", can be
// missing: then none is zero, and else unknown.
func (s *Snapshot) counted(namespace string) bool {
	return s.inv.covers(namespace) && !slices.ContainsFunc(listed, func(r Resource) bool { return !s.Whole(r, namespace) })
}

// adoptReplicaSets makes rows of the ReplicaSets that no Deployment owns, under
// their own name or that of their controller (a Rollout, say).
func (s *Snapshot) adoptReplicaSets() {
	for id, w := range s.replicaSets {
		switch {
		case w.Owner == nil:
			s.workloads[id] = w
		case w.Owner.Kind != "Deployment" && w.Replicas > 0:
			top := ID{w.Namespace, w.Owner.Kind, w.Owner.Name}
			if have, ok := s.workloads[top]; !ok || have.Created.Before(w.Created) {
				row := *w
				row.Kind, row.Name, row.Owner = top.Kind, top.Name, nil
				s.workloads[top] = &row
			}
		}
	}
}

// adoptPods gives every pod to the top of its owner chain. An owner that is in
// no list (deleted between two lists, or of a kind fred does not read) still
// gets a row, so that nothing vanishes.
func (s *Snapshot) adoptPods() {
	for i := range s.inv.Pods {
		p := &s.inv.Pods[i]
		top := s.top(p)
		s.pods[top] = append(s.pods[top], p)
		if _, ok := s.workloads[top]; !ok {
			s.workloads[top] = orphan(top, p)
		}
	}
}

func orphan(top ID, p *Pod) *Workload {
	w := &Workload{Meta: Meta{Namespace: top.Namespace, Name: top.Name, Created: p.Created}, Kind: top.Kind, Template: p.Template}
	if top.Kind == "Pod" {
		w.Labels, w.Annotations, w.Owner = p.Labels, p.Annotations, p.Owner
	}
	return w
}

// hashed is the name that a Deployment gives a ReplicaSet.
var hashed = regexp.MustCompile(`^(.+)-[a-z0-9]{5,10}$`)

func (s *Snapshot) top(p *Pod) ID {
	if p.Owner == nil || p.Owner.Kind == "Node" { // a static pod's owner is its node
		return ID{p.Namespace, "Pod", p.Name}
	}
	id := ID{p.Namespace, p.Owner.Kind, p.Owner.Name}
	switch id.Kind {
	case "ReplicaSet":
		return s.topOfReplicaSet(id)
	case "Job":
		if j, ok := s.workloads[id]; ok && j.Owner != nil {
			return ID{id.Namespace, j.Owner.Kind, j.Owner.Name}
		}
	}
	return id
}

func (s *Snapshot) topOfReplicaSet(id ID) ID {
	if rs, ok := s.replicaSets[id]; ok {
		if rs.Owner != nil {
			return ID{id.Namespace, rs.Owner.Kind, rs.Owner.Name}
		}
		return id
	}
	// ReplicaSets could not be read, or this one has just gone: its name tells.
	if m := hashed.FindStringSubmatch(id.Name); m != nil {
		deploy := ID{id.Namespace, "Deployment", m[1]}
		if _, ok := s.workloads[deploy]; ok {
			return deploy
		}
	}
	return id
}

func (s *Snapshot) sortIDs() {
	s.ids = make([]ID, 0, len(s.workloads))
	for id := range s.workloads {
		s.ids = append(s.ids, id)
	}
	slices.SortFunc(s.ids, compareIDs)
}

// compareIDs orders by namespace, then kind in the order of Kinds (others
// after them by name), then name.
func compareIDs(a, b ID) int {
	return cmp.Or(cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
}

func kindRank(kind string) int {
	if i := slices.Index(Kinds, kind); i >= 0 {
		return i
	}
	return len(Kinds)
}

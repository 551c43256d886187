package kube

import (
	"slices"

	"github.com/fredctl/fred/pkg/unit"
)

// PersistentVolume is a piece of storage, which claims bind.
type PersistentVolume struct {
	Meta
	Capacity     unit.Bytes `json:"capacityBytes"`
	StorageClass string     `json:"storageClass,omitempty"`
	Phase        string     `json:"phase"`
	Claim        *Claim     `json:"claim,omitempty"`  // that it is bound to, or was
	Driver       string     `json:"driver,omitempty"` // of CSI
	Volume       string     `json:"volume,omitempty"` // what the provider calls it, where it is the provider's
}

// Claim names a PersistentVolumeClaim.
type Claim struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// PersistentVolumes returns the volumes. They must not be changed.
func (s *Snapshot) PersistentVolumes() []PersistentVolume { return s.inv.PersistentVolumes }

// Mounts returns the workloads that mount each claim: the tops of their chains of
// owners, as Running has them, whose pods mount it or whose template does, in the
// order of lists. A claim that a StatefulSet makes is that of its pod, and is
// nobody's while there is no such pod.
func (s *Snapshot) Mounts() map[Claim][]ID {
	mounts := map[Claim][]ID{}
	add := func(id ID, name string) {
		c := Claim{id.Namespace, name}
		if !slices.Contains(mounts[c], id) {
			mounts[c] = append(mounts[c], id)
		}
	}
	for _, id := range s.ids {
		for _, name := range s.workloads[id].Template.claims() {
			add(s.topOfWorkload(id), name)
		}
		for _, p := range s.pods[id] {
			for _, name := range p.Claims {
				add(id, name)
			}
		}
	}
	for _, ids := range mounts {
		slices.SortFunc(ids, compareIDs)
	}
	return mounts
}

// topOfWorkload returns what pods of the workload called id are of.
func (s *Snapshot) topOfWorkload(id ID) ID {
	if w := s.workloads[id]; id.Kind == "Job" && w.Owner != nil {
		return ID{id.Namespace, w.Owner.Kind, w.Owner.Name}
	}
	return id
}

// claims returns the PersistentVolumeClaims that t names.
func (t *Template) claims() (names []string) {
	if t == nil {
		return nil
	}
	for _, v := range t.Volumes {
		if v.Kind == "PersistentVolumeClaim" {
			names = append(names, v.Object)
		}
	}
	return names
}

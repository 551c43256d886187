package kube

import (
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

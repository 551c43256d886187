package kubernetes

import (
	"cmp"

	core "k8s.io/api/core/v1"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
	"github.com/fredctl/fred/pkg/unit"
)

// persistentVolume keeps what a volume is, not how it is reached: attributes,
// options and the Secrets to mount it with stay behind.
func (k *keeper) persistentVolume(o *core.PersistentVolume) {
	v := kube.PersistentVolume{
		Meta: k.meta(&o.ObjectMeta), Capacity: unit.Bytes(o.Spec.Capacity.Storage().Value()), Phase: k.same(string(o.Status.Phase)),
		StorageClass: k.same(cmp.Or(o.Annotations[core.BetaStorageClassAnnotation], o.Spec.StorageClassName)),
	}
	if c := o.Spec.ClaimRef; c != nil {
		v.Claim = &kube.Claim{Namespace: k.same(c.Namespace), Name: c.Name}
	}
	if o.Spec.CSI != nil {
		v.Driver = k.same(o.Spec.CSI.Driver)
	}
	v.Volume, _ = redact.Text(volumeID(&o.Spec.PersistentVolumeSource)) // some drivers have an address there
	k.inv.PersistentVolumes = append(k.inv.PersistentVolumes, v)
}

// volumeID returns what the provider calls a volume; "" where it is none of a
// provider's, as one of NFS.
func volumeID(s *core.PersistentVolumeSource) string {
	switch {
	case s.CSI != nil:
		return s.CSI.VolumeHandle
	case s.AWSElasticBlockStore != nil:
		return s.AWSElasticBlockStore.VolumeID
	case s.GCEPersistentDisk != nil:
		return s.GCEPersistentDisk.PDName
	case s.AzureDisk != nil:
		return s.AzureDisk.DataDiskURI
	default:
		return ""
	}
}

// claims returns the PersistentVolumeClaims that a pod mounts: those that a
// StatefulSet names for it, and those made for it alone, are in no template.
func (k *keeper) claims(o *core.Pod) (names []string) {
	for i := range o.Spec.Volumes {
		switch v := &o.Spec.Volumes[i]; {
		case v.PersistentVolumeClaim != nil:
			names = append(names, k.same(v.PersistentVolumeClaim.ClaimName))
		case v.Ephemeral != nil:
			names = append(names, o.Name+"-"+v.Name)
		}
	}
	return names
}

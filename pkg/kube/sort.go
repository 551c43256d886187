package kube

import (
	"cmp"
	"slices"
)

// Sort orders every list by namespace and name, so that the same facts give the
// same bytes.
func (inv *Inventory) Sort() {
	sortBy(inv.Nodes, func(o *Node) *Meta { return &o.Meta })
	sortBy(inv.Namespaces, func(o *Namespace) *Meta { return &o.Meta })
	sortBy(inv.Workloads, func(o *Workload) *Meta { return &o.Meta })
	sortBy(inv.ReplicaSets, func(o *Workload) *Meta { return &o.Meta })
	sortBy(inv.Pods, func(o *Pod) *Meta { return &o.Meta })
	sortBy(inv.Services, func(o *Service) *Meta { return &o.Meta })
	sortBy(inv.Ingresses, func(o *Ingress) *Meta { return &o.Meta })
	sortBy(inv.ConfigMaps, func(o *ConfigMap) *Meta { return &o.Meta })
	sortBy(inv.ResourceQuotas, func(o *ResourceQuota) *Meta { return &o.Meta })
	sortBy(inv.LimitRanges, func(o *LimitRange) *Meta { return &o.Meta })
	sortBy(inv.PersistentVolumes, func(o *PersistentVolume) *Meta { return &o.Meta })
	byName := func(a, b Usage) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	}
	slices.SortFunc(inv.NodeMetrics, byName)
	slices.SortFunc(inv.PodMetrics, byName)
}

func sortBy[T any](list []T, meta func(*T) *Meta) {
	slices.SortFunc(list, func(a, b T) int {
		ma, mb := meta(&a), meta(&b)
		return cmp.Or(cmp.Compare(ma.Namespace, mb.Namespace), cmp.Compare(ma.Name, mb.Name))
	})
}

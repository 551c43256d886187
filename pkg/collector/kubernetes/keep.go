package kubernetes

import (
	"fmt"
	"maps"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
	"github.com/fredctl/fred/pkg/unit"
)

// keeper collects what is kept of the objects of one list. It is used by one
// goroutine.
type keeper struct {
	inv     kube.Inventory
	strings map[string]string
}

func newKeeper() *keeper { return &keeper{strings: map[string]string{}} }

// same returns one copy of strings that many objects share (namespaces, nodes,
// images), so that the others can be freed.
func (k *keeper) same(s string) string {
	if have, ok := k.strings[s]; ok {
		return have
	}
	k.strings[s] = s
	return s
}

func (k *keeper) meta(o *metav1.ObjectMeta) kube.Meta {
	m := kube.Meta{
		Namespace:   k.same(o.Namespace),
		Name:        o.Name,
		Created:     o.CreationTimestamp.UTC(),
		Labels:      redact.Labels(o.Labels),
		Annotations: redact.Annotations(o.Annotations),
		Owner:       k.owner(o),
	}
	if o.DeletionTimestamp != nil {
		m.Deleted = o.DeletionTimestamp.UTC()
	}
	return m
}

func (k *keeper) owner(o *metav1.ObjectMeta) *kube.Ref {
	for _, r := range o.OwnerReferences {
		if r.Controller != nil && *r.Controller {
			return &kube.Ref{Kind: k.same(r.Kind), Name: k.same(r.Name)}
		}
	}
	return nil
}

func (k *keeper) condition(typ, status, reason string, since metav1.Time) kube.Condition {
	return kube.Condition{Type: k.same(typ), Status: k.same(status), Reason: k.same(reason), Since: since.UTC()}
}

func (k *keeper) node(o *core.Node) {
	n := kube.Node{
		Meta:              k.meta(&o.ObjectMeta),
		ProviderID:        o.Spec.ProviderID,
		KubeletVersion:    k.same(o.Status.NodeInfo.KubeletVersion),
		OS:                k.same(o.Status.NodeInfo.OperatingSystem),
		Arch:              k.same(o.Status.NodeInfo.Architecture),
		CPUCapacity:       cpu(o.Status.Capacity),
		MemoryCapacity:    memory(o.Status.Capacity),
		CPUAllocatable:    cpu(o.Status.Allocatable),
		MemoryAllocatable: memory(o.Status.Allocatable),
		PodsAllocatable:   o.Status.Allocatable.Pods().Value(),
		Unschedulable:     o.Spec.Unschedulable,
	}
	for _, t := range o.Spec.Taints {
		n.Taints = append(n.Taints, k.same(t.Key+":"+string(t.Effect)))
	}
	for _, c := range o.Status.Conditions {
		n.Conditions = append(n.Conditions, k.condition(string(c.Type), string(c.Status), c.Reason, c.LastTransitionTime))
	}
	k.inv.Nodes = append(k.inv.Nodes, n)
}

func (k *keeper) namespace(o *core.Namespace) {
	k.inv.Namespaces = append(k.inv.Namespaces, kube.Namespace{Meta: k.meta(&o.ObjectMeta), Phase: string(o.Status.Phase)})
}

func (k *keeper) configMap(o *core.ConfigMap) {
	cm := kube.ConfigMap{Meta: k.meta(&o.ObjectMeta), Immutable: o.Immutable != nil && *o.Immutable}
	for _, key := range sortedKeys(o.Data) {
		cm.Keys = append(cm.Keys, configKey(redact.ConfigValue(key, []byte(o.Data[key]), false)))
	}
	for _, key := range sortedKeys(o.BinaryData) {
		cm.Keys = append(cm.Keys, configKey(redact.ConfigValue(key, o.BinaryData[key], true)))
	}
	k.inv.ConfigMaps = append(k.inv.ConfigMaps, cm)
}

func configKey(c redact.ConfigKey) kube.ConfigKey {
	return kube.ConfigKey{Key: c.Key, Size: c.Size, Format: c.Format, Paths: c.Paths}
}

func (k *keeper) quota(o *core.ResourceQuota) {
	k.inv.ResourceQuotas = append(k.inv.ResourceQuotas, kube.ResourceQuota{
		Meta: k.meta(&o.ObjectMeta), Hard: quantities("", o.Status.Hard), Used: quantities("", o.Status.Used),
	})
}

func (k *keeper) limitRange(o *core.LimitRange) {
	l := kube.LimitRange{Meta: k.meta(&o.ObjectMeta), Limits: map[string]string{}}
	for _, item := range o.Spec.Limits {
		for field, list := range map[string]core.ResourceList{
			"min": item.Min, "max": item.Max, "default": item.Default,
			"defaultRequest": item.DefaultRequest, "maxLimitRequestRatio": item.MaxLimitRequestRatio,
		} {
			maps.Copy(l.Limits, quantities(fmt.Sprintf("%s.%s.", item.Type, field), list))
		}
	}
	k.inv.LimitRanges = append(k.inv.LimitRanges, l)
}

func quantities(prefix string, list core.ResourceList) map[string]string {
	m := make(map[string]string, len(list))
	for name, q := range list {
		m[prefix+string(name)] = q.String()
	}
	return m
}

func (k *keeper) nodeMetrics(o *metrics.NodeMetrics) {
	k.inv.NodeMetrics = append(k.inv.NodeMetrics, kube.Usage{Name: o.Name, CPU: cpu(o.Usage), Memory: memory(o.Usage)})
}

func (k *keeper) podMetrics(o *metrics.PodMetrics) {
	u := kube.Usage{Namespace: k.same(o.Namespace), Name: o.Name}
	for _, c := range o.Containers {
		u.CPU += cpu(c.Usage)
		u.Memory += memory(c.Usage)
	}
	k.inv.PodMetrics = append(k.inv.PodMetrics, u)
}

func cpu(list core.ResourceList) unit.CPU {
	q := list[core.ResourceCPU]
	return unit.CPU(q.ScaledValue(resource.Nano))
}

func memory(list core.ResourceList) unit.Bytes {
	q := list[core.ResourceMemory]
	return unit.Bytes(q.Value())
}

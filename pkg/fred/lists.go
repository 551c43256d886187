package fred

import (
	"context"
	"slices"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// Clusters lists the clusters that can be asked about, in the kubeconfig's
// order. It asks none of them.
func (f *Fred) Clusters(ctx context.Context, _ Query) (ClusterList, error) {
	out := report.New[kube.Cluster, report.None]("ClusterList")
	known, err := f.Known(ctx)
	if err != nil {
		return out, err
	}
	out.Simulated = f.Simulated
	out.Items = append(out.Items, known...)
	return out, nil
}

// Namespaces lists the namespaces of a cluster with what runs in them.
func (f *Fred) Namespaces(ctx context.Context, q Query) (NamespaceList, error) {
	return f.namespaceList(ctx, q, running, func(kube.Cluster) string { return "" })
}

// Namespace shows one namespace, with its quotas and limit ranges.
func (f *Fred) Namespace(ctx context.Context, q Query, name string) (NamespaceList, error) {
	need := append(slices.Clone(running), kube.ResourceQuotas, kube.LimitRanges)
	out, err := f.namespaceList(ctx, q, need, func(kube.Cluster) string { return name })
	if err == nil && len(out.Items) == 0 {
		return out, unknown("namespace", name, nil)
	}
	return out, err
}

func (f *Fred) namespaceList(ctx context.Context, q Query, need []kube.Resource, of scope) (NamespaceList, error) {
	out := report.New[kube.NamespaceRow, kube.WorkloadTotal]("NamespaceList")
	selected, err := selector(q.Selector)
	if err != nil {
		return out, err
	}
	var total kube.WorkloadTotal
	err = f.each(ctx, q, need, of, func(l *loaded, namespace string) error {
		if err := l.check(namespace); err != nil {
			return err
		}
		for _, r := range l.snapshot.NamespaceRows(namespace) {
			if !selected.Matches(labelSet(r.Labels)) {
				continue
			}
			r.Cluster = l.label()
			out.Items = append(out.Items, r)
			if !l.twin {
				total.Add(r.WorkloadTotal)
			}
		}
		return nil
	}, about(f, &out))
	out.Total = &total
	return out, err
}

// Nodes lists the nodes of a cluster.
func (f *Fred) Nodes(ctx context.Context, q Query) (NodeList, error) {
	out := report.New[kube.NodeRow, kube.NodeTotal]("NodeList")
	selected, err := selector(q.Selector)
	if err != nil {
		return out, err
	}
	var counted []kube.NodeRow
	err = f.each(ctx, q, []kube.Resource{kube.Nodes, kube.Pods, kube.NodeMetrics}, func(kube.Cluster) string { return "" },
		func(l *loaded, _ string) error {
			if err := l.must(kube.Nodes); err != nil {
				return err
			}
			for _, r := range l.snapshot.NodeRows() {
				if !selected.Matches(labelSet(r.Labels)) {
					continue
				}
				r.Cluster = l.label()
				out.Items = append(out.Items, r)
				if !l.twin {
					counted = append(counted, r)
				}
			}
			return nil
		}, about(f, &out))
	out.Total = new(kube.TotalOfNodes(counted))
	return out, err
}

// ConfigMaps lists the ConfigMaps of a namespace: their keys, never a value.
// With kind and name set, those that the workload so called uses.
func (f *Fred) ConfigMaps(ctx context.Context, q Query, kind, name string) (ConfigMapList, error) {
	out := report.New[kube.ConfigMapRow, report.None]("ConfigMapList")
	err := f.wiring(ctx, q, kube.ConfigMaps, kind, name, func(l *loaded, namespace string, w *kube.Workload) {
		out.Items = append(out.Items, l.snapshot.ConfigMapRows(l.label(), namespace, w)...)
	}, about(f, &out))
	return out, err
}

// Services lists the Services of a namespace. With kind and name set, those
// whose selector matches the pods of the workload so called.
func (f *Fred) Services(ctx context.Context, q Query, kind, name string) (ServiceList, error) {
	out := report.New[kube.ServiceRow, report.None]("ServiceList")
	err := f.wiring(ctx, q, kube.Services, kind, name, func(l *loaded, namespace string, w *kube.Workload) {
		out.Items = append(out.Items, l.snapshot.ServiceRows(l.label(), namespace, w)...)
	}, about(f, &out))
	return out, err
}

// Ingresses lists the Ingresses of a namespace. With kind and name set, those
// that lead to the workload so called.
func (f *Fred) Ingresses(ctx context.Context, q Query, kind, name string) (IngressList, error) {
	out := report.New[kube.IngressRow, report.None]("IngressList")
	err := f.wiring(ctx, q, kube.Ingresses, kind, name, func(l *loaded, namespace string, w *kube.Workload) {
		out.Items = append(out.Items, l.snapshot.IngressRows(l.label(), namespace, w)...)
	}, about(f, &out))
	return out, err
}

// wiring hands add what a workload could be wired to: the objects of a namespace
// or, where one is named, those of a workload.
func (f *Fred) wiring(ctx context.Context, q Query, r kube.Resource, kind, name string,
	add func(*loaded, string, *kube.Workload), about func([]*loaded, []report.Warning),
) error {
	need := []kube.Resource{r, kube.Namespaces}
	if kind != "" {
		need = wired
	}
	return f.each(ctx, q, need, oneNamespace(q), func(l *loaded, namespace string) error {
		if err := l.check(namespace); err != nil {
			return err
		}
		if err := l.must(r); err != nil {
			return err
		}
		var w *kube.Workload
		if kind != "" {
			id, err := l.find(namespace, kind, name)
			if err != nil {
				return err
			}
			w, _ = l.snapshot.Find(id)
		}
		add(l, namespace, w)
		return nil
	}, about)
}

package fred

import (
	"context"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// running are the lists that tell what runs.
var running = []kube.Resource{
	kube.Pods, kube.Deployments, kube.StatefulSets, kube.DaemonSets, kube.Jobs, kube.CronJobs,
	kube.ReplicaSets, kube.Nodes, kube.Namespaces, kube.PodMetrics, kube.NodeMetrics,
}

// Overview shows each cluster that q means at a glance: its nodes, what runs in
// each namespace against what can be allocated, and what is wrong. It is of the
// whole cluster unless q names a namespace.
func (f *Fred) Overview(ctx context.Context, q Query) (ClusterOverview, error) {
	out := report.New[kube.ClusterOverview, kube.WorkloadTotal]("ClusterOverview")
	var total kube.WorkloadTotal
	err := f.each(ctx, q, running, wholeCluster(q), func(l *loaded, namespace string) error {
		if err := l.check(namespace); err != nil {
			return err
		}
		o := l.snapshot.Overview(l.cluster, l.server, namespace)
		out.Items = append(out.Items, o)
		if !l.twin {
			total.Add(o.Workloads)
		}
		return nil
	}, about(f, &out))
	out.Total = &total
	return out, err
}

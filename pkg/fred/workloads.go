package fred

import (
	"context"

	"k8s.io/apimachinery/pkg/labels"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// Workloads lists the workloads of a namespace, or of all.
func (f *Fred) Workloads(ctx context.Context, q Query) (WorkloadList, error) {
	out := report.New[kube.WorkloadRow, kube.WorkloadTotal]("WorkloadList")
	var total kube.WorkloadTotal
	selected, err := selector(q.Selector)
	if err != nil {
		return out, err
	}
	err = f.each(ctx, q, running, oneNamespace(q), func(l *loaded, namespace string) error {
		if err := l.check(namespace); err != nil {
			return err
		}
		rows := l.snapshot.Workloads(namespace, func(w *kube.Workload) bool { return selected.Matches(labelSet(w.Labels)) })
		for i := range rows {
			rows[i].Cluster = l.label()
		}
		out.Items = append(out.Items, rows...)
		if !l.twin {
			total.Add(l.snapshot.TotalOf(rows, namespace))
		}
		return nil
	}, about(f, &out))
	out.Total = &total
	return out, err
}

func labelSet(m map[string]string) labels.Set { return labels.Set(m) }

func selector(s string) (labels.Selector, error) {
	sel, err := labels.Parse(s)
	if err != nil {
		return nil, fault.New(fault.Invalid, "selector %q: %w", s, err).Hinted("Write it as kubectl has it: -l app=web,tier!=cache.")
	}
	return sel, nil
}

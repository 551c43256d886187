package prometheus

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/common/model"
)

// object names an object of a namespace.
type object struct{ namespace, kind, name string }

// owners names the workloads that pods of a segment belonged to, as far as
// kube-state-metrics was there to see it.
func (r *reader) owners(ctx context.Context, s segment) error {
	owner := map[object]object{}
	for _, of := range []struct{ metric, kind, label string }{
		{"kube_pod_owner", "Pod", "pod"},
		{"kube_replicaset_owner", "ReplicaSet", "replicaset"},
		{"kube_job_owner", "Job", "job_name"},
	} {
		for at := s.end; at.After(s.start); at = at.Add(-longest * time.Hour) {
			long := min(at.Sub(s.start), longest*time.Hour)
			got, err := r.instant(ctx, fmt.Sprintf("group by (namespace, %s, owner_kind, owner_name) (last_over_time(%s[%s]))", of.label, r.selector(of.metric), seconds(long)), at)
			if err != nil {
				return err
			}
			for _, v := range got {
				namespace, kind := string(v.Metric["namespace"]), string(v.Metric["owner_kind"])
				if kind == "" || kind == "<none>" {
					continue
				}
				owner[object{namespace, of.kind, string(v.Metric[model.LabelName(of.label)])}] = object{namespace, kind, string(v.Metric["owner_name"])}
			}
		}
	}
	for i := range r.out.Series {
		if series := &r.out.Series[i]; series.Class.OfPods() && series.Pod != "" && series.Name == "" {
			if top, ok := climb(owner, object{series.Namespace, "Pod", series.Pod}); ok {
				series.Kind, series.Name = top.kind, top.name
			}
		}
	}
	return nil
}

// climb returns the top owner of o: a pod whose owner is its node is its own.
func climb(owner map[object]object, o object) (object, bool) {
	up, ok := owner[o]
	if !ok {
		return o, false
	}
	if up.kind == "Node" {
		return o, true
	}
	for range 4 {
		next, ok := owner[up]
		if !ok {
			break
		}
		up = next
	}
	return up, true
}

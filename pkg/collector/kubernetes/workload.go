package kubernetes

import (
	"maps"
	"slices"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/fredctl/fred/pkg/kube"
)

func (k *keeper) workload(w kube.Workload, o *metav1.ObjectMeta) {
	w.Meta = k.meta(o)
	k.inv.Workloads = append(k.inv.Workloads, w)
}

func (k *keeper) deployment(o *apps.Deployment) {
	w := kube.Workload{
		Kind: "Deployment", Replicas: value(o.Spec.Replicas, 1), Ready: o.Status.ReadyReplicas, Updated: o.Status.UpdatedReplicas,
		Suspended: o.Spec.Paused, Strategy: string(o.Spec.Strategy.Type), Template: k.template(&o.Spec.Template),
	}
	for _, c := range o.Status.Conditions {
		w.Conditions = append(w.Conditions, k.condition(string(c.Type), string(c.Status), c.Reason, c.LastTransitionTime))
	}
	k.workload(w, &o.ObjectMeta)
}

// replicaSet keeps the template only where no Deployment has it.
func (k *keeper) replicaSet(o *apps.ReplicaSet) {
	w := kube.Workload{Meta: k.meta(&o.ObjectMeta), Kind: "ReplicaSet", Replicas: value(o.Spec.Replicas, 1), Ready: o.Status.ReadyReplicas}
	if w.Owner == nil || w.Owner.Kind != "Deployment" {
		w.Template = k.template(&o.Spec.Template)
	} else {
		w.Labels, w.Annotations = nil, nil
	}
	k.inv.ReplicaSets = append(k.inv.ReplicaSets, w)
}

func (k *keeper) statefulSet(o *apps.StatefulSet) {
	w := kube.Workload{
		Kind: "StatefulSet", Replicas: value(o.Spec.Replicas, 1), Ready: o.Status.ReadyReplicas, Updated: o.Status.UpdatedReplicas,
		Strategy: string(o.Spec.UpdateStrategy.Type), Template: k.template(&o.Spec.Template),
	}
	for _, c := range o.Status.Conditions {
		w.Conditions = append(w.Conditions, k.condition(string(c.Type), string(c.Status), c.Reason, c.LastTransitionTime))
	}
	k.workload(w, &o.ObjectMeta)
}

func (k *keeper) daemonSet(o *apps.DaemonSet) {
	w := kube.Workload{
		Kind: "DaemonSet", Replicas: o.Status.DesiredNumberScheduled, Ready: o.Status.NumberReady, Updated: o.Status.UpdatedNumberScheduled,
		Strategy: string(o.Spec.UpdateStrategy.Type), Template: k.template(&o.Spec.Template),
	}
	for _, c := range o.Status.Conditions {
		w.Conditions = append(w.Conditions, k.condition(string(c.Type), string(c.Status), c.Reason, c.LastTransitionTime))
	}
	k.workload(w, &o.ObjectMeta)
}

func (k *keeper) job(o *batch.Job) {
	w := kube.Workload{
		Kind: "Job", Replicas: value(o.Spec.Parallelism, 1), Suspended: value(o.Spec.Suspend, false),
		Active: o.Status.Active, Succeeded: o.Status.Succeeded, Failed: o.Status.Failed,
		Ready: value(o.Status.Ready, 0), Template: k.template(&o.Spec.Template),
	}
	for _, c := range o.Status.Conditions {
		w.Conditions = append(w.Conditions, k.condition(string(c.Type), string(c.Status), c.Reason, c.LastTransitionTime))
	}
	k.workload(w, &o.ObjectMeta)
}

func (k *keeper) cronJob(o *batch.CronJob) {
	w := kube.Workload{
		Kind: "CronJob", Schedule: o.Spec.Schedule, Suspended: value(o.Spec.Suspend, false),
		Active: int32(len(o.Status.Active)), Strategy: string(o.Spec.ConcurrencyPolicy), //nolint:gosec // a CronJob has few Jobs
		Template: k.template(&o.Spec.JobTemplate.Spec.Template),
	}
	if o.Status.LastScheduleTime != nil {
		w.LastRun = o.Status.LastScheduleTime.UTC()
	}
	k.workload(w, &o.ObjectMeta)
}

// value returns what p points to, or otherwise if p is nil.
func value[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

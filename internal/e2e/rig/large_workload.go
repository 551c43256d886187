package rig

import (
	"context"
	"fmt"
	"math/rand/v2"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// workload is one of the large cluster, whatever its kind.
type workload struct {
	index     int // within its namespace
	namespace string
	name      string
	labels    map[string]string
	chance    *rand.Rand
}

func newWorkload(i int) *workload {
	r := source(i)
	nouns := []string{"orders", "search", "basket", "profile", "pricing", "stock", "mail", "ledger"}
	w := &workload{index: i % workloads, namespace: namespaceName(i / workloads), chance: r}
	w.name = fmt.Sprintf("%s-%s-%d", nouns[r.IntN(len(nouns))], []string{"api", "worker", "sync", "gateway"}[r.IntN(4)], w.index)
	w.labels = map[string]string{
		appLabel:                       w.name,
		"app.kubernetes.io/managed-by": "Helm",
		"app.kubernetes.io/part-of":    w.namespace,
	}
	return w
}

func (w *workload) meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: w.namespace, Labels: w.labels,
		Annotations: map[string]string{
			"meta.helm.sh/release-name":         w.name,
			"deployment.kubernetes.io/revision": "2",
		},
	}
}

func (w *workload) selector() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{appLabel: w.name}}
}

// owned returns the metadata of what o, of a kind of v, made and called name.
func (w *workload) owned(name string, o metav1.Object, v schema.GroupVersion, kind string) metav1.ObjectMeta {
	m := w.meta(name)
	m.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(o, v.WithKind(kind))}
	return m
}

// workload writes workload i, the pods it has, and what comes with it.
func (l *largeSeed) workload(ctx context.Context, i int) error {
	w := newWorkload(i)
	write := l.plainJob
	switch n := w.index; {
	case n < deployments:
		write = l.deployment
	case n < deployments+statefulSets:
		write = l.statefulSet
	case n < deployments+statefulSets+daemonSets:
		write = l.daemonSet
	case n < deployments+statefulSets+daemonSets+cronJobs:
		write = l.cronJob
	}
	if err := write(ctx, w); err != nil {
		return fmt.Errorf("%s/%s: %w", w.namespace, w.name, err)
	}
	if err := l.companions(ctx, w); err != nil {
		return fmt.Errorf("companions of %s/%s: %w", w.namespace, w.name, err)
	}
	return nil
}

func (l *largeSeed) deployment(ctx context.Context, w *workload) error {
	client := l.client.AppsV1().Deployments(w.namespace)
	d, err := put(ctx, client.Create, client.UpdateStatus, &appsv1.Deployment{
		ObjectMeta: w.meta(w.name),
		Spec:       appsv1.DeploymentSpec{Replicas: new(int32(replicas)), Selector: w.selector(), Template: w.template(corev1.RestartPolicyAlways)},
	}, func(d *appsv1.Deployment) {
		d.Status = appsv1.DeploymentStatus{
			ObservedGeneration: 1, Replicas: replicas, UpdatedReplicas: replicas, ReadyReplicas: replicas, AvailableReplicas: replicas,
			Conditions: []appsv1.DeploymentCondition{
				{Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, Reason: "MinimumReplicasAvailable", LastUpdateTime: l.now, LastTransitionTime: l.now},
				{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable", LastUpdateTime: l.now, LastTransitionTime: l.now},
			},
		}
	})
	if err != nil {
		return err
	}
	if _, err := l.replicaSet(ctx, w, d, 0); err != nil {
		return err
	}
	rs, err := l.replicaSet(ctx, w, d, replicas)
	if err != nil {
		return err
	}
	owner := metav1.NewControllerRef(rs, appsv1.SchemeGroupVersion.WithKind("ReplicaSet"))
	return l.pods(ctx, w, rs.Name, replicas, owner)
}

// replicaSet writes a revision of d that runs n pods.
func (l *largeSeed) replicaSet(ctx context.Context, w *workload, d *appsv1.Deployment, n int32) (*appsv1.ReplicaSet, error) {
	client := l.client.AppsV1().ReplicaSets(w.namespace)
	name := w.name + "-" + suffix(w.chance, 10)
	return put(ctx, client.Create, client.UpdateStatus, &appsv1.ReplicaSet{
		ObjectMeta: w.owned(name, d, appsv1.SchemeGroupVersion, "Deployment"),
		Spec:       appsv1.ReplicaSetSpec{Replicas: new(n), Selector: w.selector(), Template: w.template(corev1.RestartPolicyAlways)},
	}, func(rs *appsv1.ReplicaSet) {
		rs.Status = appsv1.ReplicaSetStatus{ObservedGeneration: 1, Replicas: n, FullyLabeledReplicas: n, ReadyReplicas: n, AvailableReplicas: n}
	})
}

// pods writes n running pods called after prefix.
func (l *largeSeed) pods(ctx context.Context, w *workload, prefix string, n int, owner *metav1.OwnerReference) error {
	for range n {
		if err := l.pod(ctx, w, prefix+"-"+suffix(w.chance, 5), owner, false); err != nil {
			return err
		}
	}
	return nil
}

func (l *largeSeed) statefulSet(ctx context.Context, w *workload) error {
	client := l.client.AppsV1().StatefulSets(w.namespace)
	s, err := put(ctx, client.Create, client.UpdateStatus, &appsv1.StatefulSet{
		ObjectMeta: w.meta(w.name),
		Spec: appsv1.StatefulSetSpec{
			Replicas: new(int32(replicas)), ServiceName: w.name, Selector: w.selector(), Template: w.template(corev1.RestartPolicyAlways),
		},
	}, func(s *appsv1.StatefulSet) {
		s.Status = appsv1.StatefulSetStatus{
			ObservedGeneration: 1, Replicas: replicas, ReadyReplicas: replicas, CurrentReplicas: replicas,
			UpdatedReplicas: replicas, AvailableReplicas: replicas,
		}
	})
	if err != nil {
		return err
	}
	owner := metav1.NewControllerRef(s, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))
	for i := range replicas {
		if err := l.pod(ctx, w, fmt.Sprintf("%s-%d", w.name, i), owner, false); err != nil {
			return err
		}
	}
	return nil
}

func (l *largeSeed) daemonSet(ctx context.Context, w *workload) error {
	client := l.client.AppsV1().DaemonSets(w.namespace)
	d, err := put(ctx, client.Create, client.UpdateStatus, &appsv1.DaemonSet{
		ObjectMeta: w.meta(w.name),
		Spec:       appsv1.DaemonSetSpec{Selector: w.selector(), Template: w.template(corev1.RestartPolicyAlways)},
	}, func(d *appsv1.DaemonSet) {
		d.Status = appsv1.DaemonSetStatus{
			ObservedGeneration: 1, CurrentNumberScheduled: daemonPods, DesiredNumberScheduled: daemonPods,
			NumberReady: daemonPods, UpdatedNumberScheduled: daemonPods, NumberAvailable: daemonPods,
		}
	})
	if err != nil {
		return err
	}
	return l.pods(ctx, w, d.Name, daemonPods, metav1.NewControllerRef(d, appsv1.SchemeGroupVersion.WithKind("DaemonSet")))
}

func (l *largeSeed) cronJob(ctx context.Context, w *workload) error {
	client := l.client.BatchV1().CronJobs(w.namespace)
	c, err := put(ctx, client.Create, client.UpdateStatus, &batchv1.CronJob{
		ObjectMeta: w.meta(w.name),
		Spec: batchv1.CronJobSpec{
			Schedule:    fmt.Sprintf("%d 3 * * *", w.index),
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: w.template(corev1.RestartPolicyNever)}},
		},
	}, func(c *batchv1.CronJob) {
		c.Status = batchv1.CronJobStatus{LastScheduleTime: &l.now, LastSuccessfulTime: &l.now}
	})
	if err != nil {
		return err
	}
	for run := range cronRuns {
		name := fmt.Sprintf("%s-%d", w.name, 29385210+1440*run)
		if err := l.job(ctx, w, w.owned(name, c, batchv1.SchemeGroupVersion, "CronJob")); err != nil {
			return err
		}
	}
	return nil
}

func (l *largeSeed) plainJob(ctx context.Context, w *workload) error {
	return l.job(ctx, w, w.meta(w.name))
}

// job writes a Job that is over, and the pod that did it.
func (l *largeSeed) job(ctx context.Context, w *workload, meta metav1.ObjectMeta) error {
	client := l.client.BatchV1().Jobs(w.namespace)
	job, err := put(ctx, client.Create, client.UpdateStatus, &batchv1.Job{
		ObjectMeta: meta,
		Spec:       batchv1.JobSpec{Template: w.template(corev1.RestartPolicyNever)},
	}, func(j *batchv1.Job) {
		j.Status = batchv1.JobStatus{
			StartTime: &l.now, CompletionTime: &l.now, Succeeded: 1, Ready: new(int32),
			UncountedTerminatedPods: &batchv1.UncountedTerminatedPods{},
			Conditions: []batchv1.JobCondition{
				{Type: batchv1.JobSuccessCriteriaMet, Status: corev1.ConditionTrue, Reason: batchv1.JobReasonCompletionsReached, LastTransitionTime: l.now},
				{Type: batchv1.JobComplete, Status: corev1.ConditionTrue, Reason: batchv1.JobReasonCompletionsReached, LastTransitionTime: l.now},
			},
		}
	})
	if err != nil {
		return err
	}
	owner := metav1.NewControllerRef(job, batchv1.SchemeGroupVersion.WithKind("Job"))
	return l.pod(ctx, w, job.Name+"-"+suffix(w.chance, 5), owner, true)
}

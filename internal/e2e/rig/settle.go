package rig

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"
)

// settleTimeout bounds each wait for the controllers and kwok.
const settleTimeout = time.Minute

// poll repeats ask until it has nothing left to complain of.
func poll(ctx context.Context, ask func(context.Context) (complaint string, err error)) error {
	last := "" // the deadline may end a later question unanswered
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, settleTimeout, true, func(ctx context.Context) (bool, error) {
		complaint, err := ask(ctx)
		if err == nil {
			last = complaint
		}
		return complaint == "", err
	})
	if err != nil {
		return fmt.Errorf("wait for the cluster: %w: %s", err, last)
	}
	return nil
}

// settle waits until every workload runs as many pods as it should, save those
// named in except, and every pod without an owner runs.
func settle(ctx context.Context, client kubernetes.Interface, except ...string) error {
	return poll(ctx, func(ctx context.Context) (string, error) {
		names, err := unsettled(ctx, client)
		names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(except, name) })
		return strings.Join(names, ", "), err
	})
}

// unsettled names what does not run as it should.
func unsettled(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	all := metav1.ListOptions{}
	deployments, err1 := client.AppsV1().Deployments("").List(ctx, all)
	sets, err2 := client.AppsV1().StatefulSets("").List(ctx, all)
	replicas, err3 := client.AppsV1().ReplicaSets("").List(ctx, all)
	daemons, err4 := client.AppsV1().DaemonSets("").List(ctx, all)
	jobs, err5 := client.BatchV1().Jobs("").List(ctx, all)
	pods, err6 := client.CoreV1().Pods("").List(ctx, all)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return nil, err
	}
	var names []string
	note := func(name string, settled bool) {
		if !settled {
			names = append(names, name)
		}
	}
	for _, d := range deployments.Items {
		note(d.Name, deployed(&d))
	}
	for _, s := range sets.Items {
		note(s.Name, s.Status.ReadyReplicas == *s.Spec.Replicas)
	}
	for _, r := range replicas.Items {
		note(r.Name, metav1.GetControllerOf(&r) != nil || r.Status.ReadyReplicas == *r.Spec.Replicas)
	}
	lost := lostPods(pods.Items)
	for _, d := range daemons.Items {
		note(d.Name, d.Status.ObservedGeneration == d.Generation &&
			d.Status.NumberReady == d.Status.DesiredNumberScheduled-lost[d.UID])
	}
	for _, j := range jobs.Items {
		note(j.Name, j.Status.CompletionTime != nil || j.Status.Failed > 0)
	}
	for _, p := range pods.Items {
		note(p.Name, metav1.GetControllerOf(&p) != nil || p.Status.Phase == corev1.PodRunning)
	}
	return names, nil
}

// deployed reports whether a Deployment runs its last template alone, in full.
func deployed(d *appsv1.Deployment) bool {
	s, want := d.Status, *d.Spec.Replicas
	return s.ObservedGeneration == d.Generation &&
		s.UpdatedReplicas == want && s.Replicas == want && s.AvailableReplicas == want
}

// lostPods counts, by owner, the pods on the node that has no kubelet.
func lostPods(pods []corev1.Pod) map[types.UID]int32 {
	lost := map[types.UID]int32{}
	for _, p := range pods {
		if owner := metav1.GetControllerOf(&p); owner != nil && p.Spec.NodeName == lostNode {
			lost[owner.UID]++
		}
	}
	return lost
}

// lostNode is the node of small/00-nodes.yaml that kwok does not play.
const lostNode = "ip-10-0-2-22.eu-west-3.compute.internal"

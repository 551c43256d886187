package rig

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/util/retry"
)

// trouble is what befalls the first pod of an app of ViewerNamespace. kwok never
// touches a pod again once it has made it ready, so it stays as it is put.
type trouble struct {
	app   string
	apply func(*corev1.Pod)
}

var troubles = []trouble{
	{"checkout", crashLoop},
	{"recommender", imagePullBackOff},
	{"mailer", missingSecret},
	{"search", oomKilled},
	{"thumbnails", evicted},
	{"export-orders", failed},
}

// makeTrouble breaks the pods of SeedSmall that are there to be broken.
func makeTrouble(ctx context.Context, client kubernetes.Interface) error {
	for _, t := range troubles {
		if err := retry.RetryOnConflict(retry.DefaultRetry, func() error { return t.befall(ctx, client) }); err != nil {
			return fmt.Errorf("break %s: %w", t.app, err)
		}
	}
	return nil
}

func (t trouble) befall(ctx context.Context, client kubernetes.Interface) error {
	pods := client.CoreV1().Pods(ViewerNamespace)
	list, err := pods.List(ctx, metav1.ListOptions{LabelSelector: appLabel + "=" + t.app})
	if err != nil {
		return err
	}
	if len(list.Items) == 0 {
		return errors.New("it has no pod")
	}
	pod := &list.Items[0]
	t.apply(pod)
	_, err = pods.UpdateStatus(ctx, pod, metav1.UpdateOptions{})
	return err
}

const appLabel = "app.kubernetes.io/name"

func crashLoop(pod *corev1.Pod) {
	unready(pod, "ContainersNotReady", "containers with unready status: [checkout]")
	s := &pod.Status.ContainerStatuses[0]
	s.RestartCount = 17
	s.State = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container=checkout pod="+pod.Name)
	s.LastTerminationState = terminated(1, "Error",
		"panic: dial postgres://checkout:pl4ntTermination-Sx9Gk4Vd@db:5432/orders: connection refused")
}

func imagePullBackOff(pod *corev1.Pod) {
	unready(pod, "ContainersNotReady", "containers with unready status: [recommender]")
	pod.Status.Phase = corev1.PodPending
	pod.Status.ContainerStatuses[0].State = waiting("ImagePullBackOff",
		`Back-off pulling image "registry.example.com/shop/recommender:does-not-exist": ErrImagePull: `+
			`GET https://robot:pl4ntWaiting-Ub7Rt2Cy@registry.example.com/v2/: manifest unknown`)
}

func missingSecret(pod *corev1.Pod) {
	unready(pod, "ContainersNotReady", "containers with unready status: [mailer]")
	pod.Status.Phase = corev1.PodPending
	pod.Status.ContainerStatuses[0].State = waiting("CreateContainerConfigError", `secret "db-credentials" not found`)
}

func oomKilled(pod *corev1.Pod) {
	s := &pod.Status.ContainerStatuses[0]
	s.RestartCount = 4
	s.LastTerminationState = terminated(137, "OOMKilled", "")
}

func evicted(pod *corev1.Pod) {
	pod.Status = corev1.PodStatus{
		Phase:     corev1.PodFailed,
		Reason:    "Evicted",
		Message:   "The node was low on resource: memory. Threshold quantity: 100Mi, available: 87324Ki.",
		StartTime: pod.Status.StartTime,
	}
}

func failed(pod *corev1.Pod) {
	pod.Status.Phase = corev1.PodFailed
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name:  pod.Spec.Containers[0].Name,
		Image: pod.Spec.Containers[0].Image,
		State: terminated(2, "Error", ""),
	}}
}

// unready has the pod say that it is not ready, and its first container too.
func unready(pod *corev1.Pod, reason, message string) {
	pod.Status.ContainerStatuses[0].Ready = false
	pod.Status.ContainerStatuses[0].Started = new(false)
	for i := range pod.Status.Conditions {
		c := &pod.Status.Conditions[i]
		if c.Type == corev1.PodReady || c.Type == corev1.ContainersReady {
			c.Status, c.Reason, c.Message = corev1.ConditionFalse, reason, message
		}
	}
}

func waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func terminated(code int32, reason, message string) corev1.ContainerState {
	end := metav1.NewTime(time.Now().Add(-time.Minute))
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, Message: message,
		StartedAt: metav1.NewTime(end.Add(-time.Minute)), FinishedAt: end,
	}}
}

package rig

import (
	"context"
	"embed"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

//go:embed small/*.yaml
var small embed.FS

// SeedSmall fills a cluster that has controllers with what a small company might
// run: every kind of workload, healthy and not, on six nodes. It returns when
// all that can run does, and what is in trouble is. It is to be called once.
func SeedSmall(ctx context.Context, c *Cluster) error {
	client, err := kubernetes.NewForConfig(c.AdminConfig)
	if err != nil {
		return fmt.Errorf("build client: %w", err)
	}
	a, err := newApplier(c)
	if err != nil {
		return err
	}
	if err := a.files(ctx, small, "small/[0-5]*.yaml"); err != nil {
		return err
	}
	if err := settle(ctx, client); err != nil {
		return err
	}
	if err := roll(ctx, client, "billing", "invoices"); err != nil {
		return err
	}
	if err := a.files(ctx, small, "small/6*.yaml"); err != nil {
		return err
	}
	if err := pending(ctx, client, "analytics", "export-orders"); err != nil {
		return err
	}
	if err := settle(ctx, client, "analytics", "export-orders"); err != nil {
		return err
	}
	if err := makeTrouble(ctx, client); err != nil {
		return err
	}
	return settle(ctx, client, "analytics", "checkout", "recommender", "mailer")
}

// roll changes the image of a Deployment, which leaves its first ReplicaSet behind.
func roll(ctx context.Context, client kubernetes.Interface, namespace, name string) error {
	patch := []byte(`{"spec":{"template":{"metadata":{"annotations":{"rolled":"once"}}}}}`)
	_, err := client.AppsV1().Deployments(namespace).Patch(ctx, name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return fmt.Errorf("roll %s: %w", name, err)
	}
	return nil
}

// pending waits until the scheduler has found no room for each of apps.
func pending(ctx context.Context, client kubernetes.Interface, apps ...string) error {
	for _, app := range apps {
		err := poll(ctx, func(ctx context.Context) (string, error) {
			list, err := client.CoreV1().Pods(ViewerNamespace).List(ctx, metav1.ListOptions{LabelSelector: appLabel + "=" + app})
			if err != nil || len(list.Items) == 1 && unschedulable(&list.Items[0]) {
				return "", err
			}
			return app + " is not unschedulable", nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func unschedulable(pod *corev1.Pod) bool {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Reason == corev1.PodReasonUnschedulable {
			return true
		}
	}
	return false
}

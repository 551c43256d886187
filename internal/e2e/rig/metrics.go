package rig

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"github.com/fredctl/fred/internal/e2e/metricsapi"
)

var apiServices = schema.GroupVersionResource{Group: "apiregistration.k8s.io", Version: "v1", Resource: "apiservices"}

// startMetrics serves metrics.k8s.io from this process, through the API server.
func (c *Cluster) startMetrics(ctx context.Context) (err error) {
	if c.Metrics, err = metricsapi.Open(ctx, c.AdminConfig); err != nil {
		return fmt.Errorf("open metrics server: %w", err)
	}
	client, err := kubernetes.NewForConfig(c.AdminConfig)
	if err != nil {
		return fmt.Errorf("build client: %w", err)
	}
	if err := c.registerMetrics(ctx, client); err != nil {
		return fmt.Errorf("register metrics server: %w", err)
	}
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		err := client.Discovery().RESTClient().Get().AbsPath("/apis/metrics.k8s.io/v1beta1/nodes").Do(ctx).Error()
		return err == nil, nil
	})
	if err != nil {
		return fmt.Errorf("metrics server is not reached: %w", err)
	}
	return nil
}

// registerMetrics routes metrics.k8s.io to localhost. The API server goes to no
// loopback endpoint, but follows an external name wherever it leads.
func (c *Cluster) registerMetrics(ctx context.Context, client kubernetes.Interface) error {
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "metrics-server", Namespace: metav1.NamespaceSystem},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"},
	}
	err := wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, startTimeout, true, func(ctx context.Context) (bool, error) {
		_, err := client.CoreV1().Services(service.Namespace).Create(ctx, service, metav1.CreateOptions{})
		if apierrors.IsNotFound(err) { // kube-system comes a moment after the API is ready
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return err
	}
	dyn, err := dynamic.NewForConfig(c.AdminConfig)
	if err != nil {
		return err
	}
	_, err = dyn.Resource(apiServices).Create(ctx, apiService(service, c.Metrics.Port()), metav1.CreateOptions{})
	return err
}

func apiService(service *corev1.Service, port int) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1",
		"kind":       "APIService",
		"metadata":   map[string]any{"name": "v1beta1.metrics.k8s.io"},
		"spec": map[string]any{
			"group":                 "metrics.k8s.io",
			"version":               "v1beta1",
			"groupPriorityMinimum":  int64(100),
			"versionPriority":       int64(100),
			"insecureSkipTLSVerify": true,
			"service": map[string]any{
				"namespace": service.Namespace, "name": service.Name, "port": int64(port),
			},
		},
	}}
}

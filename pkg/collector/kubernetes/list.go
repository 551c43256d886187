package kubernetes

import (
	"cmp"
	"context"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"github.com/fredctl/fred/pkg/kube"
)

// lister knows how to read one resource, page by page, and what to keep of it.
type lister struct {
	page     func(ctx context.Context, c *clients, namespace string, o metav1.ListOptions) (runtime.Object, error)
	keep     func(k *keeper, o runtime.Object)
	pageSize int64
}

func (l lister) size() int64 { return cmp.Or(l.pageSize, pageSize) }

// of builds a lister from a typed list call and a typed converter.
func of[L runtime.Object, T runtime.Object](
	list func(ctx context.Context, c *clients, namespace string, o metav1.ListOptions) (L, error),
	keep func(k *keeper, o T),
) lister {
	return lister{
		page: func(ctx context.Context, c *clients, namespace string, o metav1.ListOptions) (runtime.Object, error) {
			return list(ctx, c, namespace, o)
		},
		keep: func(k *keeper, o runtime.Object) {
			if t, ok := o.(T); ok {
				keep(k, t)
			}
		},
	}
}

func (l lister) by(pageSize int64) lister {
	l.pageSize = pageSize
	return l
}

type opts = metav1.ListOptions

var listers = map[kube.Resource]lister{
	kube.Nodes: of(func(ctx context.Context, c *clients, _ string, o opts) (*core.NodeList, error) {
		return c.core.Nodes().List(ctx, o)
	}, (*keeper).node),
	kube.Namespaces: of(func(ctx context.Context, c *clients, _ string, o opts) (*core.NamespaceList, error) {
		return c.core.Namespaces().List(ctx, o)
	}, (*keeper).namespace),
	kube.Pods: of(func(ctx context.Context, c *clients, ns string, o opts) (*core.PodList, error) {
		return c.core.Pods(ns).List(ctx, o)
	}, (*keeper).pod),
	kube.Services: of(func(ctx context.Context, c *clients, ns string, o opts) (*core.ServiceList, error) {
		return c.core.Services(ns).List(ctx, o)
	}, (*keeper).service),
	kube.ConfigMaps: of(func(ctx context.Context, c *clients, ns string, o opts) (*core.ConfigMapList, error) {
		return c.core.ConfigMaps(ns).List(ctx, o)
	}, (*keeper).configMap).by(configMapPageSize),
	kube.ResourceQuotas: of(func(ctx context.Context, c *clients, ns string, o opts) (*core.ResourceQuotaList, error) {
		return c.core.ResourceQuotas(ns).List(ctx, o)
	}, (*keeper).quota),
	kube.LimitRanges: of(func(ctx context.Context, c *clients, ns string, o opts) (*core.LimitRangeList, error) {
		return c.core.LimitRanges(ns).List(ctx, o)
	}, (*keeper).limitRange),
	kube.Deployments: of(func(ctx context.Context, c *clients, ns string, o opts) (*apps.DeploymentList, error) {
		return c.apps.Deployments(ns).List(ctx, o)
	}, (*keeper).deployment),
	kube.ReplicaSets: of(func(ctx context.Context, c *clients, ns string, o opts) (*apps.ReplicaSetList, error) {
		return c.apps.ReplicaSets(ns).List(ctx, o)
	}, (*keeper).replicaSet),
	kube.StatefulSets: of(func(ctx context.Context, c *clients, ns string, o opts) (*apps.StatefulSetList, error) {
		return c.apps.StatefulSets(ns).List(ctx, o)
	}, (*keeper).statefulSet),
	kube.DaemonSets: of(func(ctx context.Context, c *clients, ns string, o opts) (*apps.DaemonSetList, error) {
		return c.apps.DaemonSets(ns).List(ctx, o)
	}, (*keeper).daemonSet),
	kube.Jobs: of(func(ctx context.Context, c *clients, ns string, o opts) (*batch.JobList, error) {
		return c.batch.Jobs(ns).List(ctx, o)
	}, (*keeper).job),
	kube.CronJobs: of(func(ctx context.Context, c *clients, ns string, o opts) (*batch.CronJobList, error) {
		return c.batch.CronJobs(ns).List(ctx, o)
	}, (*keeper).cronJob),
	kube.Ingresses: of(func(ctx context.Context, c *clients, ns string, o opts) (*networking.IngressList, error) {
		return c.networking.Ingresses(ns).List(ctx, o)
	}, (*keeper).ingress),
	kube.NodeMetrics: of(func(ctx context.Context, c *clients, _ string, o opts) (*metrics.NodeMetricsList, error) {
		return c.metrics.NodeMetricses().List(ctx, o)
	}, (*keeper).nodeMetrics),
	kube.PodMetrics: of(func(ctx context.Context, c *clients, ns string, o opts) (*metrics.PodMetricsList, error) {
		return c.metrics.PodMetricses(ns).List(ctx, o)
	}, (*keeper).podMetrics),
}

package kubernetes

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"github.com/fredctl/fred/pkg/kube"
)

// pageSize is how many objects are asked for at a time.
const pageSize = 2000

// lister knows how to read one resource, and what to keep of it.
type lister struct {
	group schema.GroupVersion
	name  string // as the API server knows it
	read  func(ctx context.Context, r *rest.Request, k *keeper) (next string, err error)
	one   func(data []byte, k *keeper) error // of one object as JSON
}

// of returns the lister of objects of type T.
func of[T any, P object[T]](group schema.GroupVersion, name string, keep func(k *keeper, o P)) lister {
	l := lister{group: group, name: name}
	l.read = func(ctx context.Context, r *rest.Request, k *keeper) (string, error) {
		body, err := r.Stream(ctx)
		if err != nil {
			return "", err
		}
		defer body.Close()
		return readList(body, func(o P) { keep(k, o) })
	}
	l.one = func(data []byte, k *keeper) error {
		o := P(new(T))
		if err := json.Unmarshal(data, o); err != nil {
			return err
		}
		keep(k, o)
		return nil
	}
	return l
}

// Keep returns what is kept of one object of r, which somebody else has read and
// gives as JSON: what a list of it would hold, by the same rules.
func Keep(r kube.Resource, object []byte) (kube.Inventory, error) {
	l, ok := listers[r]
	if !ok {
		return kube.Inventory{}, fmt.Errorf("no resource %q", string(r))
	}
	k := newKeeper()
	if err := l.one(object, k); err != nil {
		return kube.Inventory{}, fmt.Errorf("read an object of %s: %w", r, err)
	}
	return k.inv, nil
}

var listers = map[kube.Resource]lister{
	kube.Nodes:          of(core.SchemeGroupVersion, "nodes", (*keeper).node),
	kube.Namespaces:     of(core.SchemeGroupVersion, "namespaces", (*keeper).namespace),
	kube.Pods:           of(core.SchemeGroupVersion, "pods", (*keeper).pod),
	kube.Services:       of(core.SchemeGroupVersion, "services", (*keeper).service),
	kube.ConfigMaps:     of(core.SchemeGroupVersion, "configmaps", (*keeper).configMap),
	kube.ResourceQuotas: of(core.SchemeGroupVersion, "resourcequotas", (*keeper).quota),
	kube.LimitRanges:    of(core.SchemeGroupVersion, "limitranges", (*keeper).limitRange),
	kube.Deployments:    of(apps.SchemeGroupVersion, "deployments", (*keeper).deployment),
	kube.ReplicaSets:    of(apps.SchemeGroupVersion, "replicasets", (*keeper).replicaSet),
	kube.StatefulSets:   of(apps.SchemeGroupVersion, "statefulsets", (*keeper).statefulSet),
	kube.DaemonSets:     of(apps.SchemeGroupVersion, "daemonsets", (*keeper).daemonSet),
	kube.Jobs:           of(batch.SchemeGroupVersion, "jobs", (*keeper).job),
	kube.CronJobs:       of(batch.SchemeGroupVersion, "cronjobs", (*keeper).cronJob),
	kube.Ingresses:      of(networking.SchemeGroupVersion, "ingresses", (*keeper).ingress),
	kube.NodeMetrics:    of(metrics.SchemeGroupVersion, "nodes", (*keeper).nodeMetrics),
	kube.PodMetrics:     of(metrics.SchemeGroupVersion, "pods", (*keeper).podMetrics),

	kube.PersistentVolumes: of(core.SchemeGroupVersion, "persistentvolumes", (*keeper).persistentVolume),
}

// list reads page by page or, where the API server has forgotten the list before
// the last page was asked for, all at once.
func (l lister) list(ctx context.Context, c *clients, namespace string) (kube.Inventory, error) {
	inv, err := l.pages(ctx, c, namespace, pageSize)
	if apierrors.IsResourceExpired(err) && inv.Len() > 0 {
		return l.pages(ctx, c, namespace, 0)
	}
	return inv, err
}

func (l lister) pages(ctx context.Context, c *clients, namespace string, size int64) (kube.Inventory, error) {
	k := newKeeper()
	o := metav1.ListOptions{Limit: size}
	for {
		next, err := l.page(ctx, c, namespace, o, k)
		if err != nil || next == "" {
			return k.inv, err
		}
		if next == o.Continue {
			return k.inv, fmt.Errorf("the API server gives the same page of %s again", l.name)
		}
		o.Continue = next
	}
}

// page reads one page, and returns the token of the next.
func (l lister) page(ctx context.Context, c *clients, namespace string, o metav1.ListOptions, k *keeper) (string, error) {
	r := c.of[l.group].Get().NamespaceIfScoped(namespace, namespace != "").Resource(l.name)
	if o.Limit > 0 {
		r.Param("limit", strconv.FormatInt(o.Limit, 10))
	}
	if o.Continue != "" {
		r.Param("continue", o.Continue)
	}
	return l.read(ctx, r, k)
}

package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

func (s *Server) uiClusters(ctx context.Context, _ uiQuery) ([]uiCluster, string, error) {
	r, err := s.Fred.Clusters(ctx, fred.Query{})
	list := []uiCluster{}
	for _, c := range r.Items {
		list = append(list, uiCluster{FullName: c.Name, Alias: c.Alias, Region: c.Region, Provider: c.Provider})
	}
	return list, r.Version, err
}

func (s *Server) uiNamespaces(ctx context.Context, q uiQuery) (uiNamespaces, string, error) {
	r, err := s.Fred.Namespaces(ctx, q.selection())
	out := uiNamespaces{Cluster: q.Cluster, Namespaces: []string{}}
	for i := range r.Items {
		out.Namespaces = append(out.Namespaces, r.Items[i].Name)
	}
	return out, r.Version, err
}

func (s *Server) uiNamespace(ctx context.Context, q uiQuery) (uiNamespace, string, error) {
	if err := q.check(); err != nil {
		return uiNamespace{}, "", err
	}
	r, err := s.Fred.Namespace(ctx, q.selection(), q.Namespace)
	if err != nil {
		return uiNamespace{}, "", err
	}
	if len(r.Items) == 0 {
		return uiNamespace{}, "", fault.New(fault.NotFound, "no namespace %q", q.Namespace)
	}
	row := r.Items[0]
	return uiNamespace{
		Cluster: q.Cluster, Namespace: row.Name, Labels: row.Labels, Annotations: row.Annotations, Status: row.Status,
		Quotas:      byName(row.Quotas, func(q kube.ResourceQuota) (string, map[string]string) { return q.Name, q.Hard }),
		LimitRanges: byName(row.LimitRanges, func(l kube.LimitRange) (string, map[string]string) { return l.Name, l.Limits }),
	}, r.Version, nil
}

// check refuses an empty namespace, which elsewhere means the context's own.
func (q uiQuery) check() error {
	if q.Namespace == "" {
		return fault.New(fault.NotFound, "no namespace %q", "")
	}
	return nil
}

// byName turns a list into an object by name; nothing in it is null.
func byName[T any](list []T, pair func(T) (string, map[string]string)) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, item := range list {
		name, values := pair(item)
		if values == nil {
			values = map[string]string{}
		}
		out[name] = values
	}
	return out
}

func (s *Server) uiWorkloads(ctx context.Context, q uiQuery) (uiWorkloadNames, string, error) {
	out := uiWorkloadNames{Cluster: q.Cluster, Namespace: q.Namespace, Workloads: []string{}}
	if err := q.check(); err != nil {
		return out, "", err
	}
	if q.Kind != "" {
		out.Kind = &q.Kind
	}
	r, err := s.Fred.Workloads(ctx, q.selection())
	for i := range r.Items {
		row := &r.Items[i]
		if q.Kind == row.Kind || q.Kind == "" && slices.Contains(kube.Kinds, row.Kind) {
			out.Workloads = append(out.Workloads, row.Name)
		}
	}
	return out, r.Version, err
}

func (s *Server) uiWorkload(ctx context.Context, q uiQuery) (uiWorkload, string, error) {
	if err := q.check(); err != nil {
		return uiWorkload{}, "", err
	}
	r, err := s.Fred.Workload(ctx, q.selection(), q.Kind, q.Workload)
	if err != nil {
		return uiWorkload{}, "", err
	}
	d := r.Items[0]
	meta := uiMeta{Name: d.Name, Namespace: d.Namespace, Labels: d.Spec.Labels, Annotations: d.Spec.Annotations, Created: d.Created}
	d.Spec.Labels, d.Spec.Annotations = nil, nil
	return uiWorkload{
		Cluster: q.Cluster, Namespace: d.Namespace, Kind: d.Kind,
		Object: uiWorkloadObject{
			Kind: d.Kind, Metadata: meta, Spec: d.Spec,
			Status: uiWorkloadStatus{Status: d.Status, Replicas: d.Replicas, Pods: d.Pods, PodsReady: d.PodsReady, Restarts: d.Restarts},
		},
	}, r.Version, nil
}

func (s *Server) uiConfigMaps(ctx context.Context, q uiQuery) (uiConfigMaps, string, error) {
	out := uiConfigMaps{Cluster: q.Cluster, Namespace: q.Namespace, Workload: q.Workload, ConfigMaps: []uiConfigMap{}, Kind: q.Kind}
	if err := q.check(); err != nil {
		return out, "", err
	}
	r, err := s.Fred.ConfigMaps(ctx, q.selection(), q.Kind, q.Workload)
	for i := range r.Items {
		if cm := &r.Items[i]; !cm.Created.IsZero() { // one that is named but not there has no such time
			out.ConfigMaps = append(out.ConfigMaps, uiConfigMap{Kind: "ConfigMap", Metadata: metaOf(cm.Meta), Data: placeholders(cm.Keys)})
		}
	}
	return out, r.Version, err
}

// placeholders says of each key what its value is like.
func placeholders(keys []kube.ConfigKey) map[string]string {
	data := make(map[string]string, len(keys))
	for _, k := range keys {
		format := ""
		if k.Format != "" {
			format = ", " + k.Format
		}
		data[k.Key] = fmt.Sprintf("<%d bytes%s>", k.Size, format)
	}
	return data
}

func (s *Server) uiServices(ctx context.Context, q uiQuery) (uiServices, string, error) {
	out := uiServices{Cluster: q.Cluster, Namespace: q.Namespace, Workload: q.Workload, Services: []uiService{}, Kind: q.Kind}
	if err := q.check(); err != nil {
		return out, "", err
	}
	r, err := s.Fred.Services(ctx, q.selection(), q.Kind, q.Workload)
	for i := range r.Items {
		svc := &r.Items[i]
		out.Services = append(out.Services, uiService{Kind: "Service", Metadata: metaOf(svc.Meta), Spec: uiServiceSpec{
			Type: svc.Type, ClusterIP: svc.ClusterIP, ExternalName: svc.ExternalName, Selector: svc.Selector, Ports: svc.Ports,
		}})
	}
	return out, r.Version, err
}

func (s *Server) uiIngresses(ctx context.Context, q uiQuery) (uiIngresses, string, error) {
	out := uiIngresses{Cluster: q.Cluster, Namespace: q.Namespace, Workload: q.Workload, Ingresses: []uiIngress{}, Kind: q.Kind}
	if err := q.check(); err != nil {
		return out, "", err
	}
	r, err := s.Fred.Ingresses(ctx, q.selection(), q.Kind, q.Workload)
	for i := range r.Items {
		in := &r.Items[i]
		out.Ingresses = append(out.Ingresses, uiIngress{Kind: "Ingress", Metadata: metaOf(in.Meta), Spec: uiIngressSpec{
			Class: in.Class, Default: in.Default, Rules: in.Rules, TLS: in.TLS,
		}})
	}
	return out, r.Version, err
}

package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// source is a cluster and a kubeconfig, made of a value.
type source struct {
	clusters []kube.Cluster
	inv      kube.Inventory
	err      error                 // of every list
	broken   error                 // of the kubeconfig
	before   func(context.Context) // runs before every list
}

func (s *source) Clusters() ([]kube.Cluster, error) {
	return append([]kube.Cluster{}, s.clusters...), s.broken
}

func (s *source) Identify(_ context.Context, cluster string) (kube.Server, error) {
	return kube.Server{Version: "v1.37.2", URL: "https://" + cluster, UID: "uid-" + cluster}, s.err
}

func (s *source) List(ctx context.Context, _ string, r kube.Resource, _ string) (kube.Inventory, error) {
	if s.before != nil {
		s.before(ctx)
	}
	if err := ctx.Err(); err != nil {
		return kube.Inventory{}, err
	}
	var part kube.Inventory
	switch r {
	case kube.Pods:
		part.Pods = s.inv.Pods
	case kube.Namespaces:
		part.Namespaces = s.inv.Namespaces
	case kube.Deployments:
		part.Workloads = s.inv.Workloads
	case kube.Nodes:
		part.Nodes = s.inv.Nodes
	case kube.Services:
		part.Services = s.inv.Services
	case kube.Ingresses:
		part.Ingresses = s.inv.Ingresses
	case kube.ConfigMaps:
		part.ConfigMaps = s.inv.ConfigMaps
	case kube.ResourceQuotas:
		part.ResourceQuotas = s.inv.ResourceQuotas
	case kube.LimitRanges:
		part.LimitRanges = s.inv.LimitRanges
	}
	return part, s.err
}

const longName = "arn:aws:eks:eu-north-1:000011112222:cluster/aurora-lab"

// shop is two clusters with one small namespace worth looking at.
func shop() *source {
	created := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	meta := func(name string) kube.Meta { return kube.Meta{Namespace: "shop", Name: name, Created: created} }
	web := kube.Workload{
		Meta: meta("web"), Kind: "Deployment", Replicas: 1, Ready: 1, Updated: 1,
		Template: &kube.Template{
			Labels:     map[string]string{"app": "web"},
			Containers: []kube.Container{{Name: "web", Image: "registry.local/shop/web:1.4.2", EnvFrom: []kube.EnvFrom{{Kind: "ConfigMap", Name: "web", Optional: false}, {Kind: "ConfigMap", Name: "extra", Optional: true}}}},
		},
	}
	pod := kube.Pod{Meta: meta("web-0"), Phase: "Running", Ready: true}
	pod.Owner = &kube.Ref{Kind: "Deployment", Name: "web"}
	pod.Resources = kube.Resources{CPURequest: 250e6, MemoryRequest: 64 << 20}
	return &source{
		clusters: []kube.Cluster{{Name: "dev", Alias: "dev", Provider: "unknown", Region: "unknown", Current: true}, kube.Derive(longName), kube.Derive("a+b")},
		inv: kube.Inventory{
			Nodes:      []kube.Node{{Meta: kube.Meta{Name: "n1"}, CPUAllocatable: 4e9, MemoryAllocatable: 8 << 30}},
			Namespaces: []kube.Namespace{{Meta: kube.Meta{Name: "default"}, Phase: "Active"}, {Meta: kube.Meta{Name: "empty"}, Phase: "Active"}, {Meta: kube.Meta{Name: "shop", Labels: map[string]string{"team": "blue"}}, Phase: "Active"}},
			Workloads: []kube.Workload{
				web,
				{Meta: meta("cart"), Kind: "Deployment"},
				{Meta: meta("db"), Kind: "StatefulSet"},
			},
			Pods:           []kube.Pod{pod},
			Services:       []kube.Service{{Meta: meta("web"), Type: "ClusterIP", Selector: map[string]string{"app": "web"}, Ports: []kube.Port{{Port: 80}}}},
			Ingresses:      []kube.Ingress{{Meta: meta("front"), Rules: []kube.IngressRule{{Host: "shop.local", Path: "/", Backend: kube.IngressBackend{Service: "web", Port: "80"}}}, TLS: []kube.IngressTLS{{Hosts: []string{"shop.local"}}}}},
			ConfigMaps:     []kube.ConfigMap{{Meta: meta("web"), Keys: []kube.ConfigKey{{Key: "app.yaml", Size: 120, Format: "yaml"}}}},
			ResourceQuotas: []kube.ResourceQuota{{Meta: meta("main"), Hard: map[string]string{"pods": "40"}}},
			LimitRanges:    []kube.LimitRange{{Meta: meta("defaults"), Limits: map[string]string{"Container.default.cpu": "500m"}}},
		},
	}
}

// town is a cluster of the size that speed is measured on.
func town(namespaces, workloads, pods int) *source {
	s := &source{clusters: []kube.Cluster{{Name: "dev", Alias: "dev", Provider: "unknown", Region: "unknown", Current: true}}}
	for i := range namespaces {
		s.inv.Namespaces = append(s.inv.Namespaces, kube.Namespace{Meta: kube.Meta{Name: fmt.Sprintf("ns-%03d", i)}, Phase: "Active"})
	}
	for i := range workloads {
		meta := kube.Meta{Namespace: fmt.Sprintf("ns-%03d", i%namespaces), Name: fmt.Sprintf("web-%04d", i), Created: time.Unix(1.7e9, 0).UTC()}
		s.inv.Workloads = append(s.inv.Workloads, kube.Workload{
			Meta: meta, Kind: "Deployment", Replicas: 3, Ready: 3,
			Template: &kube.Template{Labels: map[string]string{"app": meta.Name}, Containers: []kube.Container{{Name: "web", Image: "registry.local/web:1.0"}}},
		})
	}
	for i := range pods {
		w := s.inv.Workloads[i%workloads]
		p := kube.Pod{Meta: kube.Meta{Namespace: w.Namespace, Name: fmt.Sprintf("%s-%d", w.Name, i), Owner: &kube.Ref{Kind: "Deployment", Name: w.Name}}, Phase: "Running", Ready: true}
		p.Resources = kube.Resources{CPURequest: 100e6, MemoryRequest: 128 << 20}
		s.inv.Pods = append(s.inv.Pods, p)
	}
	s.inv.Nodes = []kube.Node{{Meta: kube.Meta{Name: "n1"}, CPUAllocatable: 64e9}}
	return s
}

func newFred(s interface {
	fred.Contexts
	fred.Kubernetes
},
) *fred.Fred {
	c := cache.New(cache.NewMemory(), cache.Options{MemoryBytes: 256 << 20})
	return fred.New(fred.Options{Cache: c, Contexts: s, Kubernetes: s, Age: time.Hour})
}

func newServer(t testing.TB, o server.Options) *server.Server {
	t.Helper()
	s, err := server.New(o)
	require.NoError(t, err)
	return s
}

// ask sends a request to h as somebody on this machine would.
func ask(t testing.TB, h http.Handler, method, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	r.Host = "localhost:8000"
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var errDown = fault.New(fault.Unreachable, "cluster %q: connection refused", "dev").Hinted("Check that the API server is up.")

// Package kubernetes reads what runs from Kubernetes API servers and turns it
// into fred's own types, keeping only what fred keeps. It reads and never
// writes, and no request of it names Secrets. What could hold a secret passes
// pkg/redact while it is being decoded, so that nothing else of fred ever has it.
package kubernetes

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"sync"

	core "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"

	"github.com/fredctl/fred/pkg/kube"
)

// Name is the name of this source in provenance and cache entries.
const Name = "kubernetes"

// Source reads inventories. It is safe for concurrent use.
type Source struct {
	config func(context string) (*rest.Config, error)

	mu      sync.Mutex
	clients map[string]*clients
}

// New returns a Source that reaches the cluster of a kubeconfig context with
// what config returns for it. Config is called once per context.
func New(config func(context string) (*rest.Config, error)) *Source {
	return &Source{config: config, clients: map[string]*clients{}}
}

// clients are the clients of one cluster, one for each group of its API, sharing
// one HTTP client.
type clients struct {
	url string
	of  map[schema.GroupVersion]rest.Interface
}

// client returns the clients of a context, made on first use.
func (s *Source) client(context string) (*clients, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.clients[context]; c != nil {
		return c, nil
	}
	cfg, err := s.config(context)
	if err != nil {
		return nil, err
	}
	c, err := connect(cfg)
	if err != nil {
		return nil, asFault(err, context)
	}
	s.clients[context] = c
	return c, nil
}

func connect(cfg *rest.Config) (*clients, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.QPS = -1 // the API server's own flow control knows better
	cfg.ContentType = runtime.ContentTypeProtobuf
	cfg.AcceptContentTypes = runtime.ContentTypeProtobuf + "," + runtime.ContentTypeJSON
	cfg.NextProtos = []string{"http/1.1"} // a connection for each list: what is read slowly waits at the sender, not in memory
	cfg.DisableCompression = cfg.DisableCompression || isLoopback(cfg.Host)
	through := throughLogin(cfg)
	http, err := rest.HTTPClientFor(cfg)
	if err != nil {
		return nil, err
	}
	http.Transport = through(http.Transport)
	c := &clients{url: cfg.Host, of: map[schema.GroupVersion]rest.Interface{}}
	for _, l := range listers {
		if c.of[l.group] != nil {
			continue
		}
		if c.of[l.group], err = restClient(cfg, http, l.group); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// isLoopback reports whether an API server is on this very machine, where bytes
// are cheaper than packing them.
func isLoopback(host string) bool {
	u, err := url.Parse(host)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

func restClient(cfg *rest.Config, http *http.Client, gv schema.GroupVersion) (*rest.RESTClient, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.GroupVersion, cfg.APIPath = &gv, "/apis"
	if gv.Group == "" {
		cfg.APIPath = "/api"
	}
	cfg.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	return rest.RESTClientForConfigAndClient(cfg, http)
}

// Identify asks a cluster who it is. The UID is empty where the user may not
// read namespace kube-system.
func (s *Source) Identify(ctx context.Context, context string) (kube.Server, error) {
	c, err := s.client(context)
	if err != nil {
		return kube.Server{}, err
	}
	server := kube.Server{URL: c.url}
	var errs [2]error // both are waited for, so that the same trouble is told in the same words each time
	var g sync.WaitGroup
	g.Go(func() {
		var v version.Info
		body, err := c.of[core.SchemeGroupVersion].Get().AbsPath("/version").SetHeader("Accept", runtime.ContentTypeJSON).DoRaw(ctx)
		if err == nil {
			v, err = parseVersion(body)
		}
		server.Version, server.Platform = v.GitVersion, v.Platform
		errs[0] = unlessRefused(err)
	})
	g.Go(func() {
		var ns core.Namespace
		err := c.of[core.SchemeGroupVersion].Get().Resource("namespaces").Name(metav1.NamespaceSystem).Do(ctx).Into(&ns)
		if err == nil {
			server.UID = string(ns.UID)
		}
		errs[1] = unlessRefused(err)
	})
	g.Wait()
	if err := cmp.Or(errs[0], errs[1]); err != nil {
		return kube.Server{}, asFault(fmt.Errorf("ask who it is: %w", err), context)
	}
	return server, nil
}

// List reads every object of r, in one namespace or, if that is empty, in all.
// Where the cluster has no metrics.k8s.io, the answer to a list of metrics is
// Absent, not an error. Objects are sorted by namespace and name.
func (s *Source) List(ctx context.Context, context string, r kube.Resource, namespace string) (kube.Inventory, error) {
	c, err := s.client(context)
	if err != nil {
		return kube.Inventory{}, err
	}
	l, ok := listers[r]
	if !ok {
		return kube.Inventory{}, fmt.Errorf("no lister for %q", r)
	}
	if !r.Namespaced() {
		namespace = ""
	}
	inv, err := l.list(ctx, c, namespace)
	if r.Optional() && isAbsent(err) {
		return kube.Inventory{Absent: true}, nil
	}
	if err != nil {
		return kube.Inventory{}, asFault(fmt.Errorf("list %s: %w", r, err), context)
	}
	inv.Sort()
	return inv, nil
}

// Probe asks for one object of r, which tells whether r may be read.
func (s *Source) Probe(ctx context.Context, context string, r kube.Resource, namespace string) error {
	c, err := s.client(context)
	if err != nil {
		return err
	}
	if !r.Namespaced() {
		namespace = ""
	}
	_, err = listers[r].page(ctx, c, namespace, metav1.ListOptions{Limit: 1}, newKeeper())
	return asFault(err, context)
}

// Package kubernetes reads what runs from Kubernetes API servers and turns it
// into fred's own types, keeping only what fred keeps. It reads and never
// writes, and no request of it names Secrets. What could hold a secret passes
// pkg/redact while it is being decoded, so that nothing else of fred ever has it.
package kubernetes

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes/scheme"
	appsv1 "k8s.io/client-go/kubernetes/typed/apps/v1"
	batchv1 "k8s.io/client-go/kubernetes/typed/batch/v1"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	networkingv1 "k8s.io/client-go/kubernetes/typed/networking/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"
	metricsv1beta1 "k8s.io/metrics/pkg/client/clientset/versioned/typed/metrics/v1beta1"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/kube"
)

// Name is the name of this source in provenance and cache entries.
const Name = "kubernetes"

// pageSize is how many objects are asked for at a time: few enough that the
// pages under way fit in little memory, many enough that round trips are few.
const pageSize = 500

// configMapPageSize is smaller, since a ConfigMap may be a megabyte.
const configMapPageSize = 250

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

// clients are the typed clients of one cluster, sharing one HTTP client.
type clients struct {
	url        string
	core       *corev1.CoreV1Client
	apps       *appsv1.AppsV1Client
	batch      *batchv1.BatchV1Client
	networking *networkingv1.NetworkingV1Client
	metrics    *metricsv1beta1.MetricsV1beta1Client
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
	http, err := rest.HTTPClientFor(cfg)
	if err != nil {
		return nil, err
	}
	c := &clients{url: cfg.Host}
	for gv, use := range map[schema.GroupVersion]func(rest.Interface){
		core.SchemeGroupVersion:       func(r rest.Interface) { c.core = corev1.New(r) },
		apps.SchemeGroupVersion:       func(r rest.Interface) { c.apps = appsv1.New(r) },
		batch.SchemeGroupVersion:      func(r rest.Interface) { c.batch = batchv1.New(r) },
		networking.SchemeGroupVersion: func(r rest.Interface) { c.networking = networkingv1.New(r) },
	} {
		r, err := restClient(cfg, http, gv)
		if err != nil {
			return nil, err
		}
		use(r)
	}
	c.metrics, err = metricsv1beta1.NewForConfigAndClient(cfg, http)
	return c, err
}

// restClient returns a client of one group that drops what is not kept while it
// decodes.
func restClient(cfg *rest.Config, http *http.Client, gv schema.GroupVersion) (*rest.RESTClient, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.GroupVersion, cfg.APIPath = &gv, "/apis"
	if gv.Group == "" {
		cfg.APIPath = "/api"
	}
	cfg.NegotiatedSerializer = dropping{scheme.Codecs.WithoutConversion()}
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
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		var v version.Info
		body, err := c.core.RESTClient().Get().AbsPath("/version").SetHeader("Accept", runtime.ContentTypeJSON).DoRaw(ctx)
		if err == nil {
			v, err = parseVersion(body)
		}
		server.Version, server.Platform = v.GitVersion, v.Platform
		return unlessRefused(err)
	})
	g.Go(func() error {
		ns, err := c.core.Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{})
		if err == nil {
			server.UID = string(ns.UID)
		}
		return unlessRefused(err)
	})
	if err := g.Wait(); err != nil {
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
	_, err = listers[r].page(ctx, c, namespace, metav1.ListOptions{Limit: 1})
	return asFault(err, context)
}

// list reads page by page or, where the API server has forgotten the list before
// the last page was asked for, all at once.
func (l lister) list(ctx context.Context, c *clients, namespace string) (kube.Inventory, error) {
	inv, err := l.pages(ctx, c, namespace, l.size())
	if apierrors.IsResourceExpired(err) && inv.Len() > 0 {
		return l.pages(ctx, c, namespace, 0)
	}
	return inv, err
}

func (l lister) pages(ctx context.Context, c *clients, namespace string, size int64) (kube.Inventory, error) {
	p := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return l.page(ctx, c, namespace, o)
	})
	p.PageSize, p.PageBufferSize = size, 0
	k := newKeeper()
	err := p.EachListItem(ctx, metav1.ListOptions{}, func(o runtime.Object) error {
		l.keep(k, o)
		return nil
	})
	return k.inv, err
}

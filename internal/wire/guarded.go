package wire

import (
	"context"
	"fmt"

	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// guarded is a source that is not asked while fred is offline, and not asked on
// when the switch is thrown. The guards of the transport stand behind it: it is
// there because client-go fetches credentials, from a plugin or over the network,
// before it hands a request to the transport.
type guarded struct {
	fred.Kubernetes
	offline *offline.Switch
}

// Identify implements fred.Kubernetes.
func (g guarded) Identify(ctx context.Context, cluster string) (s kube.Server, err error) {
	err = g.ask(ctx, cluster, func(ctx context.Context) (err error) {
		s, err = g.Kubernetes.Identify(ctx, cluster)
		return err
	})
	return s, err
}

// List implements fred.Kubernetes.
func (g guarded) List(ctx context.Context, cluster string, r kube.Resource, namespace string) (inv kube.Inventory, err error) {
	err = g.ask(ctx, cluster, func(ctx context.Context) (err error) {
		inv, err = g.Kubernetes.List(ctx, cluster, r, namespace)
		return err
	})
	return inv, err
}

// Probe asks whether r may be read, with a list where the source knows no
// cheaper way.
func (g guarded) Probe(ctx context.Context, cluster string, r kube.Resource, namespace string) error {
	return g.ask(ctx, cluster, func(ctx context.Context) error {
		if p, ok := g.Kubernetes.(interface {
			Probe(ctx context.Context, cluster string, r kube.Resource, namespace string) error
		}); ok {
			return p.Probe(ctx, cluster, r, namespace)
		}
		_, err := g.Kubernetes.List(ctx, cluster, r, namespace)
		return err
	})
}

// ask asks with a context that ends when the switch is thrown.
func (g guarded) ask(ctx context.Context, cluster string, ask func(context.Context) error) error {
	ctx, cancel, err := g.offline.While(ctx, fmt.Sprintf("cluster %q", cluster))
	if err != nil {
		return notAsked(cluster)
	}
	defer cancel()
	err = ask(ctx)
	if err != nil && offline.Cause(ctx) != nil {
		return notAsked(cluster)
	}
	return err
}

// notAsked says that no cluster is asked, as the cache says it.
func notAsked(cluster string) error {
	return fault.New(fault.Offline, "cluster %q is not asked: %w", cluster, cache.ErrOffline)
}

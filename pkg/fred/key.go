package fred

import (
	"cmp"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/kube"
)

// The layout of the cache. What belongs to a cluster lies below its context's
// name, so that it can be set aside, exported or removed as one.
//
//	clusters/<context>/kube/server             who the cluster is
//	clusters/<context>/kube/<resource>         one list, of all namespaces
//	clusters/<context>/kube/in/<namespace>/<resource>   one list of one namespace, where the whole is forbidden
//	clusters/<context>/kube/refused/<asker>/<resource>[/<namespace>]   a list that somebody may not read
//	clusters/<context>/energy/<source>/<grain>/<day>    what meters said of one day (UTC), by hour
//	clusters/<context>/bill/<grouping>/<cut>            what a bill says of the cluster
//	clusters/<context>/facts                   what people wrote about the cluster and what runs in it
//	clusters/<context>/ai/<artifact>           what a model wrote about the cluster
//	clusters/<context>/ai/in/<namespace>/[<kind>/<name>/]<artifact>   about a namespace, or a workload in it
//	grid/<zone>/<source>/<day>                 what a grid emitted on one day (UTC), by hour
//	bill/<grouping>/<cut>                      what the same bill has of no cluster
//	aside/<uid>/<context>/…                    what an earlier cluster of that name left
var clustersKey = cache.NewKey("clusters")

func clusterKey(cluster string) cache.Key { return clustersKey.Join(cluster) }

func serverKey(cluster string) cache.Key { return clusterKey(cluster).Join("kube", "server") }

func listKey(cluster string, r kube.Resource, namespace string) cache.Key {
	if namespace == "" {
		return clusterKey(cluster).Join("kube", string(r))
	}
	return clusterKey(cluster).Join("kube", "in", namespace, string(r))
}

func factsKey(cluster string) cache.Key { return clusterKey(cluster).Join("facts") }

// artifactKey is the key of what a model wrote about scope.
func artifactKey(cluster string, scope fact.Scope, artifact string) cache.Key {
	key := clusterKey(cluster).Join("ai")
	if scope.Namespace != "" {
		key = key.Join("in", scope.Namespace)
	}
	if scope.Name != "" {
		key = key.Join(scope.Kind, scope.Name)
	}
	return key.Join(artifact)
}

// artifactKind is the kind of such an entry, by which people select it.
func artifactKind(artifact string) string { return "ai-" + artifact }

func refusedKey(c kube.Cluster, r kube.Resource, namespace string) cache.Key {
	key := clusterKey(c.Name).Join("kube", "refused", cmp.Or(c.Asker, "anybody"), string(r))
	if namespace == "" {
		return key
	}
	return key.Join(namespace)
}

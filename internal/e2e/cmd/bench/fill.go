package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
)

// fill makes a cache of that many entries in a folder, ten for a namespace, 500
// for a cluster, each a list of pods of about 22 KiB. It returns their size.
func fill(ctx context.Context, folder string, entries int) (size int64, err error) {
	store, err := cache.NewFolder(folder)
	if err != nil {
		return 0, fmt.Errorf("make the cache: %w", err)
	}
	c := cache.New(store, cache.Options{SecretPolicy: redact.Policy})
	defer c.Close()
	change, err := c.Change(ctx)
	if err != nil {
		return 0, fmt.Errorf("fill the cache: %w", err)
	}
	defer func() { _ = change.Close() }()
	resources := []kube.Resource{
		kube.Pods, kube.Deployments, kube.StatefulSets, kube.DaemonSets, kube.Jobs, kube.CronJobs, kube.ReplicaSets,
		kube.Services, kube.Ingresses, kube.ConfigMaps,
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time
	at := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for i := range entries {
		cluster, namespace := fmt.Sprintf("cluster-%03d", i/500), fmt.Sprintf("team-%02d", i%500/10)
		payload, err := json.Marshal(kube.Inventory{Pods: pods(random, namespace)})
		if err != nil {
			return 0, err
		}
		o, _, err := c.Resealed(cache.Header{
			Key:    cache.NewKey("clusters", cluster, "kube", "in", namespace, string(resources[i%10])),
			Source: "kubernetes", CollectedAt: at, ExpiresAt: at.Add(time.Minute), ClusterUID: cluster, Items: podsEach,
		}, payload)
		if err == nil {
			err = change.Put(ctx, o)
		}
		if err != nil {
			return 0, fmt.Errorf("fill the cache: %w", err)
		}
		size += o.Size()
	}
	return size, change.Commit(ctx)
}

// podsEach is how many pods are in each entry.
const podsEach = 66

// pods are some that differ where those of a cluster do.
func pods(random *rand.Rand, namespace string) []kube.Pod {
	list := make([]kube.Pod, podsEach)
	for i := range list {
		app := fmt.Sprintf("app-%d-%08x", i/3, random.Uint32())
		list[i] = kube.Pod{
			Meta: kube.Meta{
				Namespace: namespace, Name: fmt.Sprintf("%s-%05x", app, random.Uint32N(1<<20)),
				Created: time.Unix(1_790_000_000+random.Int64N(1e6), 0).UTC(), Owner: &kube.Ref{Kind: "ReplicaSet", Name: app},
			},
			Node: fmt.Sprintf("ip-10-0-%d-%d.eu-west-1.compute.internal", random.IntN(256), random.IntN(256)), Phase: "Running", Ready: true,
			Restarts:  random.Int32N(9),
			Resources: kube.Resources{CPURequest: 250e6, MemoryRequest: 256 << 20, MemoryLimit: 512 << 20},
		}
	}
	return list
}

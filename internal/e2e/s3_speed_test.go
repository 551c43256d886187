//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/cache/layer"
	"github.com/fredctl/fred/pkg/cache/s3"
)

type pod struct {
	Namespace, Name, Node, Phase string
	Labels                       map[string]string
	CPURequestCores              float64
	Images                       []string
}

// podsOf makes about size bytes of JSON.
func podsOf(size int) []pod {
	list := make([]pod, size/310)
	for i := range list {
		list[i] = pod{
			Namespace: fmt.Sprintf("team-%d", i%50), Name: fmt.Sprintf("web-7d9f8c6b5-%05d", i), Node: fmt.Sprintf("node-%d", i%60),
			Phase: "Running", Labels: map[string]string{"app": "web", "pod-template-hash": "7d9f8c6b5"}, CPURequestCores: 0.25,
			Images: []string{"registry.example.org/shop/web@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
		}
	}
	return list
}

// warm returns the median time of a Fetch of a fresh entry, and of its bytes.
func warm(t *testing.T, s cache.Store, list []pod) (fetch, raw time.Duration, size int64) {
	t.Helper()
	c, key := cache.New(s, cache.Options{}), cache.NewKey("speed", "pods")
	once := func() {
		e, err := cache.Fetch(t.Context(), c, cache.Request{Key: key, TTL: cache.Forever}, func(context.Context) (cache.Collected[[]pod], error) {
			return cache.Collected[[]pod]{Value: list}, nil
		})
		require.NoError(t, err)
		require.Len(t, e.Value, len(list))
	}
	once()
	return median(once), median(func() {
		data, _, err := cache.ReadBlob(t.Context(), s, "speed/pods.jsonl")
		require.NoError(t, err)
		size = int64(len(data))
	}), size
}

func median(run func()) time.Duration {
	var all []time.Duration
	for range 31 {
		began := time.Now()
		run()
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// TestAWarmReadThroughS3IsOneQuestion counts what a warm read asks S3, where the copy is
// still what is stored. Times are told, not held: they are the machine's.
func TestAWarmReadThroughS3IsOneQuestion(t *testing.T) {
	m := minio(t)
	for _, size := range []int{1 << 20, 5 << 20} {
		f, err := cache.NewFolder(t.TempDir())
		require.NoError(t, err)
		line := newBadLine(t, m)
		through := layer.New(inBucket(t, &rig.MinIO{Endpoint: line.url}, fmt.Sprintf("shared/%d", size), s3.Options{}), t.TempDir(), layer.Options{})
		list := podsOf(size)
		warm(t, through, list)
		line.requests()
		_, _, err = cache.ReadBlob(t.Context(), through, "speed/pods.jsonl")
		require.NoError(t, err)
		require.Len(t, line.requests(), 1, "whether it has changed, and it has not")

		local, localRaw, n := warm(t, f, list)
		layered, layeredRaw, _ := warm(t, layer.New(inBucket(t, m, fmt.Sprintf("shared/%d", size), s3.Options{}), t.TempDir(), layer.Options{}), list)
		t.Logf("%.1f MiB: folder %s, S3 with copies %s (%.2fx)", float64(n)/(1<<20), local, layered, float64(layered)/float64(local))
		t.Logf("bytes alone: folder %s, S3 with copies %s", localRaw, layeredRaw)
	}
}

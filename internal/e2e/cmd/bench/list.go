package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/fredctl/fred/pkg/kube"
)

// listCommand is the hidden word by which this program lists and ends.
const listCommand = "bare-list"

const (
	parallel = 6   // lists at a time, as fred and curl have it
	pageSize = 500 // objects at a time
)

// api is the folder of the API that each resource is in, where it is not core.
var api = map[kube.Resource]string{
	kube.Deployments: "/apis/apps/v1", kube.StatefulSets: "/apis/apps/v1",
	kube.DaemonSets: "/apis/apps/v1", kube.ReplicaSets: "/apis/apps/v1",
	kube.Jobs: "/apis/batch/v1", kube.CronJobs: "/apis/batch/v1",
	kube.Ingresses: "/apis/networking.k8s.io/v1",
}

// list is one list of the API.
type list struct {
	resource kube.Resource
	path     string
}

// lists are those that fred reads, in its order; metrics are not among them.
func lists() []list {
	var out []list
	for _, r := range kube.All {
		if r.Optional() {
			continue
		}
		folder, ok := api[r]
		if !ok {
			folder = "/api/v1"
		}
		out = append(out, list{r, folder + "/" + string(r)})
	}
	return out
}

// bareList is what a list costs in Go whatever is done with it: it reads every
// list, page by page, into Kubernetes' own types, keeps none of them, and
// writes how many objects there were.
func bareList(ctx context.Context, kubeconfig string, out io.Writer) error {
	cfg, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return fmt.Errorf("read kubeconfig: %w", err)
	}
	client, err := bareClient(cfg)
	if err != nil {
		return fmt.Errorf("build client: %w", err)
	}
	var mu sync.Mutex
	counts := map[kube.Resource]int{}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, l := range lists() {
		g.Go(func() error {
			n, err := pages(ctx, client, l.path)
			mu.Lock()
			defer mu.Unlock()
			counts[l.resource] = n
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(counts)
}

// bareClient returns a client that asks for protobuf as it is, unthrottled.
func bareClient(cfg *rest.Config) (*rest.RESTClient, error) {
	cfg = rest.CopyConfig(cfg)
	cfg.QPS = -1
	cfg.DisableCompression = true
	cfg.ContentType = runtime.ContentTypeProtobuf
	cfg.GroupVersion = &schema.GroupVersion{Version: "v1"} // every path is written out
	cfg.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	return rest.RESTClientFor(cfg)
}

// pages reads one list and returns how many objects it has.
func pages(ctx context.Context, client rest.Interface, path string) (n int, err error) {
	for next := ""; ; {
		page, err := client.Get().AbsPath(path).
			Param("limit", strconv.Itoa(pageSize)).Param("continue", next).Do(ctx).Get()
		if err != nil {
			return n, fmt.Errorf("list %s: %w", path, err)
		}
		n += meta.LenList(page)
		about, err := meta.ListAccessor(page)
		if err != nil {
			return n, fmt.Errorf("list %s: %w", path, err)
		}
		if next = about.GetContinue(); next == "" {
			return n, nil
		}
	}
}

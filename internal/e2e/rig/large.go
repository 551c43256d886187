package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"golang.org/x/sync/errgroup"
)

// writers is how many tasks SeedLarge runs at a time.
const writers = 24

// What SeedLarge puts in each namespace: 40 workloads, their 52 ReplicaSets and
// 10 Jobs of CronJobs, 120 pods, 40 Services, 31 EndpointSlices, 20 Ingresses,
// 80 ConfigMaps, 40 Secrets, a quota and a limit range; and a node to run on.
const (
	objectsPerNamespace = 437 // with the namespace
	deployments         = 26
	statefulSets        = 5
	daemonSets          = 1
	cronJobs            = 5
	plainJobs           = 3
	workloads           = deployments + statefulSets + daemonSets + cronJobs + plainJobs
	replicas            = 3
	daemonPods          = 12
	cronRuns            = 2
	barePods            = 2
	aliases             = 9 // Services of type ExternalName
	ingresses           = 20
)

// SeedLarge fills a cluster without controllers with about n objects, in
// namespaces of 437, the first being ViewerNamespace. Objects are written as
// controllers and kubelets would leave them, status and owners included. What it
// writes is the same each time, save uids and times.
func SeedLarge(ctx context.Context, c *Cluster, n int) error {
	config := rest.CopyConfig(c.AdminConfig)
	config.ContentType = runtime.ContentTypeProtobuf
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("build client: %w", err)
	}
	namespaces := max(1, (n+objectsPerNamespace/2)/objectsPerNamespace)
	l := &largeSeed{client: client, nodes: namespaces, now: metav1.NewTime(time.Now().Truncate(time.Second))}
	if err := l.each(ctx, namespaces, l.namespace); err != nil {
		return fmt.Errorf("seed namespaces: %w", err)
	}
	if err := l.each(ctx, namespaces*workloads, l.workload); err != nil {
		return fmt.Errorf("seed workloads: %w", err)
	}
	if err := l.each(ctx, namespaces, l.remainder); err != nil {
		return fmt.Errorf("seed the remainder: %w", err)
	}
	return nil
}

// largeSeed writes a large cluster. It is safe for concurrent use.
type largeSeed struct {
	client kubernetes.Interface
	nodes  int
	now    metav1.Time
}

// each runs task for 0 to n-1, several at a time.
func (l *largeSeed) each(ctx context.Context, n int, task func(context.Context, int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	for i := range n {
		g.Go(func() error { return task(ctx, i) })
	}
	return g.Wait()
}

func namespaceName(i int) string {
	if i == 0 {
		return ViewerNamespace
	}
	return fmt.Sprintf("team-%02d", i)
}

// source returns the chance of task i: the same in each run.
func source(i int) *rand.Rand { return rand.New(rand.NewPCG(22, uint64(i))) }

// suffix returns n characters as Kubernetes appends them to names.
func suffix(r *rand.Rand, n int) string {
	const alphabet = "bcdfghjklmnpqrstvwxz2456789"
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(out)
}

// creator and updater are the methods of a client for one kind.
type (
	creator[T any] func(context.Context, T, metav1.CreateOptions) (T, error)
	updater[T any] func(context.Context, T, metav1.UpdateOptions) (T, error)
)

// put creates o, then has status fill in what a controller would, and writes that.
func put[T any](ctx context.Context, create creator[T], update updater[T], o T, status func(T)) (T, error) {
	created, err := create(ctx, o, metav1.CreateOptions{})
	if err != nil {
		return created, err
	}
	status(created)
	return update(ctx, created, metav1.UpdateOptions{})
}

// add creates an object without a status.
func add[T any](ctx context.Context, create creator[T], o T) error {
	_, err := create(ctx, o, metav1.CreateOptions{})
	return err
}

// namespace creates namespace i and a node.
func (l *largeSeed) namespace(ctx context.Context, i int) error {
	if i > 0 { // the rig made ViewerNamespace
		ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
			Name:        namespaceName(i),
			Labels:      map[string]string{"team": fmt.Sprintf("team-%02d", i), "environment": []string{"production", "staging"}[i%2]},
			Annotations: map[string]string{"contact": fmt.Sprintf("team-%02d@example.com", i)},
		}}
		if err := add(ctx, l.client.CoreV1().Namespaces().Create, ns); err != nil {
			return err
		}
	}
	return add(ctx, l.client.CoreV1().Nodes().Create, l.node(i))
}

// Command rig starts a real cluster on loopback for trying fred by hand and for
// the benchmarks, and keeps it until it is interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/fredctl/fred/internal/e2e/rig"
)

const usage = `usage: rig up [--dir DIR] [--large [--objects N]] [--no-metrics]

Starts etcd and kube-apiserver on free loopback ports, fills the cluster, writes
the kubeconfigs of admin, viewer and nobody to DIR, and stays until SIGINT or
SIGTERM. "ready" on stdout says that all is there.
`

// large is how many objects --large makes unless told otherwise.
const large = 22_000

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rig:", err)
		os.Exit(1)
	}
}

type options struct {
	dir       string
	large     bool
	objects   int
	noMetrics bool
}

func parse(args []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("rig", flag.ContinueOnError)
	flags.Usage = func() { _, _ = fmt.Fprint(flags.Output(), usage) }
	flags.StringVar(&o.dir, "dir", filepath.Join(os.TempDir(), "fred-rig"), "")
	flags.BoolVar(&o.large, "large", false, "")
	flags.IntVar(&o.objects, "objects", large, "")
	flags.BoolVar(&o.noMetrics, "no-metrics", false, "")
	if len(args) == 0 || args[0] != "up" {
		return o, errors.New("the one command is up: see -h")
	}
	return o, flags.Parse(args[1:])
}

func run(ctx context.Context, args []string) (err error) {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	began := time.Now()
	cluster, err := rig.Start(ctx, rig.Options{Dir: o.dir, NoControllers: o.large, NoMetrics: o.noMetrics})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	fmt.Printf("api         %s  (%.1f s)\n", cluster.AdminConfig.Host, time.Since(began).Seconds())
	if err := fill(ctx, cluster, o); err != nil {
		return err
	}
	if err := kubeconfigs(cluster); err != nil {
		return err
	}
	fmt.Printf("ready       after %.1f s; interrupt process %d to end\n", time.Since(began).Seconds(), os.Getpid())
	<-ctx.Done()
	return nil
}

func fill(ctx context.Context, cluster *rig.Cluster, o options) error {
	if o.large {
		return rig.SeedLarge(ctx, cluster, o.objects)
	}
	return rig.SeedSmall(ctx, cluster)
}

// kubeconfigs writes one kubeconfig for each user.
func kubeconfigs(cluster *rig.Cluster) error {
	for _, user := range []string{rig.Admin, rig.Viewer, rig.Nobody} {
		namespace := ""
		if user == rig.Viewer {
			namespace = rig.ViewerNamespace
		}
		path := filepath.Join(cluster.Dir, user+".kubeconfig")
		if err := cluster.Kubeconfig(path, user, "rig", namespace); err != nil {
			return err
		}
		fmt.Printf("kubeconfig  %s\n", path)
	}
	return nil
}

package rig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/fredctl/fred/internal/e2e/metricsapi"
)

// adminKubeconfig is the file of Dir that the servers and Kubectl use.
const adminKubeconfig = "admin.kubeconfig"

// Options say what to start. The zero value is a whole cluster with metrics,
// in a temporary folder.
type Options struct {
	Tools         string // folder of the servers; what Tools returns when empty
	Dir           string // data, logs and kubeconfigs; a temporary folder, removed by Close, when empty
	NoControllers bool   // etcd and kube-apiserver alone: nothing moves unless it is written
	NoMetrics     bool   // no metrics.k8s.io

	APIServer []string // more flags of kube-apiserver: ways to log in, say
}

// Cluster is a running control plane. It ends with Close, and with the process
// that started it. Its methods are not safe for concurrent use, save that the
// cluster itself serves any number of clients.
type Cluster struct {
	// Dir holds the data, the logs and admin.kubeconfig.
	Dir string
	// Tools holds the servers, and kubectl.
	Tools string
	// AdminConfig reaches the API as Admin, without client-side throttling.
	AdminConfig *rest.Config
	// Metrics is what answers metrics.k8s.io, nil with Options.NoMetrics.
	Metrics *metricsapi.Server

	apiserver *process
	processes []*process // in the order they were started
	temporary bool
}

// Start starts a cluster and returns when its API answers. The cluster outlives
// ctx, which bounds the start alone.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	c := &Cluster{Dir: o.Dir, Tools: o.Tools}
	if err := c.start(ctx, o); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

func (c *Cluster) start(ctx context.Context, o Options) error {
	if err := c.prepare(ctx); err != nil {
		return err
	}
	if err := c.startAPI(ctx, o.APIServer); err != nil {
		return err
	}
	if err := c.Kubeconfig(c.path(adminKubeconfig), Admin, "rig", ""); err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(c.AdminConfig)
	if err != nil {
		return fmt.Errorf("build client: %w", err)
	}
	if err := grantViewer(ctx, client); err != nil {
		return err
	}
	if !o.NoControllers {
		if err := c.startControllers(ctx); err != nil {
			return err
		}
	}
	if o.NoMetrics {
		return nil
	}
	return c.startMetrics(ctx)
}

// prepare settles where the servers are and where they write. What an earlier
// cluster kept in the folder is not this one's.
func (c *Cluster) prepare(ctx context.Context) (err error) {
	if c.Tools == "" {
		if c.Tools, err = Tools(ctx); err != nil {
			return err
		}
	}
	if c.temporary = c.Dir == ""; c.temporary {
		c.Dir, err = os.MkdirTemp("", "fred-rig-")
	} else if c.Dir, err = filepath.Abs(c.Dir); err == nil {
		err = os.MkdirAll(c.Dir, 0o700)
	}
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	if err := os.RemoveAll(c.path("etcd")); err != nil {
		return fmt.Errorf("remove earlier data: %w", err)
	}
	return nil
}

func (c *Cluster) path(name string) string { return filepath.Join(c.Dir, name) }

// run starts the server called name and remembers it for Close.
func (c *Cluster) run(ctx context.Context, name string, args ...string) (*process, error) {
	p := newProcess(c.Tools, c.Dir, name, args...)
	if err := p.start(ctx); err != nil {
		return nil, err
	}
	c.processes = append(c.processes, p)
	return p, nil
}

// Close kills the servers, last started first, waits for them, and removes the
// folder if it was a temporary one.
func (c *Cluster) Close() error {
	var errs []error
	if c.Metrics != nil {
		errs = append(errs, c.Metrics.Close())
	}
	for _, p := range slices.Backward(c.processes) {
		if p.running() {
			errs = append(errs, p.signal(syscall.SIGKILL))
		}
	}
	if c.temporary {
		errs = append(errs, os.RemoveAll(c.Dir))
	}
	return errors.Join(errs...)
}

// Kubectl runs the real kubectl as Admin and returns what it printed. A failure
// carries its stderr.
func (c *Cluster) Kubectl(ctx context.Context, args ...string) (string, error) {
	return c.KubectlAs(ctx, c.path(adminKubeconfig), args...)
}

// KubectlAs runs the real kubectl with the kubeconfig at path.
func (c *Cluster) KubectlAs(ctx context.Context, path string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(c.Tools, "kubectl"), append([]string{"--kubeconfig", path}, args...)...)
	out, err := cmd.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	if err != nil {
		return string(out), fmt.Errorf("kubectl: %w", err)
	}
	return string(out), nil
}

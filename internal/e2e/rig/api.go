package rig

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// startTimeout bounds the start of one server. It is generous: the machine may
// be busy with compilers.
const startTimeout = time.Minute

// startAPI starts etcd and kube-apiserver, that with more flags than it needs,
// and fills in AdminConfig.
func (c *Cluster) startAPI(ctx context.Context, more []string) error {
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	if err := writeTokens(c.path("tokens.csv")); err != nil {
		return err
	}
	if err := writeKey(c.path("sa.key")); err != nil {
		return err
	}
	etcd := "http://127.0.0.1:" + ports[0]
	if _, err := c.run(ctx, "etcd",
		"--data-dir="+c.path("etcd"),
		"--listen-client-urls="+etcd,
		"--advertise-client-urls="+etcd,
		"--listen-peer-urls=http://127.0.0.1:"+ports[1],
		"--unsafe-no-fsync",
		"--quota-backend-bytes=4294967296",
	); err != nil {
		return err
	}
	c.apiserver, err = c.run(ctx, "kube-apiserver", append(c.apiserverArgs(etcd, ports[2]), more...)...)
	if err != nil {
		return err
	}
	c.AdminConfig = &rest.Config{
		Host:           "https://127.0.0.1:" + ports[2],
		BearerToken:    token(Admin),
		QPS:            -1,
		WarningHandler: rest.NoWarnings{},
	}
	return c.waitReady(ctx)
}

func (c *Cluster) apiserverArgs(etcd, port string) []string {
	return []string{
		"--etcd-servers=" + etcd,
		"--cert-dir=" + c.path("certs"), // it makes its own certificate there
		"--bind-address=127.0.0.1",
		"--secure-port=" + port,
		"--authorization-mode=RBAC",
		"--token-auth-file=" + c.path("tokens.csv"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + c.path("sa.key"),
		"--service-account-signing-key-file=" + c.path("sa.key"),
		"--service-cluster-ip-range=10.96.0.0/16",
		"--endpoint-reconciler-type=none", // 127.0.0.1 may not be an endpoint
		"--disable-admission-plugins=ServiceAccount",
		"--allow-privileged",
	}
}

// waitReady returns when /readyz answers, or when kube-apiserver has died.
func (c *Cluster) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	err := c.ready(ctx)
	for err != nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("kube-apiserver is not ready: %w\n%s", err, c.apiserver.lastWords())
		case <-c.apiserver.done:
			return fmt.Errorf("kube-apiserver has ended:\n%s", c.apiserver.lastWords())
		case <-tick.C:
			err = c.ready(ctx)
		}
	}
	return nil
}

// ready asks /readyz once, with the certificate that kube-apiserver made.
func (c *Cluster) ready(ctx context.Context) error {
	ca, err := os.ReadFile(c.path("certs/apiserver.crt"))
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	c.AdminConfig.CAData = ca
	client, err := kubernetes.NewForConfig(c.AdminConfig)
	if err != nil {
		return fmt.Errorf("build client: %w", err)
	}
	return client.Discovery().RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
}

// KillAPIServer kills kube-apiserver with SIGKILL: open connections are reset
// and new ones refused until StartAPIServer.
func (c *Cluster) KillAPIServer() error { return c.apiserver.signal(syscall.SIGKILL) }

// StopAPIServer has kube-apiserver end as it does when it is upgraded. It must
// not be paused.
func (c *Cluster) StopAPIServer() error { return c.apiserver.signal(syscall.SIGTERM) }

// StartAPIServer starts kube-apiserver again on the port and with the data it
// had, and returns when it is ready.
func (c *Cluster) StartAPIServer(ctx context.Context) error {
	if err := c.apiserver.start(ctx); err != nil {
		return err
	}
	return c.waitReady(ctx)
}

// PauseAPIServer stops kube-apiserver where it stands: connections are accepted
// and never answered until ResumeAPIServer.
func (c *Cluster) PauseAPIServer() error {
	if err := c.apiserver.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for begun := time.Now(); !stopped(c.apiserver.cmd.Process.Pid); time.Sleep(time.Millisecond) {
		if time.Since(begun) > startTimeout {
			return errors.New("kube-apiserver does not stand still")
		}
	}
	return nil
}

// ResumeAPIServer ends PauseAPIServer.
func (c *Cluster) ResumeAPIServer() error { return c.apiserver.signal(syscall.SIGCONT) }

// freePorts returns n loopback ports that nothing listens on.
func freePorts(n int) ([]string, error) {
	ports := make([]string, 0, n)
	for range n {
		l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer l.Close() // held to the end, so that no port is given twice
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports, nil
}

// writeKey writes a new private key for service account tokens.
func writeKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode key: %w", err)
	}
	data := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("write key: %w", err)
	}
	return nil
}

//go:build e2e

package e2e_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// inPod is fred in a mount namespace of its own, in which a folder of the test
// is where a Pod has its service account. /var/run is covered, not written to.
const inPod = `#!/bin/sh
unshare -m true 2>/dev/null && how=-m || how=-Urm
exec unshare $how sh -c '
set -e
mount -t tmpfs none /var/run
mkdir -p /var/run/secrets/kubernetes.io/serviceaccount
mount --bind "$ACCOUNT" /var/run/secrets/kubernetes.io/serviceaccount
exec "$FRED" "$@"' sh "$@"
`

// newPod returns a Pod of the service account shop/fred that has fred in it, and
// the folder of what the kubelet gives it.
func newPod(t *testing.T, g *gate, token string) (*laptop, string) {
	t.Helper()
	l := newLaptop(t, "")
	account, script := t.TempDir(), filepath.Join(t.TempDir(), "fred")
	require.NoError(t, os.WriteFile(script, []byte(inPod), 0o700))
	for name, data := range map[string]string{"token": token, "ca.crt": string(g.AdminConfig.CAData), "namespace": rig.ViewerNamespace} {
		require.NoError(t, os.WriteFile(filepath.Join(account, name), []byte(data), 0o600))
	}
	u, err := url.Parse(g.AdminConfig.Host)
	require.NoError(t, err)
	l.env = []string{"ACCOUNT=" + account, "FRED=" + l.bin, "KUBERNETES_SERVICE_HOST=" + u.Hostname(), "KUBERNETES_SERVICE_PORT=" + u.Port()}
	l.bin = script
	return l, account
}

func TestInAPodTheServiceAccountIsTheCluster(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	l, _ := newPod(t, g, g.token(t))
	o := l.fred(in...)
	entered(t, o) // of the namespace that the Pod is in
	require.Equal(t, "in-cluster", answerOf[row](t, o).Cluster)
	require.Equal(t, []string{"in-cluster"}, clusterNames(t, l.must(0, "kube", "clusters", "-o", "json")))
	all := ids(rowsOnly(t, l.must(0, append(in, "-A")...)))
	require.Contains(t, all, "default Pod/seen-in-default")
	require.Equal(t, []string{"default Pod/seen-in-default"}, ids(rowsOnly(t, l.must(0, append(in, "-n", "default")...))))
	glanced := answerOf[glance](t, l.must(0, "kube", "-o", "json")).Items[0]
	require.Equal(t, g.AdminConfig.Host, glanced.Server.URL)
	require.Contains(t, all, "shop Pod/seen-in-shop")
	require.Equal(t, len(all), glanced.Workloads.Workloads, "the overview is of the whole cluster")
	require.Contains(t, l.must(0, "kube").stdout, "in-cluster")

	named, _ := newPod(t, g, g.token(t))
	named.env = append(named.env, "FRED_CLUSTER_NAME=paris")
	require.Equal(t, "paris", answerOf[row](t, named.must(0, in...)).Cluster)
	named.must(0, append(in, "--context", "paris")...)
}

func TestInAPodFredServes(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	l, account := newPod(t, g, g.token(t))
	s := l.serve()
	require.Equal(t, http.StatusOK, s.ask(http.MethodGet, "/healthz", nil).status)
	ready := s.ask(http.MethodGet, "/readyz", nil)
	require.Equal(t, http.StatusOK, ready.status, ready.body)
	require.Contains(t, ready.body, "in-cluster")
	r := s.get("kube/workloads")
	require.Equal(t, http.StatusOK, r.status, r.body)
	require.Equal(t, []string{"shop Pod/seen-in-shop"}, ids(decode[row](t, []byte(r.body)).Items))
	require.NoError(t, os.WriteFile(filepath.Join(account, "token"), []byte(g.token(t)), 0o600))
	require.Equal(t, http.StatusOK, s.get("kube/workloads?max-age=0s").status)
	require.Equal(t, 0, s.end(os.Interrupt))
}

func TestInAPodAKubeconfigWins(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	l, _ := newPod(t, g, "no token at all")
	o := l.with(kubeconfigOf(t, g.Cluster, rig.Admin, "default")).must(0, in...)
	a := answerOf[row](t, o)
	require.Equal(t, "rig", a.Cluster)
	require.Equal(t, []string{"default Pod/seen-in-default"}, ids(a.Items))
}

func TestInAPodWithoutAValidTokenItIsSaid(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	l, account := newPod(t, g, g.expiredToken(t))
	refused(t, l.fred(in...))
	require.NoError(t, os.Remove(filepath.Join(account, "token")))
	o := l.fred(in...)
	t.Log(o)
	require.Equal(t, 5, o.code, "%s", o)
	require.Contains(t, o.stderr, "serviceaccount/token")
	require.Contains(t, o.stderr, "hint: Mount the token of a service account", "%s", o)
	r := l.serve().get("kube/workloads")
	t.Log(r.status, r.body)
	require.Equal(t, http.StatusBadGateway, r.status)

	require.NoError(t, os.WriteFile(filepath.Join(account, "token"), []byte(g.token(t)), 0o600))
	entered(t, l.fred(in...))
	require.NoError(t, os.Remove(filepath.Join(account, "token")))
	staleOnly(t, l)

	require.NoError(t, os.WriteFile(filepath.Join(account, "token"), []byte(g.token(t)), 0o600))
	require.NoError(t, os.Remove(filepath.Join(account, "ca.crt")))
	o = newLaptop(t, "").as(l).fred(in...)
	t.Log(o)
	require.NotEqual(t, 0, o.code)
	require.Contains(t, o.stderr, "hint: ", "%s", o)
	gone := newLaptop(t, "").as(l)
	gone.env = append(gone.env, "KUBERNETES_SERVICE_PORT=1")
	require.NoError(t, os.WriteFile(filepath.Join(account, "ca.crt"), g.AdminConfig.CAData, 0o600))
	began := time.Now()
	gone.must(4, in...)
	require.Less(t, time.Since(began), 20*time.Second)
}

// as returns l, which has nothing in its home, with the environment of other.
func (l *laptop) as(other *laptop) *laptop {
	l.bin, l.env = other.bin, append([]string(nil), other.env...)
	return l
}

//go:build e2e

package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// lonely is what is created in a cluster without controllers: nothing of it
// moves, and its ConfigMaps are used by init containers.
const lonely = `
apiVersion: v1
kind: Namespace
metadata: {name: lonely}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: steps, namespace: lonely}
data: {first: "1"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: defaults, namespace: lonely}
data: {second: "22"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: hermit, namespace: lonely, labels: {app: hermit}}
spec:
  replicas: 2
  selector: {matchLabels: {app: hermit}}
  template:
    metadata: {labels: {app: hermit}}
    spec:
      initContainers:
        - name: prepare
          image: registry.example.com/prepare:1
          envFrom: [{configMapRef: {name: defaults}}]
          env:
            - {name: STEP, valueFrom: {configMapKeyRef: {name: steps, key: first}}}
            - {name: GONE, valueFrom: {configMapKeyRef: {name: gone, key: first}}}
        - name: mesh
          image: registry.example.com/mesh:1
          restartPolicy: Always
          resources: {requests: {cpu: 10m, memory: 16Mi}}
        - name: migrate
          image: registry.example.com/migrate:1
          resources: {requests: {cpu: "2", memory: 1Gi}}
      containers:
        - {name: hermit, image: "registry.example.com/hermit:1", resources: {requests: {cpu: 100m, memory: 64Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, namespace: lonely, labels: {app: hermit}}
spec:
  containers: [{name: alone, image: "registry.example.com/alone:1", resources: {requests: {cpu: 30m, memory: 32Mi}}}]
`

// startLonely starts a cluster of one API server that ends with the test.
func startLonely(t *testing.T) *rig.Cluster {
	t.Helper()
	c, err := rig.Start(t.Context(), rig.Options{NoControllers: true, NoMetrics: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	file := filepath.Join(t.TempDir(), "lonely.yaml")
	require.NoError(t, os.WriteFile(file, []byte(lonely), 0o600))
	_, err = c.Kubectl(t.Context(), "create", "-f", file)
	require.NoError(t, err)
	return c
}

// These share one API server, which each leaves running, and so follow one
// another.
func TestWhenTheAPIServerIsGone(t *testing.T) {
	t.Parallel()
	c := startLonely(t)
	t.Run("before that, init containers count as the scheduler counts them", func(t *testing.T) { initContainers(t, c) })
	t.Run("another cluster of one name", func(t *testing.T) { twoClusters(t, c) })
	t.Run("a namespace goes between two lists", func(t *testing.T) { namespaceGoes(t, c) })
	t.Run("killed", func(t *testing.T) { killed(t, c) })
	t.Run("stopped", func(t *testing.T) { stopped(t, c) })
}

func initContainers(t *testing.T, c *rig.Cluster) {
	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, "lonely"))
	d := answerOf[detail](t, l.must(0, "kube", "workload", "deploy/hermit", "-o", "json")).Items[0]
	via := map[string][]string{}
	for _, m := range d.ConfigMaps {
		via[m.Name] = m.Via
		require.Equal(t, m.Name == "gone", m.Missing, m.Name)
	}
	require.Equal(t, map[string][]string{"steps": {"init env"}, "gone": {"init env"}, "defaults": {"init envFrom"}}, via)
	require.Zero(t, *d.Pods, "nothing makes pods here")
	require.Equal(t, new(2), d.Replicas)
	a := answerOf[row](t, l.must(0, "kube", "workloads", "-o", "json"))
	require.Equal(t, []string{"lonely Deployment/hermit", "lonely Pod/alone"}, ids(a.Items))
	require.InDelta(t, 0.03, *a.Total.CPURequest, 1e-9)
	require.Nil(t, a.Total.CPUUsage, "there is no metrics.k8s.io")
	require.Equal(t, "unknown", a.Provenance[0].Method)
}

func killed(t *testing.T, c *rig.Cluster) {
	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, "lonely"))
	question := []string{"kube", "workloads", "-o", "json"}
	fresh := l.must(0, question...)
	want := rowsOnly(t, fresh)
	require.Len(t, want, 2)
	s := l.serve()
	require.NoError(t, c.KillAPIServer())

	require.Equal(t, fresh.stdout, l.must(0, question...).stdout, "what is fresh is not asked for again")
	l.agedBy(2 * time.Minute)
	for _, args := range [][]string{question, append(question, "--refresh")} {
		o := l.must(0, args...)
		a := answerOf[row](t, o)
		require.Equal(t, want, a.Items, "the same rows")
		require.True(t, a.Stale)
		require.Contains(t, a.codes(), "stale")
		require.Contains(t, o.stderr, "warning: ")
		require.Contains(t, o.stderr, "connection refused")
	}
	require.Contains(t, l.must(0, "kube", "workloads").stdout, "stale", "the footer says so")
	for _, path := range []string{"kube/workloads", "kube/workload/deploy/hermit", "kube"} {
		r := s.get(path)
		require.Equal(t, http.StatusOK, r.status, path)
		require.True(t, decode[struct{}](t, []byte(r.body)).Stale, path)
	}
	require.Equal(t, want, decode[row](t, []byte(s.get("kube/workloads").body)).Items)

	for _, age := range []string{"1s", "0s"} {
		o := l.must(4, append(question, "--max-age", age)...)
		require.Empty(t, o.stdout, "%s", o)
		require.Contains(t, o.stderr, "older than asked for")
		require.Contains(t, o.stderr, "hint: ")
		require.Equal(t, http.StatusServiceUnavailable, s.get("kube/workloads?max-age="+age).status)
	}
	l.must(0, append(question, "--max-age", "1h")...)
	nothing := newLaptop(t, l.kubeconfig).must(4, question...)
	require.Contains(t, nothing.stderr, "hint: ", "%s", nothing)
	require.Empty(t, nothing.stdout)

	away := l.with("")
	o := away.must(0, append(question, "--offline")...)
	require.Equal(t, want, rowsOnly(t, o), "offline, without a kubeconfig")
	require.True(t, answerOf[row](t, o).Stale)
	require.Contains(t, away.must(0, "kube", "clusters", "--offline", "-o", "name").stdout, "rig")
	require.Equal(t, want, rowsOnly(t, away.must(0, question...)), "without a kubeconfig the clusters are those in the cache")

	require.NoError(t, c.StartAPIServer(t.Context()))
	again := answerOf[row](t, l.must(0, question...))
	require.False(t, again.Stale, "fresh again")
	require.Equal(t, want, again.Items)
	require.Empty(t, again.Warnings)
	require.False(t, decode[row](t, []byte(s.get("kube/workloads").body)).Stale)
	require.Equal(t, 0, s.end(os.Interrupt))
}

func stopped(t *testing.T, c *rig.Cluster) {
	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, "lonely"))
	question := []string{"kube", "workloads", "-o", "json", "--timeout", "2s"}
	want := rowsOnly(t, l.must(0, question...))
	s := l.serve("--timeout", "2s")
	require.NoError(t, c.PauseAPIServer())
	defer func() { require.NoError(t, c.ResumeAPIServer()) }()
	l.agedBy(2 * time.Minute)
	o := l.must(0, question...)
	require.Equal(t, want, rowsOnly(t, o))
	require.True(t, answerOf[row](t, o).Stale)
	require.Greater(t, o.took, 1500*time.Millisecond, "it was asked")
	require.Less(t, o.took, 5*time.Second, "and not waited for longer than was said")
	r := s.get("kube/workloads")
	require.True(t, decode[row](t, []byte(r.body)).Stale)
	require.Less(t, r.took, 5*time.Second)
	nothing := newLaptop(t, l.kubeconfig).must(4, question...)
	require.Less(t, nothing.took, 6*time.Second)
	require.Contains(t, nothing.stderr, "hint: Give it longer with --timeout", "%s", nothing)
	require.Equal(t, http.StatusGatewayTimeout, newLaptop(t, l.kubeconfig).serve("--timeout", "2s").get("kube/workloads").status)
	l.must(4, append(question, "--max-age", "1s")...)
}

func TestOfflineAsksNobody(t *testing.T) {
	t.Parallel()
	p := newProxy(t, small(t))
	l := newLaptop(t, p.kubeconfig(t, rig.Admin, "rig", "shop"))
	cold := l.must(4, "kube", "--offline")
	require.Contains(t, cold.stderr, "hint: ")
	require.Zero(t, p.connections(), "offline with nothing cached asks nobody")
	l.must(0, "kube", "workloads", "-A")
	before := p.connections()
	require.Positive(t, before)
	l.agedBy(time.Hour)
	s := l.serve("--offline")
	for _, r := range routes {
		o := l.must(0, append(words(r.command), "--offline", "-o", "json")...)
		require.Equal(t, o.stdout, s.get(r.path).body, r.path)
		l.must(0, append(words(r.command), "--offline", "--refresh")...)
	}
	l.must(4, "kube", "--offline", "--max-age", "1s")
	l.env = append(l.env, "FRED_OFFLINE=true")
	l.must(0, "kube")
	require.Equal(t, before, p.connections(), "not one connection was opened")
}

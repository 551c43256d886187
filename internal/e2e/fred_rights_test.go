//go:build e2e

package e2e_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

func TestAViewerOfOneNamespaceGetsAnAnswer(t *testing.T) {
	t.Parallel()
	c, is := small(t), truthOf(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Viewer, rig.ViewerNamespace))
	for _, args := range [][]string{{"kube", "workloads", "-n", "shop"}, {"kube", "workloads"}} {
		o := l.must(0, append(args, "-o", "json")...)
		require.Empty(t, o.stderr)
		a := answerOf[row](t, o)
		require.Empty(t, a.Warnings)
		is.count(is.podsIn("shop")...).same(t, *a.Total, "namespace shop")
		for _, r := range a.Items {
			require.Equal(t, "shop", r.Namespace)
		}
	}
	for _, question := range []string{"workload deploy/web", "configmaps", "services", "ingresses", "configmaps deploy/web", "namespace shop"} {
		l.must(0, strings.Fields("kube "+question+" -o json")...)
	}
}

func TestAViewerIsToldWhatIsMissing(t *testing.T) {
	t.Parallel()
	c, is := small(t), truthOf(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Viewer, rig.ViewerNamespace))
	for _, args := range [][]string{{"kube"}, {"kube", "workloads", "-A"}, {"kube", "namespaces"}} {
		table := l.must(3, args...)
		require.Contains(t, table.stdout, "shop")
		o := l.must(3, append(args, "-o", "json")...)
		require.Contains(t, o.stderr, "only these namespaces may be read: [shop]")
		require.Contains(t, answerOf[struct{}](t, o).codes(), "forbidden")
	}
	o := l.must(3, "kube", "-o", "json")
	require.Contains(t, o.stderr, "no nodes: ")
	require.Contains(t, o.stderr, "no namespaces: ")
	g := answerOf[glance](t, o).Items[0]
	is.count(is.podsIn("shop")...).same(t, g.Workloads, "what a viewer sees")
	require.Zero(t, g.Nodes.Nodes, "nodes are unknown")
	require.NotContains(t, o.stdout, `"nodes": {`, "unknown is left out, not zero")
	l.must(0, "kube", "-n", "shop") // he asks for what he may see
}

// Two people at one machine, both with a context called rig.
func TestWhatAViewerMayNotSeeHidesNothingFromAnAdmin(t *testing.T) {
	t.Parallel()
	c, is := small(t), truthOf(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Viewer, rig.ViewerNamespace))
	l.must(3, "kube", "workloads", "-A")
	l.kubeconfig = kubeconfigOf(t, c, rig.Admin, rig.ViewerNamespace)
	a := answerOf[row](t, l.must(0, "kube", "workloads", "-A", "-o", "json"))
	is.count(pointers(is.pods)...).same(t, *a.Total, "all, at once after the viewer")
	require.Empty(t, a.Warnings)
}

func TestWhatAViewerMayNotSeeIsRefused(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Viewer, rig.ViewerNamespace))
	for _, question := range []string{
		"kube workloads -n billing", "kube workload deploy/invoices -n billing", "kube nodes",
		"kube services -n billing", "kube namespace billing", "kube -n billing",
	} {
		o := l.must(5, strings.Fields(question)...)
		require.Empty(t, o.stdout, "%s", o)
		require.Contains(t, o.stderr, "forbidden", "%s", o)
		require.Contains(t, o.stderr, "hint: ", "%s", o)
	}
}

func TestNobodyIsRefused(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Nobody, ""))
	for _, question := range []string{"kube", "kube workloads -n shop", "kube workloads -A", "kube namespaces", "kube nodes", "kube workload deploy/web -n shop"} {
		o := l.must(5, strings.Fields(question)...)
		require.Empty(t, o.stdout, "%s", o)
		require.Contains(t, o.stderr, "forbidden", "%s", o)
	}
}

func TestAnExpiredTokenIsRefusedWithAHint(t *testing.T) {
	t.Parallel()
	c := small(t)
	expired := edited(t, kubeconfigOf(t, c, rig.Admin, "shop"), func(k *clientcmdapi.Config) {
		k.AuthInfos[rig.Admin].Token = "expired-token-of-yesterday"
	})
	l := newLaptop(t, expired)
	for _, question := range []string{"kube", "kube workloads", "kube workload deploy/web", "kube nodes"} {
		o := l.must(5, strings.Fields(question)...)
		require.Contains(t, o.stderr, "hint: Log in again", "%s", o)
		require.NotContains(t, o.stderr+o.stdout, "expired-token-of-yesterday")
	}
	require.Equal(t, http.StatusBadGateway, l.serve().get("kube/workloads").status, "401 would mean: log in to fred")

	good := l.with(kubeconfigOf(t, c, rig.Admin, "shop"))
	want := rowsOnly(t, good.must(0, "kube", "workloads", "-o", "json"))
	o := l.must(0, "kube", "workloads", "--refresh", "-o", "json")
	require.Equal(t, want, rowsOnly(t, o), "what is cached is shown when the token has expired")
	require.True(t, answerOf[row](t, o).Stale)
	require.Contains(t, o.stderr, "warning: ")
}

// edited returns the path of a copy of a kubeconfig in which edit has changed something.
func edited(t *testing.T, path string, edit func(*clientcmdapi.Config)) string {
	t.Helper()
	config, err := clientcmd.LoadFromFile(path)
	require.NoError(t, err)
	edit(config)
	copied := t.TempDir() + "/edited.kubeconfig"
	require.NoError(t, clientcmd.WriteToFile(*config, copied))
	return copied
}

func TestSettingsNameTheNamespacesToRead(t *testing.T) {
	t.Parallel()
	c, is := small(t), truthOf(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Viewer, "")) // the context names none
	o := l.fred("kube", "-o", "json")
	require.Equal(t, 5, o.code, "namespace default may not be read: %s", o)
	require.NoError(t, os.MkdirAll(l.home+"/.fred", 0o700))
	require.NoError(t, os.WriteFile(l.home+"/.fred/config.yaml", []byte("clusters: [{context: r*, alias: small, namespaces: [shop]}]\n"), 0o600))
	g := answerOf[glance](t, l.must(3, "kube", "-o", "json")).Items[0]
	is.count(is.podsIn("shop")...).same(t, g.Workloads, "what the settings say can be read")
	l.must(3, "kube", "--context", "small")
}

func TestRightsOverREST(t *testing.T) {
	t.Parallel()
	c := small(t)
	viewer := newLaptop(t, kubeconfigOf(t, c, rig.Viewer, rig.ViewerNamespace)).serve()
	require.Equal(t, http.StatusOK, viewer.get("kube/workloads?namespace=shop").status)
	require.Equal(t, http.StatusForbidden, viewer.get("kube/workloads?namespace=billing").status)
	part := viewer.get("kube")
	require.Equal(t, http.StatusOK, part.status, "a part with warnings is an answer")
	require.Contains(t, decode[glance](t, []byte(part.body)).codes(), "forbidden")
	nobody := newLaptop(t, kubeconfigOf(t, c, rig.Nobody, "")).serve()
	require.Equal(t, http.StatusForbidden, nobody.get("kube").status)
}

func TestABrokenKubeconfigIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := dir + "/" + name
		require.NoError(t, os.WriteFile(path, []byte(content), mode))
		return path
	}
	for _, path := range []string{
		write("broken", "{{{ not yaml", 0o600), write("list", "[1, 2]", 0o600), write("binary", "\x00\x01\x02", 0o600),
	} {
		o := newLaptop(t, path).must(2, "kube")
		require.Contains(t, o.stderr, path, "%s", o)
		require.Contains(t, o.stderr, "hint: ", "%s", o)
	}
	for _, path := range []string{write("empty", "", 0o600), dir + "/none"} {
		o := newLaptop(t, path).must(2, "kube")
		require.Contains(t, o.stderr, "no cluster: ", "%s", o)
	}
	open := kubeconfigOf(t, small(t), rig.Admin, "shop")
	require.NoError(t, os.Chmod(open, 0o644))
	o := newLaptop(t, open).must(0, "kube", "workloads")
	require.Contains(t, o.stderr, "warning: everybody on this machine may read the kubeconfig")
}

// kubectl asks localhost:8080 then, and whatever listens there answers.
func TestAContextWhoseClusterIsNotThereIsSaid(t *testing.T) {
	t.Parallel()
	dangling := edited(t, kubeconfigOf(t, small(t), rig.Admin, "shop"), func(k *clientcmdapi.Config) { delete(k.Clusters, "rig") })
	o := newLaptop(t, dangling).must(2, "kube")
	require.Contains(t, o.stderr, "hint: ", "%s", o)
	require.NotContains(t, o.stderr, "localhost:8080", "%s", o)
}

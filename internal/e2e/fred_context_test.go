//go:build e2e

package e2e_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

func TestWhatIsAMinuteOldIsAskedForAgain(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	first := l.must(0, allWorkloads...)
	asked := len(p.asked())
	l.agedBy(40 * time.Second)
	young := l.must(0, allWorkloads...)
	require.False(t, answerOf[row](t, young).Stale)
	require.Len(t, p.asked(), asked, "what is younger than a minute is not asked for")
	l.must(0, append(allWorkloads, "--max-age", "10m")...)
	require.Len(t, p.asked(), asked)
	l.agedBy(21 * time.Second)
	again := answerOf[row](t, l.must(0, allWorkloads...))
	require.False(t, again.Stale)
	require.ElementsMatch(t, want, ids(again.Items))
	require.Greater(t, len(p.asked()), asked)
	require.True(t, again.CollectedAt.After(answerOf[row](t, first).CollectedAt))
	asked = len(p.asked())
	l.must(0, append(allWorkloads, "--max-age", "0s")...)
	require.Greater(t, len(p.asked()), asked, "0 always asks")
}

func TestAServerDoesNotWaitLongWhereItHasSomethingOlder(t *testing.T) {
	t.Parallel()
	p, l, want := troubled(t)
	l.must(0, allWorkloads...)
	l.agedBy(2 * time.Minute)
	s := l.serve()
	p.slow(20 * time.Second)
	r := s.get("kube/workloads?all-namespaces=true")
	a := decode[row](t, []byte(r.body))
	require.True(t, a.Stale)
	require.Contains(t, a.codes(), "stale")
	require.ElementsMatch(t, want, ids(a.Items))
	require.Less(t, r.took, 10*time.Second)
}

func TestOneOfSeveralClustersThatIsDownIsNamed(t *testing.T) {
	t.Parallel()
	path := edited(t, kubeconfigOf(t, small(t), rig.Admin, "shop"), func(k *clientcmdapi.Config) {
		down := k.Clusters["rig"].DeepCopy()
		down.Server = "https://127.0.0.1:1"
		k.Clusters["down"] = down
		k.Contexts["gke_acme_europe-west1_down"] = &clientcmdapi.Context{Cluster: "down", AuthInfo: rig.Admin}
	})
	l := newLaptop(t, path)
	for _, contexts := range []string{"--all-contexts", "--context=rig,gke_acme_europe-west1_down", "--context=rig,down"} {
		o := l.must(3, "kube", "workloads", "-A", contexts, "-o", "json")
		a := answerOf[row](t, o)
		require.Len(t, a.Items, len(truthOf(t).workloads()))
		require.Contains(t, a.codes(), "missing")
		require.Contains(t, o.stderr, "down")
	}
	l.must(4, "kube", "--context", "down")
	clusters := l.must(0, "kube", "clusters", "-o", "json").stdout
	require.Contains(t, clusters, `"provider": "Google"`)
	require.Contains(t, clusters, `"region": "europe-west1"`)
}

func TestContextsOfSeveralKubeconfigs(t *testing.T) {
	t.Parallel()
	c := small(t)
	admin := kubeconfigOf(t, c, rig.Admin, "shop")
	more := filepath.Join(t.TempDir(), "more")
	require.NoError(t, c.Kubeconfig(more, rig.Viewer, "as-viewer", "shop"))
	l := newLaptop(t, more+string(os.PathListSeparator)+"/does/not/exist"+string(os.PathListSeparator)+admin)
	names, err := c.KubectlAs(t.Context(), admin, "config", "get-contexts", "-o", "name")
	require.NoError(t, err)
	require.Contains(t, names, "rig")
	require.Equal(t, []string{"as-viewer", "rig"}, clusterNames(t, l.must(0, "kube", "clusters", "-o", "json")), "in the files' order")
	require.Equal(t, "as-viewer", answerOf[row](t, l.must(0, "kube", "workloads", "-o", "json")).Cluster, "the first current-context holds")
	require.Equal(t, []string{"rig"}, clusterNames(t, l.must(0, "kube", "clusters", "--kubeconfig", admin, "-o", "json")), "a flag wins")
}

func clusterNames(t *testing.T, o outcome) (names []string) {
	t.Helper()
	for _, c := range answerOf[row](t, o).Items {
		names = append(names, c.Name)
	}
	return names
}

// A login program is what most managed clusters have.
func TestALoginProgramIsAskedForTheToken(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	login := filepath.Join(dir, "login")
	token := strings.TrimSpace(small(t).AdminConfig.BearerToken)
	script := "#!/bin/sh\necho asked >> " + dir + "/log\n[ ! -e " + dir + "/expired ] || { echo 'session expired, run: cloud login' >&2; exit 1; }\n" +
		`echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"` + token + `"}}'` + "\n"
	require.NoError(t, os.WriteFile(login, []byte(script), 0o700))
	path := edited(t, kubeconfigOf(t, small(t), rig.Admin, "shop"), func(k *clientcmdapi.Config) {
		k.AuthInfos[rig.Admin] = &clientcmdapi.AuthInfo{Exec: &clientcmdapi.ExecConfig{
			Command: login, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.NeverExecInteractiveMode,
		}}
	})
	l := newLaptop(t, path)
	want := rowsOnly(t, l.must(0, "kube", "workloads", "-o", "json"))
	logged := filesBelow(t, dir)[dir+"/log"]
	require.Equal(t, "asked\n", string(logged), "once for all lists")
	l.must(0, "kube", "workloads", "-o", "json")
	l.must(0, "kube", "--offline")
	require.Equal(t, logged, filesBelow(t, dir)[dir+"/log"], "what comes from the cache needs no login")
	require.NoError(t, os.WriteFile(dir+"/expired", nil, 0o600))
	refused := newLaptop(t, path).must(5, "kube", "workloads")
	require.Contains(t, refused.stderr, "hint: Log in again", "%s", refused)
	stale := l.must(0, "kube", "workloads", "--refresh", "-o", "json")
	require.Equal(t, want, rowsOnly(t, stale))
	require.True(t, answerOf[row](t, stale).Stale)
	for file, data := range filesBelow(t, l.home) {
		require.NotContains(t, string(data), token, file)
	}
}

func TestServeKnowsTheOlderSpellingsOfItsFlags(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	settings := filepath.Join(l.home, "settings.yaml")
	require.NoError(t, os.WriteFile(settings, []byte("clusters: [{context: rig, alias: little}]\n"), 0o600))
	s := l.serve("--server.address", "127.0.0.1", "--server.port", "0", "--server.baseUrlPath", "/ops/fred",
		"--server.configurationPath", settings, "--server.logLevel", "debug")
	r := s.ask(http.MethodGet, "/ops/fred/v1/kube/clusters", nil)
	require.Equal(t, http.StatusOK, r.status)
	require.Contains(t, r.body, `"alias": "little"`)
	require.Equal(t, http.StatusNotFound, s.ask(http.MethodGet, "/fred/v1/kube/clusters", nil).status)
	require.Eventually(t, func() bool { return strings.Contains(s.stderr(), "level=DEBUG") }, 5*time.Second, 20*time.Millisecond)
	l.env = []string{"LOG_LEVEL=debug"}
	require.Contains(t, l.must(0, "kube", "--refresh").stderr, "level=DEBUG")
}

func TestSimulationNeedsNothingAndTouchesNothing(t *testing.T) {
	t.Parallel()
	p, l, _ := troubled(t)
	for _, args := range [][]string{{"--simulation", "kube", "-o", "json"}, {"kube", "workloads", "-A", "--simulation", "-o", "json"}} {
		o := l.must(0, args...)
		require.True(t, answerOf[struct{}](t, o).Simulated)
		require.Equal(t, o.stdout, newLaptop(t, "").must(0, args...).stdout, "the same day, the same bytes")
	}
	require.Zero(t, p.connections())
	require.NoDirExists(t, l.cache())
}

//go:build e2e

package e2e_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// questions are all that fred can be asked about what runs in the small cluster.
var questions = []string{
	"kube", "kube -n shop", "kube clusters", "kube namespaces", "kube namespace shop", "kube nodes", "kube workloads -A",
	"kube workload deploy/web -n shop", "kube workload deploy/api -n shop", "kube workload sts/db -n shop",
	"kube workload job/import-catalogue -n shop", "kube workload cj/nightly-report -n shop",
	"kube workload deploy/checkout -n shop", "kube workload deploy/recommender -n shop", "kube workload deploy/mailer -n shop",
	"kube workload pod/debug.0-alice -n shop", "kube workload rollout/payments -n billing",
	"kube workload ds/log-agent -n observability", "kube workload sts/prometheus -n observability",
	"kube configmaps -A", "kube configmaps deploy/web -n shop", "kube configmaps deploy/api -n shop",
	"kube services -A", "kube services deploy/api -n shop", "kube ingresses -A", "kube ingresses deploy/web -n shop",
}

// outputs are all forms that an answer has.
var outputs = []string{"table", "wide", "json", "yaml", "csv", "name", "jsonpath={.items}", "go-template={{.}}"}

// found returns the planted secrets that are in data, in any form they could
// have taken on the way.
func found(data string) []string {
	var list []string
	for _, secret := range rig.PlantedSecrets {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), reversed(secret)} {
			if strings.Contains(data, form) {
				list = append(list, secret)
				break
			}
		}
	}
	return list
}

func reversed(s string) string {
	b := []byte(s)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}

func TestPlantedSecretsAreNowhere(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	cold := l.must(0, "kube", "--refresh", "-vv")
	require.Empty(t, found(cold.stdout+cold.stderr))
	require.NotEmpty(t, cold.stderr, "-vv tells what is done")
	for _, question := range questions {
		for _, output := range outputs {
			o := l.must(0, append(words(question), "-o", output, "-vv")...)
			require.Empty(t, found(o.stdout+o.stderr), "%s", o)
			require.NotEmpty(t, o.stdout, "%s", o)
		}
	}
	for _, command := range []string{"doctor", "config view", "doctor -o json", "config view -o json"} {
		o := l.fred(append(words(command), "-vv")...)
		require.Empty(t, found(o.stdout+o.stderr), "%s", o)
		require.NotContains(t, o.stdout+o.stderr, "admin-token", "%s", o)
	}
	files := filesBelow(t, l.home)
	require.NotEmpty(t, files)
	for path, data := range files {
		require.Empty(t, found(string(data)), path)
		require.NotContains(t, string(data), "admin-token", "credentials of the kubeconfig: %s", path)
	}
}

func TestPlantedSecretsAreNotServed(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	s := l.serve("-vv")
	paths := []string{"/healthz", "/readyz", "/metrics", "/fred/openapi.json", "/fred/docs", "/fred/config/frontend_settings", "/fred/kube/clusters"}
	for _, r := range routes {
		paths = append(paths, "/fred/v1/"+r.path)
	}
	for _, w := range truthOf(t).workloads() {
		for _, what := range []string{"workload", "configmaps", "services", "ingresses"} {
			paths = append(paths, "/fred/v1/kube/"+what+"/"+w.kind+"/"+w.name+"?namespace="+w.namespace)
			paths = append(paths, "/fred/kube/"+what+"?"+url.Values{
				"cluster_name": {"rig"}, "namespace": {w.namespace}, "kind": {w.kind}, "workload_name": {w.name},
			}.Encode())
		}
	}
	for _, n := range truthOf(t).namespaces {
		paths = append(paths, "/fred/v1/kube/namespace/"+n.Name, "/fred/kube/namespace?cluster_name=rig&namespace="+n.Name,
			"/fred/kube/workloads?cluster_name=rig&namespace="+n.Name)
	}
	paths = append(paths, "/fred/kube/namespaces?cluster_name=rig", "/fred/kube/namespaces?cluster_name=pl4nt")
	answered := 0
	for _, path := range paths {
		r := s.ask(http.MethodGet, path, nil)
		require.Empty(t, found(r.body), path)
		for _, values := range r.header {
			require.Empty(t, found(strings.Join(values, "\n")), path)
		}
		if r.status == http.StatusOK {
			answered++
		}
	}
	require.Greater(t, answered, len(paths)*3/4, "most of them have something to say")
	require.Empty(t, found(s.stderr()))
	require.NotEmpty(t, s.stderr())
	for path, data := range filesBelow(t, l.home) {
		require.Empty(t, found(string(data)), path)
	}
}

func TestNothingOfTheClusterSteersATerminal(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	for _, question := range append(questions, "kube configmaps -n 1234") {
		for _, output := range []string{"table", "wide", "name", "csv", "yaml"} {
			o := l.must(0, append(words(question), "-o", output)...)
			require.False(t, strings.ContainsAny(o.stdout+o.stderr, "\x1b\x07\r\u202e\u2066\u202c\u2069\u009b"), "%q", o.stdout)
		}
	}
}

func TestHarmlessFactsAreKept(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	web := l.must(0, "kube", "workload", "deploy/web", "-o", "json").stdout
	for _, harmless := range []string{
		"--listen=:8080", "registry.example.com/shop/web:1.8.2", "sha256:9f1e3b4c5d6a7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708",
		"DB_PASSWORD", "SESSION_KEY", "web-session", "max-basket", "shop.example.com", "SMTP_PASSWORD",
	} {
		require.Contains(t, web, harmless, "names, ports, hosts and digests are no secrets")
	}
}

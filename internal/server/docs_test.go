package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/internal/testutil"
)

func TestTheDescriptionNamesEveryRoute(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop()), Offline: &offline.Switch{}, Version: "1.2.3"})
	got := ask(t, s, http.MethodGet, "/fred/openapi.json")
	require.Equal(t, http.StatusOK, got.Code)
	var spec struct {
		OpenAPI string
		Info    struct{ Title, Version string }
		Paths   map[string]map[string]struct {
			Summary    string
			Parameters []struct{ Name, Description string }
		}
	}
	require.NoError(t, json.Unmarshal(got.Body.Bytes(), &spec))
	require.Equal(t, "fred", spec.Info.Title)
	require.Equal(t, "1.2.3", spec.Info.Version)
	for _, path := range []string{
		"/fred/v1/kube", "/fred/v1/kube/clusters", "/fred/v1/kube/workload/{kind}/{name}", "/fred/v1/kube/nodes",
		"/fred/kube/clusters", "/fred/kube/ingresses", "/fred/config/frontend_settings", "/healthz", "/readyz", "/metrics",
		"/fred/export", "/fred/import", "/fred/toggle_offline", "/fred/offline_status", "/fred/v1/offline",
		"/fred/v1/cache/ls", "/fred/v1/cache/info", "/fred/v1/cache/export", "/fred/v1/cache/import",
	} {
		require.Contains(t, spec.Paths, path)
	}
	for path, methods := range spec.Paths {
		require.NotEmpty(t, methods, path)
		for method, op := range methods {
			require.NotEmpty(t, op.Summary, "%s %s", method, path)
			for _, p := range op.Parameters {
				require.NotEmpty(t, p.Description, "%s %s %s", method, path, p.Name)
			}
		}
	}
	require.NotContains(t, got.Body.String(), "$schema")
}

func TestTheDescriptionIsTheGoldenOne(t *testing.T) {
	const golden = "../../docs/api/openapi.yaml"
	got := ask(t, newServer(t, server.Options{Fred: newFred(shop()), Offline: &offline.Switch{}}), http.MethodGet, "/fred/openapi.yaml")
	require.Equal(t, http.StatusOK, got.Code)
	if testutil.Update() {
		require.NoError(t, os.MkdirAll("../../docs/api", 0o755))
		require.NoError(t, os.WriteFile(golden, got.Body.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	if !bytes.Equal(want, got.Body.Bytes()) { // both are too long to be shown
		t.Fatalf("%s has drifted: run go test ./internal/server -update, and look at the difference", golden)
	}
}

var loaded = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestTheDocumentationNeedsNoOtherServer(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	page := ask(t, s, http.MethodGet, "/fred/docs")
	require.Equal(t, http.StatusOK, page.Code)
	require.NotRegexp(t, `(?i)(https?:)?//[a-z]`, page.Body.String())
	require.NotContains(t, page.Header().Get("Content-Security-Policy"), "http")
	files := loaded.FindAllStringSubmatch(page.Body.String(), -1)
	require.Len(t, files, 5)
	for _, f := range files {
		require.True(t, strings.HasPrefix(f[1], "/fred/"), f[1])
		got := ask(t, s, http.MethodGet, f[1])
		require.Equal(t, http.StatusOK, got.Code, f[1])
		require.NotEmpty(t, got.Body.Bytes())
	}
	require.NotContains(t, ask(t, s, http.MethodGet, "/fred/docs/init.js").Body.String(), "http")
	require.NotRegexp(t, `url\(["']?https?:|@import`, ask(t, s, http.MethodGet, "/fred/docs/swagger-ui.css").Body.String())
}

func TestWhoOpensTheServerFindsTheDocumentation(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	for _, path := range []string{"/", "/fred", "/fred/"} {
		got := ask(t, s, http.MethodGet, path)
		require.Equal(t, http.StatusTemporaryRedirect, got.Code, path)
		require.Equal(t, "/fred/docs", got.Header().Get("Location"))
	}
}

func TestReadyNamesTheClusters(t *testing.T) {
	got := ask(t, newServer(t, server.Options{Fred: newFred(shop())}), http.MethodGet, "/readyz")
	require.Equal(t, http.StatusOK, got.Code)
	require.Contains(t, got.Body.String(), longName)
	got = ask(t, newServer(t, server.Options{Fred: newFred(&source{})}), http.MethodGet, "/readyz")
	require.Equal(t, http.StatusOK, got.Code, "an empty server is ready too")
	require.Contains(t, got.Body.String(), `"clusters": []`)
	require.Contains(t, got.Body.String(), "there is no kubeconfig")
	got = ask(t, newServer(t, server.Options{Fred: newFred(&source{broken: errDown})}), http.MethodGet, "/readyz")
	require.Equal(t, http.StatusServiceUnavailable, got.Code)
}

func TestMetricsCountRoutesNotPaths(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop()), Version: "1.2.3"})
	for _, path := range []string{"/fred/v1/kube/namespace/shop", "/fred/v1/kube/namespace/shpo", "/a", "/b"} {
		ask(t, s, http.MethodGet, path)
	}
	ask(t, s, http.MethodGet, "/healthz", "Host", "evil.example.com")
	got := ask(t, s, http.MethodGet, "/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(got.Body)
	require.NoError(t, err)
	require.Contains(t, families, "fred_build_info")
	counted := map[string]float64{}
	for _, m := range families["fred_http_requests_total"].GetMetric() {
		key := ""
		for _, l := range m.GetLabel() {
			key += l.GetValue() + " "
		}
		counted[key] = m.GetCounter().GetValue()
	}
	require.Equal(t, map[string]float64{
		"200 /fred/v1/kube/namespace/{name} ": 1, "404 /fred/v1/kube/namespace/{name} ": 1, "404 unknown ": 2, "403 refused ": 1,
	}, counted)
}

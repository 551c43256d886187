//go:build e2e

package e2e_test

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// routes are the v1 routes, and the commands whose words they are.
var routes = []struct{ path, command string }{
	{"kube", "kube"},
	{"kube?namespace=shop", "kube -n shop"},
	{"kube?context=rig", "kube --context rig"},
	{"kube?all-contexts=true", "kube --all-contexts"},
	{"kube/clusters", "kube clusters"},
	{"kube/namespaces", "kube namespaces"},
	{"kube/namespaces?selector=team", "kube namespaces -l team"},
	{"kube/namespace/shop", "kube namespace shop"},
	{"kube/nodes", "kube nodes"},
	{"kube/nodes?selector=kubernetes.io/arch%3Darm64", "kube nodes -l kubernetes.io/arch=arm64"},
	{"kube/workloads", "kube workloads"},
	{"kube/workloads?all-namespaces=true", "kube workloads -A"},
	{"kube/workloads?namespace=billing", "kube workloads -n billing"},
	{"kube/workloads?all-namespaces=true&selector=app.kubernetes.io%2Fname%3Dweb", "kube workloads -A -l app.kubernetes.io/name=web"},
	{"kube/workloads?namespace=empty-team", "kube workloads -n empty-team"},
	{"kube/workload/deploy/web", "kube workload deploy/web"},
	{"kube/workload/StatefulSet/db?namespace=shop", "kube workload sts/db -n shop"},
	{"kube/workload/rollout/payments?namespace=billing", "kube workload rollout/payments -n billing"},
	{"kube/configmaps", "kube configmaps"},
	{"kube/configmaps?all-namespaces=true", "kube configmaps -A"},
	{"kube/configmaps/deploy/web", "kube configmaps deploy/web"},
	{"kube/services", "kube services"},
	{"kube/services/sts/db", "kube services sts/db"},
	{"kube/ingresses?namespace=billing", "kube ingresses -n billing"},
	{"kube/ingresses/deploy/web", "kube ingresses deploy/web"},
}

func TestRoutesAnswerWhatCommandsPrint(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	s := l.serve()
	for _, r := range routes {
		args := append(strings.Fields(r.command), "-o", "json")
		printed := l.fred(args...)
		got := s.get(r.path)
		if got.body != printed.stdout { // a minute may have passed between the two
			printed = l.fred(args...)
			got = s.get(r.path)
		}
		require.Equal(t, 0, printed.code, "%s", printed)
		require.Equal(t, http.StatusOK, got.status, "%s: %s", r.path, got.body)
		require.Equal(t, printed.stdout, got.body, r.path)
		require.Equal(t, "application/json", got.header.Get("Content-Type"))
		same := s.ask(http.MethodGet, "/fred/v1/"+r.path, map[string]string{"If-None-Match": got.header.Get("ETag")})
		require.Equal(t, http.StatusNotModified, same.status, r.path)
		require.Empty(t, same.body)
		other := s.ask(http.MethodGet, "/fred/v1/"+r.path, map[string]string{"If-None-Match": `"another"`})
		require.Equal(t, http.StatusOK, other.status, r.path)
	}
	slash := s.get("kube/workloads/")
	require.Equal(t, http.StatusOK, slash.status, "both forms answer, without a redirect")
}

func TestEveryDocumentedRouteIsTried(t *testing.T) {
	t.Parallel()
	s := newLaptop(t, "").serve()
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]any
	}
	require.NoError(t, json.Unmarshal([]byte(s.ask(http.MethodGet, "/fred/openapi.json", nil).body), &doc))
	require.Equal(t, "3.1.0", doc.OpenAPI)
	tried := map[string]bool{}
	for _, r := range routes {
		path, _, _ := strings.Cut(r.path, "?")
		parts := strings.Split(path, "/")
		switch {
		case len(parts) == 4:
			parts[2], parts[3] = "{kind}", "{name}"
		case len(parts) == 3:
			parts[2] = "{name}"
		}
		tried["/fred/v1/"+strings.Join(parts, "/")] = true
	}
	for path, methods := range doc.Paths {
		if strings.HasPrefix(path, "/fred/v1/kube") {
			require.True(t, tried[path], "%s is in no test here", path)
			require.Contains(t, methods, "get")
		}
	}
}

func TestRefusalsOverRESTAreProblems(t *testing.T) {
	t.Parallel()
	s := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop")).serve()
	for path, status := range map[string]int{
		"kube/workload/deploy/wbe":         http.StatusNotFound,
		"kube/workloads?namespace=shpo":    http.StatusNotFound,
		"kube/workloads?context=rug":       http.StatusNotFound,
		"kube/namespace/shpo":              http.StatusNotFound,
		"kube/wrokloads":                   http.StatusNotFound,
		"kube/workloads?selector=a%3Db%3D": http.StatusBadRequest,
		"kube/workloads?max-age=soon":      http.StatusUnprocessableEntity,
		"kube/workloads?all-contexts=si":   http.StatusUnprocessableEntity,
	} {
		r := s.get(path)
		require.Equal(t, status, r.status, "%s: %s", path, r.body)
		require.Equal(t, "application/problem+json", r.header.Get("Content-Type"), path)
		var p struct {
			Title, Detail string
			Status        int
		}
		require.NoError(t, json.Unmarshal([]byte(r.body), &p), path)
		require.Equal(t, status, p.Status, path)
		require.NotEmpty(t, p.Detail, path)
	}
	require.Equal(t, http.StatusMethodNotAllowed, s.ask(http.MethodPost, "/fred/v1/kube/workloads", nil).status)
}

func TestServerTellsOfItself(t *testing.T) {
	t.Parallel()
	s := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop")).serve()
	require.Equal(t, http.StatusOK, s.get("kube/workloads").status)
	require.Equal(t, http.StatusOK, s.ask(http.MethodGet, "/healthz", nil).status)
	ready := s.ask(http.MethodGet, "/readyz", nil)
	require.Equal(t, http.StatusOK, ready.status)
	require.Contains(t, ready.body, `"rig"`)
	require.Eventually(t, func() bool { // a request is counted a moment after it was answered
		metrics := s.ask(http.MethodGet, "/metrics", nil)
		return metrics.status == http.StatusOK &&
			strings.Contains(metrics.body, `fred_http_requests_total{code="200",route="/fred/v1/kube/workloads"} 1`)
	}, 10*time.Second, 100*time.Millisecond)
	docs := s.ask(http.MethodGet, "/fred/docs", nil)
	require.Equal(t, http.StatusOK, docs.status)
	require.Contains(t, docs.header.Get("Content-Type"), "text/html")
	home := s.ask(http.MethodGet, "/", nil)
	require.Equal(t, "/fred/docs", home.header.Get("Location"))
}

func TestOnlyNamesOfItsOwnReachTheServer(t *testing.T) {
	t.Parallel()
	s := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop")).serve("--host", "fred.example.com")
	port := s.port()
	for host, status := range map[string]int{
		"localhost:" + port: http.StatusOK, "127.0.0.1:" + port: http.StatusOK, "[::1]:" + port: http.StatusOK,
		"localhost": http.StatusOK, "fred.example.com": http.StatusOK, "fred.example.com:" + port: http.StatusOK,
		"evil.example.com": http.StatusForbidden, "evil.example.com:" + port: http.StatusForbidden,
		"localhost.evil.example.com": http.StatusForbidden, "10.1.2.3": http.StatusForbidden,
		"fred.example.com.evil.example.com": http.StatusForbidden, "127.0.0.1.nip.io": http.StatusForbidden,
	} {
		for _, path := range []string{"/fred/v1/kube/clusters", "/fred/docs", "/fred/openapi.json", "/fred/kube/clusters", "/healthz", "/metrics"} {
			r := s.ask(http.MethodGet, path, map[string]string{"Host": host})
			require.Equal(t, status, r.status, "%s under %s", path, host)
			if status == http.StatusForbidden {
				require.NotContains(t, r.body, "rig")
			}
		}
	}
}

func TestPagesOfStrangersReadNothingAndChangeNothing(t *testing.T) {
	t.Parallel()
	s := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop")).serve("--origin", "https://ui.example.com")
	const path = "/fred/v1/kube/clusters"
	for _, origin := range []string{"http://localhost:5173", "http://127.0.0.1:3000", "https://ui.example.com", s.url} {
		r := s.ask(http.MethodGet, path, map[string]string{"Origin": origin})
		require.Equal(t, http.StatusOK, r.status, origin)
		require.Equal(t, origin, r.header.Get("Access-Control-Allow-Origin"))
		preflight := s.ask(http.MethodOptions, path, map[string]string{"Origin": origin, "Access-Control-Request-Method": "PUT"})
		require.Equal(t, http.StatusOK, preflight.status, origin)
		require.Equal(t, origin, preflight.header.Get("Access-Control-Allow-Origin"))
	}
	for _, origin := range []string{"https://evil.example.com", "http://localhost.evil.example.com", "null", "https://ui.example.com.evil.example.com"} {
		header := map[string]string{"Origin": origin}
		r := s.ask(http.MethodGet, path, header)
		require.Empty(t, r.header.Get("Access-Control-Allow-Origin"), origin)
		preflight := map[string]string{"Origin": origin, "Access-Control-Request-Method": "PUT"}
		require.Equal(t, http.StatusForbidden, s.ask(http.MethodOptions, path, preflight).status, origin)
		for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodDelete} {
			require.Equal(t, http.StatusForbidden, s.ask(method, path, header).status, "%s from %s", method, origin)
		}
		require.Equal(t, http.StatusForbidden, s.ask(http.MethodGet, path+"?refresh=true", header).status, origin)
	}
}

func TestServerStartsEmptyAndSaysSo(t *testing.T) {
	t.Parallel()
	s := newLaptop(t, "").serve()
	require.Eventually(t, func() bool { return strings.Contains(s.stderr(), "no cluster is known") }, 5*time.Second, 20*time.Millisecond)
	require.Equal(t, http.StatusOK, s.ask(http.MethodGet, "/healthz", nil).status)
	ready := s.ask(http.MethodGet, "/readyz", nil)
	require.Equal(t, http.StatusOK, ready.status)
	require.Contains(t, ready.body, "there is no kubeconfig")
	clusters := s.get("kube/clusters")
	require.Equal(t, http.StatusOK, clusters.status)
	require.Empty(t, decode[row](t, []byte(clusters.body)).Items)
	require.Equal(t, "[]\n", s.ask(http.MethodGet, "/fred/kube/clusters", nil).body)
	none := s.get("kube/workloads")
	require.Equal(t, http.StatusBadRequest, none.status, none.body)
	require.Contains(t, none.body, "there is no kubeconfig")
}

func TestServerEndsWithAnswersGiven(t *testing.T) {
	t.Parallel()
	for name, sig := range map[string]os.Signal{"SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT} {
		p := newProxy(t, small(t))
		s := newLaptop(t, p.kubeconfig(t, rig.Admin, "rig", "shop")).serve()
		p.slow(500 * time.Millisecond)
		answered := make(chan reply, 1)
		go func() {
			r, err := s.try(http.MethodGet, "/fred/v1/kube/workloads", nil)
			if err != nil {
				r.body = err.Error()
			}
			answered <- r
		}()
		require.Eventually(t, func() bool { return len(p.asked()) > 0 }, 10*time.Second, 10*time.Millisecond)
		require.Equal(t, 0, s.end(sig), "%s: %s", name, s.stderr())
		r := <-answered
		require.Equal(t, http.StatusOK, r.status, "%s: a request in flight is answered: %s", name, r.body)
		require.NotEmpty(t, decode[row](t, []byte(r.body)).Items)
	}
}

func TestAPortInUseIsRefused(t *testing.T) {
	t.Parallel()
	var config net.ListenConfig
	taken, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())
	o := newLaptop(t, "").must(2, "serve", "--port", port)
	require.Contains(t, o.stderr, "in use")
	require.Contains(t, o.stderr, "hint: ")
}

func TestAnAddressBeyondLoopbackIsRefused(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, "")
	for _, args := range [][]string{
		{"--address", "0.0.0.0"}, {"--address", "::"}, {"--server.address", "0.0.0.0"}, {"--address", ""},
	} {
		o := l.must(2, append([]string{"serve", "--port", "0"}, args...)...)
		require.Contains(t, o.stderr, "hint: ", "%s", o)
	}
	require.NoError(t, os.MkdirAll(l.home+"/.fred", 0o700))
	require.NoError(t, os.WriteFile(l.home+"/.fred/config.yaml", []byte("server: {address: 0.0.0.0, port: 0}\n"), 0o600))
	l.must(2, "serve")
	open := l.serve("--insecure", "--address", "0.0.0.0")
	require.Contains(t, open.stderr()+"", "http://")
	require.Eventually(t, func() bool { return strings.Contains(open.stderr(), "warning: everybody") }, 5*time.Second, 20*time.Millisecond)
}

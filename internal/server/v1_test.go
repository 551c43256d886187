package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// routes are all routes of v1, with the question that each is.
var routes = []struct {
	path string
	ask  func(context.Context, *fred.Fred) (any, error)
}{
	{"kube", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Overview(ctx, fred.Query{}) }},
	{"kube/clusters", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Clusters(ctx, fred.Query{}) }},
	{"kube/namespaces", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Namespaces(ctx, fred.Query{}) }},
	{"kube/namespace/shop", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Namespace(ctx, fred.Query{}, "shop") }},
	{"kube/nodes", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Nodes(ctx, fred.Query{}) }},
	{"kube/workloads?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Workloads(ctx, inShop) }},
	{"kube/workloads?all-namespaces=true", func(ctx context.Context, f *fred.Fred) (any, error) {
		return f.Workloads(ctx, fred.Query{AllNamespaces: true})
	}},
	{"kube/workloads?context=dev,aurora-lab&namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) {
		return f.Workloads(ctx, fred.Query{Clusters: []string{"dev", longName}, Namespace: "shop"})
	}},
	{"kube/workloads?context=dev&context=aurora-lab&namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) {
		return f.Workloads(ctx, fred.Query{Clusters: []string{"dev", longName}, Namespace: "shop"})
	}},
	{"kube/workload/deploy/web?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) {
		return f.Workload(ctx, inShop, "deploy", "web")
	}},
	{"kube/configmaps?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) { return f.ConfigMaps(ctx, inShop, "", "") }},
	{"kube/configmaps/deploy/web?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) {
		return f.ConfigMaps(ctx, inShop, "deploy", "web")
	}},
	{"kube/services?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Services(ctx, inShop, "", "") }},
	{"kube/services/deploy/web?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) {
		return f.Services(ctx, inShop, "deploy", "web")
	}},
	{"kube/ingresses?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) { return f.Ingresses(ctx, inShop, "", "") }},
	{"kube/ingresses/deploy/web?namespace=shop", func(ctx context.Context, f *fred.Fred) (any, error) {
		return f.Ingresses(ctx, inShop, "deploy", "web")
	}},
}

var inShop = fred.Query{Namespace: "shop"}

func TestABodyIsWhatOJSONPrints(t *testing.T) {
	f := newFred(shop())
	s := newServer(t, server.Options{Fred: f})
	for _, route := range routes {
		t.Run(route.path, func(t *testing.T) {
			got := ask(t, s, http.MethodGet, "/fred/v1/"+route.path)
			require.Equal(t, http.StatusOK, got.Code, got.Body)
			require.Equal(t, "application/json", got.Header().Get("Content-Type"))
			want, err := route.ask(t.Context(), f)
			require.NoError(t, err)
			var b bytes.Buffer
			require.NoError(t, report.JSON(&b, want))
			require.Equal(t, b.String(), got.Body.String())
		})
	}
}

func TestBothSlashFormsAnswerAlike(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	paths := []string{"/fred/docs", "/fred/openapi.json", "/healthz", "/readyz", "/fred/kube/clusters", "/fred/config/frontend_settings"}
	for _, route := range routes {
		paths = append(paths, "/fred/v1/"+route.path)
	}
	for _, p := range paths {
		t.Run(p, func(t *testing.T) {
			path, query, _ := strings.Cut(p, "?")
			without, with := ask(t, s, http.MethodGet, path+"?"+query), ask(t, s, http.MethodGet, path+"/?"+query)
			require.Equal(t, http.StatusOK, without.Code)
			require.Equal(t, http.StatusOK, with.Code)
			require.Equal(t, without.Body.String(), with.Body.String())
		})
	}
}

func TestWhoHasTheBodyIsNotSentItAgain(t *testing.T) {
	src := shop()
	s := newServer(t, server.Options{Fred: newFred(src)})
	const path = "/fred/v1/kube/workloads?namespace=shop"
	tag := ask(t, s, http.MethodGet, path).Header().Get("ETag")
	require.Regexp(t, `^"[0-9a-f]{24}"$`, tag)
	for _, have := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
		got := ask(t, s, http.MethodGet, path, "If-None-Match", have)
		require.Equal(t, http.StatusNotModified, got.Code, have)
		require.Empty(t, got.Body.String())
		require.Equal(t, tag, got.Header().Get("ETag"))
	}
	require.Equal(t, http.StatusOK, ask(t, s, http.MethodGet, path, "If-None-Match", `"x"`).Code)

	src.inv.Workloads[0].Replicas = 7
	require.Equal(t, http.StatusNotModified, ask(t, s, http.MethodGet, path, "If-None-Match", tag).Code, "still cached")
	now := ask(t, s, http.MethodGet, path+"&refresh=true", "If-None-Match", tag)
	require.Equal(t, http.StatusOK, now.Code)
	require.Contains(t, now.Body.String(), `"replicas": 7`)
	require.Equal(t, now.Body.String(), ask(t, s, http.MethodGet, path).Body.String())
}

func TestManyWhoAskTheSameMakeOneLook(t *testing.T) {
	src := shop()
	var reads atomic.Int64
	s := newServer(t, server.Options{Fred: newFred(counting{src, &reads})})
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { ask(t, s, http.MethodGet, "/fred/v1/kube") })
	}
	wg.Wait()
	require.Less(t, reads.Load(), int64(50))
}

// counting is a kubeconfig that counts who reads it.
type counting struct {
	*source
	reads *atomic.Int64
}

func (c counting) Clusters() ([]kube.Cluster, error) {
	c.reads.Add(1)
	return c.source.Clusters()
}

func TestAHeadHasNoBody(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	got := ask(t, s, http.MethodHead, "/fred/v1/kube/nodes")
	require.Equal(t, http.StatusOK, got.Code)
	require.Empty(t, got.Body.String())
	require.NotEmpty(t, got.Header().Get("Content-Length"))
}

func TestEveryKindOfFaultHasAStatus(t *testing.T) {
	for _, k := range fault.Kinds() {
		require.NotZero(t, server.Status(k), "kind %d", k)
	}
}

func TestErrorsAreProblems(t *testing.T) {
	tests := []struct {
		name, path string
		source     *source
		status     int
		want       string
	}{
		{name: "an unknown context", path: "kube?context=prod", status: 404, want: `no context "prod"`},
		{name: "an unknown namespace", path: "kube/workloads?namespace=shpo", status: 404, want: `Did you mean "shop"?`},
		{name: "an unknown name", path: "kube/workload/deploy/wbe?namespace=shop", status: 404, want: `Did you mean "web"?`},
		{name: "a selector that is none", path: "kube/workloads?selector=a%3D%3D%3Db", status: 400, want: "selector"},
		{name: "a flag that is none", path: "kube/workloads?all-namespaces=perhaps", status: 422, want: "query.all-namespaces"},
		{name: "an age that is none", path: "kube/workloads?max-age=soon", status: 422, want: "query.max-age"},
		{name: "a negative age", path: "kube/workloads?max-age=-1s", status: 422, want: "query.max-age"},
		{name: "a route that is none", path: "kube/wrkloads", status: 404, want: "no such route"},
		{name: "nothing cached and a dead cluster", path: "kube", source: failing(errDown), status: 503, want: "connection refused"},
		{name: "a bad answer", path: "kube", source: failing(fault.New(fault.BadAnswer, "not JSON")), status: 502, want: "not JSON"},
		{name: "a late answer", path: "kube", source: failing(fault.New(fault.Timeout, "too late")), status: 504, want: "too late"},
		{name: "expired credentials", path: "kube", source: failing(fault.New(fault.Unauthorized, "who are you")), status: 502, want: "who are you"},
		{name: "a refusal", path: "kube", source: failing(fault.New(fault.Forbidden, "not for you")), status: 403, want: "not for you"},
		{name: "no kubeconfig", path: "kube", source: &source{}, status: 400, want: "--simulation"},
		{name: "a kubeconfig that cannot be read", path: "kube", source: &source{broken: fault.New(fault.Invalid, "line 3")}, status: 400, want: "line 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.source == nil {
				test.source = shop()
			}
			got := ask(t, newServer(t, server.Options{Fred: newFred(test.source)}), http.MethodGet, "/fred/v1/"+test.path)
			require.Equal(t, test.status, got.Code, got.Body)
			require.Equal(t, "application/problem+json", got.Header().Get("Content-Type"))
			require.Contains(t, unescape(got.Body.String()), test.want)
			var p struct {
				Title  string
				Status int
				Detail string
			}
			require.NoError(t, json.Unmarshal(got.Body.Bytes(), &p))
			require.Equal(t, test.status, p.Status)
			require.Equal(t, http.StatusText(test.status), p.Title)
			require.NotEmpty(t, p.Detail)
		})
	}
}

// unescape lets a test look for words with quotes in a JSON body.
func unescape(s string) string { return strings.ReplaceAll(s, `\"`, `"`) }

func failing(err error) *source {
	s := shop()
	s.err = err
	return s
}

func TestFredsOwnFaultIsNotToldToTheCaller(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(&source{broken: context.Canceled})})
	require.Equal(t, http.StatusServiceUnavailable, ask(t, s, http.MethodGet, "/fred/v1/kube").Code)
	s = newServer(t, server.Options{Fred: newFred(&source{broken: errors.New("a token")})})
	got := ask(t, s, http.MethodGet, "/fred/v1/kube")
	require.Equal(t, http.StatusInternalServerError, got.Code)
	require.NotContains(t, got.Body.String(), "token")
}

func TestASlowSourceIsATimeout(t *testing.T) {
	src := shop()
	src.before = func(ctx context.Context) { <-ctx.Done() }
	s := newServer(t, server.Options{Fred: newFred(src), Timeout: 20 * time.Millisecond})
	require.Equal(t, http.StatusGatewayTimeout, ask(t, s, http.MethodGet, "/fred/v1/kube").Code)
}

// panicking is a kubeconfig that makes whoever reads it panic.
type panicking struct{ *source }

func (panicking) Clusters() ([]kube.Cluster, error) { panic("boom") }

func TestAPanicIsA500AndTheProcessLives(t *testing.T) {
	f := newFred(shop())
	f.Contexts = panicking{}
	s := newServer(t, server.Options{Fred: f})
	for _, path := range []string{"/fred/v1/kube", "/fred/v1/kube?refresh=true", "/readyz"} {
		got := ask(t, s, http.MethodGet, path)
		require.Equal(t, http.StatusInternalServerError, got.Code)
		require.Equal(t, "application/problem+json", got.Header().Get("Content-Type"))
		require.NotContains(t, got.Body.String(), "boom")
	}
	require.Equal(t, http.StatusOK, ask(t, s, http.MethodGet, "/healthz").Code)
}

func TestAnotherMethodIsToldWhichOnesThereAre(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	for _, path := range []string{"/fred/v1/kube", "/fred/v1/kube/workload/deploy/web/", "/healthz", "/fred/kube/clusters"} {
		got := ask(t, s, http.MethodDelete, path)
		require.Equal(t, http.StatusMethodNotAllowed, got.Code, path)
		require.Equal(t, "GET, HEAD", got.Header().Get("Allow"))
		require.True(t, json.Valid(got.Body.Bytes()))
	}
}

func TestPathsThatAreNotCleanAreNotRedirected(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	for _, path := range []string{"//fred/v1/kube", "/fred/../healthz", "/fred/v1/kube//", "/fred/redoc", "/nowhere", "/fred/docs/../../x"} {
		require.Equal(t, http.StatusNotFound, ask(t, s, http.MethodGet, path).Code, path)
	}
}

func TestTheBaseMayBeAnother(t *testing.T) {
	for base, path := range map[string]string{"/": "/v1/kube", "/a/b": "/a/b/v1/kube", "x/": "/x/v1/kube"} {
		s := newServer(t, server.Options{Fred: newFred(shop()), Base: base})
		require.Equal(t, http.StatusOK, ask(t, s, http.MethodGet, path).Code, base)
	}
	for _, base := range []string{"/a b", "/../x", "/a//b", "/{x}", "/a?b"} {
		_, err := server.New(server.Options{Fred: newFred(shop()), Base: base})
		require.Equal(t, fault.Invalid, fault.KindOf(err), base)
	}
}

package server_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
)

func TestOnlyNamesOfItsOwnReachTheServer(t *testing.T) {
	tests := []struct {
		name, host string
		admitted   bool
	}{
		{"localhost of any port", "localhost:3000", true},
		{"localhost without a port", "LocalHost", true},
		{"a loopback address", "127.0.0.53:8000", true},
		{"loopback of IPv6", "[::1]:8000", true},
		{"the bound address", "192.0.2.7:8000", true},
		{"a name of the settings", "fred.example.org", true},
		{"a name of the settings, with a port", "FRED.example.org:8443", true},
		{"a page's own name that resolves here", "evil.example.com:8000", false},
		{"a name that begins like localhost", "localhost.evil.example.com", false},
		{"a name that looks like an address", "127.0.0.1.nip.io", false},
		{"another address", "192.0.2.8:8000", false},
		{"no name", "", false},
	}
	bound := &net.TCPAddr{IP: net.ParseIP("192.0.2.7"), Port: 8000}
	s := newServer(t, server.Options{Fred: newFred(shop()), Bound: bound, Hosts: []string{"Fred.Example.org"}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := http.StatusForbidden
			if test.admitted {
				want = http.StatusOK
			}
			for _, path := range []string{"/fred/v1/kube", "/metrics", "/healthz", "/fred/docs", "/fred/kube/clusters"} {
				require.Equal(t, want, ask(t, s, http.MethodGet, path, "Host", test.host).Code, path)
			}
		})
	}
}

func TestBoundToAllAddressesTheOneAskedIsKnown(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop()), Bound: &net.TCPAddr{IP: net.IPv6zero, Port: 8000}})
	require.Equal(t, http.StatusForbidden, ask(t, s, http.MethodGet, "/healthz", "Host", "192.0.2.7:8000").Code)
	r := httptest.NewRequestWithContext(contextWithLocal(t, "192.0.2.7:8000"), http.MethodGet, "/healthz", nil)
	r.Host = "192.0.2.7:8000"
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code)
}

func TestPagesOfOtherOrigins(t *testing.T) {
	const ok, no = http.StatusOK, http.StatusForbidden
	preflight := []string{"Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type, authorization"}
	tests := []struct {
		name, method, origin string
		headers              []string
		status               int
		cors                 string
	}{
		{"no page at all reads", "GET", "", nil, ok, ""},
		{"our own page reads", "GET", "http://localhost:8000", nil, ok, "http://localhost:8000"},
		{"a loopback page of another port reads", "GET", "http://127.0.0.1:5173", nil, ok, "http://127.0.0.1:5173"},
		{"a page of the settings reads", "GET", "https://ui.example.org", nil, ok, "https://ui.example.org"},
		{"a stranger's page gets no leave to read", "GET", "https://evil.example.com", nil, ok, ""},
		{"a null origin is a stranger", "GET", "null", nil, ok, ""},
		{"a stranger whose name begins like ours", "GET", "http://localhost.evil.example.com", nil, ok, ""},
		{"a stranger's form may not post", "POST", "https://evil.example.com", nil, no, ""},
		{"a stranger may not put", "PUT", "https://evil.example.com", nil, no, ""},
		{"a stranger may not delete", "DELETE", "null", nil, no, ""},
		{"a stranger may not patch", "PATCH", "https://evil.example.com", nil, no, ""},
		{"a stranger's post without an origin", "POST", "", []string{"Sec-Fetch-Site", "cross-site"}, no, ""},
		{"a stranger's preflight", "OPTIONS", "https://evil.example.com", preflight, no, ""},
		{"a preflight of the settings", "OPTIONS", "https://ui.example.org", preflight, ok, "https://ui.example.org"},
		{"a loopback preflight", "OPTIONS", "http://[::1]:5173", preflight, ok, "http://[::1]:5173"},
		{"our own page may try to put", "PUT", "http://localhost:8000", nil, http.StatusMethodNotAllowed, "http://localhost:8000"},
	}
	s := newServer(t, server.Options{Fred: newFred(shop()), Origins: []string{"https://ui.example.org"}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			headers := test.headers
			if test.origin != "" {
				headers = append([]string{"Origin", test.origin}, headers...)
			}
			got := ask(t, s, test.method, "/fred/v1/kube", headers...)
			require.Equal(t, test.status, got.Code, got.Body)
			require.Equal(t, test.cors, got.Header().Get("Access-Control-Allow-Origin"))
			require.Equal(t, "Origin", got.Header().Get("Vary"))
		})
	}
}

func TestAPreflightSaysWhatIsAllowed(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	got := ask(t, s, http.MethodOptions, "/fred/kube/clusters", "Origin", "http://localhost:5173", "Access-Control-Request-Method", "DELETE")
	require.Equal(t, http.StatusOK, got.Code)
	require.Equal(t, "OK", got.Body.String())
	require.Equal(t, "GET, POST, PUT, DELETE", got.Header().Get("Access-Control-Allow-Methods"))
	require.Equal(t, "Content-Type, Authorization", got.Header().Get("Access-Control-Allow-Headers"))
	require.Equal(t, "600", got.Header().Get("Access-Control-Max-Age"))
}

func TestAnyOriginMayReadWhereTheSettingsSaySo(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop()), Origins: []string{"*"}})
	got := ask(t, s, http.MethodGet, "/fred/v1/kube?context=none", "Origin", "https://anything.example.com")
	require.Equal(t, http.StatusNotFound, got.Code)
	require.Equal(t, "*", got.Header().Get("Access-Control-Allow-Origin"), "errors are readable too")
}

func TestAStrangersPageMayNotMakeFredAskTheCluster(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	for _, query := range []string{"refresh=true", "max-age=0"} {
		require.Equal(t, http.StatusForbidden, ask(t, s, http.MethodGet, "/fred/v1/kube?"+query, "Origin", "https://evil.example.com").Code)
		require.Equal(t, http.StatusForbidden, ask(t, s, http.MethodGet, "/fred/v1/kube?"+query, "Sec-Fetch-Site", "cross-site").Code)
		require.Equal(t, http.StatusOK, ask(t, s, http.MethodGet, "/fred/v1/kube?"+query, "Origin", "http://localhost:5173").Code)
	}
}

func TestLongBodiesAreRefused(t *testing.T) {
	s := httptest.NewServer(newServer(t, server.Options{Fred: newFred(shop()), BodyBytes: 100}))
	defer s.Close()
	for name, body := range map[string]io.Reader{
		"of a known length":    strings.NewReader(strings.Repeat("x", 101)),
		"of an unknown length": io.MultiReader(strings.NewReader(strings.Repeat("x", 101))),
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/healthz", body)
		require.NoError(t, err)
		got, err := s.Client().Do(r)
		require.NoError(t, err)
		require.NoError(t, got.Body.Close())
		require.Equal(t, http.StatusRequestEntityTooLarge, got.StatusCode, name)
	}
}

func TestEveryAnswerIsClosedToOtherPages(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	for _, path := range []string{"/fred/v1/kube", "/nowhere", "/metrics", "/fred/docs"} {
		h := ask(t, s, http.MethodGet, path).Header()
		require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", h.Get("Referrer-Policy"))
		require.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'")
		require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'")
	}
}

//go:build e2e

package e2e_test

import (
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// proxy stands before the API server of a rig. It notes what it is asked, and
// does what a network or a server in trouble does.
type proxy struct {
	server  *httptest.Server
	forward *httputil.ReverseProxy
	cluster *rig.Cluster

	mu       sync.Mutex
	requests []*http.Request
	open     int // connections, ever
	meddle   func(w http.ResponseWriter, r *http.Request, next http.Handler)
}

// newProxy starts a proxy before c, over HTTP/2 as API servers speak it.
func newProxy(t *testing.T, c *rig.Cluster) *proxy {
	t.Helper()
	upstream, err := url.Parse(c.AdminConfig.Host)
	require.NoError(t, err)
	transport, err := rest.TransportFor(&rest.Config{Host: c.AdminConfig.Host, TLSClientConfig: c.AdminConfig.TLSClientConfig})
	require.NoError(t, err)
	p := &proxy{cluster: c}
	p.forward = &httputil.ReverseProxy{
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(upstream) },
		Transport:    transport,
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	p.server = httptest.NewUnstartedServer(p)
	p.server.EnableHTTP2 = true
	p.server.Config.ConnState = p.connection
	p.server.StartTLS()
	t.Cleanup(p.server.Close)
	return p
}

// kubeconfig writes a kubeconfig that leads through the proxy.
func (p *proxy) kubeconfig(t *testing.T, user, context, namespace string) string {
	t.Helper()
	path := t.TempDir() + "/proxied.kubeconfig"
	require.NoError(t, p.cluster.Kubeconfig(path, user, context, namespace))
	config, err := clientcmd.LoadFromFile(path)
	require.NoError(t, err)
	for _, cluster := range config.Clusters {
		cluster.Server = p.server.URL
		cluster.CertificateAuthorityData = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.server.Certificate().Raw})
	}
	require.NoError(t, clientcmd.WriteToFile(*config, path))
	return path
}

// connection counts connections.
func (p *proxy) connection(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.open++
	}
}

// connections returns how many connections there were, ever.
func (p *proxy) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.open
}

// ServeHTTP notes the request, meddles with it or hands it on.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.requests = append(p.requests, r.Clone(r.Context()))
	meddle := p.meddle
	p.mu.Unlock()
	if meddle != nil {
		meddle(w, r, p.forward)
		return
	}
	p.forward.ServeHTTP(w, r)
}

// does has the proxy handle what follows with meddle, nil for plainly, and
// forgets what it was asked.
func (p *proxy) does(meddle func(w http.ResponseWriter, r *http.Request, next http.Handler)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.meddle, p.requests = meddle, nil
}

// slow has every answer take d longer.
func (p *proxy) slow(d time.Duration) {
	p.does(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-time.After(d):
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	})
}

// asked returns the requests so far.
func (p *proxy) asked() []*http.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]*http.Request(nil), p.requests...)
}

// lists returns how often each list was asked for, by path: pages that follow
// the first are not counted.
func (p *proxy) lists() map[string]int {
	count := map[string]int{}
	for _, r := range p.asked() {
		if isList(r) && r.URL.Query().Get("continue") == "" {
			count[r.URL.Path]++
		}
	}
	return count
}

// isList reports whether r asks for a list rather than one object.
func isList(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path != "/version" && !strings.HasSuffix(r.URL.Path, "/namespaces/kube-system")
}

// refuse answers as the API server does when it will not.
func refuse(w http.ResponseWriter, code int, reason, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":%q,"message":%q,"code":%d}`, reason, message, code)
}

//go:build e2e

package e2e_test

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// tunnel is a proxy that leads to the API server, whatever name it is asked for.
type tunnel struct {
	url    string
	target string
	login  string // user:password, if it wants one
	asked  atomic.Int32
}

// join carries bytes both ways until one side ends.
func (u *tunnel) join(c net.Conn) {
	defer c.Close()
	server, err := net.Dial("tcp", u.target)
	if err != nil {
		return
	}
	defer server.Close()
	go func() { _, _ = io.Copy(server, c); _ = server.Close() }()
	_, _ = io.Copy(c, server)
}

// ServeHTTP does CONNECT.
func (u *tunnel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	u.asked.Add(1)
	if r.Method != http.MethodConnect {
		http.Error(w, "CONNECT alone", http.StatusMethodNotAllowed)
		return
	}
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(u.login))
	if u.login != "" && r.Header.Get("Proxy-Authorization") != want {
		http.Error(w, "who are you", http.StatusProxyAuthRequired)
		return
	}
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
	u.join(c)
}

// socks does CONNECT of RFC 1928, without a login, to a domain name.
func (u *tunnel) socks(c net.Conn) {
	u.asked.Add(1)
	hello, request := make([]byte, 3), make([]byte, 5)
	if _, err := io.ReadFull(c, hello); err != nil {
		return
	}
	_, _ = c.Write([]byte{5, 0})
	if _, err := io.ReadFull(c, request); err != nil || request[3] != 3 {
		_ = c.Close()
		return
	}
	if _, err := io.ReadFull(c, make([]byte, int(request[4])+2)); err != nil {
		return
	}
	_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	u.join(c)
}

func newTunnel(t *testing.T, g *gate, scheme, login string) *tunnel {
	t.Helper()
	to, err := url.Parse(g.AdminConfig.Host)
	require.NoError(t, err)
	u := &tunnel{target: to.Host, login: login}
	if scheme == "http" {
		s := httptest.NewServer(u)
		t.Cleanup(s.Close)
		u.url = s.URL
		return u
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			go u.socks(c)
		}
	}()
	u.url = scheme + "://" + l.Addr().String()
	return u
}

// The API server has a name here that only the proxy knows: Go asks no proxy for
// what is on this machine, and no DNS server knows .invalid.
func TestAProxyIsAsked(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	kubeconfig := func(proxy string) string {
		return edited(t, kubeconfigOf(t, g.Cluster, rig.Admin, rig.ViewerNamespace), func(k *clientcmdapi.Config) {
			c := k.Clusters["rig"]
			c.Server, c.TLSServerName, c.ProxyURL = "https://api.invalid:6443", "kubernetes", proxy
		})
	}
	for _, scheme := range []string{"http", "socks5"} {
		u := newTunnel(t, g, scheme, "")
		entered(t, newLaptop(t, kubeconfig(u.url)).fred(in...))
		require.Positive(t, u.asked.Load(), "%s: proxy-url", scheme)

		before := u.asked.Load()
		l := newLaptop(t, kubeconfig(""))
		l.env = []string{"HTTPS_PROXY=" + u.url}
		entered(t, l.fred(in...))
		require.Greater(t, u.asked.Load(), before, "%s: HTTPS_PROXY", scheme)
		before = u.asked.Load()
		l.must(0, append(in, "--offline")...)
		l = newLaptop(t, l.kubeconfig)
		l.env = []string{"HTTPS_PROXY=" + u.url, "NO_PROXY=.invalid"}
		l.must(4, in...)
		require.Equal(t, before, u.asked.Load(), "%s: neither offline nor for NO_PROXY", scheme)

		l.env = []string{"HTTPS_PROXY=http://127.0.0.1:1"}
		entered(t, l.with(kubeconfig(u.url)).fred(in...)) // the kubeconfig wins
	}
	u := newTunnel(t, g, "http", "fred:s3cret")
	with, err := url.Parse(u.url)
	require.NoError(t, err)
	with.User = url.UserPassword("fred", "s3cret")
	entered(t, newLaptop(t, kubeconfig(with.String())).fred(in...))
	with.User = url.UserPassword("fred", "wr0ng")
	for _, proxy := range []string{with.String(), "http://127.0.0.1:1", "socks5://127.0.0.1:1"} {
		o := newLaptop(t, kubeconfig(proxy)).must(4, in...)
		t.Log(o.stderr)
		require.NotContains(t, o.stderr, "wr0ng")
		require.Contains(t, o.stderr, "hint: Check the proxy", "%s", o)
	}
}

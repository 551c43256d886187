//go:build e2e

package e2e_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// tokens are what an issuer answers a login with.
type tokens struct {
	ID      string `json:"id_token"`
	Refresh string `json:"refresh_token"`
}

// login logs anna in as a browser and a login program do between them.
func (i *issuer) login(t *testing.T) tokens {
	t.Helper()
	browser := i.browser(t)
	query := url.Values{
		"client_id": {oidcClient}, "redirect_uri": {oidcRedirect}, "response_type": {"code"},
		"scope": {"openid offline_access"}, "state": {"state"},
	}
	page, err := browser.Get(i.url + "/auth?" + query.Encode())
	require.NoError(t, err)
	require.NoError(t, page.Body.Close())
	form := url.Values{"id": {page.Request.URL.Query().Get("authRequestID")}, "username": {"anna"}, "password": {"verysecure"}}
	back, err := browser.PostForm(i.url+"/login/username", form)
	require.NoError(t, err)
	require.NoError(t, back.Body.Close())
	sent, err := back.Location()
	require.NoError(t, err, "%s", back.Status)
	form = url.Values{
		"grant_type": {"authorization_code"}, "code": {sent.Query().Get("code")}, "redirect_uri": {oidcRedirect},
		"client_id": {oidcClient}, "client_secret": {oidcSecret},
	}
	answer, err := browser.PostForm(i.url+"/oauth/token", form)
	require.NoError(t, err)
	defer answer.Body.Close()
	var got tokens
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&got))
	require.NotEmpty(t, got.ID)
	require.NotEmpty(t, got.Refresh)
	return got
}

// browser trusts the issuer, and does not go where it sends it back to.
func (i *issuer) browser(t *testing.T) *http.Client {
	t.Helper()
	ca, err := os.ReadFile(i.ca)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(ca))
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	stay := func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), oidcRedirect) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	return &http.Client{Transport: transport, Jar: jar, CheckRedirect: stay}
}

// user is the entry of a kubeconfig that `kubectl config set-credentials
// --auth-provider=oidc` makes.
func (i *issuer) user(have tokens) *clientcmdapi.AuthInfo {
	return &clientcmdapi.AuthInfo{AuthProvider: &clientcmdapi.AuthProviderConfig{Name: "oidc", Config: map[string]string{
		"idp-issuer-url": i.url, "idp-certificate-authority": i.ca, "client-id": oidcClient, "client-secret": oidcSecret,
		"id-token": have.ID, "refresh-token": have.Refresh,
	}}}
}

// kept are the tokens that a kubeconfig file has now.
func kept(t *testing.T, kubeconfig string) tokens {
	t.Helper()
	k, err := clientcmd.LoadFromFile(kubeconfig)
	require.NoError(t, err)
	have := k.AuthInfos[rig.Admin].AuthProvider.Config
	return tokens{have["id-token"], have["refresh-token"]}
}

// waitUntilTrusted returns when the API server has read the issuer's keys,
// which it does in its own time.
func (g *gate) waitUntilTrusted(t *testing.T, id string) {
	t.Helper()
	path := g.kubeconfig(t, &clientcmdapi.AuthInfo{Token: id})
	var err error
	ok := func() bool {
		_, err = g.KubectlAs(t.Context(), path, "get", "pods")
		return err == nil
	}
	require.Eventually(t, ok, 40*time.Second, 500*time.Millisecond, "%v", errors.Unwrap(err))
}

func TestAnIDTokenIsRefreshedAndKeptAsKubectlDoes(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	now := g.issuer.login(t)
	g.waitUntilTrusted(t, now.ID)
	entered(t, newLaptop(t, g.kubeconfig(t, &clientcmdapi.AuthInfo{Token: now.ID})).fred(in...))
	entered(t, newLaptop(t, g.kubeconfig(t, g.issuer.user(now))).fred(in...))
	program, _ := loginProgram(t, prints(t, map[string]any{"token": now.ID}))
	entered(t, newLaptop(t, g.kubeconfig(t, program)).fred(in...))

	over := tokens{g.expiredToken(t), now.Refresh} // client-go reads the time of it alone
	l := newLaptop(t, g.kubeconfig(t, g.issuer.user(over)))
	entered(t, l.fred(in...))
	first := kept(t, l.kubeconfig)
	require.NotEqual(t, over.ID, first.ID, "the kubeconfig has the new id token")
	require.NotEqual(t, over.Refresh, first.Refresh, "and the new refresh token, since the old one is spent")
	info, err := os.Stat(l.kubeconfig)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	_, err = g.KubectlAs(t.Context(), l.kubeconfig, "get", "pods")
	require.NoError(t, err, "kubectl goes on with what fred has kept")
	require.Equal(t, first, kept(t, l.kubeconfig))
	for file, data := range filesBelow(t, l.home) {
		require.NotContains(t, string(data), first.ID, file)
		require.NotContains(t, string(data), first.Refresh, file)
	}

	spent := newLaptop(t, g.kubeconfig(t, g.issuer.user(over))).fred(in...)
	refused(t, spent)
	none := newLaptop(t, g.kubeconfig(t, g.issuer.user(tokens{ID: over.ID}))).fred(in...)
	refused(t, none)
	lost := newLaptop(t, edited(t, g.kubeconfig(t, g.issuer.user(over)), func(k *clientcmdapi.Config) {
		k.AuthInfos[rig.Admin].AuthProvider.Config["idp-issuer-url"] = "https://127.0.0.1:1"
	})).fred(in...)
	t.Log(lost)
	require.Equal(t, 4, lost.code, "%s", lost)
	require.Contains(t, lost.stderr, "hint: Check that the identity provider", "%s", lost)
	l.agedBy(2 * time.Minute)
	staleOnly(t, l.with(g.kubeconfig(t, g.issuer.user(over))))
}

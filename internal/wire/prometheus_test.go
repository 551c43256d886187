package wire

import (
	"crypto/tls"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/util/cert"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
)

// asked is a server that keeps what it was asked last.
func asked(t *testing.T) (*httptest.Server, *http.Request) {
	t.Helper()
	var last http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last = *r.Clone(r.Context())
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://elsewhere.example/", http.StatusFound)
		}
	}))
	t.Cleanup(s.Close)
	return s, &last
}

// get asks the Prometheus of cluster dev for path.
func get(t *testing.T, m *meters, method, path, form string) error {
	t.Helper()
	at, err := m.target("dev")
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(t.Context(), method, at.URL+path, strings.NewReader(form))
	require.NoError(t, err)
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := (&http.Client{Transport: at.Transport}).Do(r)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func TestAPrometheusIsLoggedInTo(t *testing.T) {
	s, last := asked(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "token")
	require.NoError(t, os.WriteFile(file, []byte("from-a-file\n"), 0o600))
	t.Setenv("FRED_TEST_TOKEN", "from-env")
	tests := []struct {
		name     string
		settings config.Prometheus
		header   string
		want     string
	}{
		{"with a token", config.Prometheus{Token: "t0ken"}, "Authorization", "Bearer t0ken"},
		{"with a token of the environment", config.Prometheus{Token: "env:FRED_TEST_TOKEN"}, "Authorization", "Bearer from-env"},
		{"with a token of a file", config.Prometheus{Token: config.Secret("file:" + file)}, "Authorization", "Bearer from-a-file"},
		{"with a token that a program tells", config.Prometheus{Token: config.Secret("command:cat " + file)}, "Authorization", "Bearer from-a-file"},
		{"with a password", config.Prometheus{Username: "me", Password: "pw"}, "Authorization", "Basic bWU6cHc="},
		{"as a tenant", config.Prometheus{Headers: []config.Secret{"X-Scope-OrgID: shop"}}, "X-Scope-Orgid", "shop"},
		{"with a header of the environment", config.Prometheus{Headers: []config.Secret{"X-Key:env:FRED_TEST_TOKEN"}}, "X-Key", "from-env"},
		{"with nothing", config.Prometheus{}, "Authorization", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.settings.URL = s.URL
			m := newMeters(config.Config{Prometheus: test.settings}, &offline.Switch{})
			require.NoError(t, get(t, m, http.MethodGet, "/api/v1/query", ""))
			require.Equal(t, test.want, last.Header.Get(test.header))
		})
	}
}

func TestALoginIsOnlyForTheAddressThatItStandsBeside(t *testing.T) {
	s, last := asked(t)
	own := config.Cluster{Context: "dev", Prometheus: config.Prometheus{URL: s.URL}}
	c := config.Config{Prometheus: config.Prometheus{URL: "http://all.example", Token: "t0ken", Selector: `cluster="x"`}, Clusters: []config.Cluster{own}}
	m := newMeters(c, &offline.Switch{})
	require.NoError(t, get(t, m, http.MethodGet, "/", ""))
	require.Empty(t, last.Header.Get("Authorization"))
	at, err := m.target("dev")
	require.NoError(t, err)
	require.Equal(t, `cluster="x"`, at.Selector)

	c = config.Config{Prometheus: config.Prometheus{URL: s.URL, Token: "t0ken"}}
	err = get(t, newMeters(c, &offline.Switch{}), http.MethodGet, "/away", "")
	require.ErrorContains(t, err, "elsewhere.example, which is not asked")
}

func TestALoginThatCannotBeIsRefused(t *testing.T) {
	s, _ := asked(t)
	for name, settings := range map[string]config.Prometheus{
		"a user without a password":   {Username: "me"},
		"a token and a password":      {Token: "t", Username: "me", Password: "pw"},
		"an empty variable":           {Token: "env:FRED_TEST_NOT_SET"},
		"a file that is not there":    {Token: "file:/not/there"},
		"a program that fails":        {Token: "command:false"},
		"a program that is not there": {Token: "command:/not/there x"},
		"no program":                  {Token: "command:"},
		"a header without a name":     {Headers: []config.Secret{": x"}},
		"a header that is none":       {Headers: []config.Secret{"X-Scope-OrgID s3cret"}},
		"authorities that are none":   {CA: "/not/there"},
		"a proxy that is none":        {Proxy: "proxy"},
		"an address and a service":    {Service: "monitoring/prometheus:9090"},
		"a service without a cluster": {URL: "-", Service: "monitoring/prometheus:9090"},
		"a service that is none":      {URL: "-", Service: "prometheus"},
	} {
		t.Run(name, func(t *testing.T) {
			if settings.URL == "-" {
				settings.URL = ""
			} else {
				settings.URL = s.URL
			}
			err := get(t, newMeters(config.Config{Prometheus: settings}, &offline.Switch{}), http.MethodGet, "/", "")
			require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
			require.NotEmpty(t, fault.HintOf(err))
			require.NotContains(t, err.Error(), "s3cret")
		})
	}
	_, err := newMeters(config.Config{}, &offline.Switch{}).target("dev")
	require.ErrorIs(t, err, footprint.ErrNoMeter)
}

func TestNoSecretIsReadOffline(t *testing.T) {
	s, _ := asked(t)
	mark := filepath.Join(t.TempDir(), "ran")
	off := &offline.Switch{}
	off.Set(true)
	m := newMeters(config.Config{Prometheus: config.Prometheus{URL: s.URL, Token: config.Secret("command:touch " + mark)}}, off)
	require.Equal(t, fault.Offline, fault.KindOf(get(t, m, http.MethodGet, "/", "")))
	require.NoFileExists(t, mark)
}

func TestAPrometheusIsKnownByItsAuthorities(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	require.Error(t, get(t, newMeters(config.Config{Prometheus: config.Prometheus{URL: s.URL}}, &offline.Switch{}), http.MethodGet, "/", ""))
	require.NoError(t, get(t, newMeters(config.Config{Prometheus: config.Prometheus{URL: s.URL, CA: ca}}, &offline.Switch{}), http.MethodGet, "/", ""))
}

func TestAPrometheusIsAskedThroughItsProxy(t *testing.T) {
	proxy, last := asked(t)
	m := newMeters(config.Config{Prometheus: config.Prometheus{URL: "http://prometheus.example", Proxy: proxy.URL}}, &offline.Switch{})
	require.NoError(t, get(t, m, http.MethodGet, "/api/v1/query", ""))
	require.Equal(t, "prometheus.example", last.Host)
}

func TestAServiceIsAskedThroughTheAPIServerByGet(t *testing.T) {
	s, last := asked(t)
	for name, path := range map[string]string{
		"monitoring/prometheus:9090":           "/api/v1/namespaces/monitoring/services/prometheus:9090/proxy/api/v1/query",
		"monitoring/https:prometheus:web":      "/api/v1/namespaces/monitoring/services/https:prometheus:web/proxy/api/v1/query",
		"monitoring/mimir:8080/prometheus":     "/api/v1/namespaces/monitoring/services/mimir:8080/proxy/prometheus/api/v1/query",
		"monitoring/prometheus-operated:https": "/api/v1/namespaces/monitoring/services/prometheus-operated:https/proxy/api/v1/query",
	} {
		m := newMeters(config.Config{Prometheus: config.Prometheus{Service: name}}, &offline.Switch{})
		m.rest = func(string) (*rest.Config, error) { return &rest.Config{Host: s.URL, BearerToken: "kube"}, nil }
		require.NoError(t, get(t, m, http.MethodPost, "/api/v1/query", "query=up%7Ba%3D%22b%22%7D&time=1"))
		require.Equal(t, http.MethodGet, last.Method)
		require.Equal(t, path, last.URL.Path)
		require.Equal(t, `up{a="b"}`, last.URL.Query().Get("query"))
		require.Equal(t, "Bearer kube", last.Header.Get("Authorization"))
		require.Empty(t, last.Header.Get("Content-Type"))
	}
}

func TestAPrometheusIsLoggedInToByCertificate(t *testing.T) {
	pemOf, key, err := cert.GenerateSelfSignedCertKey("fred", nil, nil)
	require.NoError(t, err)
	dir := t.TempDir()
	file := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		return path
	}
	var shown []string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		shown = append(shown, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert}
	s.StartTLS()
	t.Cleanup(s.Close)
	at := config.Prometheus{URL: s.URL, CA: file("ca.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}))}
	require.Error(t, get(t, newMeters(config.Config{Prometheus: at}, &offline.Switch{}), http.MethodGet, "/", ""), "without a certificate")
	at.Cert, at.Key = file("cert.pem", pemOf), file("key.pem", key)
	require.NoError(t, get(t, newMeters(config.Config{Prometheus: at}, &offline.Switch{}), http.MethodGet, "/", ""))
	require.Len(t, shown, 1)
	require.Contains(t, shown[0], "fred")
}

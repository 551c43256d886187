package wire

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/collector/prometheus"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
)

// meters says where the energy of clusters is read from, and logs in there.
type meters struct {
	settings config.Config
	offline  *offline.Switch
	rest     func(cluster string) (*rest.Config, error) // nil where there is no API server to ask through

	mu    sync.Mutex
	known map[string]prometheus.Target // by cluster, with their connections
}

func newMeters(c config.Config, off *offline.Switch) *meters {
	return &meters{settings: c, offline: off, known: map[string]prometheus.Target{}}
}

// target returns the Prometheus of a cluster.
func (m *meters) target(cluster string) (prometheus.Target, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if t, ok := m.known[cluster]; ok {
		return t, nil
	}
	at := m.of(cluster)
	if at.URL == "" && at.Service == "" {
		return prometheus.Target{}, footprint.ErrNoMeter
	}
	t := prometheus.Target{URL: at.URL, Selector: at.Selector, Replicas: at.Replicas}
	var err error
	switch {
	case at.URL != "" && at.Service != "":
		err = fault.New(fault.Invalid, "prometheus.url and prometheus.service exclude each other").Hinted("Give one of the two.")
	case at.Service != "":
		t.URL, t.Transport, err = m.proxied(cluster, at.Service)
	default:
		t.Transport, err = m.direct(at)
	}
	if err == nil {
		m.known[cluster] = t
	}
	return t, err
}

// of returns the settings of a cluster: its own, or those of all. A login is only for
// the address that it stands beside.
func (m *meters) of(cluster string) config.Prometheus {
	all := m.settings.Prometheus
	own, _ := settingsOf(m.settings, cluster)
	at := own.Prometheus
	if at.URL == "" && at.Service == "" {
		at = all
	}
	at.Selector = cmp.Or(own.Prometheus.Selector, all.Selector)
	return at
}

// direct returns how a Prometheus is asked that has an address.
func (m *meters) direct(at config.Prometheus) (http.RoundTripper, error) {
	u, err := url.Parse(at.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fault.New(fault.Invalid, "prometheus.url is no address of a web server").
			Hinted("Write it such as http://prometheus.example:9090.")
	}
	if at.Username == "" != (at.Password == "") || at.Token != "" && at.Username != "" {
		return nil, fault.New(fault.Invalid, "prometheus: a login is a token, or a user name and a password").Hinted("Set prometheus.token, or the two others.")
	}
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.DialContext = m.offline.Dial
	if base.TLSClientConfig, err = tlsOf(at); err != nil {
		return nil, err
	}
	if at.Proxy != "" {
		proxy, err := url.Parse(at.Proxy)
		if err != nil || proxy.Host == "" {
			return nil, fault.New(fault.Invalid, "prometheus.proxy is no address").Hinted("Write it such as http://proxy.example:3128.")
		}
		base.Proxy = http.ProxyURL(proxy)
	}
	return m.offline.Wrap(&login{settings: at, host: u.Host, base: base}), nil
}

func tlsOf(at config.Prometheus) (*tls.Config, error) {
	c, err := transport.TLSConfigFor(&transport.Config{TLS: transport.TLSConfig{CAFile: at.CA, CertFile: at.Cert, KeyFile: at.Key}})
	if err != nil {
		return nil, fault.New(fault.Invalid, "prometheus: %w", err).Hinted("Check prometheus.ca, prometheus.cert and prometheus.key.")
	}
	return c, nil
}

// renewal is how long a secret holds that was read: programs tell tokens that expire.
const renewal = 5 * time.Minute

// login logs in with every request to host, and asks nobody else. It reads secrets when
// they are needed, and again from time to time. It is safe for concurrent use.
type login struct {
	settings config.Prometheus
	host     string
	base     http.RoundTripper

	mu    sync.Mutex
	next  http.RoundTripper
	until time.Time
}

// RoundTrip implements http.RoundTripper.
func (l *login) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != l.host {
		return nil, fault.New(fault.BadAnswer, "it sends on to %s, which is not asked", r.URL.Host).Hinted("Set prometheus.url to that address if it is meant.")
	}
	next, err := l.ready(r.Context())
	if err != nil {
		return nil, err
	}
	return next.RoundTrip(r)
}

func (l *login) ready(ctx context.Context) (http.RoundTripper, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next != nil && time.Now().Before(l.until) {
		return l.next, nil
	}
	token, err := l.settings.Token.Read(ctx, "prometheus.token")
	if err != nil {
		return nil, err
	}
	password, err := l.settings.Password.Read(ctx, "prometheus.password")
	if err != nil {
		return nil, err
	}
	headers, err := headersOf(ctx, l.settings.Headers)
	if err != nil {
		return nil, err
	}
	next, err := transport.HTTPWrappersForConfig(&transport.Config{BearerToken: token, Username: l.settings.Username, Password: password}, &sending{headers, l.base})
	if err != nil {
		return nil, fault.New(fault.Invalid, "prometheus: %w", err)
	}
	l.next, l.until = next, time.Now().Add(renewal)
	return next, nil
}

// headersOf reads headers, each "Name: value".
func headersOf(ctx context.Context, lines []config.Secret) (http.Header, error) {
	headers := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(string(line), ":")
		name = strings.TrimSpace(name)
		if !ok || !headerName.MatchString(name) {
			return nil, fault.New(fault.Invalid, "prometheus.headers: one is not written as a name, a colon and a value").Hinted(`Write it such as "X-Scope-OrgID: shop".`)
		}
		read, err := config.Secret(strings.TrimSpace(value)).Read(ctx, "prometheus.headers: "+name)
		if err != nil {
			return nil, err
		}
		headers.Add(name, read)
	}
	return headers, nil
}

var headerName = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+.^_|~-]+$`)

// sending adds headers to every request.
type sending struct {
	headers http.Header
	next    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s *sending) RoundTrip(r *http.Request) (*http.Response, error) {
	if len(s.headers) > 0 {
		r = r.Clone(r.Context())
		maps.Copy(r.Header, s.headers)
	}
	return s.next.RoundTrip(r)
}

// service is how a Service is written: namespace/name:port, with a scheme before the
// name where it is not http. A port is a number or a name.
var service = regexp.MustCompile(`^([a-z0-9-]+)/((?:https?:)?[a-z0-9.-]+:[a-z0-9-]+)(/.*)?$`)

// proxied returns the address of a Service behind the API server's proxy, and how it
// is asked: with the rights of the cluster's context.
func (m *meters) proxied(cluster, name string) (string, http.RoundTripper, error) {
	parts := service.FindStringSubmatch(name)
	if parts == nil {
		return "", nil, fault.New(fault.Invalid, "prometheus.service %q is no service", name).Hinted("Write it such as monitoring/prometheus:9090.")
	}
	if m.rest == nil {
		return "", nil, fault.New(fault.Invalid, "prometheus.service: there is no API server to ask through").Hinted("Set prometheus.url.")
	}
	c, err := m.rest(cluster)
	if err != nil {
		return "", nil, err
	}
	base, _, err := rest.DefaultServerUrlFor(c)
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "context %q: %w", cluster, err)
	}
	rt, err := rest.TransportFor(c)
	if err != nil {
		return "", nil, fault.New(fault.Invalid, "context %q: %w", cluster, err)
	}
	u := base.JoinPath("api/v1/namespaces", parts[1], "services", parts[2], "proxy", parts[3])
	return u.String(), &getting{u.Host, rt}, nil
}

// getting asks with GET where the client would POST a long query: to get from a
// service is a right that readers may have, to create there is none that fred should
// need. It asks host and nobody else.
type getting struct {
	host string
	next http.RoundTripper
}

// mostForm is how many bytes of a form are put into an address.
const mostForm = 1 << 20

// RoundTrip implements http.RoundTripper.
func (g *getting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Host != g.host {
		return nil, fault.New(fault.BadAnswer, "it sends on to %s, which is not asked", r.URL.Host).Hinted("Check prometheus.service.")
	}
	if r.Method != http.MethodPost || r.Body == nil {
		return g.next.RoundTrip(r)
	}
	form, err := io.ReadAll(io.LimitReader(r.Body, mostForm+1))
	_ = r.Body.Close()
	if err == nil && len(form) > mostForm {
		err = fault.New(fault.Invalid, "the query is longer than an address can be").Hinted("Set prometheus.url.")
	}
	if err != nil {
		return nil, err
	}
	got := r.Clone(r.Context())
	got.Method, got.Body, got.ContentLength, got.GetBody = http.MethodGet, nil, 0, nil
	got.Header.Del("Content-Type")
	got.URL.RawQuery = string(bytes.TrimSpace(form))
	return g.next.RoundTrip(got)
}

// sites returns what the settings know of where clusters stand.
func sites(c config.Config) func(string) fred.Site {
	return func(cluster string) fred.Site {
		s, _ := settingsOf(c, cluster)
		return fred.Site{Zone: s.Zone, PUE: s.PUE, BillNames: s.BillNames}
	}
}

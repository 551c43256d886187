package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/singleflight"

	"github.com/fredctl/fred/pkg/fred"
)

// Options are what a Server is made of. Fred is required.
type Options struct {
	Fred    *fred.Fred
	Offline Offline // the switch before Fred's sources; nil: the server cannot be taken offline
	Version string  // of the program; "dev" when empty
	Base    string  // path that routes lie under: "/fred" when empty, "/" for none

	Bound   net.Addr // where it listens, so that requests may name it; may be nil
	Hosts   []string // further names under which it may be reached, with or without a port
	Origins []string // web origins whose pages may read answers; "*" is any

	Timeout     time.Duration // for one answer; a minute when 0
	Stall       time.Duration // for which a transfer of the cache may stand still; a minute when 0
	BodyBytes   int64         // largest request body; 1 MiB when 0
	Record      time.Duration // how often footprints are recorded while it serves; never when 0
	MemoryBytes int64         // rendered answers kept; 32 MiB when 0, none when negative

	Extras   []Extra      // routes beside fred's own
	Frontend Frontend     // what the web client is told of itself
	Log      *slog.Logger // silent when nil
}

// Frontend is what the web client is told of itself. Its zero value is what the
// first Fred said where nothing was set.
type Frontend struct {
	K8Features bool   // the client shows its Kubernetes pages
	ElecWar    bool   // the client shows its electronic-warfare pages
	Logo       string // name of the client's logo; "fred" when empty
}

// Server answers HTTP requests. It is safe for concurrent use.
type Server struct {
	Options
	log     *slog.Logger
	mux     *http.ServeMux
	api     huma.API
	answers *answers
	asking  singleflight.Group // by question
	metrics *metrics
	gauges  *gauges
	hosts   map[string]bool
	origins map[string]bool
	bound   netip.Addr
	moves   chan struct{}   // one for each transfer that goes on
	patient map[string]bool // routes that have long for their answer
}

// New returns a Server made of o. A base path that cannot be one is a fault of
// kind Invalid.
func New(o Options) (*Server, error) {
	base, err := cleanBase(o.Base)
	if err != nil {
		return nil, err
	}
	o.Base = base
	s := &Server{Options: withDefaults(o), mux: http.NewServeMux()}
	s.log = s.Log
	s.answers = newAnswers(s.MemoryBytes)
	s.hosts, s.origins, s.bound = hostSet(o.Hosts), originSet(o.Origins), addrOf(o.Bound)
	s.gauges = &gauges{}
	s.metrics = newMetrics(s.Version, s.gauges)
	s.api = newAPI(s.mux, s.Version)
	s.routes()
	allowUnknown(s.api.OpenAPI().Components.Schemas)
	return s, nil
}

func withDefaults(o Options) Options {
	if o.Version == "" {
		o.Version = "dev"
	}
	if o.Timeout == 0 {
		o.Timeout = time.Minute
	}
	if o.Stall == 0 {
		o.Stall = time.Minute
	}
	if o.BodyBytes == 0 {
		o.BodyBytes = 1 << 20
	}
	if o.MemoryBytes == 0 {
		o.MemoryBytes = 32 << 20
	}
	if o.Frontend.Logo == "" {
		o.Frontend.Logo = "fred"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// ServeHTTP answers one request. Whatever happens in it, the process lives.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	trimSlash(r)
	ctx, cancel := context.WithTimeout(r.Context(), s.timeout(r))
	defer cancel()
	r = r.WithContext(ctx)
	rec := &recorder{ResponseWriter: w}
	defer s.finish(rec, r, began)
	defer s.rescue(rec, r)
	secure(rec.Header())
	if !s.admit(rec, r) {
		return
	}
	if !isRead(r) || asksSource(r.URL) {
		defer s.answers.changed()
	}
	s.mux.ServeHTTP(rec, r)
}

// rescue makes an answer of a panic.
func (s *Server) rescue(w *recorder, r *http.Request) {
	p := recover()
	switch {
	case p == nil:
	case p == http.ErrAbortHandler: //nolint:errorlint // net/http compares it so too
		panic(p)
	case w.status != 0:
		s.logPanic(r.URL.Path, p)
		panic(http.ErrAbortHandler) // half an answer must not look like a whole one
	default:
		s.logPanic(r.URL.Path, p)
		s.send(w, r, internal())
	}
}

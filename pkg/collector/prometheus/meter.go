// Package prometheus reads energy, and CPU time where energy is not metered, from
// a Prometheus or what speaks its API: the metrics of Kepler, Scaphandre and
// cAdvisor, hour by hour. It knows their names, units and traps, and PromQL; it
// knows nothing of caches, windows or carbon.
package prometheus

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/prometheus/client_golang/api"
	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
)

// Name is the name of this source in provenance and cache entries.
const Name = "prometheus"

// Target is the Prometheus that has the metrics of a cluster.
type Target struct {
	URL       string
	Transport http.RoundTripper // http.DefaultTransport when nil
	Selector  string            // matchers that pick the cluster's series: cluster="prod"; empty: all series are its
	Replicas  []string          // labels by which the replicas of an HA pair differ; DefaultReplicas when nil
}

// DefaultReplicas are the labels by which the replicas of an HA pair usually differ.
var DefaultReplicas = []string{"prometheus_replica", "replica"}

// Meter reads what a Prometheus knows of clusters. It is safe for concurrent use.
type Meter struct {
	dial func(cluster string) (Target, error)
	log  *slog.Logger
}

// New returns a Meter. dial says where the Prometheus of a cluster is, or
// footprint.ErrNoMeter; log may be nil.
func New(dial func(cluster string) (Target, error), log *slog.Logger) *Meter {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Meter{dial: dial, log: log}
}

// matchers is what Selector may be.
var matchers = regexp.MustCompile(`^\s*[a-zA-Z_]\w*\s*(=|!=|=~|!~)\s*"([^"\\]|\\.)*"\s*(,\s*[a-zA-Z_]\w*\s*(=|!=|=~|!~)\s*"([^"\\]|\\.)*"\s*)*$`)

// label is what the name of a label may be.
var label = regexp.MustCompile(`^[a-zA-Z_]\w*$`)

// Read implements footprint.Meter. Each hour comes from one rung, the best that has
// samples of nodes in it.
func (m *Meter) Read(ctx context.Context, cluster string, ask footprint.Ask) (footprint.Reading, error) {
	r, err := m.reader(cluster, ask)
	if err != nil {
		return footprint.Reading{}, err
	}
	return r.read(ctx)
}

// reader returns what asks about a cluster.
func (m *Meter) reader(cluster string, ask footprint.Ask) (*reader, error) {
	t, err := m.dial(cluster)
	if err != nil {
		return nil, err
	}
	if t.Selector != "" && !matchers.MatchString(t.Selector) {
		return nil, fault.New(fault.Invalid, "prometheus.selector %q is no list of label matchers", t.Selector).
			Hinted(`Write it such as cluster="prod".`)
	}
	if i := slices.IndexFunc(t.Replicas, func(s string) bool { return !label.MatchString(s) }); i >= 0 {
		return nil, fault.New(fault.Invalid, "prometheus.replicas: %q is no name of a label", t.Replicas[i]).
			Hinted("Name labels such as prometheus_replica.")
	}
	client, err := api.NewClient(api.Config{Address: t.URL, RoundTripper: t.Transport})
	if err != nil {
		return nil, fault.New(fault.Invalid, "prometheus.url: %w", bare(err)).Hinted("Give an address such as http://prometheus.example:9090.")
	}
	if t.Replicas == nil {
		t.Replicas = DefaultReplicas
	}
	return &reader{api: v1.NewAPI(client), target: t, ask: ask, log: m.log}, nil
}

// reader is one question under way.
type reader struct {
	api    v1.API
	target Target
	ask    footprint.Ask
	log    *slog.Logger
	out    *results

	replicated bool // there are series that only a replica's label tells apart
}

// segment is consecutive hours of one rung.
type segment struct {
	family     *family
	start, end time.Time
}

func (r *reader) read(ctx context.Context) (footprint.Reading, error) {
	if !r.begin() {
		return r.out.reading(), nil
	}
	segments, err := r.segments(ctx)
	if err != nil {
		return footprint.Reading{}, err
	}
	for _, s := range segments {
		if err := r.readSegment(ctx, s); err != nil {
			return footprint.Reading{}, err
		}
	}
	return r.out.reading(), nil
}

// begin makes room for what is read, and reports whether anything of it has happened.
func (r *reader) begin() bool {
	r.out = newResults(r.ask)
	if r.ask.Now.Before(r.out.Until) {
		r.out.Until = r.ask.Now
	}
	return r.out.Start.Before(r.out.Until)
}

// segments finds out which hours have which rung.
func (r *reader) segments(ctx context.Context) ([]segment, error) {
	for i := range families {
		f := &families[i]
		if r.ask.Rung != "" && r.ask.Rung != f.rung {
			continue
		}
		if !slices.Contains(r.out.Rungs, "") {
			break // better ones have every hour
		}
		found, err := r.hourly(ctx, r.out.Start, r.out.Until, func(d string) string {
			return fmt.Sprintf("count by (%s) (count_over_time(%s[%s]))", joined(r.target.Replicas), r.selector(f.presence), d)
		})
		if err != nil {
			return nil, err
		}
		for _, s := range found {
			r.replicated = r.replicated || len(s.labels) > 0
			for i, v := range s.values {
				if h := s.first + i; v > 0 && r.out.Rungs[h] == "" {
					r.out.Rungs[h] = f.rung
				}
			}
		}
	}
	return r.out.segments(), nil
}

// readSegment reads the hours of one rung.
func (r *reader) readSegment(ctx context.Context, s segment) error {
	r.log.Info("read energy", "source", s.family.rung, "from", s.start, "to", s.end, "exact", r.ask.Exact)
	scrape, err := r.scrape(ctx, s)
	if err != nil {
		return err
	}
	if every := footprint.Every(scrape); r.out.Scrape == 0 || every < r.out.Scrape {
		r.out.Scrape = every
	}
	if err := r.coverage(ctx, s, scrape); err != nil {
		return err
	}
	parts, err := s.family.parts(ctx, r, s)
	if err != nil {
		return err
	}
	if r.ask.Exact {
		err = r.exact(ctx, s, parts, scrape)
	} else {
		err = r.fast(ctx, s, parts, scrape)
	}
	if err != nil {
		return err
	}
	if r.ask.Grain == footprint.ByPod {
		return r.owners(ctx, s)
	}
	return nil
}

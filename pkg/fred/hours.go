package fred

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/window"
)

// openAge is how old figures of an hour that is not final may be before they are
// read again.
const openAge = 5 * time.Minute

const aDay = 24 * time.Hour

// history is what meters say of one cluster over the days of a window: each day is
// an entry of the cache. Days whose hours are all final are asked for once.
type history struct {
	*Fred
	l     *loaded
	query Query
	ask   footprint.Ask
	now   time.Time
	asked window.Window
	days  []*day
}

// day is one day of a history.
type day struct {
	start time.Time
	run   *run // where it has to be asked for
	final int  // hours of it that are cached for good
	entry cache.Entry[footprint.Reading]
	err   error
}

// run is a stretch of days that one question to the meter answers.
type run struct {
	first, last *day
	once        sync.Once
	reading     footprint.Reading
	err         error
}

// history returns what is known of w, and asks for what is missing of it.
func (f *Fred) history(ctx context.Context, l *loaded, q Query, w window.Window, ask footprint.Ask) (*history, error) {
	h := &history{Fred: f, l: l, query: q, ask: ask, now: f.Now().UTC(), asked: w}
	end := w.End
	if end.After(h.now) {
		end = h.now
	}
	for at := w.Start.Truncate(aDay); at.Before(end); at = at.Add(aDay) {
		h.days = append(h.days, &day{start: at})
	}
	if err := h.recall(ctx); err != nil {
		return nil, err
	}
	h.plan()
	return h, h.fetch(ctx)
}

// source names the series of entries that a question is answered from.
func (h *history) source() string {
	name := "best"
	if h.ask.Rung != "" {
		name = string(h.ask.Rung)
	}
	if h.ask.Exact {
		name += "-exact"
	}
	return name
}

func (h *history) key(d *day) cache.Key {
	return energyKey(h.l.cluster.Name, h.source(), string(h.ask.Grain), d.start)
}

// recall reads the days that are cached, a few at a time.
func (h *history) recall(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, d := range h.days {
		g.Go(func() error {
			d.entry, d.err = cache.Read[footprint.Reading](ctx, h.Cache, h.key(d))
			return ctx.Err()
		})
	}
	return g.Wait()
}

// plan finds out which days have to be asked for, and puts those that follow on
// each other into one run.
func (h *history) plan() {
	var last *run
	for _, d := range h.days {
		header, ours := d.entry.Header, d.err == nil && !h.foreign(d.entry.Header)
		closed := header.ExpiresAt.IsZero()
		if ours && !h.query.Refresh {
			d.final = footprint.Final(d.start, header.CollectedAt)
		}
		if ours && d.entry.State == cache.Fresh && !h.query.Refresh && (closed || !h.tooOld(header)) {
			last = nil
			continue
		}
		if last == nil {
			last = &run{first: d}
		}
		last.last, d.run = d, last
	}
}

func (h *history) tooOld(header cache.Header) bool {
	return h.query.MaxAge != nil && h.now.Sub(header.CollectedAt) > *h.query.MaxAge
}

// fetch asks for the days that have to be asked for, a few at a time.
func (h *history) fetch(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(parallel)
	for _, d := range h.days {
		if d.run == nil {
			continue
		}
		g.Go(func() error {
			d.entry, d.err = cache.Fetch(ctx, h.Cache, h.request(d), func(ctx context.Context) (cache.Collected[footprint.Reading], error) {
				return h.collect(ctx, d)
			})
			return ctx.Err()
		})
	}
	return g.Wait()
}

// foreign reports whether an entry is of another cluster of the same name.
func (h *history) foreign(header cache.Header) bool {
	uid := header.ClusterUID
	return uid != "" && uid != identity(h.l.server)
}

func (h *history) request(d *day) cache.Request {
	return cache.Request{
		Key: h.key(d), TTL: cache.Forever, Source: h.MeterName, ClusterUID: identity(h.l.server), Refresh: h.query.Refresh, MaxAge: h.query.MaxAge,
	}
}

// collect returns a day from what its run brings, over what is cached of it.
func (h *history) collect(ctx context.Context, d *day) (cache.Collected[footprint.Reading], error) {
	none := cache.Collected[footprint.Reading]{}
	r := d.run
	r.once.Do(func() { r.reading, r.err = h.read(ctx, r) })
	if r.err != nil {
		return none, r.err
	}
	value := r.reading.Day(d.start)
	if older, err := cache.Read[footprint.Reading](ctx, h.Cache, h.key(d)); err == nil && !h.foreign(older.Header) {
		value = footprint.Over(value, older.Value)
	}
	c := collected(h.Fred, value, identity(h.l.server))
	c.CollectedAt = h.now
	if footprint.Final(d.start, h.now) < 24 {
		c.ExpiresAt = h.now.Add(openAge)
	}
	return c, nil
}

// read asks the meter about a run.
func (h *history) read(ctx context.Context, r *run) (footprint.Reading, error) {
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	ask := h.ask
	ask.Now = h.now
	ask.Start = r.first.start.Add(time.Duration(r.first.final) * time.Hour)
	ask.End = r.last.start.Add(aDay)
	if ceiling := h.now.Add(time.Hour - 1).Truncate(time.Hour); ask.End.After(ceiling) {
		ask.End = ceiling
	}
	got, err := h.Meter.Read(ctx, h.l.cluster.Name, ask)
	if err != nil {
		return got, err
	}
	if err := h.ofCluster(&got); err != nil {
		return got, err
	}
	if got.Until.IsZero() {
		got.Until = ask.End
	}
	if got.Until.After(h.now) {
		got.Until = h.now
	}
	if ask.Grain == footprint.ByPod {
		got = got.Under(h.owner())
	}
	return got, nil
}

// ofCluster makes sure that a reading of this moment tells of the nodes that the
// cluster has: one Prometheus may know several clusters, or another one.
func (h *history) ofCluster(r *footprint.Reading) error {
	last := len(r.Rungs) - 1
	if last < 0 || h.now.Sub(r.Start.Add(time.Duration(last)*time.Hour)) > 2*time.Hour || len(h.l.snapshot.Nodes()) == 0 {
		return nil
	}
	own := map[string]bool{}
	for _, n := range h.l.snapshot.Nodes() {
		own[n.Name] = true
	}
	var foreign []string
	known := false
	for i := range r.Series {
		s := &r.Series[i]
		if s.Class != footprint.NodeTotal || !namesNodes(r.Rungs[last]) || math.IsNaN(s.Values[last]) {
			continue
		}
		if known = known || own[s.Node]; !own[s.Node] {
			foreign = append(foreign, s.Node)
		}
	}
	switch {
	case len(foreign) == 0:
		return nil
	case !known:
		return fault.New(fault.BadAnswer, "the Prometheus of cluster %q tells of other nodes than it has: %s", h.l.cluster.Name, some(foreign)).
			Hinted("Name the cluster's own under clusters in the settings, or its series with a selector.")
	}
	r.Notes = append(r.Notes, fmt.Sprintf("the Prometheus tells of nodes that the cluster does not have: %s", some(foreign)))
	return nil
}

// namesNodes reports whether the nodes of a rung have the names that Kubernetes
// gives them.
func namesNodes(r footprint.Rung) bool { return r == footprint.Kepler || r == footprint.CPUTime }

// some names the first few of many.
func some(names []string) string {
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// owner returns what books the series of a pod under its workload, as long as
// anybody knows which that is.
func (h *history) owner() func(*footprint.Series) {
	owners := h.l.snapshot.Owners()
	return func(s *footprint.Series) {
		if s.Class != footprint.Consumer || s.Pod == "" {
			return
		}
		if top, ok := owners[kube.ID{Namespace: s.Namespace, Kind: "Pod", Name: s.Pod}]; ok {
			s.Kind, s.Name = top.Kind, top.Name
		}
		if s.Name == "" {
			s.Class = footprint.Departed
		}
		s.Pod = ""
	}
}

// known reports whether anything is, and why some of it is not.
func (h *history) known() (bool, error) {
	found := false
	var why error
	for _, d := range h.days {
		switch {
		case d.err != nil:
			why = d.err
		case hasRung(&d.entry.Value, h.asked):
			found = true
		}
		if why == nil && d.entry.Cause != nil && !errors.Is(d.entry.Cause, footprint.ErrNoMeter) {
			why = d.entry.Cause
		}
	}
	return found, why
}

// hasRung reports whether r knows anything of w.
func hasRung(r *footprint.Reading, w window.Window) bool {
	for h, rung := range r.Rungs {
		start := r.Start.Add(time.Duration(h) * time.Hour)
		if rung != "" && w.Overlap(start, start.Add(time.Hour)) > 0 {
			return true
		}
	}
	return false
}

// gaps says which days could not be had, and why.
func (h *history) gaps() (missing int, why error) {
	for _, d := range h.days {
		if d.err != nil {
			missing++
			why = d.err
		}
	}
	return missing, why
}

// energyKind is the kind of such an entry, by which people select it.
const energyKind = "energy"

// energyKey is the key of what meters said of a cluster on one day.
func energyKey(cluster, source, grain string, day time.Time) cache.Key {
	return clusterKey(cluster).Join(energyKind, source, grain, day.UTC().Format(time.DateOnly))
}

// missingDays says that days could not be had.
func missingDays(n int, why error) string {
	days := "1 day"
	if n > 1 {
		days = fmt.Sprintf("%d days", n)
	}
	if fault.KindOf(why) == fault.Offline || isOffline(why) {
		return days + " of energy not cached"
	}
	return fmt.Sprintf("%s of energy could not be had: %v", days, why)
}

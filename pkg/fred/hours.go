package fred

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/window"
)

// openAge is how old figures of an hour that is not final may be before they are
// read again.
const openAge = 5 * time.Minute

// history is what meters say of one cluster over the days of a window.
type history struct {
	daily[footprint.Reading]
	meter func(ctx context.Context, cluster string, ask footprint.Ask) (footprint.Reading, error)
	l     *loaded
	want  footprint.Ask
	asked window.Window
}

// history returns what is known of the energy of w, and asks for what is missing of it.
func (f *Fred) history(ctx context.Context, l *loaded, q Query, w window.Window, ask footprint.Ask) (*history, error) {
	h := f.remembered(l, q, w, ask)
	h.meter = f.Meter.Read
	h.key = func(day time.Time) cache.Key { return energyKey(l.cluster.Name, sourceOf(ask), string(ask.Grain), day) }
	return h, h.have(ctx, w)
}

// remembered returns a history that lacks its meter and its keys.
func (f *Fred) remembered(l *loaded, q Query, w window.Window, ask footprint.Ask) *history {
	h := &history{l: l, want: ask, asked: w}
	h.daily = daily[footprint.Reading]{
		Fred: f, now: f.Now().UTC(),
		request: cache.Request{TTL: cache.Forever, Source: f.MeterName, ClusterUID: identity(l.server), Refresh: q.Refresh, MaxAge: q.MaxAge},
		ask:     h.read,
		day:     func(all footprint.Reading, day time.Time) footprint.Reading { return all.Day(day) },
		over:    over,
		final: func(day time.Time, e cache.Entry[footprint.Reading]) int {
			if e.Value.Partial != "" {
				return 0
			}
			return footprint.Final(day, e.Header.CollectedAt)
		},
		expires: h.expires,
	}
	return h
}

// over returns newer with what it lacks of what is cached. A part never takes the place
// of a day that was read whole.
func over(newer footprint.Reading, older cache.Entry[footprint.Reading]) footprint.Reading {
	if newer.Partial != "" && older.Value.Partial == "" && footprint.Final(older.Value.Start, older.Header.CollectedAt) == 24 {
		return older.Value
	}
	return footprint.Over(newer, older.Value)
}

// sourceOf names the series of entries that a question is answered from.
func sourceOf(ask footprint.Ask) string {
	name := "best"
	if ask.Rung != "" {
		name = string(ask.Rung)
	}
	if ask.Exact {
		name += "-exact"
	}
	return name
}

// expires implements daily.expires.
func (h *history) expires(day time.Time, value footprint.Reading) time.Time {
	if value.Partial != "" || footprint.Final(day, h.now) < 24 {
		return h.now.Add(openAge)
	}
	return time.Time{}
}

// read implements daily.ask.
func (h *history) read(ctx context.Context, start, end time.Time) (footprint.Reading, error) {
	ask := h.want
	ask.Now, ask.Start, ask.End = h.now, start, end
	got, err := h.meter(ctx, h.l.cluster.Name, ask)
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
		if s.Class != footprint.NodeTotal && s.Class != footprint.NodeCPU || !namesNodes(r.Rungs[last]) || math.IsNaN(s.Values[last]) {
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
func namesNodes(r footprint.Rung) bool {
	return slices.Contains([]footprint.Rung{footprint.Kepler, footprint.CPUTime, footprint.Kept}, r)
}

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
		if !s.Class.OfPods() || s.Pod == "" {
			return
		}
		if top, ok := owners[kube.ID{Namespace: s.Namespace, Kind: "Pod", Name: s.Pod}]; ok {
			s.Kind, s.Name = top.Kind, top.Name
		}
		if s.Name == "" && s.Class == footprint.Consumer {
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

// energyKind is the kind of such an entry, by which people select it.
const energyKind = "energy"

// energyKey is the key of what meters said of a cluster on one day.
func energyKey(cluster, source, grain string, day time.Time) cache.Key {
	return clusterKey(cluster).Join(energyKind, source, grain, day.UTC().Format(time.DateOnly))
}

// missingDays says that days could not be had.
func missingDays(n int, why error) string {
	days := amountOf(float64(n), "day")
	if fault.KindOf(why) == fault.Offline || isOffline(why) {
		return days + " of energy not cached"
	}
	return fmt.Sprintf("%s of energy could not be had: %v", days, why)
}

package prometheus

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/fredctl/fred/pkg/footprint"
)

// row is a consumer's figures by hour.
type row struct {
	footprint.Series
	hours
}

// exact reads raw samples and does the arithmetic itself.
func (r *reader) exact(ctx context.Context, s segment, parts []part, scrape time.Duration) error {
	for _, p := range parts {
		rows, err := r.exactly(ctx, s, p, scrape)
		if err != nil {
			return err
		}
		for _, row := range rows {
			r.out.add(row.Series, row.first, row.values)
		}
	}
	return nil
}

// mostSamples is about how many samples are read at a time.
const mostSamples = 300_000

// exactly reads a segment in stretches of whole hours that hold about mostSamples.
func (r *reader) exactly(ctx context.Context, s segment, p part, scrape time.Duration) ([]row, error) {
	counted, err := r.instant(ctx, fmt.Sprintf("count(count_over_time(%s[1h]))", r.selector(p.metric)), s.end)
	if err != nil {
		return nil, err
	}
	perHour := 3600 / scrape.Seconds()
	for _, c := range counted {
		perHour *= max(1, float64(c.Value))
	}
	stretch := time.Duration(min(24, max(1, int(mostSamples/perHour)))) * time.Hour
	var all []row
	for at := s.start; at.Before(s.end); at = at.Add(stretch) {
		end := at.Add(stretch)
		if end.After(s.end) {
			end = s.end
		}
		rows, err := r.stretch(ctx, at, end, p, scrape)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
	}
	return all, nil
}

// around is how much is read before and after a stretch, so that a delta over its
// edge is seen whole, also one over a short gap.
func around(scrape time.Duration) time.Duration { return max(2*scrape, 15*time.Minute) }

// stretch reads the hours from start up to end.
func (r *reader) stretch(ctx context.Context, start, end time.Time, p part, scrape time.Duration) ([]row, error) {
	at := end.Add(around(scrape))
	if at.After(r.ask.Now) {
		at = r.ask.Now
	}
	from := start.Add(-around(scrape))
	matrix, err := r.samples(ctx, fmt.Sprintf("%s[%s]", r.selector(p.metric), seconds(at.Sub(from)+time.Second)), at)
	if err != nil {
		return nil, err
	}
	n := int((end.Sub(start) + time.Hour - 1) / time.Hour)
	alive := seenAt(matrix, start)
	var rows []row
	for _, g := range r.groups(matrix, start, from) {
		t := newTally(n, p.bound, scrape)
		if p.kind == counter {
			t.counter(g.samples, alive.before(g, scrape.Seconds()), !p.tells && alive.after(g, scrape.Seconds()))
		} else {
			t.level(g.samples)
		}
		r.out.Rejected += t.rejected
		values := t.hours
		for h := range values {
			values[h] *= p.per
		}
		rows = append(rows, row{p.series(g.labels, r.ask.Grain), hours{g.labels, r.out.hour(start), values}})
	}
	return rows, nil
}

// group is the samples of what is one thing: the states of a pod are one, and of
// replicas only one is taken.
type group struct {
	labels  model.Metric
	samples []sample
}

// groups puts the series of a matrix together. Samples are in seconds since start;
// none is before from.
func (r *reader) groups(matrix model.Matrix, start, from time.Time) []group {
	type replicas map[string]*group
	all := map[string]replicas{}
	for _, s := range matrix {
		which := r.replica(s.Metric)
		labels := s.Metric.Clone()
		for _, drop := range append(labelNames(r.target.Replicas), "state", model.MetricNameLabel) {
			delete(labels, drop)
		}
		id := labels.String()
		if all[id] == nil {
			all[id] = replicas{}
		}
		g := all[id][which]
		if g == nil {
			g = &group{labels: labels}
			all[id][which] = g
		}
		for _, v := range s.Values {
			if t := v.Timestamp.Time(); t.After(from) {
				g.samples = append(g.samples, sample{t.Sub(start).Seconds(), float64(v.Value)})
			}
		}
	}
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	groups := make([]group, 0, len(ids))
	for _, id := range ids {
		if g := fullest(all[id]); len(g.samples) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// fullest returns the replica with the most samples, in order of time, with the
// last of another where that one alone saw the end.
func fullest[M ~map[string]*group](replicas M) group {
	var best string
	for which, g := range replicas {
		slices.SortStableFunc(g.samples, func(a, b sample) int { return compareFloats(a.at, b.at) })
		if b := replicas[best]; b == nil || len(g.samples) > len(b.samples) || len(g.samples) == len(b.samples) && which < best {
			best = which
		}
	}
	out := *replicas[best]
	for _, other := range replicas {
		n := len(other.samples)
		if n == 0 || len(out.samples) == 0 {
			continue
		}
		if last, end := other.samples[n-1], out.samples[len(out.samples)-1]; last.at > end.at && last.value > end.value && last.at-end.at < 120 {
			out.samples = append(slices.Clone(out.samples), last)
		}
	}
	return out
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// replica says which replica of an HA pair has a series.
func (r *reader) replica(m model.Metric) string {
	var words []string
	for _, label := range r.target.Replicas {
		words = append(words, string(m[model.LabelName(label)]))
	}
	return strings.Join(words, "\x00")
}

func labelNames(words []string) []model.LabelName {
	names := make([]model.LabelName, len(words))
	for i, w := range words {
		names[i] = model.LabelName(w)
	}
	return names
}

// sightings are when anything was seen of each exporter.
type sightings map[string][]float64

// exporter names what a series comes from.
func exporter(m model.Metric) string {
	return string(m["node_name"]) + "\x00" + string(m["instance"])
}

func seenAt(matrix model.Matrix, start time.Time) sightings {
	all := sightings{}
	for _, s := range matrix {
		id := exporter(s.Metric)
		for _, v := range s.Values {
			all[id] = append(all[id], v.Timestamp.Time().Sub(start).Seconds())
		}
	}
	for id := range all {
		slices.Sort(all[id])
		all[id] = slices.Compact(all[id])
	}
	return all
}

// before reports whether the exporter of g was seen one scrape before g first was:
// then g was not there.
func (s sightings) before(g group, scrape float64) bool {
	first := g.samples[0].at
	times := s[exporter(g.labels)]
	i, _ := slices.BinarySearch(times, first-1.5*scrape)
	return i < len(times) && times[i] < first-0.5*scrape
}

// after reports whether the exporter of g was seen one scrape after g last was: then
// g was gone.
func (s sightings) after(g group, scrape float64) bool {
	last := g.samples[len(g.samples)-1].at
	times := s[exporter(g.labels)]
	i, _ := slices.BinarySearch(times, last+0.5*scrape)
	return i < len(times) && times[i] < last+1.5*scrape
}

// again reads the figures of p in hours that fast arithmetic may have got wrong, from
// raw samples.
func (r *reader) again(ctx context.Context, p part, scrape time.Duration, wrong map[int]bool) error {
	for _, h := range slices.Sorted(maps.Keys(wrong)) {
		start := r.out.Start.Add(time.Duration(h) * time.Hour)
		rows, err := r.stretch(ctx, start, start.Add(r.length(h)), p, scrape)
		if err != nil {
			return err
		}
		r.out.forget(p.class, h)
		for _, row := range rows {
			r.out.add(row.Series, h, row.values)
		}
	}
	return nil
}

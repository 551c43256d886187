package prometheus

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// group is the samples of one thing that is metered, as one replica has them: the
// states of a pod are one, whichever exporter told of it.
type group struct {
	labels  model.Metric
	samples []sample
}

// groups puts the series of a matrix together: of each thing what each replica has.
// Samples are in seconds since start; none is before from.
func (r *reader) groups(matrix model.Matrix, p *part, start, from time.Time, scrape time.Duration) [][]group {
	type replicas map[string]targets
	all := map[string]replicas{}
	var ids []string
	for _, s := range matrix {
		id, which := nameOf(s.Metric, p.key), nameOf(s.Metric, labels(r.target.Replicas...))
		if all[id] == nil {
			all[id] = replicas{}
			ids = append(ids, id)
		}
		if all[id][which] == nil {
			all[id][which] = targets{}
		}
		all[id][which].add(s, start, from)
	}
	slices.Sort(ids)
	var groups [][]group
	for _, id := range ids {
		var of []group
		for _, which := range slices.Sorted(maps.Keys(all[id])) {
			if g := all[id][which].join(scrape.Seconds()); len(g.samples) > 0 {
				of = append(of, *g)
			}
		}
		if len(of) > 0 {
			tellEnds(of, scrape.Seconds())
			groups = append(groups, of)
		}
	}
	return groups
}

// nameOf names what some labels of m say.
func nameOf(m model.Metric, of []model.LabelName) string {
	var b strings.Builder
	for _, label := range of {
		b.WriteString(string(m[label]))
		b.WriteByte(0)
	}
	return b.String()
}

// targets are the series of one thing by who was scraped for them.
type targets map[string]*group

// add adds a series; its state is no target's.
func (t targets) add(s *model.SampleStream, start, from time.Time) {
	who := s.Metric.Clone()
	delete(who, "state")
	id := who.String()
	if t[id] == nil {
		t[id] = &group{labels: s.Metric}
	}
	for _, v := range s.Values {
		if at := v.Timestamp.Time(); at.After(from) {
			t[id].samples = append(t[id].samples, sample{at.Sub(start).Seconds(), float64(v.Value)})
		}
	}
}

// join returns what targets said one after the other, as when an exporter comes back
// under another address. Of those that spoke at once, the one that said most is heard.
func (t targets) join(scrape float64) *group {
	var all []*group
	for _, g := range t {
		if len(g.samples) == 0 {
			continue
		}
		slices.SortStableFunc(g.samples, func(a, b sample) int { return cmp.Compare(a.at, b.at) })
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.samples[0].at, b.samples[0].at), cmp.Compare(len(b.samples), len(a.samples)), cmp.Compare(a.labels.String(), b.labels.String()))
	})
	out := &group{}
	for _, g := range all {
		n := len(out.samples)
		switch {
		case n == 0:
			out.labels, out.samples = g.labels, g.samples
		case g.samples[0].at > out.samples[n-1].at-scrape/2:
			out.samples = append(out.samples, g.after(out.samples[n-1].at)...)
		case len(g.samples) > n:
			out.labels, out.samples = g.labels, g.samples
		}
	}
	return out
}

// after returns the samples after a time.
func (g *group) after(at float64) []sample {
	i := slices.IndexFunc(g.samples, func(s sample) bool { return s.at > at })
	if i < 0 {
		return nil
	}
	return g.samples[i:]
}

// tellEnds gives replicas the last sample of another that alone saw the end.
func tellEnds(replicas []group, scrape float64) {
	last := replicas[0].last()
	for _, g := range replicas {
		if s := g.last(); s.at > last.at {
			last = s
		}
	}
	for i := range replicas {
		g := &replicas[i]
		if end := g.last(); last.at > end.at && last.value > end.value && last.at-end.at <= 1.5*scrape {
			g.samples = append(slices.Clone(g.samples), last)
		}
	}
}

func (g *group) last() sample { return g.samples[len(g.samples)-1] }

// sightings are when anything was seen of an exporter, in order.
type sightings []float64

// seenAt returns the sightings of each exporter.
func seenAt(matrix model.Matrix, node []model.LabelName, start time.Time) map[string]sightings {
	all := map[string]sightings{}
	for _, s := range matrix {
		id := nameOf(s.Metric, node)
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

// life tells whether the exporter was seen one scrape before the first of samples,
// and one scrape after the last: then what they are of was not there. Of what tells
// its end itself, nothing is missing.
func (s sightings) life(samples []sample, scrape float64, tells bool) life {
	first, last := samples[0].at, samples[len(samples)-1].at
	return life{
		born: s.between(first-1.5*scrape, first-0.5*scrape),
		died: !tells && s.between(last+0.5*scrape, last+1.5*scrape),
	}
}

// between reports whether the exporter was seen between two times.
func (s sightings) between(from, to float64) bool {
	i, _ := slices.BinarySearch(s, from)
	return i < len(s) && s[i] < to
}

// silent reports whether the exporter was not seen between two samples of a series:
// another replica may have seen it within one scrape of either.
func (s sightings) silent(from, to, scrape float64) bool {
	return !s.between(from+scrape, to-scrape)
}

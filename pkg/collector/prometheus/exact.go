package prometheus

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/footprint"
)

// row is a consumer's figures by hour.
type row struct {
	footprint.Series
	hours
}

// stretch is consecutive hours of a segment whose samples are read at a time.
type stretch struct {
	start, end time.Time
	rows       []row
	rejected   int
}

// exact reads raw samples and does the arithmetic itself.
func (r *reader) exact(ctx context.Context, s segment, parts []part, scrape time.Duration) error {
	for _, p := range parts {
		stretches, err := r.stretches(ctx, s, p, scrape)
		if err != nil {
			return err
		}
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(sideBySide)
		for i := range stretches {
			g.Go(func() error { return r.readStretch(ctx, s.family, p, scrape, &stretches[i]) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
		for i := range stretches { // in one order: sums of floats depend on it
			r.book(&stretches[i])
		}
	}
	return nil
}

// book adds what was read of a stretch.
func (r *reader) book(s *stretch) {
	r.out.Rejected += s.rejected
	for _, row := range s.rows {
		r.out.add(row.Series, row.first, row.values)
	}
}

// What is read at a time: about that many samples, of no more hours than that.
const (
	mostSamples = 300_000
	mostHours   = 24
)

// stretches cuts a segment so that each stretch holds about mostSamples.
func (r *reader) stretches(ctx context.Context, s segment, p part, scrape time.Duration) ([]stretch, error) {
	counted, err := r.hourly(ctx, s.start, s.end, func(string) string {
		return fmt.Sprintf("count(last_over_time(%s[%s]))", r.selector(p.metric), seconds(around(scrape)))
	})
	if err != nil {
		return nil, err
	}
	samples := make([]float64, len(r.out.Rungs))
	for _, c := range counted {
		for i, v := range c.values {
			samples[c.first+i] = v * max(1, 3600/scrape.Seconds())
		}
	}
	var all []stretch
	held := 0.
	for at := s.start; at.Before(s.end); at = at.Add(time.Hour) {
		n := len(all)
		held += max(0, samples[r.out.hour(at)])
		if n == 0 || held > mostSamples || at.Sub(all[n-1].start) >= mostHours*time.Hour {
			all, held = append(all, stretch{start: at}), max(0, samples[r.out.hour(at)])
		}
		all[len(all)-1].end = earlier(at.Add(time.Hour), s.end)
	}
	return all, nil
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// around is about how much is read before and after a stretch, so that a delta over
// its edge is seen whole. It is the longest silence of one series that its growth is
// told across.
func around(scrape time.Duration) time.Duration { return max(2*scrape, 15*time.Minute) }

// longestGap is the longest silence of an exporter that growth is told across.
const longestGap = 6 * time.Hour

// margins are how much to read before and after the hours from start up to end:
// more where an exporter was silent across the edge. What a series counted while it
// was away and its exporter was not is lost.
func (r *reader) margins(ctx context.Context, f *family, start, end time.Time, scrape time.Duration) (before, after time.Duration, err error) {
	seen := func(long, ago time.Duration) string {
		offset := ""
		if ago > 0 {
			offset = " offset " + seconds(ago)
		}
		return fmt.Sprintf("group by (%s) (last_over_time(%s[%s]%s))", joined(f.node), r.selector(f.presence), seconds(long), offset)
	}
	edge := around(scrape)
	before, after = edge+scrape, edge+scrape
	silent, err := r.instant(ctx, seen(longestGap, 0)+" unless "+seen(edge, 0), start)
	if err != nil {
		return 0, 0, err
	}
	if len(silent) > 0 {
		before = longestGap
	}
	silent, err = r.instant(ctx, seen(longestGap, 0)+" unless "+seen(edge, longestGap-edge), end.Add(longestGap))
	if len(silent) > 0 {
		after = longestGap
	}
	return before, after, err
}

// readStretch reads the hours of one stretch.
func (r *reader) readStretch(ctx context.Context, f *family, p part, scrape time.Duration, s *stretch) error {
	before, after, err := r.margins(ctx, f, s.start, s.end, scrape)
	if err != nil {
		return err
	}
	from, at := s.start.Add(-before), earlier(s.end.Add(after), r.ask.Now)
	matrix, err := r.samples(ctx, fmt.Sprintf("%s[%s]", r.selector(p.metric), seconds(at.Sub(from)+time.Second)), at)
	if err != nil {
		return err
	}
	n := int((s.end.Sub(s.start) + time.Hour - 1) / time.Hour)
	seen := seenAt(matrix, f.node, s.start)
	for _, replicas := range r.groups(matrix, &p, s.start, from, scrape) {
		exporter := seen[nameOf(replicas[0].labels, f.node)]
		var of *tally
		for _, g := range replicas {
			if t := p.tally(g.samples, exporter, n, scrape); of == nil {
				of = t
			} else {
				of.elect(t)
			}
		}
		for h := range of.hours {
			of.hours[h] *= p.per
			s.rejected += of.rejected[h]
		}
		labels := replicas[0].labels
		s.rows = append(s.rows, row{p.series(labels, r.ask.Grain), hours{labels, r.out.hour(s.start), of.hours}})
	}
	return nil
}

// tally counts samples into n hours.
func (p *part) tally(samples []sample, exporter sightings, n int, scrape time.Duration) *tally {
	t := newTally(n, p.bound, scrape)
	if p.kind != counter {
		t.level(samples)
		return t
	}
	silent := func(from, to float64) bool { return exporter.silent(from, to, scrape.Seconds()) }
	t.counter(samples, exporter.life(samples, scrape.Seconds(), p.tells), bridge{around(scrape).Seconds(), longestGap.Seconds(), silent})
	return t
}

// again reads hours that fast arithmetic may have got wrong, from raw samples.
func (r *reader) again(ctx context.Context, f *family, parts []part, scrape time.Duration, wrong map[int]bool) error {
	for _, h := range slices.Sorted(maps.Keys(wrong)) {
		start := r.out.Start.Add(time.Duration(h) * time.Hour)
		stretches := make([]stretch, len(parts))
		for i, p := range parts {
			stretches[i] = stretch{start: start, end: start.Add(r.length(h))}
			if err := r.readStretch(ctx, f, p, scrape, &stretches[i]); err != nil {
				return err
			}
		}
		r.out.forget(h)
		for i := range stretches {
			r.book(&stretches[i])
		}
	}
	return nil
}

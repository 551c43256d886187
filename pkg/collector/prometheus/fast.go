package prometheus

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/footprint"
)

// fast has Prometheus do the arithmetic: increase first, sum second, of one replica
// of each series. It extrapolates to the ends of hours, and misses what series of a
// few samples used before the first of them. Hours that come out absurd are read
// again from raw samples.
func (r *reader) fast(ctx context.Context, s segment, parts []part, scrape time.Duration) error {
	wrong := map[int]bool{}
	for _, p := range parts {
		if err := r.fastPart(ctx, s, p, scrape, wrong); err != nil {
			return err
		}
	}
	r.beyondNodes(s, wrong)
	if slices.ContainsFunc(parts, func(p part) bool { return p.kind == counter }) {
		if err := r.silences(ctx, s, scrape, wrong); err != nil {
			return err
		}
	}
	return r.again(ctx, s.family, parts, scrape, wrong)
}

func (r *reader) fastPart(ctx context.Context, s segment, p part, scrape time.Duration, wrong map[int]bool) error {
	by := joined(p.rows(r.ask.Grain))
	got, err := r.hourly(ctx, s.start, s.end, func(d string) string {
		if d == "1h" && p.kind != counter {
			d = "59m59s999ms" // Prometheus 2 would count a sample on the hour in both hours
		}
		figures := fmt.Sprintf("%s(%s[%s])", p.function(), r.selector(p.metric), d)
		if r.replicated { // it takes half as long again
			figures = fmt.Sprintf("max without (%s) (%s)", joined(r.target.Replicas), figures)
		}
		return fmt.Sprintf("sum by (%s) (%s)", by, figures)
	})
	if err != nil {
		return err
	}
	for _, series := range got {
		row := p.series(series.labels, r.ask.Grain)
		for i, v := range series.values {
			h := series.first + i
			v *= p.factor(r.length(h), scrape)
			series.values[i] = v
			if v < 0 || v > p.most(row, r.length(h)) {
				r.suspect(s, wrong, h)
			}
		}
		r.out.add(row, series.first, series.values)
	}
	if p.class != footprint.NodeTotal || p.kind != counter {
		return nil
	}
	fell, err := r.hourly(ctx, s.start, s.end, func(d string) string {
		return fmt.Sprintf("count(resets(%s[%s]) > 0)", r.selector(p.metric), d)
	})
	for _, series := range fell { // an exporter began again or, which increase takes for the same, a counter came back from an absurd value
		for i, v := range series.values {
			if v > 0 {
				wrong[series.first+i] = true
			}
		}
	}
	return err
}

// silences notes the hours in which an exporter was not heard across the end of one,
// up to that in which it was heard again: VictoriaMetrics books all that was used
// meanwhile on the last of them, if it lies in the same answer, and Prometheus nowhere.
func (r *reader) silences(ctx context.Context, s segment, scrape time.Duration, wrong map[int]bool) error {
	heard, err := r.hourly(ctx, s.start, s.end, func(string) string {
		return fmt.Sprintf("group by (%s) (last_over_time(%s[%s]))", joined(s.family.node), r.selector(s.family.presence), seconds(3*scrape))
	})
	last := map[string]int{}
	for _, series := range heard { // the earlier first
		node := nameOf(series.labels, s.family.node)
		for i, v := range series.values {
			if math.IsNaN(v) {
				continue
			}
			h := series.first + i
			if since, known := last[node]; known && h > since+1 {
				wrong[h] = true
				for m := since + 1; m < h && time.Duration(h-since)*time.Hour <= longestGap; m++ { // growth is told across so much
					wrong[m] = true
				}
			}
			last[node] = h
		}
	}
	return err
}

// suspect notes an hour of absurd figures, and the next: what a counter comes back
// to after an absurd value counts as growth, perhaps there.
func (r *reader) suspect(s segment, wrong map[int]bool, h int) {
	wrong[h] = true
	if next := r.out.Start.Add(time.Duration(h+1) * time.Hour); next.Before(s.end) {
		wrong[h+1] = true
	}
}

// tolerance is how much more than its nodes all that ran on them can have used, by
// fast arithmetic.
const tolerance = 1.02

// odd is the share of hours up to which one with more than its nodes used is taken
// for an artifact. Beyond it, that is how the probe splits energy.
const odd = 0.1

// beyondNodes notes the hours in which more is booked than the nodes used.
func (r *reader) beyondNodes(s segment, wrong map[int]bool) {
	var beyond []int
	all := 0
	for at := s.start; at.Before(s.end); at = at.Add(time.Hour) {
		all++
		h := r.out.hour(at)
		nodes, known := r.out.sum(footprint.NodeTotal, false, h)
		if others, _ := r.out.sum(footprint.NodeTotal, true, h); known && others > nodes*tolerance {
			beyond = append(beyond, h)
		}
	}
	if len(beyond) > max(2, int(odd*float64(all))) {
		r.out.note("more is booked on pods than their nodes used: the probe splits energy badly")
		return
	}
	for _, h := range beyond {
		wrong[h] = true
	}
}

// function is what turns the samples of an hour into one figure.
func (p *part) function() string {
	return map[kind]string{counter: "increase", level: "avg_over_time", share: "sum_over_time"}[p.kind]
}

// factor turns that figure into the unit of Values.
func (p *part) factor(length, scrape time.Duration) float64 {
	switch p.kind {
	case level:
		return p.per * length.Seconds()
	case share:
		return p.per * scrape.Seconds()
	default:
		return p.per
	}
}

// mostNodes is over how many nodes a row is believed to be spread, at most.
const mostNodes = 10_000

// most is the most that a row can have used in a time.
func (p *part) most(row footprint.Series, length time.Duration) float64 {
	most := p.bound * p.per * length.Seconds()
	if row.Node == "" {
		most *= mostNodes
	}
	return most
}

// length is how long an hour was up to now.
func (r *reader) length(h int) time.Duration {
	return min(time.Hour, r.out.Until.Sub(r.out.Start.Add(time.Duration(h)*time.Hour)))
}

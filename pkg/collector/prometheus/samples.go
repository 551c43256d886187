package prometheus

import (
	"math"
	"time"
)

// sample is one sample of a series, in seconds since the hours it is counted into
// began.
type sample struct {
	at    float64
	value float64
}

// tally counts what samples of one series say into hours. The part of a delta that
// lies in an hour is taken to be that part of it by time, so that hours add up to
// the total however they are cut.
type tally struct {
	hours    []float64 // NaN where there is no sample
	samples  []int     // of each hour
	rejected []int     // of each hour: samples that cannot be true
	bound    float64   // by how much a counter can grow in a second, or a level can be
	scrape   float64   // seconds between samples
}

// newTally returns a tally of n hours.
func newTally(n int, bound float64, scrape time.Duration) *tally {
	t := &tally{hours: make([]float64, n), samples: make([]int, n), rejected: make([]int, n), bound: bound, scrape: scrape.Seconds()}
	for h := range t.hours {
		t.hours[h] = math.NaN()
	}
	return t
}

// bridge is how long a silence may be that a counter's growth is told across.
type bridge struct {
	short  float64                     // seconds, whoever was silent
	long   float64                     // seconds, where the whole exporter was silent
	silent func(from, to float64) bool // nil: nothing beyond short is bridged
}

// over reports whether growth between two samples may be told.
func (b bridge) over(from, to float64) bool {
	if to-from <= b.short {
		return true
	}
	return to-from <= b.long && b.silent != nil && b.silent(from, to)
}

// century is for how long, in seconds, no counter has run: one that shows more began astray.
const century = 100 * 365 * 86400

// life says what is known of a series' ends. Born: its exporter was seen just before
// the first sample, so that the series began with it and its first value is growth,
// too. Died: the exporter was seen just after the last, and the series is taken to
// have grown on for half of the time between scrapes.
type life struct {
	born, died bool
}

// counter counts the growth of a counter. Of a sample that no machine can have come
// to, the last good one stays the base, unless the next goes on from it.
func (t *tally) counter(samples []sample, of life, b bridge) {
	var last, odd *sample
	rate := 0.
	for i := range samples {
		s := &samples[i]
		if !t.possible(s) {
			continue
		}
		base := last
		if odd != nil && s.value >= odd.value && t.plausible(odd, s) && (last == nil || !t.plausible(last, s)) {
			base = odd // it goes on from there: what lies before is lost
		}
		switch {
		case base == nil && s.value > t.bound*century:
			odd = s
			t.reject(s)
			continue
		case base == nil:
			if of.born && odd == nil && s.value <= t.bound*t.scrape {
				t.spread(s.at-t.scrape, s.at, s.value)
			}
		case !t.plausible(base, s):
			odd = s
			t.reject(s)
			continue
		case b.over(base.at, s.at):
			t.spread(base.at, s.at, growth(base, s))
			rate = growth(base, s) / (s.at - base.at)
		}
		t.seen(s.at)
		last, odd = s, nil
	}
	if of.died && last != nil {
		t.spread(last.at, last.at+t.scrape/2, rate*t.scrape/2)
	}
}

// possible says whether s can be a sample at all, and counts those that cannot.
func (t *tally) possible(s *sample) bool {
	if math.IsNaN(s.value) || math.IsInf(s.value, 0) || s.value < 0 {
		t.reject(s)
		return false
	}
	return true
}

// reject counts a sample that cannot be true.
func (t *tally) reject(s *sample) {
	if h, ok := t.hour(s.at); ok {
		t.rejected[h]++
	}
}

// hour returns the hour that a time lies in, if it is one of these.
func (t *tally) hour(at float64) (int, bool) {
	h := int(math.Floor(at / 3600))
	return h, h >= 0 && h < len(t.hours)
}

// growth is by how much a counter grew from a to b: from nothing, where it fell.
func growth(a, b *sample) float64 {
	if b.value < a.value {
		return b.value
	}
	return b.value - a.value
}

// plausible reports whether a machine can have grown a counter from a to b.
func (t *tally) plausible(a, b *sample) bool {
	return b.at > a.at && growth(a, b) <= t.bound*(b.at-a.at)
}

// level counts a level, which each sample says of the time since the one before or,
// where none is near, of one scrape interval.
func (t *tally) level(samples []sample) {
	last := math.Inf(-1)
	for i := range samples {
		s := &samples[i]
		if !t.possible(s) {
			continue
		}
		if s.value > t.bound {
			t.reject(s)
			continue
		}
		length := s.at - last
		if length > 1.5*t.scrape {
			length = t.scrape
		}
		t.seen(s.at)
		t.spread(s.at-length, s.at, s.value*length)
		last = s.at
	}
}

// seen notes that something is known of the hour of at.
func (t *tally) seen(at float64) {
	h, ok := t.hour(at)
	if !ok {
		return
	}
	t.samples[h]++
	if math.IsNaN(t.hours[h]) {
		t.hours[h] = 0
	}
}

// elect gives t, hour by hour, what other has where other has more samples of it: an
// hour is then the same whatever else is read with it.
func (t *tally) elect(other *tally) {
	for h := range t.hours {
		if other.samples[h] > t.samples[h] || math.IsNaN(t.hours[h]) {
			t.hours[h], t.samples[h], t.rejected[h] = other.hours[h], other.samples[h], other.rejected[h]
		}
	}
}

// spread counts an amount that came about evenly from start up to end.
func (t *tally) spread(start, end, amount float64) {
	if amount == 0 || end <= start {
		return
	}
	for h := max(0, int(math.Floor(start/3600))); h < len(t.hours) && float64(h)*3600 < end; h++ {
		from, to := max(start, float64(h)*3600), min(end, float64(h+1)*3600)
		if to <= from {
			continue
		}
		if math.IsNaN(t.hours[h]) {
			t.hours[h] = 0
		}
		t.hours[h] += amount * (to - from) / (end - start)
	}
}

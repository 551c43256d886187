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
	bound    float64   // by how much a counter can grow in a second, or a level can be
	scrape   float64   // seconds between samples
	rejected int       // samples that cannot be true
}

// newTally returns a tally of n hours.
func newTally(n int, bound float64, scrape time.Duration) *tally {
	t := &tally{hours: make([]float64, n), bound: bound, scrape: scrape.Seconds()}
	for h := range t.hours {
		t.hours[h] = math.NaN()
	}
	return t
}

// counter counts the growth of a counter; born says whether its exporter was seen
// just before the first sample, so that the series began with it: its first value
// is growth, too. Died says whether the exporter was seen just after the last: the
// series is taken to have grown on for half of the time between scrapes.
func (t *tally) counter(samples []sample, born, died bool) {
	var last, odd *sample
	rate := 0.
	defer func() {
		if died && last != nil {
			t.spread(last.at, last.at+t.scrape/2, rate*t.scrape/2)
		}
	}()
	for i := range samples {
		s := &samples[i]
		if !t.possible(s) {
			continue
		}
		t.seen(s.at)
		if last == nil {
			if born && s.value <= t.bound*t.scrape {
				t.spread(s.at-t.scrape, s.at, s.value)
			}
			last = s
			continue
		}
		if grown, ok := t.growth(last, s); ok {
			t.spread(last.at, s.at, grown)
			rate = grown / (s.at - last.at)
			last, odd = s, nil
			continue
		}
		if odd != nil {
			if grown, ok := t.growth(odd, s); ok { // it goes on from there: what lies before is lost
				t.spread(odd.at, s.at, grown)
				last, odd = s, nil
				continue
			}
		}
		odd = s
		t.rejected++
	}
}

// possible says whether s can be a sample at all, and counts those that cannot.
func (t *tally) possible(s *sample) bool {
	if math.IsNaN(s.value) || math.IsInf(s.value, 0) || s.value < 0 {
		t.rejected++
		return false
	}
	return true
}

// growth is by how much a counter grew from a to b: from nothing, where it fell. It
// is false where no machine grows as fast.
func (t *tally) growth(a, b *sample) (float64, bool) {
	grown := b.value - a.value
	if grown < 0 {
		grown = b.value
	}
	return grown, b.at > a.at && grown <= t.bound*(b.at-a.at)
}

// level counts a level, which each sample says of the time since the one before, or
// of one scrape interval where that is shorter.
func (t *tally) level(samples []sample) {
	for i := range samples {
		s := &samples[i]
		if !t.possible(s) {
			continue
		}
		if s.value > t.bound {
			t.rejected++
			continue
		}
		t.seen(s.at)
		t.spread(s.at-t.scrape, s.at, s.value*t.scrape)
	}
}

// seen notes that something is known of the hour of at.
func (t *tally) seen(at float64) {
	if h := int(math.Floor(at / 3600)); h >= 0 && h < len(t.hours) && math.IsNaN(t.hours[h]) {
		t.hours[h] = 0
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

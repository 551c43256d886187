package prometheus

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// every returns samples of a counter that grows by watts, one each step seconds.
func every(step, from, to, watts float64) []sample {
	var all []sample
	for at := from; at <= to; at += step {
		all = append(all, sample{at, 1e6 + watts*at})
	}
	return all
}

func TestSamplesAreCountedIntoHours(t *testing.T) {
	nan := math.NaN()
	steady := every(60, -120, 3*3600+120, 10)
	tests := []struct {
		name       string
		samples    []sample
		born, died bool
		want       []float64
		rejected   int
	}{
		{"a steady counter gives each hour its own", steady, false, false, []float64{36000, 36000, 36000}, 0},
		{"a delta over an hour's edge is shared by time", []sample{{3590, 0}, {3620, 300}}, false, false, []float64{100, 200, nan}, 0},
		{"no sample is not zero", []sample{{10, 5}, {20, 5}}, false, false, []float64{0, nan, nan}, 0},
		{"after a fall the new value is what was used", []sample{{0, 900}, {60, 960}, {120, 30}, {180, 90}}, false, false, []float64{60 + 30 + 60, nan, nan}, 0},
		{"a gap is spread over its time", []sample{{1800, 0}, {1800 + 3600, 7200}}, false, false, []float64{3600, 3600, nan}, 0},
		{"a series that begins counts from nothing", []sample{{60, 500}, {120, 1100}}, true, false, []float64{1100, nan, nan}, 0},
		{"one that was there before does not", []sample{{60, 500}, {120, 1100}}, false, false, []float64{600, nan, nan}, 0},
		{"nor one that begins with more than can be", []sample{{60, 1e9}, {120, 1e9 + 600}}, true, false, []float64{600, nan, nan}, 0},
		{"one that ends is taken to have gone on for half a scrape", []sample{{0, 0}, {60, 600}}, false, true, []float64{900, nan, nan}, 0},
		{"an absurd sample is left out", []sample{{0, 100}, {60, 700}, {120, 9.22e14}, {180, 1900}}, false, false, []float64{1800, nan, nan}, 1},
		{"after an absurd jump that lasts, growth goes on from there", []sample{{0, 100}, {60, 700}, {120, 1e12}, {180, 1e12 + 600}, {240, 1e12 + 1200}}, false, false, []float64{1800, nan, nan}, 1},
		{"what is no number, infinite or negative is left out", []sample{{0, 0}, {60, math.NaN()}, {120, math.Inf(1)}, {180, -5}, {240, 2400}}, false, false, []float64{2400, nan, nan}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tally := newTally(3, maxWatts, time.Minute)
			tally.counter(tt.samples, tt.born, tt.died)
			for h, want := range tt.want {
				if math.IsNaN(want) {
					require.True(t, math.IsNaN(tally.hours[h]), "hour %d is %g", h, tally.hours[h])
					continue
				}
				require.InDelta(t, want, tally.hours[h], 1e-6, "hour %d", h)
			}
			require.Equal(t, tt.rejected, tally.rejected)
		})
	}
}

func TestALevelHoldsForTheScrapeBeforeIt(t *testing.T) {
	tally := newTally(2, maxWatts, time.Minute)
	tally.level([]sample{{3570, 10}, {3630, 10}, {3690, 1e9}, {3750, math.NaN()}})
	require.InDelta(t, 60*10+30*10, tally.hours[0], 1e-9)
	require.InDelta(t, 30*10, tally.hours[1], 1e-9)
	require.Equal(t, 2, tally.rejected)
}

func FuzzHoursAddUp(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, true, true)
	f.Add([]byte{255, 0, 255, 0, 9, 9}, false, true)
	f.Fuzz(func(t *testing.T, steps []byte, born, died bool) {
		var samples []sample
		at, value := 0., 100.
		for _, s := range steps {
			at += 1 + float64(s)
			switch s {
			case 255:
				value = 0
			case 254:
				samples = append(samples, sample{at, 9e14})
				continue
			default:
				value += 20 * float64(s)
			}
			samples = append(samples, sample{at, value})
		}
		whole, fine := newTally(64, maxWatts, time.Minute), newTally(64, maxWatts, time.Minute)
		whole.counter(samples, born, died)
		sum := 0.
		for h, v := range whole.hours {
			if math.IsNaN(v) {
				continue
			}
			require.GreaterOrEqual(t, v, 0.)
			require.LessOrEqual(t, v, maxWatts*3600*1.5, "hour %d", h)
			sum += v
		}
		shifted := make([]sample, len(samples)) // the same half an hour later: other hours, the same sum
		for i, s := range samples {
			shifted[i] = sample{s.at + 1800, s.value}
		}
		fine.counter(shifted, born, died)
		other := 0.
		for _, v := range fine.hours {
			if !math.IsNaN(v) {
				other += v
			}
		}
		if len(samples) > 0 && samples[0].at >= 60 && at < 60*3600 {
			require.InDelta(t, sum, other, 1e-6*max(1, sum))
		}
	})
}

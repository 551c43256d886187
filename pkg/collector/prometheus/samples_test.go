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

// always bridges every silence.
var always = bridge{short: 900, long: 6 * 3600, silent: func(float64, float64) bool { return true }}

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
		{"an absurd first sample is no base", []sample{{0, 9.22e14}, {60, 500}, {120, 1100}}, false, false, []float64{600, nan, nan}, 1},
		{"of absurd samples from the first on, growth counts", []sample{{0, 9.22e14}, {60, 9.22e14 + 600}, {120, 9.22e14 + 1200}}, false, false, []float64{1200, nan, nan}, 1},
		{"two absurd samples that do not go on from each other are both left out", []sample{{0, 100}, {60, 9e14}, {120, 5e14}, {180, 1900}}, false, false, []float64{1800, nan, nan}, 2},
		{"an hour of absurd samples alone is not zero", []sample{{3590, 0}, {3610, 9e14}, {7300, 371}}, false, false, []float64{1, 360, 10}, 1},
		{"a silence of more than six hours is not bridged", []sample{{0, 0}, {60, 60}, {60 + 7*3600, 100000}}, false, false, []float64{60, nan, nan}, 0},
		{"samples beside the hours are not counted as rejected", []sample{{-60, math.NaN()}, {0, 0}, {60, 600}, {3*3600 + 1, -1}}, false, false, []float64{600, nan, nan}, 0},
		{"what is no number, infinite or negative is left out", []sample{{0, 0}, {60, math.NaN()}, {120, math.Inf(1)}, {180, -5}, {240, 2400}}, false, false, []float64{2400, nan, nan}, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tally := newTally(3, maxWatts, time.Minute)
			tally.counter(tt.samples, life{tt.born, tt.died}, always)
			for h, want := range tt.want {
				if math.IsNaN(want) {
					require.True(t, math.IsNaN(tally.hours[h]), "hour %d is %g", h, tally.hours[h])
					continue
				}
				require.InDelta(t, want, tally.hours[h], 1e-6, "hour %d", h)
			}
			require.Equal(t, tt.rejected, total(tally.rejected))
		})
	}
}

func total(counts []int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

func TestALevelHoldsForTheScrapeBeforeIt(t *testing.T) {
	tally := newTally(2, maxWatts, time.Minute)
	tally.level([]sample{{3570, 10}, {3630, 10}, {3690, 1e9}, {3750, math.NaN()}})
	require.InDelta(t, 60*10+30*10, tally.hours[0], 1e-9)
	require.InDelta(t, 30*10, tally.hours[1], 1e-9)
	require.Equal(t, 2, total(tally.rejected))
}

package prometheus

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// story turns bytes into the samples of a series in which anything may happen; each
// pair is a time that passes and what happens in it.
func story(bytes []byte) (samples []sample, end float64) {
	at, value := 7200., 100.
	for i := 0; i+1 < len(bytes); i += 2 {
		at += 1 + 10*float64(bytes[i])
		says := value
		switch what := bytes[i+1]; what {
		case 255:
			value = 0
			says = 0
		case 254:
			says = 9.22e14
		case 253:
			says = math.NaN()
		case 252:
			says = -value
		case 251:
			value += 9.22e14
			says = value
		case 250:
			says = math.Inf(1)
		case 249:
			at += 7 * 3600
		default:
			value += 20 * float64(what)
			says = value
		}
		samples = append(samples, sample{at, says})
	}
	return samples, at
}

// shifted returns the samples as if time began later.
func shifted(samples []sample, by float64) []sample {
	all := make([]sample, len(samples))
	for i, s := range samples {
		all[i] = sample{s.at - by, s.value}
	}
	return all
}

func sum(values []float64) (sum float64) {
	for _, v := range values {
		if !math.IsNaN(v) {
			sum += v
		}
	}
	return sum
}

func FuzzHoursAddUp(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, true, true, true)
	f.Fuzz(func(t *testing.T, bytes []byte, born, died, isLevel bool) {
		samples, end := story(bytes)
		n := int(end/3600) + 2
		if n > 200 {
			return
		}
		count := func(samples []sample, n int) *tally {
			out := newTally(n, maxWatts, time.Minute)
			if isLevel {
				out.level(samples)
			} else {
				out.counter(samples, life{born, died}, always)
			}
			return out
		}
		whole := count(samples, n)
		for h, v := range whole.hours {
			if math.IsNaN(v) {
				require.Zero(t, whole.samples[h])
				continue
			}
			require.GreaterOrEqual(t, v, 0.)
			require.LessOrEqual(t, v, maxWatts*3600*(1+1e-9), "hour %d", h)
		}
		later := count(shifted(samples, -1800), n+1) // hours cut elsewhere
		require.InDelta(t, sum(whole.hours), sum(later.hours), 1e-6*max(1, sum(whole.hours)))
		for cut := range min(n, 24) { // hours read in two parts
			first, rest := count(samples, cut), count(shifted(samples, float64(cut)*3600), n-cut)
			require.InDelta(t, sum(whole.hours), sum(first.hours)+sum(rest.hours), 1e-6*max(1, sum(whole.hours)), "cut at %d", cut)
			require.Equal(t, total(whole.rejected), total(first.rejected)+total(rest.rejected))
		}
	})
}

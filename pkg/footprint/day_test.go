package footprint_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/footprint"
)

func TestAReadingFallsIntoDays(t *testing.T) {
	rungs := make([]footprint.Rung, 30)
	v := make(footprint.Values, 30)
	for h := range rungs {
		rungs[h], v[h] = footprint.Kepler, float64(h)
	}
	r := reading(rungs, footprint.Series{Namespace: "shop", Values: v})
	r.Start, r.Until = day.Add(20*time.Hour), day.Add(49*time.Hour+30*time.Minute)
	first, second, third := r.Day(day), r.Day(day.Add(24*time.Hour)), r.Day(day.Add(48*time.Hour))
	require.Equal(t, footprint.Rung(""), first.Rungs[19])
	require.Equal(t, footprint.Kepler, first.Rungs[20])
	require.InDelta(t, 3, first.Series[0].Values[23], 0)
	require.InDelta(t, 4, second.Series[0].Values[0], 0)
	require.InDelta(t, 29, third.Series[0].Values[1], 0)
	require.True(t, math.IsNaN(third.Series[0].Values[2]))
	require.Equal(t, day.Add(49*time.Hour+30*time.Minute), third.Until)
	require.Empty(t, r.Day(day.Add(72*time.Hour)).Series)
}

func TestHoursAreFinalWhenTheirSamplesHaveComeIn(t *testing.T) {
	for after, want := range map[time.Duration]int{0: 0, time.Hour: 0, time.Hour + footprint.Settle: 1, 5 * time.Hour: 4, 24*time.Hour + footprint.Settle: 24, 100 * time.Hour: 24, -time.Hour: 0} {
		require.Equal(t, want, footprint.Final(day, day.Add(after)), after)
	}
}

func TestWhatWasReadStaysWhereAMeterHasForgotten(t *testing.T) {
	older := *reading([]footprint.Rung{footprint.Kepler, footprint.Kepler}, footprint.Series{Namespace: "shop", Values: values(1, 2)}, footprint.Series{Namespace: "gone", Values: values(3, 4)})
	newer := *reading([]footprint.Rung{"", footprint.Kepler}, footprint.Series{Namespace: "shop", Values: values(nan, 20)})
	got := footprint.Over(newer, older)
	require.Equal(t, []footprint.Rung{footprint.Kepler, footprint.Kepler}, got.Rungs)
	requireValues(t, values(1, 20), got.Series[0].Values)
	requireValues(t, values(3, nan), got.Series[1].Values)
}

func TestSeriesOfOneNameAreOne(t *testing.T) {
	r := *reading([]footprint.Rung{footprint.Kepler, footprint.Kepler},
		footprint.Series{Namespace: "shop", Pod: "web-1", Values: values(1, nan)}, footprint.Series{Namespace: "shop", Pod: "web-2", Values: values(2, 5)})
	got := r.Under(func(s *footprint.Series) { s.Kind, s.Name, s.Pod = "Deployment", "web", "" })
	require.Len(t, got.Series, 1)
	requireValues(t, values(3, 5), got.Series[0].Values)
	requireValues(t, values(1, nan), r.Series[0].Values) // what was given is as it was
}

func TestValuesComeBackFromJSON(t *testing.T) {
	v := values(0, 1.5, nan, 1234567.123456, 3)
	b, err := json.Marshal(v)
	require.NoError(t, err)
	require.Equal(t, `[0,1.500000,null,1234567.123456,3]`, string(b))
	var back footprint.Values
	require.NoError(t, json.Unmarshal(b, &back))
	requireValues(t, v, back)
	dice := rand.New(rand.NewPCG(3, 4))
	for range 10000 { // what is read quickly is what strconv reads
		word := strconv.FormatFloat(dice.Float64()*math.Pow(10, float64(dice.IntN(9))), 'f', dice.IntN(8), 64)
		want, err := strconv.ParseFloat(word, 64)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal([]byte("["+word+"]"), &back))
		require.Equal(t, want, back[0], word) //nolint:testifylint // the same to the last bit
	}
	for _, bad := range []string{`{}`, `"x"`, `[1,"2"]`, `[true]`, `3`} {
		require.Error(t, json.Unmarshal([]byte(bad), &back), bad)
	}
	require.NoError(t, json.Unmarshal([]byte(`[]`), &back))
	require.Empty(t, back)
}

func FuzzValues(f *testing.F) {
	f.Add([]byte(`[1, null, 2.5e3]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v footprint.Values
		if json.Unmarshal(b, &v) != nil {
			return
		}
		_, err := json.Marshal(v)
		require.NoError(t, err)
	})
}

func TestARecordingIsTheMeanOfItsMoments(t *testing.T) {
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	at := func(h float64) time.Time { return day.Add(time.Duration(h * float64(time.Hour))) }
	used := func(name string, cores float64) footprint.Series {
		return footprint.Series{Namespace: name, Node: "n1", Values: footprint.Values{cores}}
	}
	r := footprint.NewRecording(day)
	require.True(t, r.Add(at(1), []footprint.Series{used("shop", 1), used("shop", 0.5), used("ops", 2)}))
	require.True(t, r.Add(at(1.25), []footprint.Series{used("shop", 0.5)}))
	require.False(t, r.Add(at(1.25), []footprint.Series{used("shop", 9)}), "the same moment again")
	require.False(t, r.Add(at(0.5), nil), "one before")
	require.False(t, r.Add(at(24), nil), "another day")
	require.True(t, r.Add(at(3.5), []footprint.Series{used("late", 4)}))
	require.Equal(t, 2, r.Moments[1])

	got := r.Reading(at(3.5))
	require.Equal(t, []footprint.Rung{"", footprint.Samples, "", footprint.Samples}, got.Rungs[:4])
	require.Equal(t, []float64{0, 0.5, 0, 0.25}, []float64(got.Coverage[:4]))
	hours := map[string][]float64{}
	for _, s := range got.Series {
		hours[s.Namespace] = s.Values[:4]
	}
	for name, want := range map[string][2]float64{"shop": {1, 0}, "ops": {1, 0}, "late": {0, 2}} { // of an hour and of a half
		require.InDelta(t, want[0], hours[name][1], 1e-12, name)
		require.InDelta(t, want[1], hours[name][3], 1e-12, name)
		require.True(t, math.IsNaN(hours[name][0]) && math.IsNaN(hours[name][2]), "nobody looked: %s", name)
	}
}

func TestADayIsWhatTheCacheGivesLater(t *testing.T) {
	r := footprint.Reading{Start: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Rungs: make([]footprint.Rung, 24), Coverage: make(footprint.Values, 24)}
	s := footprint.Series{Namespace: "shop"}
	for h := range 24 {
		r.Rungs[h], r.Coverage[h] = footprint.Kepler, 1/float64(h+1)
		s.Values = append(s.Values, 40*rand.New(rand.NewPCG(1, uint64(h))).Float64())
	}
	s.Values[7], s.Values[8] = footprint.Missing, 9.22e14 // what a meter may say
	r.Series = []footprint.Series{s}
	now := r.Day(r.Start)
	text, err := json.Marshal(now)
	require.NoError(t, err)
	var later footprint.Reading
	require.NoError(t, json.Unmarshal(text, &later))
	for h, v := range now.Series[0].Values {
		if h == 7 {
			continue
		}
		require.InDelta(t, v, later.Series[0].Values[h], 0, "hour %d", h)
		require.InDelta(t, now.Coverage[h], later.Coverage[h], 0)
	}
	require.True(t, math.IsNaN(later.Series[0].Values[7]))
}

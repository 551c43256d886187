package footprint

import (
	"slices"
	"time"
)

// Recording is what was seen of the use of cores at moments of one day (UTC), where no
// meter keeps count: on the rung Samples.
type Recording struct {
	Start   time.Time `json:"start"`
	Last    time.Time `json:"last"`    // when the last moment was
	Moments []int     `json:"moments"` // of each hour

	// Series are cores, the mean of each hour's moments: nothing where a consumer was
	// not there, NaN where nobody looked.
	Series []Series `json:"series"`
}

// often is the time that one moment stands for, when it is told how much of an hour
// moments cover.
const often = 15 * time.Minute

// NewRecording returns a recording of a day without any moment.
func NewRecording(day time.Time) Recording {
	return Recording{Start: day.UTC(), Moments: make([]int, hoursOfDay), Series: []Series{}}
}

// Add adds a moment of the day: one core value of each consumer and node in the Values
// of seen. One that is not later than the last adds nothing, and is false.
func (r *Recording) Add(at time.Time, seen []Series) bool {
	h := int(at.Sub(r.Start) / time.Hour)
	if !at.After(r.Last) || at.Before(r.Start) || h >= hoursOfDay || len(r.Moments) != hoursOfDay {
		return false
	}
	var merged merger
	for i := range r.Series {
		s := r.Series[i]
		s.Values = slices.Clone(s.Values)
		merged.add(s)
	}
	before := float64(r.Moments[h])
	for i := range merged.series {
		v := &merged.series[i].Values[h]
		*v = orNothing(*v) * before / (before + 1)
	}
	for i := range seen {
		s := seen[i]
		cores := s.Values[0]
		s.Values = missing(hoursOfDay)
		for other, n := range r.Moments {
			if n > 0 || other == h {
				s.Values[other] = 0
			}
		}
		s.Values[h] = cores / (before + 1)
		merged.add(s)
	}
	r.Series, r.Last = merged.series, at
	r.Moments[h]++
	return true
}

func orNothing(v float64) float64 {
	if v != v { // not a number: not seen
		return 0
	}
	return v
}

// Reading returns r as what a meter would have read up to now.
func (r *Recording) Reading(now time.Time) Reading {
	out := Reading{
		Start: r.Start, Until: r.Start.Add(hoursOfDay * time.Hour), Rungs: make([]Rung, len(r.Moments)), Coverage: make(Values, len(r.Moments)),
	}
	if now.Before(out.Until) {
		out.Until = now
	}
	for h, n := range r.Moments {
		if n > 0 {
			out.Rungs[h] = Samples
			out.Coverage[h] = min(1, float64(n)*often.Hours())
		}
	}
	for _, s := range r.Series {
		values := missing(len(r.Moments))
		for h := range values {
			values[h] = s.Values[h] * max(0, out.length(h))
		}
		s.Values = values
		out.Series = append(out.Series, s)
	}
	return out
}

// Without returns a without the hours that are known otherwise.
func (a Account) Without(known func(hour time.Time) bool) Account {
	a.Rungs, a.Lines = slices.Clone(a.Rungs), slices.Clone(a.Lines)
	for i := range a.Lines {
		a.Lines[i].own()
	}
	for h := range a.Rungs {
		if !known(a.Start.Add(time.Duration(h) * time.Hour)) {
			continue
		}
		a.Rungs[h] = ""
		for i := range a.Lines {
			l := &a.Lines[i]
			l.Wh[h], l.Low[h], l.High[h] = Missing, Missing, Missing
		}
	}
	return a
}

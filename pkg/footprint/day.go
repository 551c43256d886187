package footprint

import (
	"math"
	"slices"
	"time"
)

// hoursOfDay is how many hours a day of UTC has.
const hoursOfDay = 24

// Settle is how long after its end an hour's samples may still come in: a meter's
// figures of it are final then.
const Settle = 10 * time.Minute

// Final returns how many of the first hours of a day that was read at at are final.
func Final(day, at time.Time) int {
	return min(hoursOfDay, max(0, int(at.Add(-Settle).Sub(day)/time.Hour)))
}

// Day returns the part of r that lies in the day of UTC that starts at day, with all
// its hours, as precise as it is kept: an answer from what was just read is the one that
// the cache gives later. Series that have nothing there are left out.
func (r *Reading) Day(day time.Time) Reading {
	d := Reading{
		Start: day, Until: day.Add(hoursOfDay * time.Hour), Scrape: r.Scrape, Notes: r.Notes, Partial: r.Partial,
		Rungs: make([]Rung, hoursOfDay), Coverage: make(Values, hoursOfDay),
	}
	if !r.Until.IsZero() && r.Until.Before(d.Until) {
		d.Until = r.Until
	}
	shift := int(day.Sub(r.Start) / time.Hour) // the hour of r that the day begins with
	for h := range hoursOfDay {
		if i := h + shift; i >= 0 && i < len(r.Rungs) {
			d.Rungs[h] = r.Rungs[i]
			if i < len(r.Coverage) {
				d.Coverage[h] = kept(r.Coverage[i])
			}
		}
	}
	for i := range r.Series {
		s := r.Series[i]
		s.Values = missing(hoursOfDay)
		for h := range hoursOfDay {
			if j := h + shift; j >= 0 && j < len(r.Series[i].Values) {
				s.Values[h] = kept(r.Series[i].Values[j])
			}
		}
		if s.known() {
			d.Series = append(d.Series, s)
		}
	}
	return d
}

func (s *Series) known() bool {
	return slices.ContainsFunc(s.Values, func(v float64) bool { return !math.IsNaN(v) })
}

// Under returns r with its consumers under other names, those of one name as one.
func (r Reading) Under(rename func(*Series)) Reading {
	var merged merger
	for i := range r.Series {
		s := r.Series[i]
		s.Values = slices.Clone(s.Values)
		rename(&s)
		merged.add(s)
	}
	r.Series = merged.series
	return r
}

// Over returns newer with the hours of older where newer has nothing: what was once
// read stays, whatever a meter has forgotten.
func Over(newer, older Reading) Reading {
	if len(older.Rungs) != len(newer.Rungs) || !older.Start.Equal(newer.Start) {
		return newer
	}
	out := newer
	out.Rungs, out.Coverage = slices.Clone(newer.Rungs), slices.Clone(newer.Coverage)
	kept := make([]bool, len(out.Rungs))
	for h, rung := range newer.Rungs {
		if rung == "" && older.Rungs[h] != "" {
			kept[h], out.Rungs[h], out.Coverage[h] = true, older.Rungs[h], older.Coverage[h]
		}
	}
	if !slices.Contains(kept, true) {
		return newer
	}
	var merged merger
	for i := range newer.Series {
		s := newer.Series[i]
		s.Values = slices.Clone(s.Values)
		merged.add(s)
	}
	for i := range older.Series {
		s := older.Series[i]
		s.Values = slices.Clone(s.Values)
		for h := range s.Values {
			if h >= len(kept) || !kept[h] {
				s.Values[h] = Missing
			}
		}
		if s.known() {
			merged.add(s)
		}
	}
	out.Series = merged.series
	out.Rejected += older.Rejected
	return out
}

// merger adds up series of the same consumer.
type merger struct {
	series []Series
	at     map[identity]int
}

// identity names a consumer.
type identity struct {
	class                            Class
	node, namespace, pod, kind, name string
}

func (m *merger) add(s Series) {
	if m.at == nil {
		m.at = map[identity]int{}
	}
	id := identity{s.Class, s.Node, s.Namespace, s.Pod, s.Kind, s.Name}
	i, ok := m.at[id]
	if !ok {
		m.at[id] = len(m.series)
		m.series = append(m.series, s)
		return
	}
	for h, v := range s.Values {
		add(m.series[i].Values, h, v)
	}
}

package window

import (
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
)

// Step is what a window is cut into: pieces of the calendar of a time zone.
type Step string

// The steps.
const (
	Whole Step = "none" // one piece
	Hour  Step = "1h"
	Day   Step = "1d" // 23 to 25 hours where clocks change
	Week  Step = "1w" // from Monday
	Month Step = "1mo"
	Year  Step = "1y"
)

// Steps holds every step.
var Steps = []Step{Whole, Hour, Day, Week, Month, Year}

// most is how many steps a window may hold.
const most = 100_000

// ParseStep reads a step; an empty one is Whole.
func ParseStep(s string) (Step, error) {
	if s == "" {
		return Whole, nil
	}
	if s == "1m" {
		return "", fault.New(fault.Invalid, "no step is as short as 1m: figures are by the hour").Hinted("Take --step 1h.")
	}
	if slices.Contains(Steps, Step(s)) {
		return Step(s), nil
	}
	words := make([]string, len(Steps))
	for i, step := range Steps {
		words[i] = string(step)
	}
	return "", fault.New(fault.Invalid, "no step is called %q", s).Hinted("Take one of %s.", strings.Join(words, ", "))
}

// about is how long a step is, at least.
func (s Step) about() time.Duration {
	const day = 24 * time.Hour
	return map[Step]time.Duration{Hour: time.Hour, Day: day - time.Hour, Week: 7*day - time.Hour, Month: 28 * day, Year: 365 * day}[s]
}

// Floor returns the start of the step of zone that t lies in. Whole has the start of
// the day.
func (s Step) Floor(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	y, m, d := t.Date()
	switch s {
	case Hour: // by the clock of the zone, also where it is half an hour off
		_, offset := t.Zone()
		shift := time.Duration(offset) * time.Second
		return t.Add(shift).Truncate(time.Hour).Add(-shift)
	case Week:
		d -= (int(t.Weekday()) + 6) % 7
	case Month:
		d = 1
	case Year:
		m, d = time.January, 1
	}
	return midnight(y, m, d, zone)
}

// midnight returns the first moment of a day, which is later than midnight where
// clocks go forward then.
func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if noon := time.Date(y, m, d, 12, 0, 0, 0, zone); t.Day() != noon.Day() {
		_, t = t.ZoneBounds()
	}
	return t
}

// next returns the start of the step after the one that starts at t.
func (s Step) next(t time.Time, zone *time.Location) time.Time {
	if s == Hour {
		return t.Add(time.Hour)
	}
	y, m, d := t.In(zone).Date()
	switch s {
	case Day:
		d++
	case Week:
		d += 7
	case Month:
		m++
	case Year:
		y++
	}
	return midnight(y, m, d, zone)
}

// Pieces returns the window in its steps, in order, the first and the last as far
// as they lie in it.
func (r Resolved) Pieces() []Window {
	if r.Step == Whole || r.Step == "" {
		return []Window{r.Window}
	}
	var pieces []Window
	for at := r.Step.Floor(r.Start, r.Zone); at.Before(r.End); {
		next := r.Step.next(at, r.Zone)
		if !next.After(at) { // a day that a zone skips
			next = at.Add(r.Step.about())
		}
		p := Window{at.In(r.Zone), next.In(r.Zone)}
		if p.Start.Before(r.Start) {
			p.Start = r.Start
		}
		if p.End.After(r.End) {
			p.End = r.End
		}
		if p.Start.Before(p.End) {
			pieces = append(pieces, p)
		}
		at = next
	}
	return pieces
}

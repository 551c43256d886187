// Package window says what time an answer is about: windows, which hold their
// start and not their end, so that two adjacent ones add up to their union, and
// the calendar steps that they are cut into.
//
// It reads times and durations as people write them. It knows nothing of what
// happens in a window.
package window

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // where the machine has none, as in a container from scratch

	"github.com/prometheus/common/model"

	"github.com/fredctl/fred/pkg/fault"
)

// Window is the time from Start up to End, without it.
type Window struct {
	Start time.Time `json:"start" doc:"The first moment of it"`
	End   time.Time `json:"end" doc:"The first moment after it"`
}

// Length returns how long w is.
func (w Window) Length() time.Duration { return w.End.Sub(w.Start) }

// Overlap returns how much of w lies between start and end.
func (w Window) Overlap(start, end time.Time) time.Duration {
	if start.Before(w.Start) {
		start = w.Start
	}
	if end.After(w.End) {
		end = w.End
	}
	return max(0, end.Sub(start))
}

// Before returns the window of the same length that ends where w begins.
func (w Window) Before() Window { return Window{w.Start.Add(-w.Length()), w.Start} }

// Asked is a window as somebody asked for it: in words, any of which may be empty.
type Asked struct {
	Last  string // how far back from End: 24h, 7d, 2w, 1mo, 1y
	Start string // RFC 3339, a date, a date and time, or Unix seconds
	End   string // the same; now when empty
	Step  string // what to cut the window into; the whole of it when empty
	Zone  string // an IANA time zone, which times without one are in and days are of; UTC when empty
}

// Resolved is a window as it is meant. Its times are told by the clock of Zone.
type Resolved struct {
	Window
	Step Step
	Zone *time.Location
}

// longest is how long a window may be: longer ones are a slip of the keyboard.
const longest = 10 * 366 * 24 * time.Hour

// Resolve returns what a means at now; fallback is Last where a names neither Last
// nor Start. Its errors are faults of kind Invalid.
func (a Asked) Resolve(now time.Time, fallback string) (Resolved, error) {
	r := Resolved{}
	var err error
	if r.Zone, err = time.LoadLocation(a.Zone); err != nil || a.Zone == "Local" {
		return r, fault.New(fault.Invalid, "no time zone %q", a.Zone).Hinted("Name one such as Europe/Paris or UTC.")
	}
	if r.Step, err = ParseStep(a.Step); err != nil {
		return r, err
	}
	if r.Window, err = a.window(now.UTC(), fallback, r.Zone); err != nil {
		return r, err
	}
	r.Start, r.End = r.Start.In(r.Zone), r.End.In(r.Zone)
	return r, r.check(now)
}

func (a Asked) window(now time.Time, fallback string, zone *time.Location) (w Window, err error) {
	if a.Last != "" && a.Start != "" && a.End != "" {
		return w, fault.New(fault.Invalid, "--last, --start and --end exclude each other").Hinted("Give two of them.")
	}
	w.End = now
	if a.End != "" {
		if w.End, err = parseTime(a.End, "--end", zone); err != nil {
			return w, err
		}
	}
	if a.Start != "" {
		if w.Start, err = parseTime(a.Start, "--start", zone); err != nil || a.Last == "" {
			return w, err
		}
		w.End, err = shift(w.Start, a.Last, 1, zone)
		return w, err
	}
	last := a.Last
	if last == "" {
		last = fallback
	}
	w.Start, err = shift(w.End, last, -1, zone)
	return w, err
}

func (r Resolved) check(now time.Time) error {
	switch {
	case !r.Start.Before(now):
		return fault.New(fault.Invalid, "the window begins at %s, which is to come", show(r.Start)).
			Hinted("Ask about the past.")
	case !r.Start.Before(r.End):
		return fault.New(fault.Invalid, "the window ends at %s, before it begins at %s", show(r.End), show(r.Start)).
			Hinted("Swap --start and --end.")
	case r.Length() > longest:
		return fault.New(fault.Invalid, "the window is longer than ten years").Hinted("Ask about less.")
	case r.Step != Whole && r.Length()/r.Step.about() > most:
		return fault.New(fault.Invalid, "the window holds more than %d steps of %s", most, r.Step).Hinted("Take a longer --step, or a shorter window.")
	}
	return nil
}

func show(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// layouts are how a time may be written, beside Unix seconds.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
}

// parseTime reads s, which was given as what. A time without a zone is in zone.
func parseTime(s, what string, zone *time.Location) (time.Time, error) {
	t, err := ParseTime(s, zone)
	if err != nil {
		return t, fault.New(fault.Invalid, "%s: %w", what, err).
			Hinted("Write 2026-11-01, 2026-11-01T08:00, or the same with Z or +01:00.")
	}
	return t, nil
}

// ParseTime reads a time as people and programs write it: RFC 3339, a date, a date and
// a time, which are in zone, or seconds or milliseconds since 1970. It returns it in
// UTC.
func ParseTime(s string, zone *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t.UTC(), nil
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && len(s) > 8 && n > 0 {
		if n > 2e10 {
			return time.UnixMilli(n).UTC(), nil
		}
		return time.Unix(n, 0).UTC(), nil
	}
	return time.Time{}, fault.New(fault.Invalid, "no time is written %q", s)
}

// calendar is a duration of months or years, which differ in length.
var calendar = regexp.MustCompile(`^([0-9]{1,4})(mo|y)$`)

// shift returns t moved by the duration s, forward or back.
func shift(t time.Time, s string, sign int, zone *time.Location) (time.Time, error) {
	if m := calendar.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[1])
		local := t.In(zone)
		if m[2] == "mo" {
			return addMonths(local, sign*n).UTC(), nil
		}
		return addMonths(local, sign*n*12).UTC(), nil
	}
	d, err := model.ParseDuration(s)
	if err != nil || d <= 0 {
		return t, fault.New(fault.Invalid, "no length of time is written %q", s).Hinted("Write it such as 24h, 7d, 2w, 1mo or 1y.")
	}
	return t.Add(time.Duration(sign) * time.Duration(d)), nil
}

// addMonths returns t n months later, on the last day where a month is too short.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, t.Location()).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// String shows w in UTC.
func (w Window) String() string { return fmt.Sprintf("%s to %s", show(w.Start), show(w.End)) }

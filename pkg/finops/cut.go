package finops

import (
	"fmt"
	"time"

	"github.com/fredctl/fred/pkg/window"
)

// Cut says into which pieces of time charges are cut: days or hours of UTC or, where a
// question wants neither, its own.
type Cut struct {
	Every time.Duration // a day or an hour; 0: Pieces
	// Within bounds the pieces that are kept; all where it is zero. Only hours need it,
	// of which there may be many.
	Within window.Window
	Pieces []window.Window // in order, without overlap
}

// day is a day of UTC.
const day = 24 * time.Hour

// CutFor returns the coarsest cut that the pieces of a question are made of.
func CutFor(pieces []window.Window) Cut {
	if aligned(pieces, day) {
		return Cut{Every: day}
	}
	return HoursFor(pieces)
}

// HoursFor returns the cut into hours that the pieces of a question are made of or, where
// they are made of none, their own.
func HoursFor(pieces []window.Window) Cut {
	if !aligned(pieces, time.Hour) {
		return Cut{Pieces: pieces}
	}
	return Cut{Every: time.Hour, Within: window.Window{Start: pieces[0].Start.UTC(), End: pieces[len(pieces)-1].End.UTC()}}
}

func aligned(pieces []window.Window, every time.Duration) bool {
	for _, p := range pieces {
		if !p.Start.Equal(p.Start.Truncate(every)) || !p.End.Equal(p.End.Truncate(every)) {
			return false
		}
	}
	return true
}

// String tells two cuts apart.
func (c Cut) String() string {
	switch {
	case c.Every == 0:
		return fmt.Sprint(c.Pieces)
	case c.Within.Start.IsZero():
		return c.Every.String()
	default:
		return c.Every.String() + " of " + c.Within.String()
	}
}

// Window returns piece i.
func (c Cut) Window(i int) window.Window {
	if c.Every == 0 {
		return c.Pieces[i]
	}
	start := time.Unix(int64(i)*int64(c.Every/time.Second), 0).UTC()
	return window.Window{Start: start, End: start.Add(c.Every)}
}

// over returns the first and the last of the pieces that the time from start up to end
// lies in, as far as they are kept. There is none where last is before first.
func (c Cut) over(start, end time.Time) (first, last int) {
	if c.Every == 0 {
		last = len(c.Pieces) - 1
		for first <= last && !c.Pieces[first].End.After(start) {
			first++
		}
		for last > first && !c.Pieces[last].Start.Before(end) {
			last--
		}
		return first, last
	}
	if !c.Within.Start.IsZero() {
		if start.Before(c.Within.Start) {
			start = c.Within.Start
		}
		if end.After(c.Within.End) {
			end = c.Within.End
		}
		if !start.Before(end) {
			return 0, -1
		}
	}
	seconds := int64(c.Every / time.Second)
	index := func(t time.Time) int { return int(floor(t.Unix(), seconds)) }
	last = index(end)
	if c.Window(last).Start.Equal(end) {
		last-- // which begins as end does
	}
	return index(start), max(last, index(start))
}

func floor(n, by int64) int64 {
	q := n / by
	if n%by < 0 {
		q--
	}
	return q
}

// All returns the pieces of a cut that has a first and a last.
func (c Cut) All() []window.Window {
	if c.Every == 0 {
		return c.Pieces
	}
	var all []window.Window
	for at := c.Within.Start; at.Before(c.Within.End); at = at.Add(c.Every) {
		all = append(all, window.Window{Start: at, End: at.Add(c.Every)})
	}
	return all
}

package footprint

import (
	"math"
	"time"

	"github.com/fredctl/fred/pkg/window"
)

// Factors turn energy into carbon.
type Factors struct {
	PUE  Range                              // of the data center: energy at its meter, by energy at the machine
	Grid func(hour time.Time) (Range, bool) // gCO2e per kWh in that hour; false where it is not known
}

// Ledger adds accounts up into the pieces of a window. The part of an hour that
// lies in a piece is taken to be that part of the hour's figures, so that pieces
// add up to their union wherever it is cut. It is not safe for concurrent use.
type Ledger struct {
	pieces   []window.Window
	fold     func(Who) (Who, bool)
	factors  *Factors
	embodied Range
	lines    map[Who]int
	entries  []Entry
	covered  []float64 // hours of each piece that samples cover
	known    []float64 // hours of each piece of which anything is known
	rungs    map[Rung]float64
}

// Entry is what one consumer used in the pieces of a ledger.
type Entry struct {
	Who   Who
	Cells []Cell // by piece
}

// Cell is what one consumer used in one piece. It is unknown, not nothing, where
// Known is false; the same holds of Carbon.
type Cell struct {
	Known, Emitted bool
	Energy         Range   // Wh at the machine
	Weighed        float64 // Wh of it whose carbon is known
	Carbon         Range   // gCO2e of that, at the data center's meter
	Embodied       Range   // gCO2e
}

// NewLedger returns an empty ledger of pieces, which must be in order. fold says
// under whom a consumer is booked, and whether it is asked about; factors may be
// nil, where only energy is asked about; embodied is in gCO2e per hour of the
// whole cluster, and is shared as energy is.
func NewLedger(pieces []window.Window, fold func(Who) (Who, bool), factors *Factors, embodied Range) *Ledger {
	return &Ledger{
		pieces: pieces, fold: fold, factors: factors, embodied: embodied, lines: map[Who]int{},
		covered: make([]float64, len(pieces)), known: make([]float64, len(pieces)), rungs: map[Rung]float64{},
	}
}

// part is the share of an hour that lies in a piece.
type part struct {
	piece int
	share float64 // of what is known of the hour
	hours float64
}

// Add books a.
func (l *Ledger) Add(a *Account) {
	parts := l.parts(a)
	whole := sums(a.Lines, len(a.Rungs))
	for h, ps := range parts {
		for _, p := range ps {
			l.covered[p.piece] += p.hours * a.Coverage[h]
			if !math.IsNaN(whole[h]) {
				l.known[p.piece] += p.hours
				l.rungs[a.Rungs[h]] += p.hours
			}
		}
	}
	grid := l.grid(a)
	for i := range a.Lines {
		line := &a.Lines[i]
		if who, asked := l.fold(line.Who); asked {
			l.book(l.entry(who), line, parts, whole, grid)
		}
	}
}

// grid returns the carbon per watt-hour of each hour of a.
func (l *Ledger) grid(a *Account) []Range {
	per := make([]Range, len(a.Rungs))
	for h := range per {
		per[h].Value = Missing
		if l.factors == nil {
			continue
		}
		if g, ok := l.factors.Grid(a.Start.Add(time.Duration(h) * time.Hour)); ok {
			per[h] = g.Times(l.factors.PUE).Times(Exactly(1. / 1000))
		}
	}
	return per
}

// parts cuts the hours of a where the pieces are.
func (l *Ledger) parts(a *Account) [][]part {
	parts := make([][]part, len(a.Rungs))
	first := 0
	for h := range parts {
		start := a.Start.Add(time.Duration(h) * time.Hour)
		end := start.Add(time.Hour)
		if end.After(a.Until) {
			end = a.Until
		}
		for first < len(l.pieces) && !l.pieces[first].End.After(start) {
			first++
		}
		for p := first; p < len(l.pieces) && l.pieces[p].Start.Before(end); p++ {
			if in := l.pieces[p].Overlap(start, end); in > 0 {
				parts[h] = append(parts[h], part{p, in.Seconds() / end.Sub(start).Seconds(), in.Hours()})
			}
		}
	}
	return parts
}

func (l *Ledger) entry(who Who) *Entry {
	at, ok := l.lines[who]
	if !ok {
		at = len(l.entries)
		l.lines[who] = at
		l.entries = append(l.entries, Entry{Who: who, Cells: make([]Cell, len(l.pieces))})
	}
	return &l.entries[at]
}

func (l *Ledger) book(e *Entry, line *Line, parts [][]part, whole []float64, grid []Range) {
	for h, v := range line.Wh {
		if math.IsNaN(v) {
			continue
		}
		r := Exactly(v)
		if line.Low != nil {
			r.Low, r.High = line.Low[h], line.High[h]
		}
		for _, p := range parts[h] {
			c := &e.Cells[p.piece]
			c.Known = true
			c.Energy.add(r, p.share)
			if !math.IsNaN(grid[h].Value) {
				c.Emitted = true
				c.Carbon.add(r.Times(grid[h]), p.share)
				c.Weighed += p.share * v
			}
			if whole[h] > 0 {
				c.Embodied.add(l.embodied, p.hours*v/whole[h])
			}
		}
	}
}

// add adds share of o to r.
func (r *Range) add(o Range, share float64) {
	r.Value += share * o.Value
	r.Low += share * o.Low
	r.High += share * o.High
}

// Entries returns what was booked, in the order of first booking.
func (l *Ledger) Entries() []Entry { return l.entries }

// Coverage returns the share of piece i that samples cover.
func (l *Ledger) Coverage(i int) float64 { return l.covered[i] / l.pieces[i].Length().Hours() }

// Known returns the share of piece i of which anything is known.
func (l *Ledger) Known(i int) float64 { return l.known[i] / l.pieces[i].Length().Hours() }

// Rungs returns for how many hours of the window each rung was used.
func (l *Ledger) Rungs() map[Rung]float64 { return l.rungs }

package footprint

import (
	"iter"
	"time"

	"github.com/fredctl/fred/pkg/window"
)

// Load is what keeps cores busy, as far as one look at a cluster tells: Cores of a
// Node, since Since.
type Load struct {
	Who   Who
	Node  string
	Cores float64
	Since time.Time
}

// Estimate returns, day by day, what consumers used in w, if the cluster had
// always been as it is now: its machines since it was made, each workload since
// it was made.
func (s *Site) Estimate(rung Rung, loads []Load, w window.Window, byNode bool) iter.Seq[Account] {
	return func(yield func(Account) bool) {
		start := w.Start.Truncate(24 * time.Hour)
		for day := start; day.Before(w.End); day = day.Add(24 * time.Hour) {
			until := day.Add(24 * time.Hour)
			if until.After(w.End) {
				until = w.End
			}
			if !yield(s.estimateDay(rung, loads, day, until, byNode)) {
				return
			}
		}
	}
}

// estimateDay is the account of the hours from day up to until.
func (s *Site) estimateDay(rung Rung, loads []Load, day, until time.Time, byNode bool) Account {
	hours := int((until.Sub(day) + time.Hour - 1) / time.Hour)
	a := Account{Start: day, Until: until, Rungs: make([]Rung, hours), Coverage: make([]float64, hours)}
	for h := range hours {
		if a.portion(h, s.Since) > 0 {
			a.Rungs[h] = rung
		}
	}
	a.Lines = s.bases(&a, byNode)
	lines := map[Who]int{}
	for i := range loads {
		l := &loads[i]
		at, ok := lines[l.Who]
		if !ok {
			at = len(a.Lines)
			lines[l.Who] = at
			line := s.line(l.Who.Class, hours)
			line.Who = l.Who
			a.Lines = append(a.Lines, line)
		}
		work := s.machine(l.Node).work()
		for h := range hours {
			if p := a.portion(h, l.Since); p > 0 {
				a.Lines[at].add(h, work, p*l.Cores)
			}
		}
	}
	return a
}

// bases are the lines of what machines draw whatever runs on them: one of all of
// them, or one of each.
func (s *Site) bases(a *Account, byNode bool) []Line {
	lines := []Line{s.line(NodeIdle, len(a.Rungs))}
	for i := range s.Machines {
		m := &s.Machines[i]
		if byNode {
			l := s.line(NodeIdle, len(a.Rungs))
			l.Who.Node = m.Name
			lines = append(lines, l)
		}
		for h := range a.Rungs {
			if p := a.portion(h, s.Since); p > 0 {
				lines[len(lines)-1].add(h, m.base(), p)
			}
		}
	}
	return lines
}

// portion is how much of hour h, as far as it is known, lies after since, in hours.
func (a *Account) portion(h int, since time.Time) float64 {
	start := a.Start.Add(time.Duration(h) * time.Hour)
	end := start.Add(time.Hour)
	if end.After(a.Until) {
		end = a.Until
	}
	return window.Window{Start: start, End: end}.Overlap(since, end).Hours()
}

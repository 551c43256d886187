package footprint

import (
	"math"
	"time"
)

// Unattributed is what nodes used beyond what is known of their consumers, and
// Departed what pods of a namespace used of which nobody knows any more to which
// workload they belonged.
const (
	Unattributed Class = "unattributed"
	Departed     Class = "departed"
)

// Account returns what consumers used of what r has, or what each node used. Every
// hour's lines add up to what its nodes used, where that is known.
func (s *Site) Account(r *Reading, byNode bool) Account {
	a := Account{Start: r.Start, Until: r.Until, Rungs: r.Rungs, Coverage: r.Coverage}
	metered, timed := r.split()
	switch {
	case metered && byNode:
		a.Lines = nodeLines(r)
	case metered:
		a.Lines = meteredLines(r)
	}
	if timed {
		a.Lines = append(a.Lines, s.timed(r, byNode).lines()...)
	}
	return a
}

// split says whether r has hours of watt-hours, and hours of core-hours.
func (r *Reading) split() (metered, timed bool) {
	for _, rung := range r.Rungs {
		metered = metered || rung != "" && !rung.inCores()
		timed = timed || rung.inCores()
	}
	return metered, timed
}

// of returns values where the hour's rung is CPU time, or where it is not.
func (r *Reading) of(values []float64, timed bool) []float64 {
	if one, other := r.split(); !other && !timed && one && len(values) == len(r.Rungs) {
		return values // as nearly all are: nothing to tell apart
	}
	kept := missing(len(r.Rungs))
	for h := range kept {
		if h < len(values) && r.Rungs[h].inCores() == timed {
			kept[h] = values[h]
		}
	}
	return kept
}

// meteredLines are those of hours that meters measured.
func meteredLines(r *Reading) []Line {
	lines := make([]Line, 0, len(r.Series)+2)
	idle, nodes := Line{Who: Who{Class: NodeIdle}, Wh: missing(r.Hours())}, missing(r.Hours())
	for i := range r.Series {
		s := &r.Series[i]
		values := r.of(s.Values, false)
		switch s.Class {
		case NodeTotal:
			for h, v := range values {
				add(nodes, h, v)
			}
		case NodeIdle:
			for h, v := range values {
				add(idle.Wh, h, v)
			}
		default:
			lines = append(lines, Line{Who: s.who(), Wh: values})
		}
	}
	lines = append(lines, idle)
	return append(lines, rest(lines, nodes))
}

// nodeLines are what meters measured of nodes. Where they measured none, consumers
// stand for them.
func nodeLines(r *Reading) []Line {
	var lines []Line
	for i := range r.Series {
		if s := &r.Series[i]; s.Class == NodeTotal {
			lines = append(lines, Line{Who: Who{Node: s.Node}, Wh: r.of(s.Values, false)})
		}
	}
	if lines == nil {
		return meteredLines(r)
	}
	return lines
}

// rest is what nodes used beyond lines. Where lines have more than their nodes,
// which arithmetic on samples can bring about, there is no rest.
func rest(lines []Line, nodes []float64) Line {
	l := Line{Who: Who{Class: Unattributed}, Wh: missing(len(nodes))}
	for h, known := range sums(lines, len(nodes)) {
		switch {
		case math.IsNaN(nodes[h]):
		case math.IsNaN(known):
			l.Wh[h] = nodes[h]
		default:
			l.Wh[h] = max(0, nodes[h]-known)
		}
	}
	return l
}

func (s *Series) who() Who {
	w := Who{Class: s.Class, Namespace: s.Namespace, Kind: s.Kind, Name: s.Name}
	if s.Class == System {
		w.Namespace = ""
	}
	return w
}

// length is how much of hour h r is about: less than 1 in the hour that is not
// over.
func (r *Reading) length(h int) float64 {
	return min(1, r.Until.Sub(r.Start.Add(time.Duration(h)*time.Hour)).Hours())
}

// line returns a line of class of which nothing is known yet.
func (s *Site) line(class Class, hours int) Line {
	return Line{Who: Who{Class: class}, Wh: missing(hours), Low: missing(hours), High: missing(hours)}
}

// add adds watts for a time in hours (or core-hours) to hour h.
func (l *Line) add(h int, watts Range, hours float64) {
	add(l.Wh, h, watts.Value*hours)
	add(l.Low, h, watts.Low*hours)
	add(l.High, h, watts.High*hours)
}

package footprint

import (
	"math"
	"time"
)

// Range is a figure and what it may lie between.
type Range struct{ Value, Low, High float64 }

// Exactly returns a figure that is what it is.
func Exactly(v float64) Range { return Range{v, v, v} }

// Times returns the product of two figures.
func (r Range) Times(o Range) Range { return Range{r.Value * o.Value, r.Low * o.Low, r.High * o.High} }

// minus returns what is left of r without o, never less than nothing.
func (r Range) minus(o Range) Range {
	v := max(0, r.Value-o.Value)
	return Range{v, min(v, max(0, r.Low-o.Low)), max(v, r.High-o.High)}
}

// Machine is a node as the model of its power sees it.
type Machine struct {
	Name     string
	CPUs     float64 // vCPU
	Idle     Range   // watts per vCPU that does nothing
	Full     Range   // watts per vCPU that works all the time
	Embodied Range   // gCO2e per hour of what making it emitted
}

// base is the power of m when nothing runs, in watts.
func (m *Machine) base() Range { return m.Idle.Times(Exactly(m.CPUs)) }

// work is the power that one busy core adds, in watts.
func (m *Machine) work() Range { return m.Full.minus(m.Idle) }

// Site is the machines of a cluster. A machine that readings name and that is not
// there any more is taken for one like Other.
type Site struct {
	Machines []Machine
	Other    Machine
	Since    time.Time // when the cluster was made, as far as is known

	byName map[string]*Machine
}

// machine returns the machine of that name, or one like it.
func (s *Site) machine(name string) *Machine {
	if s.byName == nil {
		s.byName = make(map[string]*Machine, len(s.Machines))
		for i := range s.Machines {
			s.byName[s.Machines[i].Name] = &s.Machines[i]
		}
	}
	if m, ok := s.byName[name]; ok {
		return m
	}
	return &s.Other
}

// Embodied returns what making the machines emitted, in gCO2e per hour of use.
func (s *Site) Embodied() Range {
	var sum Range
	for i := range s.Machines {
		e := s.Machines[i].Embodied
		sum = Range{sum.Value + e.Value, sum.Low + e.Low, sum.High + e.High}
	}
	return sum
}

// Who is a consumer of energy, as rows of an answer name it.
type Who struct {
	Class      Class
	Namespace  string
	Kind, Name string // of a workload
	Node       string
}

// Account is what consumers used in consecutive hours.
type Account struct {
	Start    time.Time // UTC, on a whole hour
	Until    time.Time // up to when it is known, perhaps in the middle of the last hour
	Rungs    []Rung    // of each hour; "" where nothing is known
	Coverage []float64 // of each hour, 0 to 1
	Lines    []Line
}

// Line is what one consumer used by hour, in watt-hours. NaN is unknown. Low and
// High are nil where the figure is not a guess.
type Line struct {
	Who           Who
	Wh, Low, High []float64
}

// sums adds up lines by hour; hours that no line knows are NaN.
func sums(lines []Line, hours int) []float64 {
	total := missing(hours)
	for i := range lines {
		for h, v := range lines[i].Wh {
			add(total, h, v)
		}
	}
	return total
}

// missing returns hours of which nothing is known.
func missing(hours int) []float64 {
	v := make([]float64, hours)
	for i := range v {
		v[i] = Missing
	}
	return v
}

// add adds v, unless it is unknown, to hour h of sum.
func add(sum []float64, h int, v float64) {
	switch {
	case math.IsNaN(v):
	case math.IsNaN(sum[h]):
		sum[h] = v
	default:
		sum[h] += v
	}
}

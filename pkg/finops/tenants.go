package finops

import (
	"math"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/window"
)

// Load is what a pod keeps of a node: what it requests or, where that is more, uses.
type Load struct {
	Who
	Node   string
	CPUs   float64 // cores
	Memory float64 // bytes
	Since  time.Time
}

// Size is how large a node is.
type Size struct {
	CPUs   float64 // cores
	Memory float64 // bytes
}

// Tenants are who what is billed of a cluster is for.
type Tenants struct {
	Nodes     map[string]Size
	Loads     []Load
	Volumes   map[string][]Who // who mounts a volume, in equal parts
	Balancers map[string]Who   // of Services, by namespace/name
	// Past says what pods kept of nodes, for the hours that it knows; Loads do for others.
	Past Tenancy

	loads map[string][]Load // by node
}

// Tenancy is what pods kept of nodes, hour by hour.
type Tenancy struct {
	Start time.Time // UTC, on a whole hour
	Known []bool    // of each hour from Start on: whether anything is
	Nodes map[string]*Past
}

// Past is what is known of a node, by hour; NaN where nothing is.
type Past struct {
	CPUs, Memory []float64 // that it had: cores and bytes
	Loads        []PastLoad
}

// PastLoad is what pods of one workload kept of a node, by hour; NaN where they were not
// there.
type PastLoad struct {
	Who
	CPUs, Memory []float64 // cores and bytes, on average over the hour
}

const gib = 1 << 30

// weights say what an hour of a core and of a GiB of memory cost by the default prices of
// OpenCost, 0.031611 and 0.004237 USD: a node's price is parted by their ratio.
func weights() (core, memory float64) {
	return factor.Constant("opencost_default_cpu"), factor.Constant("opencost_default_ram")
}

// settled returns t, ready to be asked.
func (t *Tenants) settled() *Tenants {
	s := *t
	s.loads = map[string][]Load{}
	for _, l := range t.Loads {
		s.loads[l.Node] = append(s.loads[l.Node], l)
	}
	return &s
}

// on hands out the shares of a node that are kept in w: by hours, of those of which the
// past is known as it was, of others as it is now.
func (t *Tenants) on(node string, w window.Window, each func(Who, float64)) {
	for start := w.Start; start.Before(w.End); {
		end := start.Truncate(time.Hour).Add(time.Hour)
		if end.After(w.End) {
			end = w.End
		}
		part := float64(end.Sub(start)) / float64(w.Length())
		hour := window.Window{Start: start, End: end}
		size, all := t.kept(node, hour)
		for i, share := range sharesOf(all, size) {
			if share > 0 {
				each(all[i].Who, share*part)
			}
		}
		start = end
	}
}

// kept returns how large a node is in an hour, or a part of it, and what is kept of it.
func (t *Tenants) kept(node string, hour window.Window) (Size, []Load) {
	size := t.Nodes[node]
	h := int(hour.Start.Sub(t.Past.Start) / time.Hour)
	if h >= 0 && !hour.Start.Before(t.Past.Start) && h < len(t.Past.Known) && t.Past.Known[h] {
		return t.Past.Nodes[node].at(h, size)
	}
	all := make([]Load, 0, len(t.loads[node]))
	for _, l := range t.loads[node] {
		if there := float64(hour.Overlap(l.Since, hour.End)) / float64(hour.Length()); there > 0 {
			l.CPUs, l.Memory = l.CPUs*there, l.Memory*there
			all = append(all, l)
		}
	}
	return size, all
}

// at returns how large a node was in an hour, or else is now, and what was kept of it.
func (p *Past) at(h int, now Size) (Size, []Load) {
	if p == nil {
		return now, nil
	}
	size := Size{or(p.CPUs, h, now.CPUs), or(p.Memory, h, now.Memory)}
	var all []Load
	for i := range p.Loads {
		l := &p.Loads[i]
		if cpus, memory := or(l.CPUs, h, 0), or(l.Memory, h, 0); cpus+memory > 0 {
			all = append(all, Load{Who: l.Who, CPUs: cpus, Memory: memory})
		}
	}
	return size, all
}

// or returns the value of an hour or, where nothing is known, another.
func or(values []float64, h int, other float64) float64 {
	if h >= len(values) || math.IsNaN(values[h]) {
		return other
	}
	return values[h]
}

// sharesOf returns the shares of a node that loads keep: of its cores and of its memory,
// by what they cost. Of a node that is kept more than once each has less.
func sharesOf(all []Load, size Size) []float64 {
	var sum Size
	for i := range all {
		sum.CPUs += all[i].CPUs
		sum.Memory += all[i].Memory
	}
	size.CPUs, size.Memory = max(size.CPUs, sum.CPUs), max(size.Memory, sum.Memory)
	core, memory := weights()
	core, memory = core*size.CPUs, memory*size.Memory/gib
	shares := make([]float64, len(all))
	for i := range shares {
		if size.CPUs > 0 {
			shares[i] += core / (core + memory) * all[i].CPUs / size.CPUs
		}
		if size.Memory > 0 {
			shares[i] += memory / (core + memory) * all[i].Memory / size.Memory
		}
	}
	return shares
}

// Join makes a node one of a set, which is billed in the place of its nodes as if it were
// one: it is as large as they are together, and kept by who is on them.
func (t *Tenants) Join(node, set string) {
	if size, known := t.Nodes[node]; known {
		all := t.Nodes[set]
		t.Nodes[set] = Size{all.CPUs + size.CPUs, all.Memory + size.Memory}
	}
	for _, l := range t.Loads {
		if l.Node == node {
			l.Node = set
			t.Loads = append(t.Loads, l)
		}
	}
	if past := t.Past.Nodes[node]; past != nil {
		all := t.Past.Nodes[set]
		if all == nil {
			all = &Past{}
			t.Past.Nodes[set] = all
		}
		all.CPUs, all.Memory = added(all.CPUs, past.CPUs), added(all.Memory, past.Memory)
		all.Loads = append(all.Loads, past.Loads...)
	}
}

// added returns sums, hour by hour; what is not known adds nothing.
func added(a, b []float64) []float64 {
	if a == nil {
		return slices.Clone(b)
	}
	for h := range min(len(a), len(b)) {
		if !math.IsNaN(b[h]) {
			a[h] = or(a, h, 0) + b[h]
		}
	}
	return a
}

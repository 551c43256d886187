package finops

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

// Who is a workload; of a namespace as a whole it has no kind and no name.
type Who struct {
	Namespace string `json:"namespace,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Name      string `json:"workload,omitempty"`
}

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
}

const gib = 1 << 30

// weights say what an hour of a core and of a GiB of memory cost by the default prices of
// OpenCost, 0.031611 and 0.004237 USD: a node's price is parted by their ratio.
func weights() (core, memory float64) {
	return factor.Constant("opencost_default_cpu"), factor.Constant("opencost_default_ram")
}

// Sharing says whose costs are shared by those of namespaces, as those cost.
type Sharing map[Class]bool

// Shareable are the classes that can be shared.
var Shareable = []Class{Idle, Shared, Control}

// Allocate gives the costs of a cluster to those whom they are for, piece by piece. Of a
// node, who is on it has the part that it keeps of its cores and its memory, hour by
// hour; what nobody keeps is idle. What comes out adds up to what went in, to the last
// digit, metric by metric.
func Allocate(lines []Line, cut Cut, pieces []window.Window, t *Tenants, share Sharing) []Line {
	a := allocation{cut: cut, pieces: pieces, tenants: t, nodes: map[string][]Load{}, out: map[target]map[int]*amounts{}}
	for _, l := range t.Loads {
		a.nodes[l.Node] = append(a.nodes[l.Node], l)
	}
	for i := range lines {
		a.add(&lines[i])
	}
	if len(share) > 0 {
		a.share(share)
	}
	return a.lines()
}

// target is whom a cost is given to.
type target struct {
	who      Who
	class    Class
	cluster  string
	currency money.Currency
}

type allocation struct {
	cut     Cut
	pieces  []window.Window
	tenants *Tenants
	nodes   map[string][]Load
	out     map[target]map[int]*amounts
}

// part is a part of something, in units of 1e-12.
type part struct {
	who  Who
	size int64
}

const unit = 1_000_000_000_000

func (a *allocation) add(l *Line) {
	switch l.Part {
	case Node:
		a.addNode(l)
	case Volume:
		a.even(l, a.tenants.Volumes[l.Name], Unallocated)
	case Balancer:
		who, ok := a.tenants.Balancers[l.Name]
		if ok {
			a.even(l, []Who{who}, Unallocated)
			return
		}
		a.even(l, nil, Unallocated)
	case ControlPlane:
		a.even(l, nil, Control)
	default:
		a.even(l, nil, Shared)
	}
}

// even gives l to some in equal parts or, where there is nobody, to a class.
func (a *allocation) even(l *Line, to []Who, class Class) {
	var parts []part
	for _, who := range to {
		parts = append(parts, part{who, unit / int64(len(to))})
	}
	if len(to) > 0 {
		parts[len(to)-1].size = unit - unit/int64(len(to))*int64(len(to)-1)
	}
	a.each(l, func(int) int { return 0 }, func(int) ([]part, Class) { return parts, class })
}

// addNode gives the cost of a node to who is on it.
func (a *allocation) addNode(l *Line) {
	size, known := a.tenants.Nodes[l.Name]
	loads := a.nodes[l.Name]
	if !known {
		a.even(l, nil, Unallocated)
		return
	}
	changes := make([]time.Time, len(loads))
	for i := range loads {
		changes[i] = loads[i].Since
	}
	slices.SortFunc(changes, time.Time.Compare)
	// What is on the node is the same in two hours between which, and in which, nobody comes.
	state := func(at int) int {
		w := a.cut.Window(at)
		before, _ := slices.BinarySearchFunc(changes, w.Start, later)
		during, _ := slices.BinarySearchFunc(changes, w.End, later)
		if during > before {
			return -at // of its own
		}
		return before
	}
	a.each(l, state, func(at int) ([]part, Class) { return partsOf(loads, size, a.cut.Window(at)), Idle })
}

// later finds the first change that is after a moment.
func later(change, moment time.Time) int {
	if change.After(moment) {
		return 1
	}
	return -1
}

// partsOf returns the parts of a node that loads keep in w.
func partsOf(loads []Load, size Size, w window.Window) []part {
	type kept struct{ cpus, memory float64 }
	all := make([]kept, len(loads))
	var sum kept
	for i := range loads {
		there := float64(w.Overlap(loads[i].Since, w.End)) / float64(w.Length())
		all[i] = kept{loads[i].CPUs * there, loads[i].Memory * there}
		sum.cpus += all[i].cpus
		sum.memory += all[i].memory
	}
	size.CPUs, size.Memory = max(size.CPUs, sum.cpus), max(size.Memory, sum.memory)
	cpu, memory := weights()
	cpu, memory = cpu*size.CPUs, memory*size.Memory/gib
	if cpu+memory == 0 {
		return nil
	}
	var parts []part
	left := int64(unit)
	for i := range all {
		share := 0.
		if size.CPUs > 0 {
			share += cpu / (cpu + memory) * all[i].cpus / size.CPUs
		}
		if size.Memory > 0 {
			share += memory / (cpu + memory) * all[i].memory / size.Memory
		}
		n := min(left, int64(math.Round(share*unit)))
		left -= n
		if n > 0 {
			parts = append(parts, part{loads[i].Who, n})
		}
	}
	if full := sum == (kept{size.CPUs, size.Memory}); full && len(parts) > 0 {
		parts[len(parts)-1].size += left // what rounding left
	}
	return parts
}

// each parts l: hours of one piece and one state together, since their parts are alike.
// What is left of them is the class's.
func (a *allocation) each(l *Line, state func(at int) int, parts func(at int) ([]part, Class)) {
	for i := 0; i < len(l.At); {
		piece, in := a.piece(l.At[i]), state(l.At[i])
		first := i
		sum := amounts{}
		for i < len(l.At) && a.piece(l.At[i]) == piece && state(l.At[i]) == in {
			sum.add(l, i)
			i++
		}
		if piece >= 0 {
			who, class := parts(l.At[first])
			a.give(l, piece, &sum, who, class)
		}
	}
}

func (a *allocation) piece(at int) int {
	return (&Table{Layout: Layout{Cut: a.cut, Pieces: a.pieces}}).piece(at)
}

func (a *allocation) give(l *Line, piece int, sum *amounts, parts []part, class Class) {
	rest := sum.figures()
	for _, p := range parts {
		mine := rest.empty()
		for i, whole := range sum.figures().values {
			v := whole.Part(p.size, unit, decimals)
			mine.values[i] = v
			rest.values[i] = rest.values[i].Sub(v)
		}
		a.at(target{p.who, Plain, l.Cluster, l.Currency}, piece).put(&mine)
	}
	a.at(target{Who{}, class, l.Cluster, l.Currency}, piece).put(&rest)
}

func (a *allocation) at(t target, piece int) *amounts {
	if a.out[t] == nil {
		a.out[t] = map[int]*amounts{}
	}
	if a.out[t][piece] == nil {
		a.out[t][piece] = &amounts{}
	}
	return a.out[t][piece]
}

// figures are amounts as they are at one moment: by metric, then low and high.
type figures struct {
	values  [len(bill.Metrics) + 2]money.Amount
	known   [len(bill.Metrics)]bool
	guessed bool
}

func (f *figures) empty() figures { return figures{known: f.known, guessed: f.guessed} }

func (a *amounts) figures() figures {
	f := figures{known: a.known, guessed: a.guessed}
	for m := range a.costs {
		f.values[m] = a.costs[m].Amount()
	}
	f.values[len(bill.Metrics)], f.values[len(bill.Metrics)+1] = a.low.Amount(), a.high.Amount()
	return f
}

func (a *amounts) put(f *figures) {
	for m := range a.costs {
		a.costs[m].Add(f.values[m])
		a.known[m] = a.known[m] || f.known[m]
	}
	a.low.Add(f.values[len(bill.Metrics)])
	a.high.Add(f.values[len(bill.Metrics)+1])
	a.guessed = a.guessed || f.guessed
}

// share gives the costs of classes to namespaces, as those cost by themselves, metric by
// metric. Where nothing costs anything by a metric, they stay.
func (a *allocation) share(classes Sharing) {
	tenants := slices.SortedFunc(a.targets(func(t target) bool { return t.class == Plain }), compareTargets)
	own := map[target]map[int]figures{}
	for _, t := range tenants {
		own[t] = map[int]figures{}
		for piece, sum := range a.out[t] {
			own[t][piece] = sum.figures()
		}
	}
	for _, from := range slices.SortedFunc(a.targets(func(t target) bool { return classes[t.class] }), compareTargets) {
		for piece, sum := range a.out[from] {
			rest := sum.figures()
			for i, whole := range sum.figures().values {
				a.shareOne(from, piece, i, whole, &rest, tenants, own)
			}
			*sum = amounts{}
			sum.put(&rest)
		}
	}
}

func (a *allocation) shareOne(from target, piece, i int, whole money.Amount, rest *figures, tenants []target, own map[target]map[int]figures) {
	total, last := 0., 0
	weight := func(t target) float64 {
		if t.cluster != from.cluster || t.currency != from.currency {
			return 0
		}
		f := own[t][piece]
		return max(0, f.values[i].Float())
	}
	for j, t := range tenants {
		if w := weight(t); w > 0 {
			total, last = total+w, j
		}
	}
	if total == 0 {
		return
	}
	left := int64(unit)
	for j, t := range tenants {
		w := weight(t)
		if w == 0 {
			continue
		}
		n := min(left, int64(math.Round(w/total*unit)))
		left -= n
		v := whole.Part(n, unit, decimals)
		if j == last {
			v = rest.values[i] // what rounding left
		}
		rest.values[i] = rest.values[i].Sub(v)
		mine := rest.empty()
		mine.values[i] = v
		a.at(t, piece).put(&mine)
	}
}

func (a *allocation) targets(keep func(target) bool) func(func(target) bool) {
	return func(yield func(target) bool) {
		for t := range a.out {
			if keep(t) && !yield(t) {
				return
			}
		}
	}
}

func compareTargets(x, y target) int {
	return cmp.Or(
		cmp.Compare(x.cluster, y.cluster), cmp.Compare(x.currency, y.currency), cmp.Compare(slices.Index(classes, x.class), slices.Index(classes, y.class)),
		cmp.Compare(x.who.Namespace, y.who.Namespace), cmp.Compare(x.who.Kind, y.who.Kind), cmp.Compare(x.who.Name, y.who.Name),
	)
}

// lines returns what was given, by the pieces of the window.
func (a *allocation) lines() []Line {
	var out []Line
	for _, t := range slices.SortedFunc(a.targets(func(target) bool { return true }), compareTargets) {
		l := Line{Key: Key{Match: Match{Cluster: t.cluster}, Currency: t.currency, To: t.who, Class: t.class}}
		var known [len(bill.Metrics)]bool
		guessed := false
		for piece := range a.pieces {
			sum := a.out[t][piece]
			if sum == nil {
				continue
			}
			f := sum.figures()
			if t.class != Plain && f.nothing() {
				continue
			}
			l.At = append(l.At, piece)
			for m := range bill.Metrics {
				known[m] = known[m] || f.known[m]
				l.Costs[m] = append(l.Costs[m], f.values[m])
			}
			guessed = guessed || f.guessed
			l.Low, l.High = append(l.Low, f.values[len(bill.Metrics)]), append(l.High, f.values[len(bill.Metrics)+1])
		}
		for m := range known {
			if !known[m] {
				l.Costs[m] = nil
			}
		}
		if !guessed {
			l.Low, l.High = nil, nil
		}
		if len(l.At) > 0 {
			out = append(out, l)
		}
	}
	return out
}

func (f *figures) nothing() bool {
	return !slices.ContainsFunc(f.values[:], func(v money.Amount) bool { return v.Sign() != 0 })
}

// Residual returns by how much the costs of lines differ from those of what was allocated
// of them, by currency, all metrics together: 0, unless Allocate is at fault.
func Residual(lines []Line, cut Cut, allocated []Line, pieces []window.Window) map[money.Currency]money.Amount {
	sums := func(lines []Line, cut Cut) map[money.Currency]*amounts {
		t := NewTable(Layout{By: "cluster", Cut: cut, Pieces: pieces, Whole: true})
		t.Add(lines, "", false)
		out := map[money.Currency]*amounts{}
		for g, a := range t.sums {
			out[g.currency] = a
		}
		return out
	}
	after := sums(allocated, Cut{Pieces: pieces})
	out := map[money.Currency]money.Amount{}
	for currency, a := range sums(lines, cut) {
		var residual money.Amount
		for m := range a.costs {
			difference := a.costs[m].Amount()
			if b := after[currency]; b != nil {
				difference = difference.Sub(b.costs[m].Amount())
			}
			if difference.Sign() < 0 {
				difference = difference.Neg()
			}
			residual = residual.Add(difference)
		}
		out[currency] = residual
	}
	return out
}

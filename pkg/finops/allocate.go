package finops

import (
	"cmp"
	"math"
	"slices"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

// Who is a workload; of a namespace as a whole it has no kind and no name.
type Who struct {
	Namespace string `json:"namespace,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Name      string `json:"workload,omitempty"`
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
	a := allocation{cut: cut, pieces: pieces, tenants: t.settled(), out: map[target]map[int]*amounts{}}
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
	out     map[target]map[int]*amounts
}

// figureCount is how many figures a cost has: by metric, then low and high.
const figureCount = len(bill.Metrics) + 2

// part is a part of something, figure by figure in units of 1e-15.
type part struct {
	who   Who
	sizes [figureCount]int64
}

func alike(who Who, size int64) part {
	p := part{who: who}
	for f := range p.sizes {
		p.sizes[f] = size
	}
	return p
}

const entire = 1_000_000_000_000_000

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
		parts = append(parts, alike(who, entire/int64(len(to))))
	}
	if n := len(to); n > 0 {
		parts[n-1] = alike(to[n-1], entire-entire/int64(n)*int64(n-1))
	}
	a.each(l, func(piece, _, _ int, sum *amounts) { a.give(l, piece, sum, parts, class) })
}

// addNode gives the cost of a node to who is on it, hour by hour.
func (a *allocation) addNode(l *Line) {
	if _, known := a.tenants.Nodes[l.Name]; !known && a.tenants.Past.Nodes[l.Name] == nil {
		a.even(l, nil, Unallocated)
		return
	}
	a.each(l, func(piece, first, last int, sum *amounts) { a.giveNode(l, piece, first, last, sum) })
}

// giveNode gives what a node cost in some hours to who was on it, each figure as the
// hours have it.
func (a *allocation) giveNode(l *Line, piece, first, last int, sum *amounts) {
	weights, ok := l.weights(first, last)
	if !ok { // hour by hour the weight of each is 1
		for i := first; i < last; i++ {
			hour := amounts{}
			hour.add(l, i)
			a.giveNode(l, piece, i, i+1, &hour)
		}
		return
	}
	index := map[Who]int{}
	var sums [][figureCount]float64
	var parts []part
	for i := first; i < last; i++ {
		a.tenants.on(l.Name, a.cut.Window(l.At[i]), func(who Who, share float64) {
			at, seen := index[who]
			if !seen {
				at = len(parts)
				index[who] = at
				parts, sums = append(parts, part{who: who}), append(sums, [figureCount]float64{})
			}
			for f := range figureCount {
				sums[at][f] += share * weights[i-first][f]
			}
		})
	}
	a.give(l, piece, sum, rounded(parts, sums), Idle)
}

// crumb is what rounding may leave of something that is kept whole.
const crumb = 1e-12

// rounded returns parts with the sizes that sums are.
func rounded(parts []part, sums [][figureCount]float64) []part {
	for f := range figureCount {
		left, whole := int64(entire), 0.
		for i := range parts {
			whole += sums[i][f]
			parts[i].sizes[f] = int64(math.Round(sums[i][f] * entire))
			left -= parts[i].sizes[f]
		}
		if math.Abs(whole-1) < crumb {
			parts[len(parts)-1].sizes[f] += left
		}
	}
	return parts
}

// evens is how many times as much as what is left of them charges and credits may be.
const evens = 1e3

// weights returns what part of its figures each of some pieces of l has; not ok where
// charges and credits make each other so even that parts of what is left mean nothing.
func (l *Line) weights(first, last int) (weights [][figureCount]float64, ok bool) {
	weights = make([][figureCount]float64, last-first)
	for f := range figureCount {
		column := l.column(f)
		if column == nil {
			continue
		}
		total, moved := 0., 0.
		for i := range weights {
			weights[i][f] = column[first+i].Float()
			total += weights[i][f]
			moved += math.Abs(weights[i][f])
		}
		if len(weights) > 1 && moved > evens*math.Abs(total) {
			return nil, false
		}
		for i := range weights {
			if total != 0 {
				weights[i][f] /= total
			}
		}
	}
	return weights, true
}

// column returns the figures of l that f is about; nil where nothing is known of them.
func (l *Line) column(f int) []money.Amount {
	switch {
	case f < len(bill.Metrics):
		return l.Costs[f]
	case l.Low == nil: // it is what it is
		return l.Costs[bill.Effective]
	case f == len(bill.Metrics):
		return l.Low
	default:
		return l.High
	}
}

// each adds l up by the pieces of the window: what lies in them from first up to last.
func (a *allocation) each(l *Line, give func(piece, first, last int, sum *amounts)) {
	for i := 0; i < len(l.At); {
		piece, first := a.piece(l.At[i]), i
		sum := amounts{}
		for i < len(l.At) && a.piece(l.At[i]) == piece {
			sum.add(l, i)
			i++
		}
		if piece >= 0 {
			give(piece, first, i, &sum)
		}
	}
}

func (a *allocation) piece(at int) int {
	return (&Table{Layout: Layout{Cut: a.cut, Pieces: a.pieces}}).piece(at)
}

func (a *allocation) give(l *Line, piece int, sum *amounts, parts []part, class Class) {
	rest, all := sum.figures(), sum.figures()
	var given [figureCount]int64
	for _, p := range parts {
		mine := rest.empty()
		for i, whole := range all.values {
			v := whole.Part(p.sizes[i], entire, decimals)
			if given[i] += p.sizes[i]; given[i] == entire {
				v = rest.values[i] // with what rounding left
			}
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
	values  [figureCount]money.Amount
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
	left := int64(entire)
	for j, t := range tenants {
		w := weight(t)
		if w == 0 {
			continue
		}
		n := min(left, int64(math.Round(w/total*entire)))
		left -= n
		v := whole.Part(n, entire, decimals)
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

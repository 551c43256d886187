package finops_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
)

var nan = math.NaN()

// halves are nodes half of whose price is that of their cores.
var halves = finops.Size{CPUs: 4.237, Memory: 31.611 * gib}

func keeps(namespace string, cpus ...float64) finops.PastLoad {
	return finops.PastLoad{Who: finops.Who{Namespace: namespace}, CPUs: cpus, Memory: make([]float64, len(cpus))}
}

func TestAnHourIsPaidByWhoWasThereThen(t *testing.T) {
	cut, pieces := hours(4)
	tenants := &finops.Tenants{
		Nodes: map[string]finops.Size{"n1": halves},
		Loads: []finops.Load{{Who: finops.Who{Namespace: "now"}, Node: "n1", CPUs: halves.CPUs, Since: noon.Add(-time.Hour)}},
		Past: finops.Tenancy{Start: noon.Add(-time.Hour), Known: []bool{true, true, true, false, false}, Nodes: map[string]*finops.Past{
			"n1":   {CPUs: []float64{1, nan, nan, nan, nan}, Loads: []finops.PastLoad{keeps("a", 0, halves.CPUs/2, nan, nan, nan), keeps("b", 0, halves.CPUs/2, halves.CPUs, nan, nan)}},
			"gone": {CPUs: []float64{nan, 8, 8, nan, nan}, Memory: []float64{nan, 0, 0, nan, nan}, Loads: []finops.PastLoad{keeps("a", nan, 4, 2, nan, nan)}},
		}},
	}
	n1 := line(finops.Node, "n1", "1", 4)
	n1.Costs[bill.Effective][1] = amount("3") // the second hour is dearer
	lines := []finops.Line{n1, line(finops.Node, "gone", "8", 2)}
	got := finops.Allocate(lines, cut, pieces, tenants, nil)
	require.Equal(t, map[string]string{
		"a":      "6.25", // a quarter of 1, and 4 and 2 of 8 cores
		"b":      "1.75", // a quarter of 1, half of 3
		"now":    "1",    // half of the hours of which nothing is known
		"(idle)": "13",   // 0.5 + 1.5 + 1, and 4 and 6
	}, given(got))
	require.Zero(t, finops.Residual(lines, cut, got, pieces)["USD"].Sign())
}

func TestChargesAndCreditsAreGivenByTheHour(t *testing.T) {
	cut, pieces := hours(2)
	tenants := func() *finops.Tenants {
		return &finops.Tenants{Past: finops.Tenancy{Start: noon, Known: []bool{true, true}, Nodes: map[string]*finops.Past{
			"n1": {CPUs: []float64{1, 1}, Memory: []float64{0, 0}, Loads: []finops.PastLoad{keeps("a", 1, 0), keeps("b", 0, 0.5)}},
		}}}
	}
	for _, tt := range []struct{ first, second, a, b, idle string }{
		{"10", "-4", "10", "-2", "-2"},
		{"4", "-4", "4", "-2", "-2"},
		{"0", "-4", "0", "-2", "-2"},
	} {
		l := line(finops.Node, "n1", tt.first, 2)
		l.Costs[bill.Effective][1] = amount(tt.second)
		require.Equal(t, map[string]string{"a": tt.a, "b": tt.b, "(idle)": tt.idle}, given(finops.Allocate([]finops.Line{l}, cut, pieces, tenants(), nil)))
	}
}

func TestPiecesThatAreNoHoursAreMadeOfPartsOfThem(t *testing.T) {
	_, pieces := hours(2)
	pieces[0].Start, pieces[0].End = noon.Add(30*time.Minute), noon.Add(2*time.Hour)
	tenants := &finops.Tenants{Past: finops.Tenancy{Start: noon, Known: []bool{true, true}, Nodes: map[string]*finops.Past{
		"n1": {CPUs: []float64{1, 1}, Memory: []float64{0, 0}, Loads: []finops.PastLoad{keeps("a", 1, 0.25)}},
	}}}
	l := finops.Line{Key: finops.Key{Match: finops.Match{Part: finops.Node, Name: "n1"}, Currency: "USD"}, At: []int{0}}
	l.Costs[bill.Effective] = append(l.Costs[bill.Effective], amount("3"))
	require.Equal(t, map[string]string{"a": "1.5", "(idle)": "1.5"}, given(finops.Allocate([]finops.Line{l}, finops.Cut{Pieces: pieces}, pieces, tenants, nil)))
}

func TestAScaleSetIsKeptByWhoWasOnItsNodes(t *testing.T) {
	cut, pieces := hours(2)
	tenants := &finops.Tenants{
		Nodes: map[string]finops.Size{"n1": {CPUs: 2}, "n2": {CPUs: 2}},
		Loads: []finops.Load{{Who: finops.Who{Namespace: "now"}, Node: "n2", CPUs: 1, Since: noon}},
		Past: finops.Tenancy{Start: noon, Known: []bool{true}, Nodes: map[string]*finops.Past{
			"n1": {CPUs: []float64{2}, Memory: []float64{0}, Loads: []finops.PastLoad{keeps("a", 1)}},
			"n0": {CPUs: []float64{6}, Memory: []float64{0}, Loads: []finops.PastLoad{keeps("a", 1)}},
		}},
	}
	for _, n := range []string{"n0", "n1", "n2"} {
		tenants.Join(n, "set")
	}
	require.Equal(t, map[string]string{"a": "2", "now": "2", "(idle)": "12"}, given(finops.Allocate([]finops.Line{line(finops.Node, "set", "8", 2)}, cut, pieces, tenants, nil)))
}

// The judge is big.Rat: sums of what went in and of what came out.
func TestTheBooksOfThePastCloseOnALargeCluster(t *testing.T) {
	const nodes, workloads, length = 50, 2000, 24 * 30
	dice := rand.New(rand.NewPCG(3, 4))
	cut, pieces := hours(length)
	past := finops.Tenancy{Start: noon, Known: make([]bool, length), Nodes: map[string]*finops.Past{}}
	for h := range past.Known {
		past.Known[h] = true
	}
	tenants := &finops.Tenants{Past: past}
	in := new(big.Rat)
	var lines []finops.Line
	for n := range nodes {
		name := fmt.Sprint("n", n)
		p := &finops.Past{}
		l := line(finops.Node, name, "0.192", length)
		for h := range length {
			p.CPUs, p.Memory = append(p.CPUs, 16), append(p.Memory, 64*gib)
			in.Add(in, rat(l.Costs[bill.Effective][h]))
		}
		for w := range 3 * workloads / nodes { // each has three pods
			load := finops.PastLoad{Who: finops.Who{Namespace: fmt.Sprint("ns", w%50), Kind: "Deployment", Name: fmt.Sprint("w", (n+w*nodes)%workloads)}}
			for range length {
				load.CPUs, load.Memory = append(load.CPUs, dice.Float64()/4), append(load.Memory, dice.Float64()*gib)
			}
			p.Loads = append(p.Loads, load)
		}
		past.Nodes[name] = p
		lines = append(lines, l)
	}
	began := time.Now()
	got := finops.Allocate(lines, cut, pieces, tenants, nil)
	t.Logf("%d lines of %d hours in %s", len(got), length, time.Since(began))
	out := added(got)
	require.Zero(t, in.Cmp(out), "%s and %s", in.FloatString(14), out.FloatString(14))
}

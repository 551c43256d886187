package finops_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

var noon = time.Date(2026, time.November, 1, 12, 0, 0, 0, time.UTC)

// hours are n of them from noon on, and the window of all.
func hours(n int) (finops.Cut, []window.Window) {
	w := window.Window{Start: noon, End: noon.Add(time.Duration(n) * time.Hour)}
	return finops.Cut{Every: time.Hour, Within: w}, []window.Window{w}
}

// line is a charge of each of n hours from noon on.
func line(part finops.Part, name, cost string, n int) finops.Line {
	l := finops.Line{Key: finops.Key{Match: finops.Match{Cluster: "dev", Part: part, Name: name}, Currency: "USD"}}
	for i := range n {
		l.At = append(l.At, int(noon.Unix()/3600)+i)
		l.Costs[bill.Effective] = append(l.Costs[bill.Effective], amount(cost))
	}
	return l
}

func amount(s string) money.Amount {
	a, err := money.Parse(s)
	if err != nil {
		panic(err)
	}
	return a
}

// given returns what allocated lines come to, by whom they are for.
func given(lines []finops.Line) map[string]string {
	out := map[string]string{}
	for _, l := range lines {
		name := l.To.Namespace
		if l.To.Name != "" {
			name += "/" + l.To.Name
		}
		if l.Class != finops.Plain {
			name = "(" + string(l.Class) + ")"
		}
		var sum money.Sum
		for _, v := range l.Costs[bill.Effective] {
			sum.Add(v)
		}
		out[name] = sum.Amount().String()
	}
	return out
}

const gib = 1 << 30

func TestANodeIsPaidByWhatPodsKeepOfItsCoresAndItsMemory(t *testing.T) {
	cut, pieces := hours(10)
	tenants := &finops.Tenants{
		// Half of its price is that of its cores: 4 × 0.031611 = 29.8428605… × 0.004237.
		Nodes: map[string]finops.Size{"n1": {CPUs: 4.237, Memory: 31.611 * gib}},
		Loads: []finops.Load{
			{Who: finops.Who{Namespace: "shop", Kind: "Deployment", Name: "web"}, Node: "n1", CPUs: 4.237 / 2, Since: noon.Add(-time.Hour)},
			{Who: finops.Who{Namespace: "shop", Kind: "Deployment", Name: "cart"}, Node: "n1", Memory: 31.611 / 4 * gib, Since: noon.Add(5*time.Hour + 30*time.Minute)},
		},
	}
	lines := []finops.Line{line(finops.Node, "n1", "0.8", 10)}
	got := finops.Allocate(lines, cut, pieces, tenants, nil)
	require.Equal(t, map[string]string{
		"shop/web":  "2",    // a quarter of 8
		"shop/cart": "0.45", // an eighth of 0.8, for four hours and a half
		"(idle)":    "5.55",
	}, given(got))
	require.Equal(t, map[money.Currency]money.Amount{"USD": {}}, zeroed(finops.Residual(lines, cut, got, pieces)))
}

// zeroed makes equal amounts of 0 the same.
func zeroed(all map[money.Currency]money.Amount) map[money.Currency]money.Amount {
	for c, a := range all {
		if a.Sign() == 0 {
			all[c] = money.Amount{}
		}
	}
	return all
}

func TestANodeThatIsOvercommittedHasNothingIdle(t *testing.T) {
	cut, pieces := hours(1)
	tenants := &finops.Tenants{Nodes: map[string]finops.Size{"n1": {CPUs: 1}}, Loads: []finops.Load{
		{Who: finops.Who{Namespace: "a"}, Node: "n1", CPUs: 3, Since: noon}, {Who: finops.Who{Namespace: "b"}, Node: "n1", CPUs: 1, Since: noon},
	}}
	require.Equal(t, map[string]string{"a": "0.75", "b": "0.25"}, given(finops.Allocate([]finops.Line{line(finops.Node, "n1", "1", 1)}, cut, pieces, tenants, nil)))
}

func TestWhatIsOfNoNodeIsWhoseItIsKnownToBe(t *testing.T) {
	cut, pieces := hours(1)
	tenants := &finops.Tenants{
		Nodes:     map[string]finops.Size{"n1": {CPUs: 1}},
		Loads:     []finops.Load{{Who: finops.Who{Namespace: "a"}, Node: "n1", CPUs: 0.75, Since: noon}, {Who: finops.Who{Namespace: "b"}, Node: "n1", CPUs: 0.25, Since: noon}},
		Volumes:   map[string][]finops.Who{"pv": {{Namespace: "a"}, {Namespace: "b"}, {Namespace: "c"}}},
		Balancers: map[string]finops.Who{"c/front": {Namespace: "c", Kind: "Service", Name: "front"}},
	}
	lines := []finops.Line{
		line(finops.Node, "n1", "4", 1), line(finops.Node, "gone", "1", 1), line(finops.Volume, "pv", "1", 1), line(finops.Volume, "lost", "2", 1),
		line(finops.Balancer, "c/front", "5", 1), line(finops.Balancer, "c/lost", "1", 1), line(finops.ControlPlane, "", "8", 1), line(finops.Other, "", "16", 1),
	}
	got := finops.Allocate(lines, cut, pieces, tenants, nil)
	require.Equal(t, map[string]string{
		"a": "3.333333333333", "b": "1.333333333333", "c": "0.333333333334", "c/front": "5",
		"(controlPlane)": "8", "(shared)": "16", "(unallocated)": "4",
	}, given(got))
	shared := given(finops.Allocate(lines, cut, pieces, tenants, finops.Sharing{finops.Control: true}))
	require.NotContains(t, shared, "(controlPlane)")
	require.Equal(t, "16", shared["(shared)"])
	require.Equal(t, "4", shared["(unallocated)"])
	require.InDelta(t, 5+8*0.5, amount(shared["c/front"]).Float(), 1e-9, "half of what namespaces cost by themselves")
}

func TestOfWhatIsSharedNothingIsLeft(t *testing.T) {
	cut, pieces := hours(1)
	tenants := &finops.Tenants{Nodes: map[string]finops.Size{"n1": {CPUs: 3}}, Balancers: map[string]finops.Who{"z/free": {Namespace: "z"}}}
	for _, ns := range []string{"a", "b", "c"} {
		tenants.Loads = append(tenants.Loads, finops.Load{Who: finops.Who{Namespace: ns}, Node: "n1", CPUs: 1, Since: noon})
	}
	lines := []finops.Line{line(finops.Node, "n1", "3", 1), line(finops.Balancer, "z/free", "0", 1), line(finops.Other, "", "1", 1)}
	require.Equal(t, map[string]string{"a": "1.333333333333", "b": "1.333333333333", "c": "1.333333333334", "z": "0"},
		given(finops.Allocate(lines, cut, pieces, tenants, finops.Sharing{finops.Shared: true})))
}

func TestWhatNobodyCostsStaysShared(t *testing.T) {
	cut, pieces := hours(1)
	got := finops.Allocate([]finops.Line{line(finops.Other, "", "16", 1)}, cut, pieces, &finops.Tenants{}, finops.Sharing{finops.Shared: true})
	require.Equal(t, map[string]string{"(shared)": "16"}, given(got))
}

// The judge is big.Rat: sums of what went in and of what came out.
func TestTheBooksCloseOnALargeCluster(t *testing.T) {
	const nodes, pods, length = 50, 2000, 24 * 30
	dice := rand.New(rand.NewPCG(1, 2))
	cut, pieces := hours(length)
	pieces = []window.Window{{Start: pieces[0].Start, End: noon.Add(100 * time.Hour)}, {Start: noon.Add(100 * time.Hour), End: pieces[0].End}}
	tenants := &finops.Tenants{Nodes: map[string]finops.Size{}}
	var lines []finops.Line
	in := new(big.Rat)
	for n := range nodes {
		name := fmt.Sprint("n", n)
		tenants.Nodes[name] = finops.Size{CPUs: 16, Memory: 64 * gib}
		l := line(finops.Node, name, "0", length)
		for i := range l.Costs[bill.Effective] {
			v := money.New(dice.Int64N(1e12)-1e11, -14)
			l.Costs[bill.Effective][i] = v
			in.Add(in, rat(v))
		}
		lines = append(lines, l)
	}
	for p := range pods {
		tenants.Loads = append(tenants.Loads, finops.Load{
			Who:  finops.Who{Namespace: fmt.Sprint("ns", p%50), Kind: "Deployment", Name: fmt.Sprint("w", p)},
			Node: fmt.Sprint("n", dice.IntN(nodes)), CPUs: dice.Float64(), Memory: dice.Float64() * 2 * gib, Since: noon.Add(time.Duration(dice.IntN(length*3600)-length*1800) * time.Second),
		})
	}
	for _, sharing := range []finops.Sharing{nil, {finops.Idle: true, finops.Shared: true}} {
		began := time.Now()
		got := finops.Allocate(lines, cut, pieces, tenants, sharing)
		t.Logf("%d lines of %d hours in %s", len(got), length, time.Since(began))
		out := added(got)
		require.Zero(t, in.Cmp(out), "%s and %s", in.FloatString(14), out.FloatString(14))
		require.Zero(t, finops.Residual(lines, cut, got, pieces)["USD"].Sign())
	}
}

// added returns what the effective costs of lines come to.
func added(lines []finops.Line) *big.Rat {
	sum := new(big.Rat)
	for _, l := range lines {
		for _, v := range l.Costs[bill.Effective] {
			sum.Add(sum, rat(v))
		}
	}
	return sum
}

func rat(a money.Amount) *big.Rat {
	r, ok := new(big.Rat).SetString(a.String())
	if !ok {
		panic(a.String())
	}
	return r
}

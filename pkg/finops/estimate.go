package finops

import (
	"cmp"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

// Machine is a node as its price sees it.
type Machine struct {
	Node, Type, Provider, Region string
	CPUs                         float64 // vCPU
	Spot                         bool
	Since                        time.Time // when it was made; zero where that is not known
}

// Estimate is what the nodes of a cluster would cost, as if those of today had always
// been there since it was made.
type Estimate struct {
	Lines   []Line
	Notes   []string // what prices were taken, one sentence each
	Guessed int      // machines of a type that is in no table
	Spot    int      // machines on spot
	// Rates are what an hour of all machines costs, by currency.
	Rates map[money.Currency]Rate
}

// Rate is what an hour costs, and between what that may lie.
type Rate struct{ Value, Low, High money.Amount }

// decimals is to how many an estimate is rounded.
const decimals = 12

// EstimateOf prices the machines of a cluster that was made at founded, in pieces, as far
// as now. The least that they may have cost is that of the time since each was made.
func EstimateOf(cluster string, machines []Machine, founded time.Time, pieces []window.Window, now time.Time, sheet Sheet) Estimate {
	e := Estimate{Rates: map[money.Currency]Rate{}}
	for i := range machines {
		m := &machines[i]
		p := PriceOf(m, sheet)
		if !slices.Contains(e.Notes, p.Note) {
			e.Notes = append(e.Notes, p.Note)
		}
		if p.Guessed {
			e.Guessed++
		}
		if m.Spot {
			e.Spot++
		}
		rate := e.Rates[p.Currency]
		e.Rates[p.Currency] = Rate{rate.Value.Add(p.Value), rate.Low.Add(p.Low), rate.High.Add(p.High)}
		line := Line{Key: Key{
			Match: Match{Cluster: cluster, Part: Node, Name: m.Node}, Currency: p.Currency, Category: bill.Usage,
			Service: cmp.Or(m.Type, "untyped") + " nodes", Region: m.Region,
		}}
		line.priced(m, p, founded, pieces, now)
		if len(line.At) > 0 {
			e.Lines = append(e.Lines, line)
		}
	}
	slices.SortStableFunc(e.Lines, func(a, b Line) int { return a.compare(&b.Key) })
	return e
}

func (l *Line) priced(m *Machine, p Price, founded time.Time, pieces []window.Window, now time.Time) {
	since := m.Since
	if since.Before(founded) {
		since = founded
	}
	for i, piece := range pieces {
		always := piece.Overlap(founded, now)
		if always <= 0 {
			continue
		}
		sure := piece.Overlap(since, now)
		l.At = append(l.At, i)
		l.Costs[bill.Effective] = append(l.Costs[bill.Effective], hours(p.Value, always))
		l.Costs[bill.List] = append(l.Costs[bill.List], hours(p.List, always))
		l.Low = append(l.Low, hours(p.Low, max(0, sure)))
		l.High = append(l.High, hours(p.High, always))
	}
}

func hours(price money.Amount, d time.Duration) money.Amount {
	return price.Part(int64(d), int64(time.Hour), decimals)
}

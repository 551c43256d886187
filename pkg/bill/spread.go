package bill

import (
	"time"

	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

// Spread says which charges are spread evenly over their period. Others count whole at
// its start.
type Spread int

// The ways to spread.
const (
	SpreadUsage Spread = iota // charges of usage, and no others
	SpreadAll
	SpreadNone
)

// decimals is to how many a part of a cost is rounded.
const decimals = 12

// Part is a part of a charge: of its period, from one moment to another, since its
// start. Parts of windows that adjoin add up to the part of their union, and all parts
// to the charge, to the last digit.
type Part struct{ from, to, of time.Duration }

// Part returns the part of c that is of w.
func (s Spread) Part(c *Charge, w window.Window) Part {
	length := c.End.Sub(c.Start)
	if length <= 0 || s == SpreadNone || s == SpreadUsage && c.Category != Usage {
		if c.Start.Before(w.Start) || !c.Start.Before(w.End) {
			return Part{}
		}
		return Part{0, 1, 1}
	}
	from, to := w.Start.Sub(c.Start), w.End.Sub(c.Start)
	return Part{min(max(from, 0), length), min(max(to, 0), length), length}
}

// Empty says whether p is nothing of the charge.
func (p Part) Empty() bool { return p.from >= p.to }

// Of returns p of a cost: F(to) − F(from), where F is the cost up to a moment, rounded
// half to even to 12 decimals.
func (p Part) Of(cost money.Amount) money.Amount {
	switch {
	case p.Empty():
		return money.Amount{}
	case p.from == 0:
		return p.until(p.to, cost)
	default:
		return p.until(p.to, cost).Sub(p.until(p.from, cost))
	}
}

// until is F. At the end it is the cost as it is billed, whatever its decimals.
func (p Part) until(t time.Duration, cost money.Amount) money.Amount {
	if t == p.of {
		return cost
	}
	return cost.Part(int64(t), int64(p.of), decimals)
}

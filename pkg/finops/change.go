package finops

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// CostAmount is what something cost in a window.
type CostAmount struct {
	Start time.Time     `json:"start"`
	End   time.Time     `json:"end"`
	Cost  *money.Amount `json:"cost" doc:"null where it is not known, as where the bill is of another time; 0 where there was nothing"`
}

// CostDifference is by how much costs of two windows differ, and why.
type CostDifference struct {
	First       CostAmount    `json:"first"`
	Second      CostAmount    `json:"second"`
	Difference  *money.Amount `json:"difference" doc:"Of the second to the first"`
	Percentage  *unit.Figure  `json:"percentage" doc:"Difference in percent of the first; null where that is 0 or not known"`
	UsageEffect *money.Amount `json:"usageEffect" doc:"What of the difference comes of more or less being used, at the first window's prices; what is new or gone is it whole"`
	PriceEffect *money.Amount `json:"priceEffect" doc:"What of it comes of other prices"`
	OtherEffect *money.Amount `json:"otherEffect" doc:"What of it is of charges without a quantity, such as taxes, or with one that has no price: which of the two it is is not known"`
}

// CostChange is how the costs of something differ between two windows. All effects add
// up to the difference, to the last digit.
type CostChange struct {
	Cluster string `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Subject
	CostDifference
}

// Changes compares what two tables of one layout have in their only pieces, by a metric:
// row by row, and in total by currency, of clusters and of none. Where costs are
// allocated, no quantity is known of rows, and no effect, unless prices never change.
func Changes(first, second *Table, m bill.Metric) (rows, totals []CostChange) {
	c := comparing{[2]*Table{first, second}, m}
	keys := map[group]bool{}
	for _, t := range c.tables {
		for g := range t.rows {
			keys[g] = true
		}
	}
	effects := c.effects()
	for _, g := range slices.SortedFunc(maps.Keys(keys), compareGroups) {
		d := c.difference(first.rows[g], second.rows[g])
		c.explain(&d, effects[g])
		rules := map[Rule]bool{}
		for _, t := range c.tables {
			if a := t.rows[g]; a != nil {
				maps.Copy(rules, a.rules)
			}
		}
		subject := second.subject(g, rules)
		subject.AccountName = cmp.Or(subject.AccountName, first.accounts[g.account].name)
		rows = append(rows, CostChange{g.cluster, subject, d})
	}
	return rows, c.totals(effects)
}

type comparing struct {
	tables [2]*Table
	metric bill.Metric
}

func (c *comparing) totals(effects map[group]*effect) []CostChange {
	keys := map[group]bool{}
	for _, t := range c.tables {
		for g := range t.sums {
			keys[g] = true
		}
	}
	sums := slices.SortedFunc(maps.Keys(keys), func(a, b group) int {
		return cmp.Or(cmp.Compare(unmatched(a.class), unmatched(b.class)), cmp.Compare(a.currency, b.currency))
	})
	var out []CostChange
	for _, g := range sums {
		d := c.difference(c.tables[0].sums[g], c.tables[1].sums[g])
		whole := &effect{}
		for row, e := range effects {
			if row.currency == g.currency && unmatched(row.class) == unmatched(g.class) {
				whole.add(&e.counted)
				whole.unknown = whole.unknown || e.unknown
			}
		}
		if len(effects) == 0 {
			whole = nil
		}
		c.explain(&d, whole)
		out = append(out, CostChange{Subject: Subject{Class: g.class, Currency: g.currency}, CostDifference: d})
	}
	return out
}

// difference compares two amounts; one that is not there is 0.
func (c *comparing) difference(first, second *amounts) CostDifference {
	of := func(t *Table, a *amounts) CostAmount {
		w := window.Window{Start: t.Pieces[0].Start, End: t.Pieces[len(t.Pieces)-1].End}
		out := CostAmount{Start: w.Start, End: w.End}
		switch {
		case t.Blank:
		case a == nil:
			out.Cost = &money.Amount{}
		case a.known[c.metric]:
			out.Cost = new(a.costs[c.metric].Amount())
		}
		return out
	}
	d := CostDifference{First: of(c.tables[0], first), Second: of(c.tables[1], second)}
	if d.First.Cost == nil || d.Second.Cost == nil {
		return d
	}
	d.Difference = new(d.Second.Cost.Sub(*d.First.Cost))
	if d.First.Cost.Sign() != 0 {
		d.Percentage = new(unit.Figure(d.Difference.Float() / d.First.Cost.Float() * 100))
	}
	return d
}

// counts are what a difference comes of.
type counts struct{ usage, price, other money.Amount }

func (c *counts) add(o *counts) {
	c.usage, c.price, c.other = c.usage.Add(o.usage), c.price.Add(o.price), c.other.Add(o.other)
}

// effect is what the difference of a row comes of.
type effect struct {
	counts
	counted counts // of what is not counted elsewhere
	unknown bool   // of some of it, no cost is known
}

// effects returns what the difference of each row comes of, item by item.
func (c *comparing) effects() map[group]*effect {
	items := map[fine]bool{}
	for _, t := range c.tables {
		for key := range t.fine {
			items[key] = true
		}
	}
	out := map[group]*effect{}
	for key := range items {
		e := out[key.group]
		if e == nil {
			e = &effect{}
			out[key.group] = e
		}
		one, known := c.effectOf(key, c.tables[0].fine[key], c.tables[1].fine[key])
		e.unknown = e.unknown || !known
		e.add(&one)
		if !key.elsewhere {
			e.counted.add(&one)
		}
	}
	return out
}

// effectOf returns what the difference of an item comes of: with the quantities q and
// costs c of two windows, (q2 − q1) × c1 / q1 comes of usage, rounded half to even to 12
// decimals, and the rest of prices. Where there is a cost and no quantity to speak of,
// there is no price.
func (c *comparing) effectOf(key fine, first, second *amounts) (out counts, known bool) {
	var cost, used [2]money.Amount
	for i, a := range []*amounts{first, second} {
		if a == nil {
			continue
		}
		if !a.known[c.metric] {
			return out, false
		}
		cost[i], used[i] = a.costs[c.metric].Amount(), a.used.Amount()
	}
	difference := cost[1].Sub(cost[0])
	nothing := func(i int) bool { return used[i].Sign() == 0 && cost[i].Sign() == 0 }
	switch {
	case key.item == "":
		out.other = difference
	case first == nil || second == nil || nothing(0) || nothing(1):
		out.usage = difference
	case used[0].Sign() <= 0 || used[1].Sign() <= 0:
		out.other = difference
	default:
		out.usage = cost[0].Times(used[1].Sub(used[0]), used[0], decimals)
		out.price = difference.Sub(out.usage)
	}
	return out, true
}

// explain says what d comes of, where that is known.
func (c *comparing) explain(d *CostDifference, e *effect) {
	switch {
	case d.Difference == nil:
	case c.tables[0].Steady && c.tables[1].Steady:
		d.UsageEffect, d.PriceEffect, d.OtherEffect = d.Difference, new(money.Amount), new(money.Amount)
	case e != nil && !e.unknown:
		d.UsageEffect, d.PriceEffect, d.OtherEffect = new(e.usage), new(e.price), new(e.other)
	}
}

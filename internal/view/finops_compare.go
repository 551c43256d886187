package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/money"
)

// CostComparison lays out how the costs of two windows differ.
func CostComparison(r fred.CostComparison, metric string, explain bool) Doc {
	return Doc{
		Rows:  r.Items,
		Names: func() []string { return costNames(subjects(r.Items)) },
		Page: func(p *Page) {
			if r.Cluster == "" && r.CollectedAt == nil {
				p.sentence(Cell{"the whole bill", term.Strong})
			} else {
				p.whole(r.Cluster)
			}
			for i, name := range []string{"first", "second"} {
				if len(r.Totals) > 0 {
					w := []finops.CostAmount{r.Totals[0].First, r.Totals[0].Second}[i]
					p.field(name, moment(w.Start)+" to "+moment(w.End)+" "+w.Start.Format("MST"))
				}
			}
			of := metric
			if one := oneCurrency(r.Totals); one != "" {
				of += ", in " + string(one)
			}
			p.field("cost", of)
			p.origins(r.Provenance)
			own := func(c finops.CostChange) bool { return c.Class != finops.Unmatched }
			p.costChanges(r, "", own)
			p.costChanges(r, "OF NO CLUSTER ASKED ABOUT", func(c finops.CostChange) bool { return !own(c) })
			if explain {
				p.costExplained(r.Provenance)
			}
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

// subjects are changes as rows of what things cost.
func subjects(changes []finops.CostChange) []finops.CostRow {
	rows := make([]finops.CostRow, len(changes))
	for i := range changes {
		rows[i] = finops.CostRow{Cluster: changes[i].Cluster, Subject: changes[i].Subject}
	}
	return rows
}

// costChanges writes a table of some of the changes, the largest first.
func (p *Page) costChanges(r fred.CostComparison, head string, of func(finops.CostChange) bool) {
	changes, totals := kept(r.Items, of), kept(r.Totals, of)
	if len(changes) == 0 {
		return
	}
	slices.SortStableFunc(changes, func(a, b finops.CostChange) int {
		return cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(moved(b.Difference), moved(a.Difference)))
	})
	p.Line()
	p.Table(costChangeTable(r.Cluster, head, changes, totals, oneCurrency(r.Totals)))
}

func kept(all []finops.CostChange, of func(finops.CostChange) bool) []finops.CostChange {
	return slices.DeleteFunc(slices.Clone(all), func(c finops.CostChange) bool { return !of(c) })
}

// oneCurrency returns the currency that all amounts are in; "" if there are several.
func oneCurrency(totals []finops.CostChange) money.Currency {
	var one money.Currency
	for i := range totals {
		if c := totals[i].Currency; one != "" && c != one {
			return ""
		} else if one = c; c == "" {
			return ""
		}
	}
	return one
}

// effects are columns that add up.
const effects = "effects"

// others reports whether some of a change comes of neither usage nor prices.
func others(changes []finops.CostChange) bool {
	return slices.ContainsFunc(changes, func(t finops.CostChange) bool { return t.OtherEffect != nil && t.OtherEffect.Sign() != 0 })
}

func costChangeTable(cluster, title string, changes, totals []finops.CostChange, of money.Currency) Table {
	rows := subjects(changes)
	head := cmp.Or(title, costColumn(rows))
	several := cluster == "" && head != "CLUSTER" && slices.ContainsFunc(rows, func(row finops.CostRow) bool { return row.Cluster != "" })
	split := slices.ContainsFunc(totals, func(t finops.CostChange) bool { return t.UsageEffect != nil })
	var t Table
	if several {
		t.Columns = append(t.Columns, Column{Header: "CLUSTER", Cut: Middle})
	}
	if head == "WORKLOAD" {
		t.Columns = append(t.Columns, Column{Header: "NAMESPACE", Cut: Middle})
	}
	names := len(t.Columns)
	t.Columns = append(t.Columns, Column{Header: head, Cut: Middle},
		Column{Header: "FIRST", Right: true, Spare: 4}, Column{Header: "SECOND", Right: true, Spare: 1},
		Column{Header: "CHANGE", Right: true}, Column{Header: "%", Right: true})
	if split {
		t.Columns = append(t.Columns, Column{Header: "BY USAGE", Right: true, Spare: 3, Set: effects}, Column{Header: "BY PRICE", Right: true, Spare: 3, Set: effects},
			Column{Header: "OTHER", Right: true, Spare: 3, Set: effects, Wide: !others(changes) && !others(totals)})
	}
	for i := range rows {
		row := &rows[i]
		var cells []Cell
		if several {
			cells = append(cells, text(row.Cluster))
		}
		if head == "WORKLOAD" {
			cells = append(cells, text(row.Namespace))
		}
		name := text(costName(row, cluster))
		if row.Class != finops.Plain {
			name.Tone = term.Faint
		}
		t.Rows = append(t.Rows, append(append(cells, name), costChangeCells(&changes[i], split, of)...))
	}
	for i := range totals {
		total := make([]Cell, names+1)
		total[names] = Cell{"total", term.Strong}
		total = append(total, costChangeCells(&totals[i], split, of)...)
		if i < len(totals)-1 { // of several currencies
			t.Rows = append(t.Rows, total)
		} else {
			t.Total = total
		}
	}
	return t
}

// costChangeCells shows a change; amounts in the currency that all are in are without it.
func costChangeCells(c *finops.CostChange, split bool, of money.Currency) []Cell {
	shown := c.Currency
	if of != "" {
		shown = ""
	}
	tone := term.Plain
	if c.Difference != nil && c.Difference.Sign() < 0 {
		tone = term.Good
	}
	percentage := dash
	switch {
	case c.Percentage != nil:
		percentage = fmt.Sprintf("%+.1f%%", float64(*c.Percentage))
	case c.First.Cost != nil && c.First.Cost.Sign() == 0 && c.Difference != nil && c.Difference.Sign() != 0:
		percentage = "new"
	}
	cells := []Cell{
		text(amountIn(c.First.Cost, shown)), text(amountIn(c.Second.Cost, shown)),
		{signedIn(c.Difference, shown), tone},
		{percentage, tone},
	}
	if split {
		for _, effect := range []*money.Amount{c.UsageEffect, c.PriceEffect, c.OtherEffect} {
			cells = append(cells, text(signedIn(effect, "")))
		}
	}
	return cells
}

// signedIn shows an amount with its sign.
func signedIn(a *money.Amount, c money.Currency) string {
	if a == nil {
		return dash
	}
	s := amountShort(*a)
	if a.Sign() > 0 {
		s = "+" + s
	}
	if c != "" {
		s += " " + string(c)
	}
	return s
}

func moved(a *money.Amount) float64 {
	if a == nil {
		return -1
	}
	return math.Abs(a.Float())
}

package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/unit"
)

// Comparison lays out how two windows differ.
func Comparison(r fred.Comparison, explain bool) Doc {
	return Doc{
		Rows:  r.Items,
		Names: func() []string { return whoNames(r.Items, changed) },
		Page: func(p *Page) {
			p.whole(r.Cluster)
			p.field("first", moment(r.Total.First.Start)+" to "+moment(r.Total.First.End)+" "+r.Total.First.Start.Format("MST"))
			p.field("second", moment(r.Total.Second.Start)+" to "+moment(r.Total.Second.End)+" "+r.Total.Second.Start.Format("MST"))
			p.Line()
			p.Table(p.changeTable(r))
			p.explained(explain, r.Provenance)
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

// changed returns whom a row is about, as rows of reports name it.
func changed(c *footprint.Change) *footprint.EnergyRow {
	return &footprint.EnergyRow{Cluster: c.Cluster, Class: c.Class, Namespace: c.Namespace, Kind: c.Kind, Name: c.Name, Node: c.Node}
}

func (p *Page) changeTable(r fred.Comparison) Table {
	rows := slices.Clone(r.Items)
	slices.SortStableFunc(rows, func(a, b footprint.Change) int { return cmp.Compare(size(b.Difference), size(a.Difference)) })
	plain := make([]footprint.EnergyRow, len(rows))
	for i := range rows {
		plain[i] = *changed(&rows[i])
	}
	who, cells := whoColumns(r.Cluster, false, plain)
	columns := append(who,
		Column{Header: "FIRST", Right: true, Spare: 2},
		Column{Header: "SECOND", Right: true, Spare: 1},
		Column{Header: "DIFFERENCE", Right: true},
		Column{Header: "%", Right: true},
		Column{Header: "PER DAY", Right: true, Spare: 3, Wide: r.Total.PerDay == nil})
	split := r.Total.GridEffect != nil && *r.Total.GridEffect != 0
	if split {
		columns = append(columns, Column{Header: "BY ENERGY", Right: true, Spare: 4}, Column{Header: "BY GRID", Right: true, Spare: 4})
	}
	t := Table{Columns: columns}
	for i := range rows {
		t.Rows = append(t.Rows, append(cells(&plain[i]), changeCells(&rows[i], split)...))
	}
	name := make([]Cell, len(who))
	name[len(name)-1] = Cell{"total", term.Strong}
	t.Total = append(name, changeCells(r.Total, split)...)
	return t
}

func changeCells(c *footprint.Change, split bool) []Cell {
	show := func(v *unit.Figure) string { return dashed(v, c.Unit, false) }
	tone := term.Plain
	if c.Difference != nil && *c.Difference < 0 {
		tone = term.Good
	}
	percentage := dash
	if c.Percentage != nil {
		percentage = fmt.Sprintf("%+.1f%%", float64(*c.Percentage))
	}
	cells := []Cell{
		text(show(c.First.Value)), text(show(c.Second.Value)),
		{dashed(c.Difference, c.Unit, true), tone},
		{percentage, tone},
		text(dashed(c.PerDay, c.Unit, true)),
	}
	if split {
		cells = append(cells, text(dashed(c.EnergyEffect, c.Unit, true)), text(dashed(c.GridEffect, c.Unit, true)))
	}
	return cells
}

// dashed shows a figure of a unit, with its sign where that matters.
func dashed(v *unit.Figure, of string, signed bool) string {
	if v == nil {
		return dash
	}
	s := unit.Energy(*v).String()
	if of != "Wh" {
		s = unit.Carbon(*v).String()
	}
	if signed && *v > 0 {
		s = "+" + s
	}
	return s
}

func size(v *unit.Figure) float64 {
	if v == nil {
		return -1
	}
	return math.Abs(float64(*v))
}

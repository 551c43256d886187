package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/unit"
)

// BillCheck lays out what a bill holds, and what is wrong with it.
func BillCheck(r fred.BillCheck) Doc {
	return Doc{
		Rows:  r.Items,
		Names: func() []string { return nil },
		Page: func(p *Page) {
			q := r.Total
			p.field("files", fmt.Sprintf("%d (%sB)", q.Files, unit.Bytes(q.Bytes)))
			p.field("FOCUS", versionsSaid(q.Versions))
			p.field("rows", fmt.Sprint(q.Rows))
			if q.Start != nil {
				p.field("period", moment(*q.Start)+" to "+moment(*q.End)+" UTC")
			}
			if len(q.Holding) > 0 {
				p.Line()
				p.Table(holdingTable(q.Holding))
			}
			p.Line()
			if len(r.Items) == 0 {
				p.Line(Cell{"nothing is wrong with it", term.Good})
			}
			for i := range r.Items {
				p.flaw(&r.Items[i])
			}
			if some := p.columnsTold(q.Columns); len(some) > 0 {
				p.Line()
				p.Table(columnTable(some))
			}
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

func versionsSaid(versions []bill.Versions) string {
	var said []string
	for _, v := range versions {
		one := v.Version
		if len(versions) > 1 {
			one += " (" + plural(v.Files, "file", "files") + ")"
		}
		said = append(said, one)
	}
	return strings.Join(said, ", ")
}

// columnsTold returns the columns to tell of: all, or those that are not always filled.
func (p *Page) columnsTold(all []*bill.Column) []*bill.Column {
	if p.wide {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(c *bill.Column) bool { return c.Empty+c.Null+c.Zero == 0 })
}

func columnTable(all []*bill.Column) Table {
	t := Table{Columns: []Column{
		{Header: "COLUMN", Cut: Middle}, {Header: "ROWS", Right: true, Spare: 1}, {Header: "EMPTY", Right: true}, {Header: "NULL", Right: true}, {Header: "0", Right: true}, {Header: "FILLED", Right: true, Spare: 2},
	}}
	for _, c := range all {
		filled := dash
		if c.Rows > 0 {
			filled = fmt.Sprintf("%.1f%%", float64(c.Rows-c.Empty-c.Null)/float64(c.Rows)*100)
		}
		t.Rows = append(t.Rows, []Cell{text(c.Name), text(fmt.Sprint(c.Rows)), text(fmt.Sprint(c.Empty)), text(fmt.Sprint(c.Null)), text(fmt.Sprint(c.Zero)), text(filled)})
	}
	return t
}

func holdingTable(all []finops.Holdings) Table {
	t := Table{Columns: []Column{{Header: "CATEGORY"}, {Header: "CHARGES", Right: true}}}
	for _, m := range bill.Metrics {
		t.Columns = append(t.Columns, Column{Header: strings.ToUpper(strings.TrimSuffix(m.String(), "Cost")), Right: true, Spare: 1 + int(m)})
	}
	for i := range all {
		h := &all[i]
		name := string(h.Category)
		if name == "" {
			name = "(none)"
		}
		cells := []Cell{text(name), text(fmt.Sprint(h.Charges))}
		for _, m := range bill.Metrics {
			cells = append(cells, text(amountIn(h.Of(m), h.Currency)))
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

func (p *Page) flaw(f *finops.Flaw) {
	mark := map[finops.Severity]Cell{finops.Fact: {"note   ", term.Faint}, finops.Doubt: {"warning", term.Odd}, finops.Loss: {"error  ", term.Bad}}[f.Severity]
	p.Line(mark, text(fmt.Sprintf("  %s (%d)", cmp.Or(f.Column, "bill"), f.Count)))
	detail := f.Detail
	if len(f.Where) > 0 {
		detail += " (" + strings.Join(f.Where, ", ") + ")"
	}
	p.indented(Cell{detail, term.Faint})
}

package view

import (
	"cmp"
	"fmt"
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
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
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

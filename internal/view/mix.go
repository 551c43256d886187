package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
)

// Mix lays out what fed grids.
func Mix(r fred.MixReport) Doc {
	return Doc{
		Rows:  r.Items,
		Names: func() []string { return zoneNames(r.Items) },
		Page: func(p *Page) {
			zones := zoneNames(r.Items)
			title := "several grids"
			if len(zones) == 1 {
				title = "grid of " + r.Items[0].Zone
			}
			p.sentence(Cell{title, term.Strong})
			p.sentence(Cell{moment(r.Window.Start) + " to " + moment(r.Window.End) + " " + r.Window.Start.Format("MST"), term.Faint})
			if len(r.Items) == 1 {
				p.oneGrid(&r.Items[0], r.Provenance)
			} else {
				p.Line()
				p.Table(p.gridTable(r.Items, len(zones) > 1))
				p.Line()
				for _, line := range saidBy(r.Provenance) {
					p.sentence(Cell{line, term.Faint})
				}
			}
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

func zoneNames(rows []mix.Row) []string {
	var names []string
	for i := range rows {
		if name := "zone/" + rows[i].Zone; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// oneGrid lays out one row: its fuels one under the other.
func (p *Page) oneGrid(row *mix.Row, from []report.Provenance) {
	p.field("lifecycle", orDash(row.Lifecycle, unit.Intensity.String))
	p.field("direct", orDash(row.Direct, unit.Intensity.String))
	if row.Renewable != nil {
		p.field("renewable", percentage(row.Renewable)+", low carbon "+percentage(row.LowCarbon))
	}
	for _, line := range saidBy(from) {
		p.field("", line)
	}
	if row.Known > 0 && row.Known < 0.995 {
		p.field("", share(float64(row.Known))+" of the window is known")
	}
	if row.Known > 0 && row.Yearly > 0 {
		p.field("", fmt.Sprintf("for %s of it the lifecycle is that of %d", share(float64(row.Yearly)), row.Year))
	}
	if row.Mix == nil {
		return
	}
	p.Line()
	t := Table{Columns: []Column{{Header: "FUEL"}, {Header: "SHARE", Right: true}}}
	fuels := slices.DeleteFunc(slices.Clone(mix.Fuels), func(f mix.Fuel) bool { return row.Mix[f] == 0 })
	slices.SortStableFunc(fuels, func(a, b mix.Fuel) int { return cmp.Compare(row.Mix[b], row.Mix[a]) })
	values := make([]float64, len(fuels))
	for i, f := range fuels {
		v := row.Mix[f]
		values[i] = float64(v)
		t.Rows = append(t.Rows, []Cell{text(string(f)), text(percentage(&v))})
	}
	p.Table(p.barred(t, values))
}

// saidBy says where figures come from, each thing once.
func saidBy(from []report.Provenance) []string {
	var lines []string
	for i := range from {
		o := &from[i]
		s := string(o.Method)
		switch {
		case o.Factor != nil && o.Factor.Year != 0:
			s = fmt.Sprintf("mean of %d by %s", o.Factor.Year, o.Source)
		case slices.Equal(o.Fields, []string{"lifecycleGramsPerKWh"}):
			s = "lifecycle"
		case o.Method != report.Simulated:
			s += " by " + o.Source
		}
		if o.Note != "" {
			s += ": " + o.Note
		}
		if !slices.Contains(lines, s) {
			lines = append(lines, s)
		}
	}
	return lines
}

func (p *Page) gridTable(rows []mix.Row, several bool) Table {
	partly := slices.ContainsFunc(rows, func(r mix.Row) bool { return r.Known < 0.995 })
	sources := slices.ContainsFunc(rows, func(r mix.Row) bool { return r.Source != rows[0].Source })
	t := Table{Columns: []Column{
		{Header: "START"},
		{Header: "ZONE"},
		{Header: "LIFECYCLE", Right: true},
		{Header: "DIRECT", Right: true, Spare: 1},
		{Header: "RENEWABLE", Right: true, Spare: 2},
		{Header: "LOW CARBON", Right: true, Spare: 3},
		{Header: "KNOWN", Right: true, Spare: 4, Wide: !partly},
		{Header: "SOURCE", Spare: 5, Cut: End, Wide: !sources},
	}}
	timed := rows[0].Start != nil
	values := make([]float64, len(rows))
	for i := range rows {
		r := &rows[i]
		values[i] = known(r.Lifecycle)
		cells := []Cell{
			text(started(r.Start)), text(r.Zone), text(orDash(r.Lifecycle, unit.Intensity.String)), text(orDash(r.Direct, unit.Intensity.String)),
			text(percentage(r.Renewable)), text(percentage(r.LowCarbon)), text(share(float64(r.Known))), text(r.Source),
		}
		if r.Known == 0 {
			cells[6], cells[7] = text(dash), text(fmt.Sprintf("%s %d", r.Source, r.Year))
		}
		t.Rows = append(t.Rows, cells)
	}
	drop := func(column int) {
		t.Columns = slices.Delete(t.Columns, column, column+1)
		for i, row := range t.Rows {
			t.Rows[i] = slices.Delete(row, column, column+1)
		}
	}
	if !several {
		drop(1)
	}
	if !timed {
		drop(0)
	}
	return p.barred(t, values)
}

func percentage(v *unit.Figure) string {
	if v == nil || math.IsNaN(float64(*v)) {
		return dash
	}
	return fmt.Sprintf("%.1f%%", float64(*v))
}

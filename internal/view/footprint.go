package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// Energy lays out what energy was used.
func Energy(r fred.EnergyReport, explain bool) Doc {
	return Doc{
		Rows: r.Items,
		Names: func() []string {
			return whoNames(r.Items, func(row *footprint.EnergyRow) *footprint.EnergyRow { return row })
		},
		Page: func(p *Page) {
			p.about(r.Cluster, r.Window)
			p.amount("energy", energy(r.Total.Energy), span(r.Total.EnergyLow, r.Total.EnergyHigh))
			p.origin(r.Provenance, r.Total)
			p.Line()
			p.Table(p.energyTable(r))
			p.explained(explain, r.Provenance)
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

// Carbon lays out what was emitted.
func Carbon(r fred.CarbonReport, explain bool) Doc {
	return Doc{
		Rows: r.Items,
		Names: func() []string {
			return whoNames(r.Items, func(row *footprint.CarbonRow) *footprint.EnergyRow { return &row.EnergyRow })
		},
		Page: func(p *Page) {
			p.about(r.Cluster, r.Window)
			p.amount("carbon", carbon(r.Total.Carbon), span(r.Total.CarbonLow, r.Total.CarbonHigh))
			p.amount("embodied", carbon(r.Total.Embodied), "")
			if s := r.Total.SCI; s != nil {
				p.amount("sci", carbon(s.Grams)+" for each of "+strconv.FormatFloat(float64(s.Amount), 'f', -1, 64)+" "+s.Unit, span(s.Low, s.High))
			}
			p.amount("energy", energy(r.Total.Energy), span(r.Total.EnergyLow, r.Total.EnergyHigh))
			p.origin(r.Provenance, &r.Total.EnergyTotal)
			p.grid(r.Provenance)
			p.Line()
			p.Table(p.carbonTable(r))
			p.explained(explain, r.Provenance)
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

func energy(e *unit.Energy) string { return orDash(e, unit.Energy.String) }

func carbon(c *unit.Carbon) string { return orDash(c, unit.Carbon.String) }

// span says between what a figure may lie; "" where it is none that is guessed.
func span[T interface {
	~float64
	String() string
}](low, high *T) string {
	if low == nil || high == nil {
		return ""
	}
	return (*low).String() + " to " + (*high).String()
}

// about says which cluster and what time it is about.
func (p *Page) about(cluster string, w *window.Window) {
	p.whole(cluster)
	if w != nil {
		p.sentence(Cell{moment(w.Start) + " to " + moment(w.End) + " " + w.Start.Format("MST"), term.Faint})
	}
}

// whole names the cluster that all is about, as briefly as it is known.
func (p *Page) whole(cluster string) {
	name := "several clusters"
	if cluster != "" {
		name = kube.Derive(cluster).Alias
	}
	p.sentence(Cell{name, term.Strong})
}

func moment(t time.Time) string { return t.Format("2006-01-02 15:04") }

func (p *Page) amount(name, value, span string) {
	cells := []Cell{{fmt.Sprintf("%-*s", fieldWidth, name), term.Faint}, text(value)}
	if span != "" {
		cells = append(cells, Cell{"  (" + span + ")", term.Faint})
	}
	p.Line(cells...)
}

// origin says how the energy was had, and how much of the window is known.
func (p *Page) origin(from []report.Provenance, t *footprint.EnergyTotal) {
	var said []string
	for _, o := range from {
		how, _, _ := strings.Cut(o.Note, ";")
		word := cmp.Or(how, o.Source)
		if !strings.HasPrefix(word, string(o.Method)) {
			word = string(o.Method) + ": " + word
		}
		if slices.Contains(o.Fields, "energyWh") && !slices.Contains(said, word) {
			said = append(said, word)
		}
	}
	p.field("", strings.Join(said, "; "))
	var parts []string
	if t.Known < 0.995 {
		parts = append(parts, share(float64(t.Known))+" of the window is known")
	}
	if t.Coverage != nil {
		parts = append(parts, "samples cover "+share(float64(*t.Coverage))+" of it")
	}
	p.field("", strings.Join(parts, ", "))
}

func share(v float64) string {
	if v > 0 && v < 0.01 {
		return "<1%"
	}
	return strconv.FormatFloat(math.Floor(v*100), 'f', 0, 64) + "%"
}

// grid says with what energy was turned into carbon.
func (p *Page) grid(from []report.Provenance) {
	var words []string
	for _, o := range from {
		if f := o.Factor; f != nil && slices.Contains(o.Fields, "carbonGrams") {
			word := fmt.Sprintf("%s %.4g", f.Name, f.Value)
			if f.Unit != "" {
				word += " " + f.Unit
			}
			if !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	p.field("", strings.Join(words, " · "))
}

// explained prints where every figure comes from.
func (p *Page) explained(explain bool, from []report.Provenance) {
	if !explain {
		return
	}
	p.Line()
	p.sentence(Cell{"carbon = energy × PUE × grid intensity; location-based, embodied apart", term.Strong})
	for _, o := range from {
		name := strings.Join(o.Fields, ", ")
		if f := o.Factor; f != nil {
			p.sentence(text(fmt.Sprintf("%s: %s", name, factorSaid(f, o.Source))))
		} else {
			p.sentence(text(fmt.Sprintf("%s: %s by %s", name, o.Method, o.Source)))
		}
		if o.Note != "" {
			for note := range strings.SplitSeq(o.Note, "; ") {
				p.indented(Cell{note, term.Faint})
			}
		}
	}
}

func factorSaid(f *report.Factor, source string) string {
	s := fmt.Sprintf("%s = %.5g", f.Name, f.Value)
	if f.Unit != "" {
		s += " " + f.Unit
	}
	if f.Low != f.High {
		s += fmt.Sprintf(" (%.5g to %.5g)", f.Low, f.High)
	}
	s += ", " + source
	if f.Year != 0 {
		s += " " + strconv.Itoa(f.Year)
	}
	return s
}

// whoColumns are those that name consumers; who of them are shown depends on rows.
func whoColumns(cluster string, timed bool, rows []footprint.EnergyRow) ([]Column, func(*footprint.EnergyRow) []Cell) {
	workload, node, whole := false, false, len(rows) > 0
	for i := range rows {
		r := &rows[i]
		workload = workload || r.Name != ""
		node = node || r.Node != ""
		whole = whole && *r == footprint.EnergyRow{Cluster: r.Cluster, Start: r.Start, End: r.End, Energy: r.Energy, EnergyLow: r.EnergyLow, EnergyHigh: r.EnergyHigh}
	}
	var columns []Column
	var cells []func(*footprint.EnergyRow) string
	column := func(c Column, cell func(*footprint.EnergyRow) string) {
		columns, cells = append(columns, c), append(cells, cell)
	}
	if timed {
		column(Column{Header: "START"}, func(r *footprint.EnergyRow) string { return started(r.Start) })
	}
	if cluster == "" || whole {
		column(Column{Header: "CLUSTER", Cut: Middle}, func(r *footprint.EnergyRow) string { return cmp.Or(r.Cluster, cluster) })
	}
	switch {
	case whole:
	case node:
		column(Column{Header: "NODE", Cut: Middle}, func(r *footprint.EnergyRow) string { return cmp.Or(r.Node, bracketed(r.Class)) })
	case workload:
		column(Column{Header: "NAMESPACE", Cut: Middle}, func(r *footprint.EnergyRow) string { return r.Namespace })
		column(Column{Header: "WORKLOAD", Cut: Middle}, func(r *footprint.EnergyRow) string {
			if r.Name == "" {
				return bracketed(r.Class)
			}
			return short(r.Kind) + "/" + r.Name
		})
	default:
		column(Column{Header: "NAMESPACE", Cut: Middle}, func(r *footprint.EnergyRow) string { return cmp.Or(r.Namespace, bracketed(r.Class)) })
	}
	return columns, func(r *footprint.EnergyRow) []Cell {
		out := make([]Cell, len(cells))
		for i, cell := range cells {
			out[i] = text(cell(r))
		}
		if r.Class != footprint.Consumer {
			out[len(out)-1].Tone = term.Faint
		}
		return out
	}
}

// bracketed names what is no namespace, workload or node.
func bracketed(c footprint.Class) string {
	if c == footprint.Consumer {
		return dash
	}
	return "(" + string(c) + ")"
}

// ranges is the column of what figures may be, which is only shown where one may.
func ranges(t Table, column int) Table {
	for _, row := range t.Rows {
		if row[column].Text != "" {
			return t
		}
	}
	t.Columns = slices.Delete(t.Columns, column, column+1)
	for i, row := range t.Rows {
		t.Rows[i] = slices.Delete(row, column, column+1)
	}
	return t
}

// started shows when a piece starts, as briefly as it can be said.
func started(t *time.Time) string {
	if t == nil {
		return ""
	}
	if h, m, _ := t.Clock(); h == 0 && m == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format("2006-01-02 15:04")
}

func (p *Page) energyTable(r fred.EnergyReport) Table {
	rows := r.Items
	if r.Items == nil || len(rows) > 0 && rows[0].Start == nil {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b footprint.EnergyRow) int { return byEnergy(&a, &b) })
	}
	who, cells := whoColumns(r.Cluster, len(rows) > 0 && rows[0].Start != nil, rows)
	t := Table{Columns: append(who,
		Column{Header: "ENERGY", Right: true},
		Column{Header: "MAY BE", Spare: 3},
		Column{Header: "SHARE", Right: true, Spare: 1})}
	values := make([]float64, len(rows))
	for i := range rows {
		row := &rows[i]
		values[i] = known(row.Energy)
		t.Rows = append(t.Rows, append(cells(row), text(energy(row.Energy)), Cell{span(row.EnergyLow, row.EnergyHigh), term.Faint},
			text(shareText(row.Energy, r.Total.Energy))))
	}
	return p.barred(ranges(t, len(who)+1), values)
}

func (p *Page) carbonTable(r fred.CarbonReport) Table {
	rows := slices.Clone(r.Items)
	timed := len(rows) > 0 && rows[0].Start != nil
	if !timed {
		slices.SortStableFunc(rows, func(a, b footprint.CarbonRow) int { return byEnergy(&a.EnergyRow, &b.EnergyRow) })
	}
	plain := make([]footprint.EnergyRow, len(rows))
	for i := range rows {
		plain[i] = rows[i].EnergyRow
	}
	who, cells := whoColumns(r.Cluster, timed, plain)
	t := Table{Columns: append(who,
		Column{Header: "CARBON", Right: true},
		Column{Header: "MAY BE", Spare: 3},
		Column{Header: "EMBODIED", Right: true, Spare: 2},
		Column{Header: "ENERGY", Right: true, Spare: 1},
		Column{Header: "SHARE", Right: true, Spare: 4})}
	values := make([]float64, len(rows))
	for i := range rows {
		row := &rows[i]
		values[i] = known(row.Carbon)
		t.Rows = append(t.Rows, append(cells(&row.EnergyRow), text(carbon(row.Carbon)), Cell{span(row.CarbonLow, row.CarbonHigh), term.Faint},
			text(carbon(row.Embodied)), text(energy(row.Energy)), text(shareText(row.Energy, r.Total.Energy))))
	}
	return p.barred(ranges(t, len(who)+1), values)
}

// byEnergy puts consumers first, those that used most before others.
func byEnergy(a, b *footprint.EnergyRow) int {
	consumer := func(r *footprint.EnergyRow) int {
		if r.Class == footprint.Consumer {
			return 0
		}
		return 1
	}
	value := func(r *footprint.EnergyRow) float64 {
		if r.Energy == nil {
			return -1
		}
		return float64(*r.Energy)
	}
	return cmp.Or(cmp.Compare(consumer(a), consumer(b)), cmp.Compare(value(b), value(a)))
}

func shareText(part, whole *unit.Energy) string {
	if part == nil || whole == nil || *whole <= 0 {
		return dash
	}
	return fmt.Sprintf("%.1f%%", float64(*part / *whole * 100))
}

func whoNames[T any](rows []T, of func(*T) *footprint.EnergyRow) []string {
	var names []string
	for i := range rows {
		r := of(&rows[i])
		name := cmp.Or(r.Name, r.Node, r.Namespace, string(r.Class), "cluster")
		kind := r.Kind
		switch {
		case r.Name != "":
		case r.Node != "":
			kind = "node"
		case r.Namespace != "":
			kind = "namespace"
		default:
			kind = "other"
		}
		if full := strings.ToLower(kind) + "/" + name; !slices.Contains(names, full) {
			names = append(names, full)
		}
	}
	return names
}

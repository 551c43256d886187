package fred

import (
	"context"
	"slices"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// CompareQuery selects what two windows are compared of: FootprintQuery's window,
// the second, against the first.
type CompareQuery struct {
	FootprintQuery
	First window.Asked // the window before the second, of its length, when empty
}

// CompareEnergy says how the energy of two windows differs, and who made the
// difference.
func (f *Fred) CompareEnergy(ctx context.Context, q CompareQuery) (Comparison, error) {
	return f.compare(ctx, q, false)
}

// CompareCarbon says how the emissions of the energy of two windows differ, and who
// made the difference.
func (f *Fred) CompareCarbon(ctx context.Context, q CompareQuery) (Comparison, error) {
	return f.compare(ctx, q, true)
}

func (f *Fred) compare(ctx context.Context, q CompareQuery, emitted bool) (Comparison, error) {
	out := report.New[footprint.Change, footprint.Change]("Comparison")
	first, second, err := f.readTwo(q)
	if err != nil {
		return out, err
	}
	var books []*book
	var whole [2]footprint.Cell
	var known [2]unit.Figure
	var counted unit.Figure // clusters, each once
	var effects footprint.Change
	err = f.footprints(ctx, second, emitted, func(b *book) error {
		first.only = byGuesses // figures of one kind are compared
		if b.metered {
			first.only = byMeters
		}
		before, err := f.account(ctx, b.l, first, wholeCluster(q.Query)(b.l.cluster), emitted)
		if err != nil {
			return err
		}
		rows := changes(before, b, emitted)
		out.Items = append(out.Items, rows...)
		books = append(books, b)
		b.warnings = withoutTwins(b.warnings, before.warnings)
		b.stale = b.stale || before.stale
		if !b.l.twin {
			counted++
			for i := range rows {
				effects.AddEffects(&rows[i])
			}
			for i, w := range []*book{before, b} {
				whole[i] = footprint.Sum([]footprint.Cell{whole[i], w.sum()})
				k, _ := w.known()
				known[i] += k
			}
		}
		return nil
	}, about(f, &out))
	settle(&out, books, emitted)
	n := max(1, counted)
	total := change(emitted,
		amount(first.Resolved.Window, whole[0], known[0]/n, emitted),
		amount(second.Resolved.Window, whole[1], known[1]/n, emitted))
	if emitted {
		total.Split(whole[0], whole[1])
	}
	if total.Difference != nil {
		total.EnergyEffect, total.GridEffect = effects.EnergyEffect, effects.GridEffect
	}
	for i := range out.Items {
		out.Items[i].Part(total.Difference)
	}
	out.Total = &total
	return out, err
}

// readTwo makes sense of both windows of q.
func (f *Fred) readTwo(q CompareQuery) (first, second *asking, err error) {
	if q.Window.Step != "" && q.Window.Step != string(window.Whole) {
		return nil, nil, fault.New(fault.Invalid, "windows are compared whole").Hinted("Leave --step out.")
	}
	if second, err = f.read(q.FootprintQuery); err != nil {
		return nil, nil, err
	}
	again := *second
	first = &again
	if q.First == (window.Asked{}) {
		first.Resolved.Window = second.Before()
		return first, second, nil
	}
	q.First.Zone = q.Window.Zone
	first.Resolved, err = q.First.Resolve(second.now, lastDay)
	return first, second, err
}

// changes returns a row for everybody who is in one of two books.
func changes(first, second *book, emitted bool) []footprint.Change {
	before, after := cells(first), cells(second)
	k1, _ := first.known()
	k2, _ := second.known()
	var rows []footprint.Change
	seen := map[footprint.Who]bool{}
	for _, e := range slices.Concat(second.sorted(), first.sorted()) {
		if seen[e.Who] {
			continue
		}
		seen[e.Who] = true
		c := change(emitted,
			amount(first.pieces[0], cellOf(before, e.Who), k1, emitted),
			amount(second.pieces[0], cellOf(after, e.Who), k2, emitted))
		if emitted {
			c.Split(cellOf(before, e.Who), cellOf(after, e.Who))
		}
		c.Cluster, c.Class, c.Namespace, c.Kind, c.Name, c.Node = second.l.label(), e.Who.Class, e.Who.Namespace, e.Who.Kind, e.Who.Name, e.Who.Node
		rows = append(rows, c)
	}
	return rows
}

// cells are the sums of b by consumer.
func cells(b *book) map[footprint.Who]footprint.Cell {
	all := map[footprint.Who]footprint.Cell{}
	for _, e := range b.ledger.Entries() {
		all[e.Who] = footprint.Sum(e.Cells)
	}
	return all
}

// cellOf returns the cell of who: nothing, where it was not there.
func cellOf(cells map[footprint.Who]footprint.Cell, who footprint.Who) footprint.Cell {
	if c, ok := cells[who]; ok {
		return c
	}
	return footprint.Cell{Known: true, Emitted: true}
}

func change(emitted bool, first, second footprint.Amount) footprint.Change {
	c := footprint.Change{Unit: "Wh", First: &first, Second: &second}
	if emitted {
		c.Unit = "gCO2e"
	}
	c.Compare()
	return c
}

func amount(w window.Window, c footprint.Cell, known unit.Figure, emitted bool) footprint.Amount {
	a := footprint.Amount{Start: w.Start, End: w.End, Known: known}
	switch {
	case known == 0:
	case emitted && c.Emitted:
		if c.Weighed < c.Energy.Value {
			a.Known *= unit.Figure(c.Weighed / c.Energy.Value) // the carbon of the rest is not
		}
		a.Value = new(unit.Figure(c.Carbon.Value))
	case !emitted && c.Known:
		a.Value = new(unit.Figure(c.Energy.Value))
	}
	return a
}

package fred

import (
	"context"

	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// Energy says what energy was used in a window, and by whom: in watt-hours at the
// machine, without PUE.
func (f *Fred) Energy(ctx context.Context, q FootprintQuery) (EnergyReport, error) {
	out := report.New[footprint.EnergyRow, footprint.EnergyTotal]("EnergyReport")
	t, err := weigh(ctx, f, q, &out, false, func(b *book, c *footprint.Cell, who footprint.Who, piece *window.Window) footprint.EnergyRow {
		return c.EnergyRow(b.l.label(), who, piece)
	})
	out.Total = new(t.energy())
	return out, err
}

// Carbon says what was emitted in a window, and for whom: by the energy, with PUE
// and the grid's intensity, and by making the machines.
func (f *Fred) Carbon(ctx context.Context, q FootprintQuery) (CarbonReport, error) {
	out := report.New[footprint.CarbonRow, footprint.CarbonTotal]("CarbonReport")
	t, err := weigh(ctx, f, q, &out, true, func(b *book, c *footprint.Cell, who footprint.Who, piece *window.Window) footprint.CarbonRow {
		return footprint.CarbonRow{EnergyRow: c.EnergyRow(b.l.label(), who, piece), Emission: c.Emission()}
	})
	out.Total = &footprint.CarbonTotal{EnergyTotal: t.energy(), Emission: t.sum.Emission()}
	if t.per != nil {
		out.Total.SCI = t.per.Of(out.Total.Emission)
	}
	return out, err
}

// weigh answers q: it fills out with what row makes of each entry of each cluster's
// book, and returns their totals.
func weigh[I, T any](ctx context.Context, f *Fred, q FootprintQuery, out *report.Report[I, T], emitted bool,
	row func(*book, *footprint.Cell, footprint.Who, *window.Window) I,
) (t totals, err error) {
	a, err := f.read(q)
	if err != nil {
		return t, err
	}
	out.Window, t.per = &a.Resolved.Window, a.per
	var books []*book
	err = f.footprints(ctx, a, emitted, func(b *book) error {
		b.rows(func(c *footprint.Cell, who footprint.Who, piece *window.Window) {
			out.Items = append(out.Items, row(b, c, who, piece))
		})
		t.add(b)
		books = append(books, b)
		return nil
	}, about(f, out))
	settle(out, books, emitted)
	return t, err
}

// totals sums up books. A cluster that is there twice counts once.
type totals struct {
	sum     footprint.Cell
	known   unit.Figure
	covered *unit.Figure
	books   int
	per     *footprint.SCI
}

func (t *totals) add(b *book) {
	if b.l.twin {
		return
	}
	t.sum = footprint.Sum([]footprint.Cell{t.sum, b.sum()})
	known, covered := b.known()
	t.books++
	t.known += known
	if covered != nil {
		if t.covered == nil {
			t.covered = new(unit.Figure)
		}
		*t.covered += *covered
	}
}

// energy returns the total; of several clusters the shares are means.
func (t *totals) energy() footprint.EnergyTotal {
	n := unit.Figure(max(1, t.books))
	if t.covered != nil {
		t.covered = new(*t.covered / n)
	}
	return t.sum.EnergyTotal(t.known/n, t.covered)
}

// settle says of out where its figures come from.
func settle[I, T any](out *report.Report[I, T], books []*book, emitted bool) {
	out.Provenance, out.Version = []report.Provenance{}, ""
	for _, b := range books {
		out.Provenance = append(out.Provenance, b.provenance(emitted, out.Simulated)...)
		out.Warnings = append(out.Warnings, b.warnings...)
		out.Stale = out.Stale || b.stale
	}
}

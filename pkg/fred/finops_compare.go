package fred

import (
	"context"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/window"
)

// CostComparison is a report of how the costs of two windows differ.
type CostComparison = report.Report[finops.CostChange, finops.CostChange]

// CompareCostQuery selects what the costs of two windows are compared of: CostQuery's
// window, the second, against the first.
type CompareCostQuery struct {
	CostQuery
	First  window.Asked // the window before the second, of its length, when empty
	Metric bill.Metric
}

// CompareCost says how the costs of two windows differ, by what, and whether of more
// being used or of other prices.
func (f *Fred) CompareCost(ctx context.Context, q CompareCostQuery) (CostComparison, error) {
	out := report.New[finops.CostChange, finops.CostChange]("CostComparison")
	out.Simulated = f.Simulated
	first, second, err := f.costingTwo(q)
	if err == nil {
		err = answerTwo(ctx, first, second)
	}
	if err == nil && (first.mixed || second.mixed) && second.bill != nil && !overlap(first, second) { // of two pieces there may be room for all
		pieces := []window.Window{first.Resolved.Window, second.Resolved.Window}
		slices.SortFunc(pieces, func(a, b window.Window) int { return a.Start.Compare(b.Start) })
		if first, second, err = f.costingTwo(q); err == nil {
			first.cut, second.cut = finops.Cut{Pieces: pieces}, finops.Cut{Pieces: pieces}
			err = answerTwo(ctx, first, second)
		}
	}
	if err != nil {
		return out, err
	}
	for _, c := range []*costing{second, first} {
		c.comment()
		c.warnOfLack()
	}
	if methodOf(first) != methodOf(second) {
		return out, fault.New(fault.NotFound, "one of the two windows is on the bill that is cached, and the other is not").Hinted("Name the bill with --focus.")
	}
	r := second.report
	out.Cluster, out.Window, out.CollectedAt, out.Stale = r.Cluster, r.Window, r.CollectedAt, r.Stale || first.report.Stale
	out.Provenance = r.Provenance
	out.Warnings = slices.Clone(r.Warnings)
	for _, w := range first.report.Warnings {
		if !slices.Contains(out.Warnings, w) {
			out.Warnings = append(out.Warnings, w)
		}
	}
	out.Items, out.Totals = finops.Changes(first.table, second.table, q.Metric)
	if out.Items == nil {
		out.Items = []finops.CostChange{}
	}
	return out, nil
}

// answerTwo answers both; the first takes what the second has read, if it can.
func answerTwo(ctx context.Context, first, second *costing) error {
	for _, c := range []*costing{second, first} {
		if err := c.answer(ctx); err != nil {
			return err
		}
		c.table.Blank = !c.told && len(c.table.Sums()) == 0
		first.Refresh = first.Refresh && first.cut.String() != second.cut.String()
	}
	return nil
}

func overlap(a, b *costing) bool { return a.Overlap(b.Start, b.End) > 0 }

func methodOf(c *costing) report.Method {
	for _, p := range c.report.Provenance {
		return p.Method
	}
	return report.Unknown
}

// costingTwo makes sense of both windows of q.
func (f *Fred) costingTwo(q CompareCostQuery) (first, second *costing, err error) {
	if q.Window.Step != "" && q.Window.Step != string(window.Whole) {
		return nil, nil, fault.New(fault.Invalid, "windows are compared whole").Hinted("Leave --step out.")
	}
	if second, err = f.costing(q.CostQuery); err != nil {
		return nil, nil, err
	}
	before := q.CostQuery
	if before.Window = q.First; q.First == (window.Asked{}) {
		w := second.Before()
		before.Window = window.Asked{Start: w.Start.Format(time.RFC3339Nano), End: w.End.Format(time.RFC3339Nano)}
	}
	before.Window.Zone = q.Window.Zone
	if first, err = f.costing(before); err != nil {
		return nil, nil, err
	}
	for _, c := range []*costing{first, second} {
		r := report.New[finops.CostRow, finops.CostTotal]("CostReport")
		c.units, c.report = !finops.Allocated(c.By), &r
		r.Simulated, r.Window = f.Simulated, &c.Resolved.Window
	}
	return first, second, nil
}

// cover notes for how long of the window the bill of s is, and says where it is not at all.
func (c *costing) cover(s *finops.Statement) {
	if s.Start.IsZero() {
		return
	}
	c.covered = max(c.covered, c.Overlap(s.Start, s.End))
	if s.Start.Before(c.End) && s.End.After(c.Start) {
		c.told = true
	} else {
		c.warn(report.Note, "", "the bill is of %s to %s: it has nothing from %s to %s",
			s.Start.Format(time.DateOnly), s.End.Format(time.DateOnly), c.Start.Format(time.DateOnly), c.End.Format(time.DateOnly))
	}
	c.mixed = c.mixed || s.Mixed
}

// warnOfLack says what of a window that is compared is not known.
func (c *costing) warnOfLack() {
	if c.mixed {
		c.warn(report.Note, "", "the bill has too many SKUs to tell usage from prices by this: group by less")
	}
	w := c.Resolved.Window
	if w.End.After(c.now) {
		w.End = midnight(c.now) // today is on no bill
	}
	if lack := w.Length() - c.covered; c.told && lack >= time.Hour {
		c.warn(report.Note, "", "of the window from %s to %s, %s not on the bill", c.Start.Format(time.DateOnly), c.End.Format(time.DateOnly), isOrAre(lack))
	}
}

// isOrAre says how long a time is, in days if they are whole, and that it is.
func isOrAre(d time.Duration) string {
	n, of := int(d.Hours()), "hour"
	if d%aDay == 0 {
		n, of = n/24, "day"
	}
	if n == 1 {
		return countOf(n, of) + " is"
	}
	return countOf(n, of) + " are"
}

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
	if err != nil {
		return out, err
	}
	for _, c := range []*costing{second, first} {
		if err := c.answer(ctx); err != nil {
			return out, err
		}
		c.comment()
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
		c.units, c.report = true, &r
		r.Simulated, r.Window = f.Simulated, &c.Resolved.Window
	}
	return first, second, nil
}

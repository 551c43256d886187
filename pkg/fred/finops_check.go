package fred

import (
	"context"
	"fmt"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/report"
)

// BillCheck is a report of what a bill holds, and what is wrong with it.
type BillCheck = report.Report[finops.Flaw, finops.Quality]

// CheckBill reads the bill, and says what it holds and what is wrong with it. Rows that
// are lost leave the answer partial; where strict, the first problem is an error.
func (f *Fred) CheckBill(ctx context.Context, strict bool) (BillCheck, error) {
	out := report.New[finops.Flaw, finops.Quality]("BillCheck")
	out.Simulated = f.Simulated
	if f.Bill == nil {
		return out, fault.New(fault.Invalid, "no bill is named").Hinted("Name FOCUS files or folders, or set finops.focus.")
	}
	b, err := f.Bill()
	if err != nil {
		return out, err
	}
	quality, flaws, err := finops.Examine(ctx, b, strict)
	if err != nil {
		return out, asFault(err)
	}
	out.Items, out.Total = append(out.Items, flaws...), &quality
	if lost := lostOf(flaws); lost > 0 {
		out.Warnings = append(out.Warnings, report.Warning{Code: report.Missing, Message: fmt.Sprintf("rows or files that could not be read: %d; sums lack them", lost)})
	}
	for _, path := range b.Skipped() {
		out.Items = append(out.Items, finops.Flaw{Severity: finops.Fact, Count: 1, Detail: "passed over: a manifest, or the same file unpacked, stands for it", Where: baseNames([]string{path})})
	}
	return out, nil
}

func lostOf(flaws []finops.Flaw) int {
	lost := 0
	for i := range flaws {
		if flaws[i].Severity == finops.Loss {
			lost += flaws[i].Count
		}
	}
	return lost
}

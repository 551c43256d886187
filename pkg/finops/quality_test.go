package finops_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
)

// listed is a bill of charges, with a problem before the first.
type listed []bill.Charge

func (l listed) Read(_ context.Context, q bill.Question, each func(*bill.Charge) error) (bill.Summary, error) {
	if q.Tally != nil {
		q.Tally.File("1.2")
		q.Tally.Column("ResourceId").Value("NULL")
		for range 3 {
			q.Tally.Row(42, func() string { return "a.csv:3" })
		}
	}
	for _, line := range []int{2, 7, 9, 11} {
		q.Problem(bill.Problem{File: "/home/somebody/a.csv", Line: line, Column: "ChargePeriodStart", What: "no time", Lost: bill.Row})
	}
	for i := range l {
		if err := each(&l[i]); err != nil {
			return bill.Summary{}, err
		}
	}
	return bill.Summary{Files: 1, Rows: len(l) + 4, Dropped: 4, Problems: 4, Unknown: [4]int{3: 2}}, nil
}

func TestABillIsExamined(t *testing.T) {
	charge := func(day int, category bill.Category, cost string) bill.Charge {
		at := time.Date(2026, 10, day, 0, 0, 0, 0, time.UTC)
		c := bill.Charge{Start: at, End: at.AddDate(0, 0, 1), Currency: "USD", Category: category, Service: "EC2", Region: "r", Resource: "i-1"}
		for _, m := range []bill.Metric{bill.Billed, bill.Effective, bill.List} {
			c.Costs[m] = bill.Value{Amount: amount(cost), Known: true}
		}
		return c
	}
	refund := charge(1, bill.Usage, "-0.30")
	refund.Resource, refund.Class = "", bill.Correction
	q, flaws, err := finops.Examine(t.Context(), listed{charge(1, bill.Usage, "0.1"), charge(2, bill.Usage, "0.2"), refund, charge(5, bill.Usage, "0"), charge(3, bill.Tax, "7")}, false)
	require.NoError(t, err)
	require.Equal(t, []string{"Usage 4 0", "Tax 1 7"}, func() (said []string) {
		for _, h := range q.Holding {
			said = append(said, string(h.Category)+" "+string(rune('0'+h.Charges))+" "+h.Effective.String())
			require.Nil(t, h.Contracted, "which nobody told")
		}
		return said
	}(), "0.1 and 0.2 are 0.3")
	require.Equal(t, []finops.Flaw{
		{Severity: finops.Loss, Column: "ChargePeriodStart", Count: 4, Detail: "no time", Where: []string{"a.csv:2", "a.csv:7", "a.csv:9"}},
		{Severity: finops.Doubt, Column: "ContractedCost", Count: 2, Detail: "not told: it counts as nothing"},
		{Severity: finops.Doubt, Count: 2, Detail: "rows that are the same as one before in all columns, and count again", Where: []string{"a.csv:3", "a.csv:3"}},
		{Severity: finops.Doubt, Count: 2, Detail: "days without usage, between the first and the last: 2026-10-03, 2026-10-04"},
		{Severity: finops.Fact, Column: "ResourceId", Count: 1, Detail: "empty, where there are 4 charges of usage: only tags and names tell of which cluster they are"},
		{Severity: finops.Fact, Column: "Tags", Count: 4, Detail: "empty, where there are 4 charges of usage: only resources and names tell of which cluster they are"},
		{Severity: finops.Fact, Column: "ConsumedQuantity", Count: 4, Detail: "empty, where there are 4 charges of usage: a comparison cannot tell usage from prices"},
		{Severity: finops.Fact, Column: "BilledCost", Count: 1, Detail: "below 0, of usage: refunds, perhaps"},
		{Severity: finops.Fact, Column: "BilledCost", Count: 1, Detail: "0, as the effective cost is: free, or paid for elsewhere"},
		{Severity: finops.Fact, Column: "ChargeClass", Count: 1, Detail: "corrections of earlier invoices: they count where their charges lie"},
	}, flaws)
	require.Equal(t, []bill.Versions{{Version: "1.2", Files: 1}}, q.Versions)
	require.Equal(t, []*bill.Column{{Name: "ResourceId", Rows: 1, Null: 1}}, q.Columns)
	require.Equal(t, "2026-10-06", q.End.Format(time.DateOnly))
}

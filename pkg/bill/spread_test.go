package bill_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func amount(t testing.TB, s string) money.Amount {
	t.Helper()
	a, err := money.Parse(s)
	require.NoError(t, err)
	return a
}

func TestAPartOfAChargeIsByElapsedTime(t *testing.T) {
	month := bill.Charge{Category: bill.Usage, Start: at("2026-09-01T00:00:00Z"), End: at("2026-10-01T00:00:00Z")}
	purchase := month
	purchase.Category = bill.Purchase
	moment := bill.Charge{Category: bill.Usage, Start: at("2026-09-01T00:00:00Z"), End: at("2026-09-01T00:00:00Z")}
	day := window.Window{Start: at("2026-09-02T00:00:00Z"), End: at("2026-09-03T00:00:00Z")}
	first := window.Window{Start: at("2026-09-01T00:00:00Z"), End: at("2026-09-02T00:00:00Z")}
	before := window.Window{Start: at("2026-08-01T00:00:00Z"), End: at("2026-09-01T00:00:00Z")}
	over := window.Window{Start: at("2026-08-31T00:00:00Z"), End: at("2026-10-02T00:00:00Z")}
	tests := []struct {
		name   string
		charge bill.Charge
		window window.Window
		spread bill.Spread
		want   string
	}{
		{"usage is spread", month, day, bill.SpreadUsage, "0.333333333334"}, // F(2 days) 0.666666666667 − F(1 day) 0.333333333333
		{"usage begins at its start", month, first, bill.SpreadUsage, "0.333333333333"},
		{"what is all in the window is whole", month, over, bill.SpreadUsage, "10.00000000000000000001"},
		{"before its start there is nothing", month, before, bill.SpreadUsage, "0"},
		{"a purchase counts at its start", purchase, first, bill.SpreadUsage, "10.00000000000000000001"},
		{"and on no other day", purchase, day, bill.SpreadUsage, "0"},
		{"nor in the window that ends there", purchase, before, bill.SpreadUsage, "0"},
		{"unless it is spread as well", purchase, first, bill.SpreadAll, "0.333333333333"},
		{"usage counts at its start if nothing is spread", month, first, bill.SpreadNone, "10.00000000000000000001"},
		{"a charge of a moment counts at it", moment, first, bill.SpreadAll, "10.00000000000000000001"},
		{"and not before", moment, before, bill.SpreadAll, "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			part := tt.spread.Part(&tt.charge, tt.window)
			require.Equal(t, tt.want, part.Of(amount(t, "10.00000000000000000001")).String())
			require.Equal(t, tt.want == "0", part.Empty())
		})
	}
}

// TestPartsAddUpHoweverAWindowIsCut is the property that sums of reports rest on.
func TestPartsAddUpHoweverAWindowIsCut(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	start := at("2026-09-01T00:00:00Z")
	for range 2000 {
		c := bill.Charge{
			Category: []bill.Category{bill.Usage, bill.Purchase, bill.Credit}[rng.IntN(3)],
			Start:    start.Add(time.Duration(rng.Int64N(int64(100 * time.Hour)))),
		}
		c.End = c.Start.Add(time.Duration(rng.Int64N(int64(800 * time.Hour))))
		cost := amount(t, fmt.Sprintf("%d.%020de-%d", rng.IntN(1000)-500, rng.Int64(), rng.IntN(9)))
		spread := bill.Spread(rng.IntN(3))

		var cuts []time.Time
		for range 2 + rng.IntN(20) {
			cuts = append(cuts, start.Add(time.Duration(rng.Int64N(int64(1000*time.Hour)))))
		}
		slices.SortFunc(cuts, time.Time.Compare)
		var sum money.Sum
		for i := 1; i < len(cuts); i++ {
			sum.Add(spread.Part(&c, window.Window{Start: cuts[i-1], End: cuts[i]}).Of(cost))
		}
		union := window.Window{Start: cuts[0], End: cuts[len(cuts)-1]}
		require.Equal(t, spread.Part(&c, union).Of(cost).String(), sum.Amount().String())

		sum.Add(spread.Part(&c, window.Window{Start: start.Add(-time.Hour), End: cuts[0]}).Of(cost))
		sum.Add(spread.Part(&c, window.Window{Start: union.End, End: start.Add(2000 * time.Hour)}).Of(cost))
		require.Equal(t, cost.String(), sum.Amount().String(), "all of it, to the last digit")
	}
}

func TestAProblemIsToldInALine(t *testing.T) {
	require.Equal(t, "a.zip:b.csv:7: BilledCost: no decimal number", bill.Problem{File: "a.zip:b.csv", Line: 7, Column: "BilledCost", What: "no decimal number"}.String())
	require.Equal(t, "a.csv: is empty", bill.Problem{File: "a.csv", What: "is empty"}.String())
	require.Equal(t, "ContractedCost", bill.Contracted.String())
	require.True(t, bill.AllFields.Has(bill.Priced|bill.FourCosts))
	require.False(t, bill.FourCosts.Has(bill.Priced|bill.ListCost))
	require.True(t, bill.Summary{Dropped: 1}.Partial())
	require.False(t, bill.Summary{Rows: 1, Problems: 1}.Partial())
}

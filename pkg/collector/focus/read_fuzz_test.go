package focus

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/money"
)

// FuzzRead holds for any text at all: reading it ends, each row is a charge or told,
// charges are what their type promises, and a text without its bad rows adds up alike.
func FuzzRead(f *testing.F) {
	f.Add("ChargePeriodStart,ChargePeriodEnd,BillingCurrency,ChargeCategory,BilledCost,Tags\n2026-09-01,2026-09-02,USD,Usage,35.2E-7,\"{\"\"a\"\":1}\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		var sum money.Sum
		charges, rest := 0, 0
		r := &reading{q: bill.Question{Fields: bill.BilledCost | bill.ChargeTags}}
		rows := 0
		r.q.Problem = func(p bill.Problem) {
			require.Equal(t, "fuzz", p.File)
			require.NotEmpty(t, p.What)
			require.NotContains(t, p.String(), "\x1b")
			require.NotContains(t, p.String(), "\n")
			require.Less(t, len(p.String()), 600)
			switch p.Lost {
			case bill.Row:
				rows++
				require.Positive(t, p.Line)
			case bill.Rest:
				rest++
			}
		}
		r.each = func(c *bill.Charge) error {
			charges++
			require.False(t, c.End.Before(c.Start))
			require.True(t, c.Start.Year() >= 2000 && c.End.Year() < 2200)
			require.Len(t, string(c.Currency), 3)
			if cost := c.Cost(bill.Billed); cost.Known {
				require.LessOrEqual(t, cost.Cmp(money.New(1, 30)), 0)
				sum.Add(cost.Amount)
			} else {
				require.Zero(t, cost.Sign())
			}
			return nil
		}
		require.NoError(t, r.text(t.Context(), "fuzz", strings.NewReader(text)))
		require.Equal(t, r.sum.Rows, charges+rows)
		require.Equal(t, rows, r.sum.Dropped)
		require.Equal(t, rest, r.sum.Broken)
		require.LessOrEqual(t, r.sum.Bytes, int64(len(text)))

		_, ok := new(big.Rat).SetString(sum.Amount().String())
		require.True(t, ok)
		if rest > 0 { // for a column that is there twice, say
			return
		}
		again := &reading{q: bill.Question{Fields: bill.BilledCost}, each: func(c *bill.Charge) error {
			sum.Add(c.Cost(bill.Billed).Neg())
			return nil
		}}
		require.NoError(t, again.text(t.Context(), "fuzz", strings.NewReader(text)))
		require.Zero(t, sum.Amount().Sign(), "what is not asked for changes nothing")
	})
}

func FuzzReadTags(f *testing.F) {
	for _, s := range []string{`{"a":"b"}`, `"a":"b","c":"d"`, `{" org":null,"n":1.50,"o":{"p":[1]}}`, `{"a":"\ud800"}`, `[]`, `{"a":1,"a":2}`, `team=cart`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		tags, err := readTags(s)
		require.Equal(t, err == nil, tags != nil)
	})
}

package finops_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/money"
)

// used is a charge of an hour for a quantity of something.
func used(service, cost, unit, quantity string) finops.Line {
	l := line(finops.Other, "", cost, 1)
	l.Service = service
	if unit != "" {
		l.Item, l.Unit, l.Quantities = service, unit, []money.Amount{amount(quantity)}
	}
	return l
}

// item is a line as it is, of another item.
func item(l finops.Line, name string) finops.Line {
	l.Item = name
	return l
}

func changes(t *testing.T, by string, first, second []finops.Line) (rows, totals map[string][5]string) {
	t.Helper()
	cut, pieces := hours(1)
	var tables [2]*finops.Table
	for i, lines := range [][]finops.Line{first, second} {
		tables[i] = finops.NewTable(finops.Layout{By: by, Cut: cut, Pieces: pieces, Fine: true})
		tables[i].Add(lines, "", false)
	}
	show := func(all []finops.CostChange) map[string][5]string {
		out := map[string][5]string{}
		for _, c := range all {
			d := [5]string{"-", "-", "-", "-", "-"}
			for i, v := range []*money.Amount{c.First.Cost, c.Second.Cost, c.UsageEffect, c.PriceEffect, c.OtherEffect} {
				if v != nil {
					d[i] = v.String()
				}
			}
			out[c.Service+string(c.Class)+string(c.Currency)] = d
			if c.UsageEffect != nil {
				require.Zero(t, c.UsageEffect.Add(*c.PriceEffect).Add(*c.OtherEffect).Cmp(*c.Difference), "effects add up to the difference")
			}
		}
		return out
	}
	r, s := finops.Changes(tables[0], tables[1], bill.Effective)
	return show(r), show(s)
}

func TestADifferenceComesOfUsageAndOfPrices(t *testing.T) {
	gone := used("gone", "3", "Hrs", "1")
	tax := used("compute", "1", "", "")
	rows, totals := changes(t, "service",
		[]finops.Line{used("compute", "10", "Hrs", "5"), used("compute", "6", "GB", "3"), tax, gone, used("thirds", "1", "Hrs", "3")},
		[]finops.Line{used("compute", "18", "Hrs", "6"), used("compute", "4", "GB", "2"), used("compute", "1.5", "", ""), used("new", "7", "Hrs", "2"), used("thirds", "2", "Hrs", "4")})
	require.Equal(t, map[string][5]string{
		// Hrs: 1 more at 2 is 2, and 6 of prices; GB: 1 less at 2.
		"computeUSD": {"17", "23.5", "0", "6", "0.5"},
		"goneUSD":    {"3", "0", "-3", "0", "0"},
		"newUSD":     {"0", "7", "7", "0", "0"},
		"thirdsUSD":  {"1", "2", "0.333333333333", "0.666666666667", "0"},
	}, rows)
	require.Equal(t, map[string][5]string{"USD": {"21", "32.5", "4.333333333333", "6.666666666667", "0.5"}}, totals)
}

func TestWhatIsDearerIsNoPriceOfWhatIsNot(t *testing.T) {
	small, large := used("compute", "10", "Hrs", "100"), item(used("compute", "40", "Hrs", "100"), "large")
	smaller, larger := used("compute", "5", "Hrs", "50"), item(used("compute", "60", "Hrs", "150"), "large")
	rows, _ := changes(t, "service", []finops.Line{small, large}, []finops.Line{smaller, larger})
	require.Equal(t, [5]string{"50", "65", "15", "0", "0"}, rows["computeUSD"], "both cost what they did, and there is more of the dearer")
}

func TestWhereAnItemLiesDoesNotMatter(t *testing.T) {
	here, there := used("compute", "10", "Hrs", "100"), used("compute", "24", "Hrs", "200")
	here.Account, here.AccountName, here.Rule = "1", "before", finops.ByTag
	there.Account, there.AccountName, there.Rule = "1", "after", finops.ByResource
	rows, _ := changes(t, "account", []finops.Line{here}, []finops.Line{there})
	require.Equal(t, [5]string{"10", "24", "10", "4", "0"}, rows["USD"], "an account that has another name is the same")
}

func TestWhereThereIsNoPriceThereIsNoEffect(t *testing.T) {
	tests := []struct {
		name                                   string
		cost1, quantity1, cost2, quantity2     string
		wantUsage, wantPrice, wantWithoutCause string
	}{
		{"a fee, then the same for something", "5", "0", "6", "10", "0", "0", "1"},
		{"something, then a fee without anything", "6", "10", "5", "0", "0", "0", "-1"},
		{"more was given back than used", "-5", "-1", "6", "10", "0", "0", "11"},
		{"nothing for nothing, then something", "0", "0", "6", "10", "6", "0", "0"},
		{"something, then nothing for nothing", "6", "10", "0", "0", "-6", "0", "0"},
		{"free, then not", "0", "10", "6", "20", "0", "6", "0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, _ := changes(t, "service", []finops.Line{used("a", tt.cost1, "Hrs", tt.quantity1)}, []finops.Line{used("a", tt.cost2, "Hrs", tt.quantity2)})
			require.Equal(t, [5]string{tt.cost1, tt.cost2, tt.wantUsage, tt.wantPrice, tt.wantWithoutCause}, rows["aUSD"])
		})
	}
}

func TestWhatIsNotKnownIsNoDifference(t *testing.T) {
	unknown := used("dark", "1", "Hrs", "1")
	unknown.Costs[bill.Billed], unknown.Costs[bill.Effective] = unknown.Costs[bill.Effective], nil
	rows, totals := changes(t, "service", []finops.Line{used("dark", "1", "Hrs", "1")}, []finops.Line{unknown})
	require.Equal(t, [5]string{"1", "-", "-", "-", "-"}, rows["darkUSD"])
	require.Equal(t, [5]string{"1", "-", "-", "-", "-"}, totals["USD"])
}

func TestCurrenciesAndStrangersAreComparedApart(t *testing.T) {
	euro, stranger := used("a", "5", "Hrs", "1"), used("a", "9", "Hrs", "1")
	euro.Currency, stranger.Cluster = "EUR", ""
	rows, totals := changes(t, "service", []finops.Line{used("a", "1", "Hrs", "1"), euro}, []finops.Line{used("a", "2", "Hrs", "1"), stranger})
	require.Equal(t, map[string][5]string{"aUSD": {"1", "2", "0", "1", "0"}, "aEUR": {"5", "0", "-5", "0", "0"}, "aunmatchedUSD": {"0", "9", "9", "0", "0"}}, rows)
	require.Equal(t, map[string][5]string{"USD": {"1", "2", "0", "1", "0"}, "EUR": {"5", "0", "-5", "0", "0"}, "unmatchedUSD": {"0", "9", "9", "0", "0"}}, totals)
}

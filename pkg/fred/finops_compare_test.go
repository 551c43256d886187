package fred_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

// days is a bill of a node on two days: on the second it is dearer, and there for longer.
const days = "BillingCurrency,BilledCost,EffectiveCost,ListCost,ContractedCost,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,RegionId,SubAccountId,ResourceId,Tags,ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit\n" +
	"USD,1,1,1,1,Usage,2026-10-20T00:00:00Z,2026-10-21T00:00:00Z,EC2,eu-west-1,42,i-0123456789abcdef0,,10,Hrs,,\n" +
	"USD,2.5,2.5,1,1,Usage,2026-10-21T00:00:00Z,2026-10-22T00:00:00Z,EC2,eu-west-1,42,i-0123456789abcdef0,,,,20,Hrs\n" +
	"USD,0.2,0.2,1,1,Tax,2026-10-21T00:00:00Z,2026-10-22T00:00:00Z,EC2,eu-west-1,42,i-0123456789abcdef0,,,,,\n"

func TestCostsOfTwoWindowsAreCompared(t *testing.T) {
	s, b := billed(t, days)
	q := fred.CompareCostQuery{CostQuery: fred.CostQuery{Window: window.Asked{Start: "2026-10-21", End: "2026-10-22"}}, Metric: bill.Effective}
	r, err := s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, "CostComparison", r.Kind)
	c := r.Items[0]
	require.Equal(t, []string{"1", "2.7", "1.7", "1", "0.5", "0.2"}, []string{
		c.First.Cost.String(), c.Second.Cost.String(), c.Difference.String(), c.UsageEffect.String(), c.PriceEffect.String(), c.OtherEffect.String(),
	}, "10 hours more at 0.1, and 0.025 more for each of 20")
	require.Equal(t, "1.7", r.Totals[0].Difference.String())
	require.Equal(t, 1, b.reads, "of whole days one pass tells of both windows")
	costOf(t, s, fred.CostQuery{By: "region"})
	require.Equal(t, 1, b.reads, "and of other questions")

	there := s.offline(t)
	cached, err := there.CompareCost(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, r.Items, cached.Items)

	q.By = "namespace"
	r, err = s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	require.Nil(t, r.Totals[0].UsageEffect, "who kept more of a node used no more of it")

	q.First = window.Asked{Start: "2026-10-20T00:00:00Z", Last: "1h"}
	q.By = "service"
	r, err = s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, "0.041666666667", r.Items[0].First.Cost.String(), "a 24th of 1")
	q.Window.Step = "1d"
	_, err = s.CompareCost(t.Context(), q)
	fails(t, err, fault.Invalid, "compared whole", "--step")
}

func TestListPricesOfTwoWindowsDifferByUsage(t *testing.T) {
	s := dev(t)
	r, err := s.CompareCost(t.Context(), fred.CompareCostQuery{CostQuery: fred.CostQuery{Window: window.Asked{Last: "1d"}}, Metric: bill.Effective})
	require.NoError(t, err)
	for _, c := range r.Items {
		require.Equal(t, 0, c.PriceEffect.Sign())
		require.Zero(t, c.UsageEffect.Cmp(*c.Difference))
	}
}

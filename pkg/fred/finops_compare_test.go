package fred_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/report"
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

	q.Refresh = true
	_, err = s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, 2, b.reads, "refreshed once, for both windows")
	q.Refresh = false

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
	for _, by := range []string{"service", "namespace"} {
		r, err := s.CompareCost(t.Context(), fred.CompareCostQuery{CostQuery: fred.CostQuery{Window: window.Asked{Last: "1d"}, By: by}, Metric: bill.Effective})
		require.NoError(t, err)
		for _, c := range append(r.Items, r.Totals...) {
			require.Equal(t, 0, c.PriceEffect.Sign())
			require.Zero(t, c.UsageEffect.Cmp(*c.Difference))
		}
	}
}

func TestWithoutItsFilesABillIsComparedByWhatIsCachedOfIt(t *testing.T) {
	s, _ := billed(t, days)
	costOf(t, s, fred.CostQuery{})
	r, err := s.offline(t).CompareCost(t.Context(), fred.CompareCostQuery{CostQuery: fred.CostQuery{Window: window.Asked{Start: "2026-10-21", End: "2026-10-22"}}, Metric: bill.Effective})
	require.NoError(t, err)
	c := r.Totals[0]
	require.Equal(t, []string{"1", "2.7", "0", "0", "1.7"}, []string{
		c.First.Cost.String(), c.Second.Cost.String(), c.UsageEffect.String(), c.PriceEffect.String(), c.OtherEffect.String(),
	}, "costs were asked for, not what was used")
	require.Equal(t, report.Billed, r.Provenance[0].Method)
}

func TestOfATimeThatIsOnNoBillNothingIsKnown(t *testing.T) {
	s, _ := billed(t, days)
	q := fred.CompareCostQuery{CostQuery: fred.CostQuery{Window: window.Asked{Start: "2026-10-20", End: "2026-10-21"}}, Metric: bill.Effective}
	r, err := s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	for _, c := range append(r.Items, r.Totals...) {
		require.Nil(t, c.First.Cost, "which is not 0")
		require.Equal(t, "1", c.Second.Cost.String())
		require.Nil(t, c.Difference)
		require.Nil(t, c.UsageEffect)
	}
	require.Contains(t, r.Warnings[len(r.Warnings)-1].Message, "it has nothing from 2026-10-19 to 2026-10-20")

	q.Window = window.Asked{Start: "2026-10-21", End: "2026-10-23"}
	r, err = s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	said := []string{}
	for _, w := range r.Warnings {
		said = append(said, w.Message)
	}
	require.Equal(t, []string{
		"of the window from 2026-10-21 to 2026-10-23, 1 day is not on the bill", "of the window from 2026-10-19 to 2026-10-21, 1 day is not on the bill",
	}, said)
	require.Equal(t, "1", r.Totals[0].First.Cost.String())
}

// vast is a bill of 30 days with more items than are kept by the day.
type vast struct{ reads int }

func (*vast) Version() (string, error) { return "1", nil }
func (*vast) Skipped() []string        { return nil }

func (v *vast) Read(_ context.Context, _ bill.Question, each func(*bill.Charge) error) (bill.Summary, error) {
	v.reads++
	start := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for day := range 30 {
		for sku := range 5100 {
			at := start.AddDate(0, 0, day)
			c := bill.Charge{Start: at, End: at.AddDate(0, 0, 1), Currency: "USD", Category: bill.Usage, Service: "EC2", SKU: fmt.Sprint(sku)}
			c.Costs[bill.Effective] = bill.Value{Amount: money.New(int64(10+day/15), -2), Known: true} // 0.10, then 0.11
			c.Consumed = bill.Quantity{Value: bill.Value{Amount: money.New(1, 0), Known: true}, Unit: "Hrs"}
			if err := each(&c); err != nil {
				return bill.Summary{}, err
			}
		}
	}
	return bill.Summary{}, nil
}

func TestItemsAreToldApartHoweverManyThereAre(t *testing.T) {
	v := &vast{}
	s := newStand(t, &world{}, func(o *fred.Options) { o.Bill = func() (fred.Bill, error) { return v, nil } })
	q := fred.CompareCostQuery{CostQuery: fred.CostQuery{Whole: true, Window: window.Asked{Start: "2026-10-16", End: "2026-10-31"}}, Metric: bill.Effective}
	r, err := s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	require.Empty(t, r.Warnings)
	require.Equal(t, finops.Plain, r.Totals[0].Class)
	require.Equal(t, []string{"765", "0", "0"}, []string{r.Totals[0].PriceEffect.String(), r.Totals[0].UsageEffect.String(), r.Totals[0].OtherEffect.String()}, "5,100 items for 15 days at 0.01 more")
	require.Equal(t, 2, v.reads, "by the day, where there is no room, then by window")
	_, err = s.CompareCost(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, 2, v.reads, "and both are cached")
}

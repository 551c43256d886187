package cli

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/money"
)

func spent(t *testing.T, s string) *money.Amount {
	t.Helper()
	a, err := money.Parse(s)
	require.NoError(t, err)
	return &a
}

func TestALimitOfCostsIsExact(t *testing.T) {
	all := []costTotal{{spent(t, "0.3"), "EUR"}, {spent(t, "1000.00000000000000000001"), "USD"}, {nil, "GBP"}}
	for said, code := range map[string]int{
		"cost>1000USD": exitThreshold, "cost>=1000.00000000000000000001USD": exitThreshold, "cost>1000.00000000000000000001USD": 0, "cost > 1e3 USD": exitThreshold,
		"cost<1000USD": 0, "cost>0.3EUR": 0, "cost>=0.3EUR": exitThreshold, "cost<=0.30EUR": exitThreshold, "cost>-1EUR": exitThreshold,
		"cost>1GBP": exitPartial, "cost>1CHF": exitPartial,
	} {
		var l costLimits
		require.NoError(t, l.Set(said))
		err := l.judged(all, nil)
		require.Equal(t, code, exitCode(err), said)
		if code == exitThreshold {
			require.Equal(t, exitThreshold, exitCode(l.judged(all, errPartial)), "%s: what is missing hides no limit that is passed", said)
		}
	}
	down := errors.New("down")
	l := costLimits{{above: true, currency: "USD"}}
	require.Equal(t, down, l.judged(all, down))
	require.Equal(t, exitPartial, exitCode(l.judged(nil, nil)), "nothing is known")
}

func TestALimitOfAnIncreaseIsOfTheDifference(t *testing.T) {
	change := func(first, second string, currency money.Currency, class finops.Class) finops.CostChange {
		a, b := spent(t, first), spent(t, second)
		return finops.CostChange{Subject: finops.Subject{Currency: currency, Class: class}, CostDifference: finops.CostDifference{
			First: finops.CostAmount{Cost: a}, Second: finops.CostAmount{Cost: b}, Difference: new(b.Sub(*a)),
		}}
	}
	all := []finops.CostChange{change("100", "110", "USD", ""), change("0", "5", "EUR", ""), change("1", "900", "USD", finops.Unmatched)}
	for said, code := range map[string]int{
		"increase>10%": 0, "increase>=10%": exitThreshold, "increase>9.999999999999%": exitThreshold, "increase>10USD": 0, "increase>9.99USD": exitThreshold,
		"increase>4EUR": exitThreshold, "increase>4GBP": exitPartial, "cost>100USD": exitThreshold, "increase<0%": 0,
	} {
		var l costLimits
		require.NoError(t, l.Set(said))
		require.Equal(t, code, exitCode(l.judgedOf(all, nil)), said)
	}
	var l costLimits
	require.NoError(t, l.Set("increase>10%"))
	require.Equal(t, exitPartial, exitCode(l.judgedOf(all[1:2], nil)), "of nothing there is no percentage")
	require.Error(t, l.ofCostAlone())
}

func TestWhatIsNoLimitOfCostsIsRefused(t *testing.T) {
	for _, said := range []string{"", "cost", "cost>", "cost>10", "cost>10%", "cost>10usd", "carbon>10USD", "cost>1.2.3USD", "cost=10USD", "cost>1,000USD", "cost>1e999999USD"} {
		require.Error(t, (&costLimits{}).Set(said), said)
	}
}

package finops_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/window"
)

func TestNodesArePricedByTheirTypeElseByTheirCores(t *testing.T) {
	known := finops.PriceOf(&finops.Machine{Type: "m5.large", Provider: "aws", CPUs: 2}, nil)
	require.Equal(t, "0.096", known.Value.String()) // AWS's public price in us-east-1
	require.Equal(t, known.Value, known.Low)
	require.False(t, known.Guessed)
	require.Contains(t, known.Note, "us-east-1")

	spot := finops.PriceOf(&finops.Machine{Type: "m5.large", Provider: "aws", CPUs: 2, Spot: true}, nil)
	require.Equal(t, []string{"0.02016", "0.0096", "0.096", "0.096"}, []string{spot.Value.String(), spot.Low.String(), spot.High.String(), spot.List.String()})

	guessed := finops.PriceOf(&finops.Machine{Type: "x9.unheard-of", Provider: "aws", CPUs: 4}, nil)
	require.True(t, guessed.Guessed)
	require.Negative(t, guessed.Low.Cmp(guessed.Value))
	require.Positive(t, guessed.High.Cmp(guessed.Value))
	require.InDelta(t, 4*0.05, guessed.Value.Float(), 4*0.03, "a core of a cloud costs some cents an hour")
	require.True(t, finops.PriceOf(&finops.Machine{CPUs: 4}, nil).Guessed, "of no provider")
}

func TestASheetStandsInThePlaceOfListPrices(t *testing.T) {
	sheet, err := finops.ReadSheet(strings.NewReader("\ufeffType, price_per_hour ,currency,region\n# ours\nm5.large,0.07,eur,eu-west-3\nm5.large,0.08,,\n,1e-1,USD,\n"), "prices.csv")
	require.NoError(t, err)
	in := func(m finops.Machine) string {
		p := finops.PriceOf(&m, sheet)
		return p.Value.String() + " " + string(p.Currency)
	}
	require.Equal(t, "0.07 EUR", in(finops.Machine{Type: "M5.large", Region: "eu-west-3"}))
	require.Equal(t, "0.08 USD", in(finops.Machine{Type: "m5.large", Region: "eu-west-1"}))
	require.Equal(t, "0.1 USD", in(finops.Machine{Type: "any"}))
}

func TestASheetThatCannotBeMeantIsRefusedWithItsLine(t *testing.T) {
	for _, tt := range []struct{ sheet, want string }{
		{"", "no prices"},
		{"type,price\nm5.large,1\n", "no column price_per_hour"},
		{"type,price_per_hour\nm5.large,1\nm6.large,dear\n", "line 3: price_per_hour \"dear\""},
		{"type,price_per_hour\nm5.large,-1\n", "line 2: price_per_hour -1 is negative"},
		{"type,price_per_hour,currency\nm5.large,1,euro\n", "line 2: no currency"},
		{"type,price_per_hour\nm5.large\n", "wrong number of fields"},
	} {
		_, err := finops.ReadSheet(strings.NewReader(tt.sheet), "prices.csv")
		require.ErrorContains(t, err, tt.want)
		require.Equal(t, fault.Invalid, fault.KindOf(err))
	}
}

func TestAnEstimateIsHoursTimesPrices(t *testing.T) {
	day := window.Window{Start: noon, End: noon.Add(24 * time.Hour)}
	next := window.Window{Start: day.End, End: day.End.Add(24 * time.Hour)}
	machines := []finops.Machine{{Node: "n1", Type: "m5.large", Provider: "aws", Since: noon.Add(18 * time.Hour)}}
	e := finops.EstimateOf("dev", machines, noon.Add(6*time.Hour), []window.Window{day, next}, noon.Add(30*time.Hour), nil)
	require.Len(t, e.Lines, 1)
	l := e.Lines[0]
	require.Equal(t, []int{0, 1}, l.At)
	require.Equal(t, "1.728", l.Costs[bill.Effective][0].String(), "18 hours, since the cluster was made")
	require.Equal(t, "0.576", l.Costs[bill.Effective][1].String(), "6 hours, up to now")
	require.Equal(t, "0.576", l.Low[0].String(), "6 hours, since the node was made")
	require.Nil(t, l.Costs[bill.Billed], "nobody was asked to pay it")
}

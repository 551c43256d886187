package view

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/money"
)

func TestSmallAmountsAreShownToTwoDigits(t *testing.T) {
	for s, want := range map[string]string{
		"0": "0.00", "12.345": "12.34", "-3": "-3.00", "0.01": "0.01", "0.009": "0.009", "0.0044999": "0.0045", "0.000068": "0.000068", "-0.00012345": "-0.00012",
	} {
		a, err := money.Parse(s)
		require.NoError(t, err)
		require.Equal(t, want, amountShort(a), s)
	}
}

func TestColumnsThatAddUpGiveWayTogether(t *testing.T) {
	table := Table{Columns: []Column{{Header: "NAME"}, {Header: "FIRST", Spare: 4}, {Header: "USAGE", Spare: 3, Set: "of"}, {Header: "PRICE", Spare: 3, Set: "of"}, {Header: "OTHER", Spare: 3, Set: "of"}}}
	for width, want := range map[int][]int{
		32: {0, 1, 2, 3, 4}, 31: {0, 2, 3, 4}, 25: {0, 2, 3, 4}, 24: {0, 1}, 11: {0, 1}, 10: {0}, 1: {0},
	} {
		shown, hidden, _ := table.fit(false, width)
		require.Equal(t, want, shown, width)
		require.Len(t, hidden, 5-len(want), width)
	}
}

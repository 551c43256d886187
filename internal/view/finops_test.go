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

package bill_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
)

func TestValuesAreCountedAsTheyAreWritten(t *testing.T) {
	tests := []struct {
		values []string
		want   bill.Column
	}{
		{[]string{"", "a", "1", "10", "0.001", "-1E-7", "-", ".", "e", "0e", "0x0", "1970", "nullify", "nil!", "00:00", "0-0"}, bill.Column{Rows: 16, Empty: 1}},
		{[]string{"null", "NULL", "Null"}, bill.Column{Rows: 3, Null: 3}},
		{[]string{"0", "0.00", "-0", "+0.0", ".0", "0.", "000", "0E-10", "0e5", "0.0e+1"}, bill.Column{Rows: 10, Zero: 10}},
	}
	for _, tt := range tests {
		c := bill.Column{}
		for _, v := range tt.values {
			c.Value(v)
		}
		require.Equal(t, tt.want, c)
	}
}

func TestATallyKeepsABoundedPartOfABill(t *testing.T) {
	var tally bill.Tally
	for i := range 600 {
		c := tally.Column(fmt.Sprint("x_", i))
		require.Equal(t, i >= 500, c == nil)
	}
	require.Len(t, tally.Columns, 500)
	require.Same(t, tally.Columns[7], tally.Column("x_7"))
	for i := range uint64(2_000_010) {
		tally.Row(i, nil)
	}
	for i := range uint64(5) {
		tally.Row(i, func() string { return fmt.Sprint("a.csv:", i) })
	}
	require.Equal(t, 10, tally.Unseen)
	require.Equal(t, 5, tally.Again)
	require.Equal(t, []string{"a.csv:0", "a.csv:1", "a.csv:2"}, tally.AgainAt)
	tally.File("1.2")
	tally.File("1.0")
	tally.File("1.2")
	require.Equal(t, []bill.Versions{{Version: "1.2", Files: 2}, {Version: "1.0", Files: 1}}, tally.Versions)
}

package view

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/term"
)

func TestABarIsAsLongAsItsPart(t *testing.T) {
	for part, want := range map[float64]string{
		0: "", -1: "", math.NaN(): "", 1: "██████████", 0.5: "█████", 0.0001: "▏", 0.0625: "▋", 0.1125: "█▏",
	} {
		require.Equal(t, want, block(part), "%g", part)
	}
}

func TestBarsStandBesideATableWhereThereIsRoom(t *testing.T) {
	table := func() Table {
		return Table{Columns: []Column{{Header: "NAME"}}, Rows: [][]Cell{{text("a")}, {text("b")}, {text("c")}}}
	}
	on := func(d term.Dress) Table {
		return (&Page{Output: Output{Dress: d}}).barred(table(), []float64{4, math.NaN(), 1})
	}
	with := on(term.Dress{Terminal: true, Width: 80})
	require.Len(t, with.Columns, 2)
	require.Equal(t, []string{"██████████", "", "██▌"}, []string{with.Rows[0][1].Text, with.Rows[1][1].Text, with.Rows[2][1].Text})
	require.Equal(t, with, on(term.Dress{Terminal: true, Width: len("NAME") + gap + barColumns}))
	require.Equal(t, table(), on(term.Dress{Terminal: true, Width: len("NAME") + gap + barColumns - 1}), "no name gives way to a bar")
	require.Equal(t, table(), on(term.Dress{}), "into a pipe")
}

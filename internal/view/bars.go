package view

import (
	"math"
	"slices"
	"strings"
)

// barColumns is how long the longest bar beside a table is.
const barColumns = 10

// barred puts a bar for each of values, which are those of its rows, beside a table on
// a terminal, where there is room. The longest is that of the largest; what is not a
// number has none.
func (p *Page) barred(t Table, values []float64) Table {
	most := slices.Max(append([]float64{0}, slices.DeleteFunc(slices.Clone(values), math.IsNaN)...))
	var shown []int
	for i, c := range t.Columns {
		if p.wide || !c.Wide {
			shown = append(shown, i)
		}
	}
	if !p.Dress.Terminal || most <= 0 || len(t.Rows) < 2 || t.Total != nil || p.Dress.Width > 0 && t.width(shown)+gap+barColumns > p.Dress.Width {
		return t
	}
	t.Columns = append(slices.Clip(t.Columns), Column{})
	for i, row := range t.Rows {
		t.Rows[i] = append(slices.Clip(row), Cell{block(values[i] / most), row[0].Tone})
	}
	return t
}

// eighths are the parts of a cell that a bar may end with.
var eighths = []rune(" ▏▎▍▌▋▊▉")

// block shows a part of a whole, to an eighth of a column; what is not nothing is seen.
func block(part float64) string {
	if !(part > 0) {
		return ""
	}
	n := max(1, int(math.Round(part*barColumns*8)))
	s := strings.Repeat("█", n/8)
	if n%8 > 0 {
		s += string(eighths[n%8])
	}
	return s
}

// known is a figure, or not a number where it is not known.
func known[T ~float64](v *T) float64 {
	if v == nil {
		return math.NaN()
	}
	return float64(*v)
}

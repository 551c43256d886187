package view

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/tw"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/redact"
)

// Table is rows under headers.
type Table struct {
	Columns []Column
	Rows    [][]Cell
	Total   []Cell // a last row, apart from the others; none when nil
}

// Column is a column of a table.
type Column struct {
	Header string
	Right  bool   // numbers
	Wide   bool   // only with -o wide
	Spare  int    // columns with the largest Spare give way first on a narrow terminal; 0 never does
	Cut    Cut    // how its texts may be cut on a narrow terminal
	Set    string // columns of a set, whose figures add up, give way together; "" is none
}

// Cut says where a text that does not fit is cut.
type Cut int

// The ways to cut.
const (
	Never  Cut = iota
	Middle     // names, whose ends tell them apart
	End        // sentences
)

// Cell is a piece of text and what it is to the reader. Text may come from
// anywhere: it is made safe for a terminal before it is written.
type Cell struct {
	Text string
	Tone term.Tone
}

// text returns a plain cell.
func text(s string) Cell { return Cell{Text: s} }

// gap is the space between columns.
const gap = 2

// fit returns the indexes of the columns to show in width, the names of those
// that do not fit, and whether texts had to be cut.
func (t *Table) fit(wide bool, width int) (shown []int, hidden []string, cut bool) {
	for i, c := range t.Columns {
		if wide || !c.Wide {
			shown = append(shown, i)
		}
	}
	if wide || width == 0 {
		return shown, nil, false
	}
	cut = t.cut(shown, width, gently, Middle, End)
	cut = t.cut(shown, width, shortest, End) || cut
	shown, hidden = t.hide(shown, width)
	return shown, hidden, t.cut(shown, width, least, Middle, End) || cut
}

// hide hides columns until the table fits, and names them. After a set has left, columns
// come back that have room again.
func (t *Table) hide(shown []int, width int) (left []int, hidden []string) {
	var gone []int
	together := false
	for t.width(shown) > width {
		spare := slices.MaxFunc(shown, func(a, b int) int { return cmp.Compare(t.Columns[a].Spare, t.Columns[b].Spare) })
		if t.Columns[spare].Spare == 0 {
			break
		}
		set := t.Columns[spare].Set
		together = together || set != ""
		leaves := func(i int) bool { return i == spare || set != "" && t.Columns[i].Set == set }
		gone = append(gone, slices.DeleteFunc(slices.Clone(shown), func(i int) bool { return !leaves(i) })...)
		shown = slices.DeleteFunc(shown, leaves)
	}
	for _, i := range gone {
		back := slices.Sorted(slices.Values(append(slices.Clone(shown), i)))
		if together && t.Columns[i].Set == "" && t.width(back) <= width {
			shown = back
		} else {
			hidden = append(hidden, t.Columns[i].Header)
		}
	}
	return shown, hidden
}

// How short a text may be cut: gently at first, then sentences more, and names
// only where hiding columns was not enough.
const (
	gently   = 28
	shortest = 16
	least    = 12
)

// cut shortens the longest texts of columns that may be cut in one of the given
// ways until the table fits, but none below floor. It says whether it cut any.
func (t *Table) cut(shown []int, width, floor int, ways ...Cut) bool {
	cut := false
	for width > 0 && t.width(shown) > width {
		longest, at := floor, -1
		for _, i := range shown {
			if w := t.columnWidth(i); slices.Contains(ways, t.Columns[i].Cut) && w > longest {
				longest, at = w, i
			}
		}
		if at < 0 {
			break
		}
		room := max(floor, longest-(t.width(shown)-width))
		for _, row := range t.Rows {
			row[at].Text = t.Columns[at].Cut.to(row[at].Text, room)
		}
		cut = true
	}
	return cut
}

// to cuts s to width columns.
func (c Cut) to(s string, width int) string {
	switch {
	case columns(s) <= width:
		return s
	case c == End:
		return ansi.Truncate(s, width, "…")
	}
	head := ansi.Truncate(s, (width-1)/2, "")
	return head + "…" + ansi.TruncateLeft(s, columns(s)-(width-1-columns(head)), "")
}

// columnWidth returns the width of column i.
func (t *Table) columnWidth(i int) int {
	w := columns(t.Columns[i].Header)
	for _, row := range t.Rows {
		w = max(w, columns(row[i].Text))
	}
	if t.Total != nil {
		w = max(w, columns(t.Total[i].Text))
	}
	return w
}

// width returns the width of the table with the given columns.
func (t *Table) width(shown []int) int {
	total := gap * (len(shown) - 1)
	for _, i := range shown {
		total += t.columnWidth(i)
	}
	return total
}

// write lays the table out. It returns the names of columns that did not fit,
// and whether texts were cut.
func (t *Table) write(w io.Writer, d term.Dress, wide bool) (hidden []string, cut bool, err error) {
	for _, row := range slices.Concat(t.Rows, [][]Cell{t.Total}) {
		for i := range row {
			row[i].Text = redact.Terminal(row[i].Text)
		}
	}
	shown, hidden, cut := t.fit(wide, d.Width)
	if len(t.Rows) >= long {
		return hidden, cut, t.writeLong(w, d, shown)
	}
	return hidden, cut, t.writeShort(w, d, shown)
}

// writeShort has tablewriter lay the table out.
func (t *Table) writeShort(w io.Writer, d term.Dress, shown []int) error {
	var b strings.Builder
	out := tablewriter.NewTable(&b, t.options(shown)...)
	header := make([]string, len(shown))
	for j, i := range shown {
		header[j] = d.Paint(term.Faint, t.Columns[i].Header)
	}
	out.Header(header)
	rows := t.Rows
	if t.Total != nil {
		rows = append(slices.Clip(rows), t.Total)
	}
	for _, row := range rows {
		cells := make([]string, len(shown))
		for j, i := range shown {
			cells[j] = d.Paint(row[i].Tone, row[i].Text)
		}
		if err := out.Append(cells); err != nil {
			return err
		}
	}
	if err := out.Render(); err != nil {
		return err
	}
	_, err := io.WriteString(w, trimLines(b.String()))
	return err
}

// options are tablewriter's for plain columns, as kubectl's are: no borders, the
// text as it is given, two spaces between columns.
func (t *Table) options(shown []int) []tablewriter.Option {
	align := make([]tw.Align, len(shown))
	for j, i := range shown {
		align[j] = tw.AlignLeft
		if t.Columns[i].Right {
			align[j] = tw.AlignRight
		}
	}
	padding := tw.CellPadding{Global: tw.Padding{Left: "", Right: strings.Repeat(" ", gap), Overwrite: true}}
	cell := tw.CellConfig{
		Formatting: tw.CellFormatting{AutoFormat: tw.Off, AutoWrap: tw.WrapNone},
		Alignment:  tw.CellAlignment{PerColumn: align},
		Padding:    padding,
	}
	return []tablewriter.Option{
		tablewriter.WithConfig(tablewriter.Config{
			Header: cell, Row: cell,
			Behavior: tw.Behavior{TrimSpace: tw.Off},
		}),
		tablewriter.WithRendition(tw.Rendition{
			Borders:  tw.BorderNone,
			Settings: tw.Settings{Lines: tw.LinesNone, Separators: tw.SeparatorsNone},
		}),
	}
}

// reset is what tablewriter ends a colored line with, behind its padding.
const reset = "\x1b[0m"

// trimLines drops the blanks at the ends of lines, which would wrap on a terminal
// that the table just fits.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = trimLine(line)
	}
	return strings.Join(lines, "\n")
}

func trimLine(line string) string {
	if bare := strings.TrimSuffix(line, reset); strings.HasSuffix(bare, " ") {
		line = bare
	}
	return strings.TrimRight(line, " ")
}

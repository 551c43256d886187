package view

import (
	"bufio"
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/fredctl/fred/internal/term"
)

// long is how many rows a table has that is laid out here: tablewriter takes
// 28 µs and 10 KB for each, this 1 µs, and they make the same of them.
const long = 500

// writeLong lays out a long table as tablewriter does, in two passes over its
// rows: one measures the columns, one writes.
func (t *Table) writeLong(w io.Writer, d term.Dress, shown []int) error {
	header := make([]Cell, len(t.Columns))
	for i, c := range t.Columns {
		header[i] = Cell{c.Header, term.Faint}
	}
	widths := make([]int, len(t.Columns))
	_ = t.each(header, func(row []Cell) error {
		for _, i := range shown {
			widths[i] = max(widths[i], padded(row[i].Text))
		}
		return nil
	})
	out := bufio.NewWriterSize(w, 64<<10)
	var line strings.Builder
	if err := t.each(header, func(row []Cell) error {
		line.Reset()
		for _, i := range shown {
			t.cell(&line, i, d.Paint(row[i].Tone, row[i].Text), widths[i]-padded(row[i].Text))
		}
		_, err := out.WriteString(trimLine(line.String()) + "\n")
		return err
	}); err != nil {
		return err
	}
	return out.Flush()
}

// cell adds a painted text to a line, with as many blanks as it lacks.
func (t *Table) cell(line *strings.Builder, column int, painted string, lacks int) {
	if t.Columns[column].Right {
		blanks(line, lacks)
		line.WriteString(painted)
		blanks(line, gap)
		return
	}
	line.WriteString(painted)
	blanks(line, lacks+gap)
	if strings.Contains(painted, "\x1b") {
		line.WriteString(reset)
	}
}

func blanks(b *strings.Builder, n int) {
	for range n {
		b.WriteByte(' ')
	}
}

// each calls do with every line of the table until one fails.
func (t *Table) each(header []Cell, do func([]Cell) error) error {
	if err := do(header); err != nil {
		return err
	}
	for _, row := range t.Rows {
		if err := do(row); err != nil {
			return err
		}
	}
	if t.Total == nil {
		return nil
	}
	return do(t.Total)
}

// padded returns the width of s as tablewriter counts it.
func padded(s string) int {
	if ascii(s) {
		return len(s)
	}
	return twwidth.Width(s)
}

// columns returns how many of them s takes on a terminal.
func columns(s string) int {
	if ascii(s) {
		return len(s)
	}
	return lipgloss.Width(s)
}

// ascii says whether each byte of s is a printable character of one column.
func ascii(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

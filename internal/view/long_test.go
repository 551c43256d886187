package view

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/internal/testutil"
)

// mixed is a table of many kinds of text, in all tones.
func mixed() *Table {
	texts := []string{
		"", "-", "team-00", "two words", "größer", "日本語", "e\u0301", "👩‍👩‍👧", "ends in a blank ", " begins with one", strings.Repeat("long-", 12), "ﬁ ½ …",
	}
	t := &Table{
		Columns: []Column{
			{Header: "NAME", Cut: Middle},
			{Header: "SIZE", Right: true, Spare: 1},
			{Header: "", Right: true},
			{Header: "KIND", Cut: End},
			{Header: "PATH", Wide: true},
		},
		Total: []Cell{{"total", term.Strong}, text("12"), text(""), {"", term.Faint}, text("-")},
	}
	for i := range 7 * len(texts) * 5 {
		row := make([]Cell, len(t.Columns))
		for j := range row {
			row[j] = Cell{texts[(i*(j+1)+i/len(texts))%len(texts)], term.Tone((i + j) % 6)}
		}
		row[1].Text = strconv.Itoa(i * i)
		t.Rows = append(t.Rows, row)
	}
	return t
}

func TestLongTablesLookAsShortOnesDo(t *testing.T) {
	tty := term.For(testutil.Terminal(t), false, func(k string) string { return map[string]string{"TERM": "xterm-256color", "COLUMNS": "90"}[k] })
	for name, d := range map[string]term.Dress{"color": tty, "plain": {}, "narrow": {Terminal: true, Width: 60}} {
		for _, wide := range []bool{false, true} {
			t.Run(name+strconv.FormatBool(wide), func(t *testing.T) {
				var short, long strings.Builder
				table := mixed()
				shown, _, _ := table.fit(wide, d.Width)
				require.NoError(t, table.writeShort(&short, d, shown))
				require.NoError(t, table.writeLong(&long, d, shown))
				require.Equal(t, short.String(), long.String())
				require.Equal(t, name == "color", strings.Contains(long.String(), "\x1b"))
				table.Total = nil
				short.Reset()
				long.Reset()
				require.NoError(t, table.writeShort(&short, d, shown))
				require.NoError(t, table.writeLong(&long, d, shown))
				require.Equal(t, short.String(), long.String())
			})
		}
	}
}

package focus_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/collector/focus/focustest"
)

func tallyOf(t *testing.T, paths ...string) *bill.Tally {
	t.Helper()
	files, err := focus.Find(paths...)
	require.NoError(t, err)
	var tally bill.Tally
	_, err = files.Read(t.Context(), bill.Question{Fields: bill.FourCosts, Tally: &tally}, func(*bill.Charge) error { return nil })
	require.NoError(t, err)
	return &tally
}

func TestWhatColumnsHoldIsCounted(t *testing.T) {
	for _, version := range focustest.Versions {
		path := filepath.Join(t.TempDir(), "bill.csv")
		var b strings.Builder
		_, err := focustest.Write(&b, focustest.Options{Version: version, Rows: 300, Seed: 5, Shuffle: true})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
		tally := tallyOf(t, path)
		require.Equal(t, []bill.Versions{{Version: version, Files: 1}}, tally.Versions)
		require.Zero(t, tally.Again)

		records, err := csv.NewReader(strings.NewReader(b.String())).ReadAll() // the judge knows no FOCUS
		require.NoError(t, err)
		require.Len(t, tally.Columns, len(records[0]))
		for i, c := range tally.Columns {
			want := bill.Column{Name: records[0][i], Rows: 300}
			for _, record := range records[1:] {
				switch v := strings.ToLower(record[i]); {
				case v == "":
					want.Empty++
				case v == "null":
					want.Null++
				case strings.Trim(v, "0.") == "" && strings.Contains(v, "0"):
					want.Zero++
				}
			}
			require.Equal(t, want, *c)
		}
	}
}

func TestRowsThatComeAgainAreCounted(t *testing.T) {
	folder := t.TempDir()
	var b strings.Builder
	_, err := focustest.Write(&b, focustest.Options{Rows: 20, Seed: 6})
	require.NoError(t, err)
	for _, name := range []string{"a.csv", "b.csv"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(b.String()), 0o600))
	}
	tally := tallyOf(t, folder)
	require.Equal(t, 20, tally.Again, "the same export, twice")
	require.Equal(t, "b.csv:2", tally.AgainAt[0])
	require.Equal(t, 2, tally.Versions[0].Files)
	require.Equal(t, 40, tally.Columns[0].Rows)
}

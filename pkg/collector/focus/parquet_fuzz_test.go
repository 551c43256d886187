package focus_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/collector/focus/focustest"
)

// FuzzReadParquet reads files that are altered: none ends the program, and what is told
// is never more than the rows that were counted.
func FuzzReadParquet(f *testing.F) {
	var file bytes.Buffer
	_, err := focustest.Write(&file, focustest.Options{Rows: 5, Seed: 3})
	require.NoError(f, err)
	whole, err := os.ReadFile(stored(f, rowsOf(f, file.Bytes()), exactRow(f)))
	require.NoError(f, err)
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(t.TempDir(), "bill.parquet")
		require.NoError(t, os.WriteFile(path, append([]byte("PAR1"), bytes.TrimPrefix(b, []byte("PAR1"))...), 0o600))
		files, err := focus.Find(path)
		require.NoError(t, err)
		told := 0
		sum, err := files.Read(t.Context(), bill.Question{Fields: bill.AllFields}, func(*bill.Charge) error { told++; return nil })
		if err == nil {
			require.Equal(t, sum.Rows-sum.Dropped, told)
		}
	})
}

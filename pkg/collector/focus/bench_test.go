package focus_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/collector/focus/focustest"
	"github.com/fredctl/fred/pkg/money"
)

// large writes a file of some bytes, by repeating a block of 1,000 rows, and returns
// its path and how many rows it has.
func large(b *testing.B, size int) (path string, rows int) {
	b.Helper()
	var block bytes.Buffer
	_, err := focustest.Write(&block, focustest.Options{Rows: 1000, Seed: 1})
	require.NoError(b, err)
	header := bytes.IndexByte(block.Bytes(), '\n') + 1
	path = filepath.Join(b.TempDir(), "bill.csv")
	file, err := os.Create(path)
	require.NoError(b, err)
	defer file.Close()
	_, err = file.Write(block.Bytes()[:header])
	require.NoError(b, err)
	for written := 0; written < size; written += block.Len() - header {
		_, err = file.Write(block.Bytes()[header:])
		require.NoError(b, err)
		rows += 1000
	}
	return path, rows
}

func pack(b *testing.B, path string) string {
	b.Helper()
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	file, err := os.Create(path + ".gz")
	require.NoError(b, err)
	defer file.Close()
	w := gzip.NewWriter(file)
	_, err = w.Write(text)
	require.NoError(b, err)
	require.NoError(b, w.Close())
	return path + ".gz"
}

// BenchmarkReadCSV adds two costs up by service and day.
func BenchmarkReadCSV(b *testing.B) {
	path, rows := large(b, 200_000_000)
	info, err := os.Stat(path)
	require.NoError(b, err)
	packed := pack(b, path)
	few := bill.BilledCost | bill.EffectiveCost | bill.Service
	for name, run := range map[string]struct {
		path   string
		fields bill.Fields
	}{
		"csv/by service": {path, few}, "csv/all fields": {path, bill.AllFields}, "gzip/by service": {packed, few},
	} {
		b.Run(name, func(b *testing.B) {
			files, err := focus.Find(run.path)
			require.NoError(b, err)
			b.SetBytes(info.Size())
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				require.Equal(b, rows, byServiceAndDay(b, files, run.fields))
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N)/float64(rows), "allocs/row")
		})
	}
}

func byServiceAndDay(b *testing.B, files *focus.Files, fields bill.Fields) (rows int) {
	b.Helper()
	type key struct {
		service  string
		currency money.Currency
		day      int64
	}
	sums := map[key]*[2]money.Sum{}
	sum, err := files.Read(b.Context(), bill.Question{Fields: fields}, func(c *bill.Charge) error {
		k := key{c.Service, c.Currency, c.Start.Unix() / int64(24*time.Hour/time.Second)}
		s := sums[k]
		if s == nil {
			s = &[2]money.Sum{}
			sums[k] = s
		}
		s[0].Add(c.Cost(bill.Billed).Amount)
		s[1].Add(c.Cost(bill.Effective).Amount)
		return nil
	})
	require.NoError(b, err)
	require.False(b, sum.Partial())
	return sum.Rows
}

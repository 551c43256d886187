package focus_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/collector/focus/focustest"
)

// words are columns that are words in all files.
type words struct {
	BillingCurrency      string  `parquet:"BillingCurrency,dict"`
	ServiceName          *string `parquet:"servicename,optional,dict"` // names are in any case
	ProviderName         *string `parquet:"ProviderName,optional,dict"`
	RegionId             *string `parquet:"RegionId,optional,dict"`        //nolint:revive // as FOCUS has it
	ResourceId           *string `parquet:"ResourceId,optional"`           //nolint:revive // as FOCUS has it
	CommitmentDiscountId *string `parquet:"CommitmentDiscountId,optional"` //nolint:revive // as FOCUS has it
	Extra                *string `parquet:"x_Extra,optional"`
}

// exact is a row as AWS writes it: decimals, times in milliseconds, a map of tags.
type exact struct {
	Tags map[string]string `parquet:"Tags,optional"`
	words
	BilledCost        *[16]byte `parquet:"BilledCost,optional,decimal(24:38)"`
	EffectiveCost     *[16]byte `parquet:"EffectiveCost,optional,decimal(24:38)"`
	ListCost          *[16]byte `parquet:"ListCost,optional,decimal(24:38)"`
	ContractedCost    *[16]byte `parquet:"ContractedCost,optional,decimal(24:38)"`
	ChargePeriodStart time.Time `parquet:"ChargePeriodStart,timestamp(millisecond)"`
	ChargePeriodEnd   time.Time `parquet:"ChargePeriodEnd,timestamp(microsecond)"`
	ChargeCategory    string    `parquet:"ChargeCategory"`
}

// double is a row as Azure writes it: doubles, and tags in JSON.
type double struct {
	words
	ContractedCost    *float64  `parquet:"ContractedCost,optional"`
	BilledCost        *float64  `parquet:"BilledCost,optional"`
	EffectiveCost     *float64  `parquet:"EffectiveCost,optional"`
	ListCost          *float64  `parquet:"ListCost,optional"`
	ChargePeriodStart time.Time `parquet:"ChargePeriodStart,timestamp(nanosecond)"`
	ChargePeriodEnd   string    `parquet:"ChargePeriodEnd"`
	ChargeCategory    string    `parquet:"ChargeCategory,dict"`
	Tags              *string   `parquet:"Tags,optional"`
}

// text is a row all of whose values are words.
type text struct {
	words
	BilledCost, EffectiveCost, ListCost, ContractedCost *string
	ChargePeriodStart, ChargePeriodEnd, ChargeCategory  string
	Tags                                                *string `parquet:"Tags,optional"`
}

// cells are the values of a row of a CSV, by column.
type cells map[string]string

func rowsOf(t testing.TB, file []byte) []cells {
	t.Helper()
	all, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	require.NoError(t, err)
	var rows []cells
	for _, record := range all[1:] {
		row := cells{}
		for i, name := range all[0] {
			if v := strings.TrimSpace(record[i]); !strings.EqualFold(v, "null") {
				row[strings.TrimSpace(name)] = v
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (c cells) word(name string) *string {
	if c[name] == "" {
		return nil
	}
	return new(c[name])
}

func (c cells) words() words {
	return words{
		BillingCurrency: c["BillingCurrency"], ServiceName: c.word("ServiceName"), ProviderName: c.word("ProviderName"),
		RegionId: c.word("RegionId"), ResourceId: c.word("ResourceId"), CommitmentDiscountId: c.word("CommitmentDiscountId"), Extra: new("x"),
	}
}

// decimal returns a cost in units of 1e-24, in two's complement.
func (c cells) decimal(t testing.TB, name string) *[16]byte {
	t.Helper()
	if c[name] == "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(c[name])
	require.True(t, ok, "%s: %q", name, c[name])
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(24), nil)))
	require.True(t, r.IsInt(), "%s: %q", name, c[name])
	n := r.Num()
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), 128))
	}
	var b [16]byte
	n.FillBytes(b[:])
	return &b
}

func (c cells) double(t testing.TB, name string) *float64 {
	t.Helper()
	if c[name] == "" {
		return nil
	}
	f, err := strconv.ParseFloat(c[name], 64)
	require.NoError(t, err)
	return &f
}

func (c cells) time(t testing.TB, name string) time.Time {
	t.Helper()
	for _, layout := range []string{time.RFC3339, time.DateTime} {
		if at, err := time.Parse(layout, c[name]); err == nil {
			return at
		}
	}
	t.Fatal(c[name])
	return time.Time{}
}

func (c cells) tags(t testing.TB) map[string]string {
	t.Helper()
	s := c["Tags"]
	if s == "" {
		return nil
	}
	if strings.HasPrefix(s, `"`) {
		s = "{" + s + "}"
	}
	all := map[string]any{}
	require.NoError(t, json.Unmarshal([]byte(s), &all), s)
	tags := map[string]string{}
	for k, v := range all {
		if tags[k] = ""; v != nil {
			tags[k] = fmt.Sprint(v)
		}
	}
	return tags
}

// stored writes rows as Parquet.
func stored[Row any](t testing.TB, rows []cells, of func(cells) Row, options ...parquet.WriterOption) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bill.snappy.parquet")
	file, err := os.Create(path)
	require.NoError(t, err)
	w := parquet.NewGenericWriter[Row](file, append(options, parquet.MaxRowsPerRowGroup(int64(max(700, len(rows)/4))), parquet.PageBufferSize(min(1<<20, 2*len(rows))))...)
	for _, row := range rows {
		_, err := w.Write([]Row{of(row)})
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, file.Close())
	return path
}

// costsOf returns what is told of the charges of a file.
func costsOf(t testing.TB, path string) (told []string, sum bill.Summary) {
	t.Helper()
	files, err := focus.Find(path)
	require.NoError(t, err)
	fields := bill.FourCosts | bill.Service | bill.Provider | bill.Region | bill.Resource | bill.Commitment | bill.ChargeTags
	sum, err = files.Read(t.Context(), bill.Question{Fields: fields}, func(c *bill.Charge) error {
		if len(c.Tags) == 0 {
			c.Tags = nil // none, or an empty object
		}
		tags, err := json.Marshal(c.Tags)
		require.NoError(t, err)
		line := []string{c.Start.String(), c.End.String(), string(c.Currency), string(c.Category), c.Service, c.Provider, c.Region, c.Resource, c.Commitment, string(tags)}
		for _, m := range bill.Metrics {
			line = append(line, c.Costs[m].String())
		}
		told = append(told, strings.Join(line, "|"))
		return nil
	})
	require.NoError(t, err)
	return told, sum
}

func exactRow(t testing.TB) func(cells) exact {
	return func(c cells) exact {
		return exact{
			words: c.words(), BilledCost: c.decimal(t, "BilledCost"), EffectiveCost: c.decimal(t, "EffectiveCost"), ListCost: c.decimal(t, "ListCost"),
			ContractedCost: c.decimal(t, "ContractedCost"), ChargePeriodStart: c.time(t, "ChargePeriodStart"), ChargePeriodEnd: c.time(t, "ChargePeriodEnd"),
			ChargeCategory: c["ChargeCategory"], Tags: c.tags(t),
		}
	}
}

// plainly returns what is told of rows that are a CSV.
func plainly(t testing.TB, rows []cells) []string {
	t.Helper()
	var plain bytes.Buffer
	w := csv.NewWriter(&plain)
	names := []string{"BillingCurrency", "ServiceName", "ProviderName", "RegionId", "ResourceId", "CommitmentDiscountId", "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "Tags"}
	require.NoError(t, w.Write(names))
	for _, row := range rows {
		var record []string
		for _, name := range names {
			record = append(record, row[name])
		}
		require.NoError(t, w.Write(record))
	}
	w.Flush()
	path := filepath.Join(t.TempDir(), "bill.csv")
	require.NoError(t, os.WriteFile(path, plain.Bytes(), 0o600))
	told, _ := costsOf(t, path)
	return told
}

func TestParquetTellsWhatCSVDoes(t *testing.T) {
	var file bytes.Buffer
	_, err := focustest.Write(&file, focustest.Options{Rows: 2000, Seed: 7})
	require.NoError(t, err)
	rows := rowsOf(t, file.Bytes())
	rounded := make([]cells, len(rows)) // to what a double holds
	for i, row := range rows {
		rounded[i] = maps.Clone(row)
		for _, name := range []string{"BilledCost", "EffectiveCost", "ListCost", "ContractedCost"} {
			if f := row.double(t, name); f != nil {
				rounded[i][name] = strconv.FormatFloat(*f, 'f', -1, 64)
			}
		}
	}
	want := plainly(t, rows)
	require.Len(t, want, 2000)

	files := map[string]string{
		"decimals": stored(t, rows, exactRow(t), parquet.Compression(&parquet.Snappy)),
		"zstd":     stored(t, rows, exactRow(t), parquet.Compression(&parquet.Zstd), parquet.DataPageVersion(1)),
		"doubles": stored(t, rounded, func(c cells) double {
			return double{
				words: c.words(), BilledCost: c.double(t, "BilledCost"), EffectiveCost: c.double(t, "EffectiveCost"), ListCost: c.double(t, "ListCost"), ContractedCost: c.double(t, "ContractedCost"),
				ChargePeriodStart: c.time(t, "ChargePeriodStart"), ChargePeriodEnd: c["ChargePeriodEnd"], ChargeCategory: c["ChargeCategory"], Tags: c.word("Tags"),
			}
		}, parquet.Compression(&parquet.Gzip)),
		"words": stored(t, rows, func(c cells) text {
			return text{
				words: c.words(), BilledCost: c.word("BilledCost"), EffectiveCost: c.word("EffectiveCost"), ListCost: c.word("ListCost"), ContractedCost: c.word("ContractedCost"),
				ChargePeriodStart: c["ChargePeriodStart"], ChargePeriodEnd: c["ChargePeriodEnd"], ChargeCategory: c["ChargeCategory"], Tags: c.word("Tags"),
			}
		}),
	}
	for name, path := range files {
		t.Run(name, func(t *testing.T) {
			got, sum := costsOf(t, path)
			require.Equal(t, 2000, sum.Rows)
			require.Zero(t, sum.Problems)
			want := want
			if name == "doubles" {
				want = plainly(t, rounded)
			}
			for i := range want {
				require.Equal(t, want[i], got[i], "row %d", i+1)
			}
		})
	}
}

func TestParquetOfAnotherKindIsTold(t *testing.T) {
	type other struct{ Name string }
	path := stored(t, []cells{{"Name": "x"}}, func(c cells) other { return other{c["Name"]} })
	files, err := focus.Find(path)
	require.NoError(t, err)
	_, err = files.Read(t.Context(), bill.Question{Fields: bill.FourCosts}, func(*bill.Charge) error { return nil })
	require.ErrorContains(t, err, "lacks ChargePeriodStart, ChargePeriodEnd")

	type odd struct {
		words
		BilledCost                              []string
		EffectiveCost, ListCost, ContractedCost bool
		ChargePeriodStart, ChargePeriodEnd      string
		ChargeCategory                          string
	}
	path = stored(t, []cells{{}}, func(cells) odd { return odd{} })
	files, err = focus.Find(path)
	require.NoError(t, err)
	for field, said := range map[bill.Fields]string{bill.BilledCost: `column "BilledCost" is neither`, bill.ListCost: `column "ListCost" is of BOOLEAN`} {
		_, err = files.Read(t.Context(), bill.Question{Fields: field}, func(*bill.Charge) error { return nil })
		require.ErrorContains(t, err, said)
	}
}

func TestParquetThatIsCutOrAlteredIsNoPanic(t *testing.T) {
	var file bytes.Buffer
	_, err := focustest.Write(&file, focustest.Options{Rows: 300, Seed: 3})
	require.NoError(t, err)
	whole, err := os.ReadFile(stored(t, rowsOf(t, file.Bytes()), exactRow(t)))
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "bill.parquet")
	read := func(b []byte) (rows int, err error) {
		require.NoError(t, os.WriteFile(path, b, 0o600))
		files, err := focus.Find(path)
		require.NoError(t, err)
		sum, err := files.Read(t.Context(), bill.Question{Fields: bill.FourCosts | bill.ChargeTags | bill.Service}, func(*bill.Charge) error { rows++; return nil })
		require.True(t, err != nil || rows == 300 || sum.Problems > 0, "%d of 300 rows, and nothing said", rows)
		return rows, err
	}
	for _, cut := range []int{4, 8, 100, len(whole) / 2, len(whole) - 1} {
		_, err := read(whole[:cut])
		require.ErrorContains(t, err, "cannot be read")
	}
	for at := 4; at < len(whole)-8; at += 97 {
		altered := bytes.Clone(whole)
		altered[at] ^= 0xff
		_, _ = read(altered)
	}
}

// BenchmarkReadParquet adds what BenchmarkReadCSV does, of as many charges.
func BenchmarkReadParquet(b *testing.B) {
	var file bytes.Buffer
	_, err := focustest.Write(&file, focustest.Options{Rows: 1000, Seed: 1})
	require.NoError(b, err)
	block := rowsOf(b, file.Bytes())
	var rows []cells
	for range 200 {
		rows = append(rows, block...)
	}
	plain := filepath.Join(b.TempDir(), "bill.csv")
	var text bytes.Buffer
	header := bytes.IndexByte(file.Bytes(), '\n') + 1
	text.Write(file.Bytes())
	for range 199 {
		text.Write(file.Bytes()[header:])
	}
	require.NoError(b, os.WriteFile(plain, text.Bytes(), 0o600))
	for name, path := range map[string]string{"CSV": plain, "Parquet": stored(b, rows, exactRow(b), parquet.Compression(&parquet.Snappy))} {
		files, err := focus.Find(path)
		require.NoError(b, err)
		b.Run(name, func(b *testing.B) {
			for range b.N {
				n := 0
				_, err := files.Read(b.Context(), bill.Question{Fields: bill.FourCosts | bill.Service | bill.Region | bill.Resource | bill.ChargeTags}, func(*bill.Charge) error { n++; return nil })
				require.NoError(b, err)
				require.Equal(b, len(rows), n)
			}
			b.ReportMetric(float64(len(rows)*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

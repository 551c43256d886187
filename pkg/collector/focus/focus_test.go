package focus_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/collector/focus/focustest"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/money"
)

// write writes a file in a folder of its own, or in dir, and returns its path.
func write(t testing.TB, path, text string) string {
	t.Helper()
	if !filepath.IsAbs(path) {
		path = filepath.Join(t.TempDir(), path)
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		require.NoError(t, err)
		_, err = f.Write([]byte(files[i+1]))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.String()
}

// answer is what reading a bill told.
type answer struct {
	charges  []bill.Charge
	problems []string
	sum      bill.Summary
	err      error
}

func read(t testing.TB, q bill.Question, paths ...string) answer {
	t.Helper()
	files, err := focus.Find(paths...)
	require.NoError(t, err)
	var a answer
	q.Problem = func(p bill.Problem) {
		p.File = filepath.Base(p.File)
		a.problems = append(a.problems, p.String())
	}
	a.sum, a.err = files.Read(t.Context(), q, func(c *bill.Charge) error {
		a.charges = append(a.charges, *c)
		return nil
	})
	return a
}

// total returns the sum of what charges billed.
func (a answer) total(m bill.Metric) string {
	var sum money.Sum
	for _, c := range a.charges {
		sum.Add(c.Cost(m).Amount)
	}
	return sum.Amount().String()
}

const header = "ChargePeriodStart,ChargePeriodEnd,BillingCurrency,ChargeCategory,BilledCost,ServiceName,Tags\n"

// row is a good one, with another value in some of its places.
func row(at int, value string) string {
	values := []string{"2026-09-01T00:00:00Z", "2026-09-01T01:00:00Z", "USD", "Usage", "1.5", "Compute", `"{""team"":""cart""}"`}
	values[at] = value
	return strings.Join(values, ",") + "\n"
}

var good = row(4, "1.5")

var asked = bill.Question{Fields: bill.BilledCost | bill.Service | bill.ChargeTags}

func TestAChargeIsToldAsItIsBilled(t *testing.T) {
	text := "servicename,TAGS,BilledCost,Id,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ChargePeriodEnd,ChargePeriodStart,BillingPeriodStart,BillingPeriodEnd," +
		"ChargeCategory,ChargeClass,ChargeFrequency,ServiceCategory,ProviderName,ServiceProviderName,HostProviderName,RegionId,SubAccountId,SubAccountName,ResourceId,ResourceName,ResourceType,SkuId," +
		"PricingCategory,CommitmentDiscountId,CommitmentDiscountStatus,AllocatedResourceId,AllocatedResourceName,AllocatedTags,ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit\n" +
		`"Virtual ""Machines"", all","{"" org"":""retail"",""n"":1.50,""on"":true,""none"":null}",35.2E-7,7,12345678901234567890.123,0,NULL,eur,2026-09-01 01:00:00,2026-09-01T02:00:00.000+02:00,2026-09-01,2026-10-01T00:00:00Z,` +
		`usage,Correction,Usage-based,Compute,Old,New,Host,westeurope,sub,prod,id,name,type,sku,Standard,ri-1,Unused,pod/1,web,"{""k"":""v""}",2.5,Hours,-1,GB` + "\n"
	a := read(t, bill.Question{Fields: bill.AllFields}, write(t, "bill.csv", text))
	require.NoError(t, a.err)
	require.Empty(t, a.problems)
	require.Len(t, a.charges, 1)
	c := a.charges[0]
	known := func(s string) bill.Value {
		n, err := money.Parse(s)
		require.NoError(t, err)
		return bill.Value{Amount: n, Known: true}
	}
	start := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	require.Equal(t, bill.Charge{
		Start: start, End: start.Add(time.Hour), PeriodStart: start, PeriodEnd: start.AddDate(0, 1, 0),
		Costs:    [4]bill.Value{known("0.00000352"), known("12345678901234567890.123"), known("0"), {}},
		Currency: "EUR", Category: bill.Usage, Class: bill.Correction, Frequency: "Usage-based",
		Service: `Virtual "Machines", all`, ServiceCategory: "Compute", Provider: "New", Host: "Host", Region: "westeurope",
		SubAccount: "sub", SubAccountName: "prod", Resource: "id", ResourceName: "name", ResourceType: "type", SKU: "sku", PricingCategory: "Standard",
		Commitment: "ri-1", CommitmentStatus: "Unused", Tags: bill.Tags{" org": "retail", "n": "1.50", "on": "true", "none": ""},
		Allocated: "pod/1", AllocatedName: "web", AllocatedTags: bill.Tags{"k": "v"},
		Consumed: bill.Quantity{Value: known("2.5"), Unit: "Hours"}, Priced: bill.Quantity{Value: known("-1"), Unit: "GB"},
	}, c)
	require.Equal(t, bill.Summary{Files: 1, Bytes: int64(len(text)), Rows: 1, Unknown: [4]int{0, 0, 0, 1}}, a.sum)
}

func TestNothingAndZeroAreToldApart(t *testing.T) {
	for value, known := range map[string]bool{"": false, "NULL": false, "null": false, "Null": false, " ": false, "0": true, "0.0000": true, "-0": true} {
		t.Run(value, func(t *testing.T) {
			a := read(t, asked, write(t, "bill.csv", header+row(4, value)))
			require.NoError(t, a.err)
			require.Empty(t, a.problems)
			require.Equal(t, known, a.charges[0].Cost(bill.Billed).Known)
			require.Zero(t, a.charges[0].Cost(bill.Billed).Sign())
			require.Equal(t, !known, a.sum.Unknown[bill.Billed] == 1)
			require.Zero(t, a.sum.Unknown[bill.List], "nobody asked about it")
		})
	}
	for _, value := range []string{"", "NULL", "null"} {
		a := read(t, asked, write(t, "bill.csv", header+row(5, value)))
		require.Empty(t, a.charges[0].Service)
		require.Empty(t, a.problems)
	}
}

func TestBadInputIsToldWithItsFileAndLine(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string // of the problems
		total      string   // of what could be read
		partial    bool
	}{
		{"a byte order mark", "\xef\xbb\xbf" + header + good, nil, "1.5", false},
		{"lines that end as on Windows", strings.ReplaceAll(header+good+good, "\n", "\r\n"), nil, "3", false},
		{"no newline at the end", strings.TrimSuffix(header+good, "\n"), nil, "1.5", false},
		{"blank lines", "\n\n" + header + "\n  \n" + good + "\n\r\n" + good + "\n\n", nil, "3", false},
		{"a header and no rows", header, nil, "0", false},
		{"the header again, as files were joined", header + good + header + good, []string{"bill.csv:3: a header, again"}, "3", false},
		{"another header, as files were joined", header + good + strings.ToLower("BilledCost,BillingCurrency,ChargeCategory,ChargePeriodEnd,ChargePeriodStart,ServiceName,Tags\n") + "2,EUR,Usage,2026-09-02,2026-09-01,Compute,{}\n", []string{"bill.csv:3: a header, again"}, "3.5", false},
		{"another header, of fewer columns", header + good + "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodEnd,ChargePeriodStart,ServiceName\n2,EUR,Usage,2026-09-02 00:00:00+00,2026-09-01T00:00:00+0000,Compute\n", []string{"bill.csv:3: a header, again"}, "3.5", false},
		{"another header, that lacks a column", header + good + "BilledCost,BillingCurrency,ChargePeriodEnd,ChargePeriodStart,ServiceName\n2,EUR,2026-09-02,2026-09-01,Compute\n", []string{"bill.csv:3: a header, again", "bill.csv:3: lacks ChargeCategory"}, "1.5", true},
		{"negative usage", header + good + row(4, "-0.25"), nil, "1.25", false},
		{"two currencies", header + good + row(2, "EUR"), nil, "3", false}, // told apart by whoever adds up
		{"a number in scientific notation", header + row(4, "35.2E-7"), nil, "0.00000352", false},
		{"a date of a spreadsheet", header + good + row(0, "4/1/25"), []string{`bill.csv:3: ChargePeriodStart: no time such as 2026-11-01T00:00:00Z: "4/1/25"`}, "1.5", true},
		{"hour 30", header + row(1, "2023-02-01T30:00:00Z") + good, []string{`bill.csv:2: ChargePeriodEnd: no time such as 2026-11-01T00:00:00Z: "2023-02-01T30:00:00Z"`}, "1.5", true},
		{"the end of time", header + good + row(1, "9999-12-31"), []string{`bill.csv:3: ChargePeriodEnd: no time such as 2026-11-01T00:00:00Z: "9999-12-31"`}, "1.5", true},
		{"an end before its start", header + good + row(1, "2026-08-01T00:00:00Z"), []string{"bill.csv:3: ChargePeriodEnd: is before ChargePeriodStart"}, "1.5", true},
		{"no start", header + good + row(0, "NULL"), []string{"bill.csv:3: ChargePeriodStart: is missing"}, "1.5", true},
		{"separators of thousands", header + good + row(4, `"1,234.50"`), []string{`bill.csv:3: BilledCost: no decimal number: "1,234.50"`}, "1.5", true},
		{"separators of thousands, not quoted", header + good + row(4, "1,234.50"), []string{"bill.csv:3: 8 values, where the header has 7"}, "1.5", true},
		{"a cost that is absurd", header + row(4, "1e999") + good, []string{`bill.csv:2: BilledCost: a number that no amount has: "1e999"`}, "1.5", true},
		{"a cost that is no number", header + row(4, "NaN") + good, []string{`bill.csv:2: BilledCost: no decimal number: "NaN"`}, "1.5", true},
		{"no currency", header + good + row(2, ""), []string{"bill.csv:3: BillingCurrency: is missing"}, "1.5", true},
		{"a currency that is none", header + good + row(2, "Dollars"), []string{`bill.csv:3: BillingCurrency: no currency is called "Dollars"`}, "1.5", true},
		{"a category that is none", header + row(3, "Refund"), []string{`bill.csv:2: ChargeCategory: no category of FOCUS: "Refund"`}, "1.5", false},
		{"no category", header + row(3, ""), []string{"bill.csv:2: ChargeCategory: is missing"}, "1.5", false},
		{"tags that are no JSON", header + row(6, "team=cart"), []string{`bill.csv:2: Tags: no object of JSON: "team=cart"`}, "1.5", false},
		{"tags that are a list", header + row(6, `"[1]"`), []string{`bill.csv:2: Tags: no object of JSON: "[1]"`}, "1.5", false},
		{"a row that is cut short", header + "2026-09-01T00:00:00Z,2026\n" + good, []string{"bill.csv:2: 2 values, where the header has 7"}, "1.5", true},
		{"nothing but commas", header + good + ",,,,,,\n", []string{"bill.csv:3: ChargePeriodStart: is missing"}, "1.5", true},
		{"a quote in the middle of a value", header + good + row(5, `Com"pute`) + good, []string{"bill.csv:3: a quote within a value that is not quoted"}, "3", true},
		{"a quote that ends too early", header + good + row(5, `"Com"pute`) + good, []string{"bill.csv:3: a quoted value that does not end where it should"}, "3", true},
		{"a quote that does not end", header + good + row(6, `"{}`) + "a,b\nc,d\n", []string{"bill.csv:3: a quoted value that does not end where it should, up to line 5"}, "1.5", true},
		{"quotes that take rows for a value", header + good + "2026-09-01,\"2026\n-09-02,USD,\n\",Usage\n" + good, []string{"bill.csv:3: 3 values, where the header has 7, up to line 5"}, "3", true},
		{"a newline within quotes", header + row(5, "\"Com\npute\"") + row(4, "x"), []string{`bill.csv:4: BilledCost: no decimal number: "x"`}, "1.5", true},
		{"what a terminal would obey", header + row(4, "\x1b[31m1") + good, []string{`bill.csv:2: BilledCost: no decimal number: "\x1b[31m1"`}, "1.5", true},
		{"two things wrong in a row", header + good + strings.Replace(row(3, "Refund"), "1.5", "x", 1), []string{
			`bill.csv:3: ChargeCategory: no category of FOCUS: "Refund"`, `bill.csv:3: BilledCost: no decimal number: "x"`,
		}, "1.5", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, "bill.csv", tt.text)
			a := read(t, asked, path)
			require.NoError(t, a.err)
			require.Equal(t, tt.want, a.problems)
			require.Equal(t, tt.total, a.total(bill.Billed))
			require.Equal(t, tt.partial, a.sum.Partial())
			require.Equal(t, len(a.problems), a.sum.Problems)
			require.Equal(t, a.sum.Rows, len(a.charges)+a.sum.Dropped, "each row is a charge or told")

			strict := asked
			strict.Strict = true
			if a = read(t, strict, path); tt.want == nil {
				require.NoError(t, a.err)
				return
			}
			require.Equal(t, fault.Refused, fault.KindOf(a.err), "%v", a.err)
			require.ErrorContains(t, a.err, tt.want[0])
			require.Len(t, a.problems, 1)
		})
	}
}

func TestAFileThatCannotBeReadIsTold(t *testing.T) {
	long := header + strings.Repeat(good, 2000)
	whole := gzipped(t, long)
	archive := zipped(t, "bill.csv", long)
	bomb := header + strings.Repeat(row(5, strings.Repeat("a", 100_000)), 200)
	tests := []struct {
		name, file, text string
		want             string // of the problem
		begun            bool   // some of it can be read
	}{
		{"an empty file", "a.csv", "", "is empty", false},
		{"an empty gzip", "a.csv.gz", gzipped(t, ""), "is empty", false},
		{"blank lines alone", "a.csv", "\n \n\n", "is empty", false},
		{"no column that fred needs", "a.csv", "BillingCurrency,ServiceName\nUSD,Compute\n", "lacks ChargePeriodStart, ChargePeriodEnd, ChargeCategory, BilledCost", false},
		{"a column twice", "a.csv", strings.Replace(header, "Tags", "billedcost", 1) + good, "has BilledCost twice", false},
		{"a header with a quote in it", "a.csv", "Billed\"Cost,Tags\n" + good, "has no header: a quote within a value that is not quoted", false},
		{"semicolons", "a.csv", strings.ReplaceAll(header+good, ",", ";"), "separates its columns by other characters than commas", false},
		{"a zip of what is packed", "a.zip", zipped(t, "bill.csv.gz", whole), "a.zip:bill.csv.gz: is packed within a zip, where CSV alone is read", false},
		{"UTF-16", "a.csv", "\xff\xfeC\x00h\x00", "is UTF-16, and UTF-8 is read", false},
		{"Parquet", "a.parquet", "PAR1\x15\x04", "is Parquet that cannot be read", false},
		{"a gzip that is cut short", "a.csv.gz", whole[:len(whole)-20], "unexpected EOF", true},
		{"a gzip that is damaged", "a.csv.gz", whole[:len(whole)-8] + "\x00\x00\x00\x00" + whole[len(whole)-4:], "gzip: invalid checksum", true},
		{"a gzip of nothing", "a.csv.gz", "\x1f\x8b\x08", "is a gzip that cannot be read: unexpected EOF", false},
		{"a zip that is cut short", "a.zip", archive[:len(archive)-30], "is a zip that cannot be read: zip: not a valid zip file", false},
		{"a zip without a CSV", "a.zip", zipped(t, "README", "x", "__MACOSX/._bill.csv", "x"), "is a zip without a CSV in it", false},
		{"a zip of a broken CSV", "a.zip", zipped(t, "bill.csv", ""), "is empty", false},
		{"a quote that is never closed", "a.csv", header + row(6, `"{}`) + strings.Repeat("a,b,c,d,e,f,g\n", 400_000), "has a row longer than 4 MiB: a quote may lack its end", false},
		{"a bomb", "a.csv.gz", gzipped(t, bomb), "unpacks to over 200 times its size", true},
		{"a bomb in a zip", "a.zip", zipped(t, "bill.csv", bomb), "unpacks to over 200 times its size", true},
		{"an encrypted zip", "a.zip", strings.NewReplacer("PK\x03\x04\x14\x00\x08\x00", "PK\x03\x04\x14\x00\x09\x00", "PK\x01\x02\x14\x03\x14\x00\x08\x00", "PK\x01\x02\x14\x03\x14\x00\x09\x00", "PK\x01\x02\x14\x00\x14\x00\x08\x00", "PK\x01\x02\x14\x00\x14\x00\x09\x00").Replace(archive), "is encrypted", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.file, tt.text)
			a := read(t, asked, path)
			require.Len(t, a.problems, 1)
			require.Contains(t, a.problems[0], tt.want)
			require.True(t, a.sum.Partial())
			require.Equal(t, 1, a.sum.Broken)
			if tt.begun {
				require.NoError(t, a.err)
				require.NotEmpty(t, a.charges)
			} else {
				require.Equal(t, fault.Invalid, fault.KindOf(a.err), "%v", a.err)
				require.ErrorContains(t, a.err, tt.want)
				require.NotEmpty(t, fault.HintOf(a.err))
			}

			a = read(t, asked, path, write(t, "other.csv", header+good))
			require.NoError(t, a.err, "another file can be read")
			require.True(t, a.sum.Partial())
			require.NotEqual(t, "0", a.total(bill.Billed))
		})
	}
}

func TestSeveralFilesInAZipAreOneBill(t *testing.T) {
	a := read(t, asked, write(t, "bill.zip", zipped(t, "part/1.csv", header+good, "README", "x", "2.CSV", header+row(4, "x")+row(4, "2"))))
	require.NoError(t, a.err)
	require.Equal(t, []string{`bill.zip:2.CSV:2: BilledCost: no decimal number: "x"`}, a.problems)
	require.Equal(t, "3.5", a.total(bill.Billed))
	require.Equal(t, 2, a.sum.Files)
}

func TestWhatPacksAFileIsSeenFromItsBytes(t *testing.T) {
	for name, text := range map[string]string{"a.csv": gzipped(t, header+good), "b.csv.gz": header + good, "c.csv": zipped(t, "x.csv", header+good), "d.txt": header + good} {
		a := read(t, asked, write(t, name, text))
		require.NoError(t, a.err)
		require.Equal(t, "1.5", a.total(bill.Billed), name)
	}
	a := read(t, asked, write(t, "joined.csv.gz", gzipped(t, header+good)+gzipped(t, header+good)))
	require.NoError(t, a.err)
	require.Equal(t, "3", a.total(bill.Billed))
	require.False(t, a.sum.Partial())
}

func TestTheProviderIsReadInEachVersion(t *testing.T) {
	for name, tt := range map[string]struct{ columns, values, want string }{
		"1.0 to 1.2":                        {"ProviderName", "AWS", "AWS"},
		"1.4":                               {"ServiceProviderName", "AWS", "AWS"},
		"1.3, where the new one is empty":   {"ProviderName,ServiceProviderName", "AWS,NULL", "AWS"},
		"1.3, where both are there":         {"ProviderName,ServiceProviderName", "AWS,Databricks", "Databricks"},
		"1.3, where the old one is missing": {"ServiceProviderName,ProviderName", "AWS,", "AWS"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.TrimSuffix(header, "\n") + "," + tt.columns + "\n" + strings.TrimSuffix(good, "\n") + "," + tt.values + "\n"
			a := read(t, bill.Question{Fields: bill.Provider}, write(t, "bill.csv", text))
			require.NoError(t, a.err)
			require.Equal(t, tt.want, a.charges[0].Provider)
			require.Zero(t, a.sum.Absent)
		})
	}
	a := read(t, bill.Question{Fields: bill.Provider | bill.Region}, write(t, "bill.csv", header+good))
	require.ErrorContains(t, a.err, "lacks ServiceProviderName or ProviderName")
}

func TestWhatAFileHasNoColumnOfIsTold(t *testing.T) {
	a := read(t, bill.Question{Fields: bill.BilledCost | bill.Region | bill.Resource | bill.ChargeTags}, write(t, "bill.csv", header+good))
	require.NoError(t, a.err)
	require.Equal(t, bill.Region|bill.Resource, a.sum.Absent)
}

func TestTagsOfAzureMayLackTheirBraces(t *testing.T) {
	a := read(t, asked, write(t, "bill.csv", header+row(6, `"""team"": ""cart"",""env"":""prod"""`)))
	require.Empty(t, a.problems)
	require.Equal(t, bill.Tags{"team": "cart", "env": "prod"}, a.charges[0].Tags)
}

func TestWhoReadsMayEndIt(t *testing.T) {
	files, err := focus.Find(write(t, "bill.csv", header+strings.Repeat(good, 100_000)))
	require.NoError(t, err)
	enough, n := errors.New("enough"), 0
	_, err = files.Read(t.Context(), asked, func(*bill.Charge) error {
		if n++; n == 3 {
			return enough
		}
		return nil
	})
	require.ErrorIs(t, err, enough)
	require.Equal(t, 3, n)

	ctx, cancel := context.WithCancel(t.Context())
	_, err = files.Read(ctx, asked, func(*bill.Charge) error { cancel(); return nil })
	require.ErrorIs(t, err, context.Canceled)
}

// TestTotalsAreExactInEachVersion compares with sums of big.Rat, and with awk's where
// there is one: both read the columns on their own.
func TestTotalsAreExactInEachVersion(t *testing.T) {
	for _, version := range focustest.Versions {
		for _, newline := range []string{"\n", "\r\n"} {
			t.Run(version+fmt.Sprintf("%q", newline), func(t *testing.T) {
				var text bytes.Buffer
				want, err := focustest.Write(&text, focustest.Options{Version: version, Rows: 400, Seed: 7, Currencies: []string{"USD", "EUR"}, Newline: newline, Shuffle: true})
				require.NoError(t, err)
				for _, packed := range []string{text.String(), gzipped(t, text.String()), zipped(t, "a.csv", text.String())} {
					a := read(t, bill.Question{Fields: bill.AllFields}, write(t, "bill", packed))
					require.NoError(t, a.err)
					require.Empty(t, a.problems)
					require.Len(t, a.charges, 400)
					requireTotals(t, want, a.charges)
				}
			})
		}
	}
}

func requireTotals(t *testing.T, want focustest.Totals, charges []bill.Charge) {
	t.Helper()
	sums := map[money.Currency]*[4]money.Sum{}
	for _, c := range charges {
		if sums[c.Currency] == nil {
			sums[c.Currency] = &[4]money.Sum{}
		}
		for _, m := range bill.Metrics {
			sums[c.Currency][m].Add(c.Cost(m).Amount)
		}
	}
	require.Len(t, sums, len(want))
	for currency, costs := range want {
		for _, m := range bill.Metrics {
			got, ok := new(big.Rat).SetString(sums[money.Currency(currency)][m].Amount().String())
			require.True(t, ok)
			require.Zero(t, costs[m.String()].Cmp(got), "%s of %s is %s", m, currency, got.FloatString(30))
		}
	}
}

// TestAwkAgrees adds whole millionths up, which awk's numbers hold exactly.
func TestAwkAgrees(t *testing.T) {
	awk, err := exec.LookPath("awk")
	if err != nil {
		t.Skip("no awk")
	}
	var text strings.Builder
	text.WriteString(header)
	for i := range 5000 {
		text.WriteString(row(4, fmt.Sprintf("%d.%06d", i%50-3, i*7919%1_000_000)))
	}
	path := write(t, "bill.csv", text.String())
	out, err := exec.CommandContext(t.Context(), awk, "-F,", `NR > 1 { split($5, n, "."); s = n[1] < 0 || n[1] == "-0" ? -1 : 1; sum += n[1] * 1000000 + s * n[2] } END { printf "%.0f", sum }`, path).Output()
	require.NoError(t, err)
	a := read(t, asked, path)
	require.NoError(t, a.err)
	millionths, err := money.Parse(string(out))
	require.NoError(t, err)
	require.Equal(t, millionths.Mul(money.New(1, -6)).String(), a.total(bill.Billed))
}

package money_test

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/money"
)

func amount(t testing.TB, s string) money.Amount {
	t.Helper()
	a, err := money.Parse(s)
	require.NoError(t, err)
	return a
}

func rat(t testing.TB, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	require.True(t, ok, s)
	return r
}

func TestAnAmountIsReadAsBillsWriteIt(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "12.50", "12.5"},
		{"an integer", "12", "12"},
		{"a zero", "0", "0"},
		{"a zero of many digits", "-0.00000000", "0"},
		{"a zero with an exponent", "0E-10", "0"},
		{"negative", "-0.00482913", "-0.00482913"},
		{"with a plus", "+1.5", "1.5"},
		{"without a digit before the point", ".5", "0.5"},
		{"without a digit behind the point", "5.", "5"},
		{"scientific", "35.2E-7", "0.00000352"},
		{"scientific, large", "3.1e+2", "310"},
		{"nineteen digits", "9999999999.999999999", "9999999999.999999999"},
		{"twenty digits", "12345678901234567890", "12345678901234567890"},
		{"twenty-four decimals", "0.000000000000012345678901", "0.000000000000012345678901"},
		{"forty digits", "12345678901234567890.12345678901234567891", "12345678901234567890.12345678901234567891"},
		{"forty digits and an exponent", "1234567890123456789012345678901234567891e-20", "12345678901234567890.12345678901234567891"},
		{"leading zeros", "0000000000000000000000012.5", "12.5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, amount(t, tt.text).String())
			b, err := money.Parse([]byte(tt.text))
			require.NoError(t, err)
			require.Zero(t, b.Cmp(amount(t, tt.text)))
		})
	}
}

func TestWhatIsNoAmountIsRefused(t *testing.T) {
	tests := []struct {
		name, text string
		want       error
	}{
		{"nothing", "", money.ErrSyntax},
		{"a sign", "-", money.ErrSyntax},
		{"two signs", "--5", money.ErrSyntax},
		{"a point", ".", money.ErrSyntax},
		{"two points", "1.2.3", money.ErrSyntax},
		{"separators of thousands", "1,234.50", money.ErrSyntax},
		{"a decimal comma", "1234,50", money.ErrSyntax},
		{"a currency", "$12", money.ErrSyntax},
		{"spaces", " 12", money.ErrSyntax},
		{"underscores", "1_000", money.ErrSyntax},
		{"no number", "NaN", money.ErrSyntax},
		{"infinite", "Infinity", money.ErrSyntax},
		{"hexadecimal", "0x1F", money.ErrSyntax},
		{"other digits", "١٢", money.ErrSyntax},
		{"no exponent", "1e", money.ErrSyntax},
		{"half an exponent", "1e-", money.ErrSyntax},
		{"an exponent that is none", "1e5x", money.ErrSyntax},
		{"an exponent without a number", "e5", money.ErrSyntax},
		{"an exponent of six digits", "1e000001", money.ErrSyntax},
		{"absurdly large", "1e999", money.ErrRange},
		{"absurdly small", "1e-999", money.ErrRange},
		{"absurdly long", strings.Repeat("1", 101), money.ErrSyntax},
		{"a number of 31 digits", strings.Repeat("1", 31), money.ErrRange},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := money.Parse(tt.text)
			require.ErrorIs(t, err, tt.want)
		})
	}
}

func TestJSONIsAStringAndReadsNumbersToTheLastDigit(t *testing.T) {
	out, err := json.Marshal(map[string]money.Amount{"billedCost": amount(t, "35.20E-7")})
	require.NoError(t, err)
	require.JSONEq(t, `{"billedCost":"0.00000352"}`, string(out))
	for _, in := range []string{`"12345678901234567890.5"`, `12345678901234567890.5`, `1.23456789012345678905e19`} {
		var a money.Amount
		require.NoError(t, json.Unmarshal([]byte(in), &a))
		require.Equal(t, "12345678901234567890.5", a.String())
	}
	var missing *money.Amount
	require.NoError(t, json.Unmarshal([]byte("null"), &missing))
	require.Nil(t, missing, "unknown is not zero")
	for _, in := range []string{`"1,5"`, `true`, `"`, `[1]`} {
		require.Error(t, json.Unmarshal([]byte(in), new(money.Amount)), in)
	}
}

func TestHalfIsRoundedToEven(t *testing.T) {
	for in, want := range map[string]string{
		"2.5": "2", "3.5": "4", "-2.5": "-2", "-3.5": "-4", "2.51": "3", "-0.4": "0", "0.5": "0", "0.50000000000000000001": "1", "12": "12", "-7e-30": "0",
	} {
		require.Equal(t, want, amount(t, in).Round(0).String(), in)
	}
	require.Equal(t, "1.24", amount(t, "1.235").Round(2).String())
	require.Equal(t, "310", amount(t, "3.1e2").Round(2).String())
	require.Equal(t, "310.00", amount(t, "3.1e2").Fixed(2))
	require.Equal(t, "-0.12", amount(t, "-0.125").Fixed(2))
	require.Equal(t, "0.00", amount(t, "-0.004").Fixed(2))
	require.Equal(t, "3", amount(t, "2.51").Fixed(0))
	require.Equal(t, "-0.333333333333", amount(t, "1").Part(-1, 3, 12).String())
	require.Equal(t, "33.33", amount(t, "1e2").Part(1, 3, 2).String())
}

func TestArithmeticIsExact(t *testing.T) {
	a, b := amount(t, "100000000000000000000"), amount(t, "-0.00000000000012345678")
	require.Equal(t, "99999999999999999999.99999999999987654322", a.Add(b).String())
	require.Equal(t, "100000000000000000000.00000000000012345678", a.Sub(b).String())
	require.Equal(t, "-12345678", a.Mul(b).String())
	require.Equal(t, "0.00000000000012345678", b.Neg().String())
	require.Equal(t, "-0.00000000000012345678", b.String(), "nothing is changed")
	require.Equal(t, -1, b.Sign())
	require.Equal(t, "1230", money.New(123, 1).String())
	require.Zero(t, amount(t, "1.20").Cmp(amount(t, "1.2")))
	require.Equal(t, "0", money.Amount{}.Neg().String())
}

// billed are numbers such as bills have, and some that are hard to add.
var billed = []string{
	"0.0000112", "0", "12.37", "0.04160000", "35.2E-7", "-0.00482913", "1.25", "0.01234567890123", "104.5",
	"0.000000000000012345678901", "3.1E+2", "0.192",
}

func TestSumsAreExactWhateverIsAdded(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	hard := append([]string{
		"99999999999999999999.99", "-99999999999999999999.99", "1e29", "-1e29", "18446744073709551615", "9999999999999999999e-5",
		"-9999999999999999999", "1e-64", "-123456789012345678901234567890e-40", "40000000000000", "-39999999999999.9", "1e-24", "1e-25",
	}, billed...)
	for range 200 {
		var sum, other money.Sum
		want := new(big.Rat)
		for range rng.IntN(200) {
			s := hard[rng.IntN(len(hard))]
			sum.Add(amount(t, s))
			other.Add(amount(t, s).Neg())
			want.Add(want, rat(t, s))
		}
		require.Zero(t, want.Cmp(rat(t, sum.Amount().String())), "%s", sum.Amount())
		other.Merge(&sum)
		require.Equal(t, "0", other.Amount().String())
	}
}

func TestAMillionMillionRowsAddUpExactly(t *testing.T) {
	var sum, twice money.Sum
	sum.Add(amount(t, "0.01234567890123"))
	for range 40 { // 2^40 rows
		twice = sum
		sum.Merge(&twice)
	}
	want := rat(t, "0.01234567890123")
	want.Mul(want, new(big.Rat).SetInt64(1<<40))
	require.Zero(t, want.Cmp(rat(t, sum.Amount().String())))

	var spilled money.Sum
	for range 1000 { // more than the integer holds
		spilled.Add(amount(t, "2000000000000.000000000001"))
	}
	require.Equal(t, "2000000000000000.000000001", spilled.Amount().String())
}

func TestACurrencyIsThreeLetters(t *testing.T) {
	c, err := money.ParseCurrency("usd")
	require.NoError(t, err)
	require.Equal(t, money.Currency("USD"), c)
	for _, s := range []string{"", "US", "USDT", "$$$", "U D", "1SD", "é1"} {
		_, err := money.ParseCurrency(s)
		require.Error(t, err, s)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range append([]string{"1e999", "1,234.50", "--1", "1e", "0e9999", "-.5e-3", "12345678901234567890.12345678901234567891E+4"}, billed...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := money.Parse(s)
		if err != nil {
			return
		}
		want := rat(t, s) // which reads all that Parse does
		require.Zero(t, want.Cmp(rat(t, a.String())), "%q is read as %s", s, a)
		again := amount(t, a.String())
		require.Zero(t, a.Cmp(again))
		var sum money.Sum
		sum.Add(a)
		sum.Add(amount(t, "-0.1"))
		require.Zero(t, new(big.Rat).Sub(want, big.NewRat(1, 10)).Cmp(rat(t, sum.Amount().String())))
	})
}

// BenchmarkParseAndSum reads and adds up amounts as a bill of rows does.
func BenchmarkParseAndSum(b *testing.B) {
	in := make([][]byte, len(billed))
	for i, s := range billed {
		in[i] = []byte(s)
	}
	b.Run("fred", func(b *testing.B) {
		b.ReportAllocs()
		var sum money.Sum
		for i := 0; b.Loop(); i++ {
			a, err := money.Parse(in[i%len(in)])
			if err != nil {
				b.Fatal(err)
			}
			sum.Add(a)
		}
	})
	b.Run("apd", func(b *testing.B) {
		b.ReportAllocs()
		var sum, d apd.Decimal
		for i := 0; b.Loop(); i++ {
			if _, _, err := d.SetString(billed[i%len(billed)]); err != nil {
				b.Fatal(err)
			}
			if _, err := apd.BaseContext.Add(&sum, &sum, &d); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func TestWholeNumbersAreTold(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "0.000": true, "12": true, "-3.00": true, "1e3": true, "0.5": false, "-1.000000000000000001": false,
		"12345678901234567890123": true, "12345678901234567890123.4": false, "1.000000000000000000000000000": true, "1.0000000000000000000000000001": false,
	} {
		a, err := money.Parse(s)
		require.NoError(t, err)
		require.Equal(t, want, a.Whole(), s)
	}
}

package money

import (
	"math/big"

	"github.com/cockroachdb/apd/v3"
)

// Amount is an exact decimal number, of a currency or a unit that is kept beside it.
// Its zero value is 0. It is never changed: operations return another. In JSON it is a
// string without an exponent; a number is read as well, to the last digit.
type Amount struct{ d apd.Decimal }

// exact adds and multiplies without rounding.
var exact = apd.BaseContext

// New returns n × 10^exponent.
func New(n int64, exponent int32) Amount { return Amount{*apd.New(n, exponent)} }

// Add returns a + b.
func (a Amount) Add(b Amount) Amount {
	var sum Amount
	must(exact.Add(&sum.d, &a.d, &b.d))
	return sum
}

// Sub returns a − b.
func (a Amount) Sub(b Amount) Amount {
	var difference Amount
	must(exact.Sub(&difference.d, &a.d, &b.d))
	return difference
}

// Mul returns a × b.
func (a Amount) Mul(b Amount) Amount {
	var product Amount
	must(exact.Mul(&product.d, &a.d, &b.d))
	return product
}

// Neg returns −a.
func (a Amount) Neg() Amount {
	var negative Amount
	negative.d.Neg(&a.d)
	return negative
}

// must holds what fails for exponents beyond 100,000 alone, of which Parse reads none.
func must(_ apd.Condition, err error) {
	if err != nil {
		panic("money: " + err.Error())
	}
}

// Cmp returns -1 where a is less than b, 0 where they are equal, however many zeros
// either was written with, and +1 where a is more.
func (a Amount) Cmp(b Amount) int { return a.d.Cmp(&b.d) }

// Sign returns -1, 0 or +1.
func (a Amount) Sign() int { return a.d.Sign() }

// Whole reports whether a is a whole number.
func (a Amount) Whole() bool {
	switch e := a.d.Exponent; {
	case e >= 0:
		return true
	case -e < int32(len(shifts)) && shifts[-e].hi == 0 && a.d.Coeff.IsUint64():
		return a.d.Coeff.Uint64()%shifts[-e].lo == 0
	}
	return a.Cmp(a.Round(0)) == 0
}

// Float returns the floating-point number next to a, for shares and bars: not for sums.
func (a Amount) Float() float64 {
	f, err := a.d.Float64()
	must(0, err)
	return f
}

// Round returns a with at most that many decimals, half rounded to even: as it is
// shown, not as it is added up.
func (a Amount) Round(decimals int32) Amount { return a.Part(1, 1, decimals) }

// Part returns a × part / whole with at most that many decimals, half rounded to even.
// It panics where whole is 0.
func (a Amount) Part(part, whole int64, decimals int32) Amount {
	n := new(big.Int).Mul(a.coefficient(), big.NewInt(part))
	by := big.NewInt(whole)
	if shift := a.d.Exponent + decimals; shift >= 0 {
		n.Mul(n, power(shift))
	} else {
		by.Mul(by, power(-shift))
	}
	return rounded(n, by, decimals)
}

// rounded returns n / by × 10^-decimals.
func rounded(n, by *big.Int, decimals int32) Amount {
	var a Amount
	a.d.Coeff.SetMathBigInt(divideHalfEven(n, by))
	a.d.Negative = a.d.Coeff.Sign() < 0
	a.d.Coeff.Abs(&a.d.Coeff)
	a.d.Exponent = -decimals
	return a
}

// Times returns a × by / of with at most that many decimals, half rounded to even. It
// panics where of is 0.
func (a Amount) Times(by, of Amount, decimals int32) Amount {
	n, whole := new(big.Int).Mul(a.coefficient(), by.coefficient()), of.coefficient()
	if shift := a.d.Exponent + by.d.Exponent - of.d.Exponent + decimals; shift >= 0 {
		n.Mul(n, power(shift))
	} else {
		whole.Mul(whole, power(-shift))
	}
	return rounded(n, whole, decimals)
}

// coefficient returns the digits of a, with its sign.
func (a Amount) coefficient() *big.Int {
	n := a.d.Coeff.MathBigInt()
	if a.d.Negative {
		n.Neg(n)
	}
	return n
}

func power(n int32) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// divideHalfEven returns n / by, rounded to the nearest integer, half to the even one.
func divideHalfEven(n, by *big.Int) *big.Int {
	quotient, rest := new(big.Int).QuoRem(n, by, new(big.Int))
	double := new(big.Int).Lsh(rest, 1)
	half := double.CmpAbs(by)
	if half < 0 || half == 0 && quotient.Bit(0) == 0 {
		return quotient
	}
	return quotient.Add(quotient, big.NewInt(int64(n.Sign()*by.Sign())))
}

// String writes a without an exponent and without zeros at its end: equal amounts are
// written alike.
func (a Amount) String() string {
	var short apd.Decimal
	if short.Reduce(&a.d); short.IsZero() {
		return "0"
	}
	return short.Text('f')
}

// Fixed shows a with that many decimals, half rounded to even: 12.50.
func (a Amount) Fixed(decimals int32) string {
	rounded := a.Round(decimals)
	return rounded.d.Text('f')
}

// MarshalText writes a as String does.
func (a Amount) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what Parse does.
func (a *Amount) UnmarshalText(text []byte) error {
	var err error
	*a, err = Parse(text)
	return err
}

// UnmarshalJSON reads a string or a number.
func (a *Amount) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if len(b) > 1 && b[0] == '"' && b[len(b)-1] == '"' {
		b = b[1 : len(b)-1]
	}
	return a.UnmarshalText(b)
}

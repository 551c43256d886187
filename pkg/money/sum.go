package money

import (
	"math/bits"

	"github.com/cockroachdb/apd/v3"
)

// Sum adds amounts up, exactly, however many. What bills are made of fits into an
// integer of 128 bits that counts 1e-24ths, which is many times as fast as Amount.Add;
// the rest is added as decimals. Its zero value is 0. What is added to a copy may
// change the original.
type Sum struct {
	hi, lo uint64 // in two's complement
	rest   apd.Decimal
}

// places is how many decimals the integer counts.
const places = 24

// spill is the upper half of an integer from which on it is moved to the rest, and
// beyond which an amount is no addend of it: the sum of two that are less has room.
const spill = 1 << 61

// shifts are 10^n, as halves of 128 bits.
var shifts = func() (table [places + 1]struct{ hi, lo uint64 }) {
	table[0].lo = 1
	for n := 1; n <= places; n++ {
		hi, lo := bits.Mul64(table[n-1].lo, 10)
		table[n].hi, table[n].lo = table[n-1].hi*10+hi, lo
	}
	return table
}()

// Add adds a.
func (s *Sum) Add(a Amount) {
	hi, lo, ok := fixed(&a.d)
	if !ok {
		must(exact.Add(&s.rest, &s.rest, &a.d))
		return
	}
	var carry uint64
	if a.d.Negative {
		s.lo, carry = bits.Sub64(s.lo, lo, 0)
		s.hi, _ = bits.Sub64(s.hi, hi, carry)
	} else {
		s.lo, carry = bits.Add64(s.lo, lo, 0)
		s.hi, _ = bits.Add64(s.hi, hi, carry)
	}
	if high := int64(s.hi); high >= spill || high <= -spill { //nolint:gosec // it has a sign
		s.rest = s.Amount().d
		s.hi, s.lo = 0, 0
	}
}

// fixed returns how many 1e-24ths d is, without its sign, and whether it is a number
// of them that the integer has room for.
func fixed(d *apd.Decimal) (hi, lo uint64, ok bool) {
	if d.Exponent > 0 || d.Exponent < -places || !d.Coeff.IsUint64() {
		return 0, 0, false
	}
	n, by := d.Coeff.Uint64(), &shifts[places+d.Exponent]
	over, upper := bits.Mul64(n, by.hi)
	hi, lo = bits.Mul64(n, by.lo)
	hi, carry := bits.Add64(hi, upper, 0)
	return hi, lo, over == 0 && carry == 0 && hi < spill
}

// Merge adds what o has added up.
func (s *Sum) Merge(o *Sum) {
	total := o.Amount()
	must(exact.Add(&s.rest, &s.rest, &total.d))
}

// Amount returns the sum so far.
func (s *Sum) Amount() Amount {
	hi, lo, negative := s.hi, s.lo, int64(s.hi) < 0 //nolint:gosec // it has a sign
	if negative {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	var count, low apd.BigInt
	count.SetUint64(hi)
	count.Lsh(&count, 64)
	count.Add(&count, low.SetUint64(lo))
	total := Amount{apd.Decimal{Coeff: count, Exponent: -places, Negative: negative}}
	return total.Add(Amount{s.rest})
}

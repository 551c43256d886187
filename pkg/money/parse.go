package money

import (
	"errors"
	"fmt"
)

// What an amount may be at most. Bills of the largest have 20 digits; a number beyond
// these is a slip, or was written to do harm.
const (
	mostDigits   = 30  // before the point
	mostDecimals = 64  // behind it
	mostLength   = 100 // in characters
	quickDigits  = 19  // which a uint64 holds, whatever they are
)

// Errors of Parse.
var (
	ErrSyntax = errors.New("no decimal number")
	ErrRange  = errors.New("a number that no amount has")
)

// Parse reads a decimal number, with or without an exponent (12.50, -0.04, 35.2E-7),
// to its last digit. It reads neither separators of thousands nor spaces. Its errors
// are ErrSyntax and ErrRange.
func Parse[S string | []byte](s S) (Amount, error) {
	n := number{}
	if len(s) > mostLength || !n.read(string(s)) {
		return Amount{}, fmt.Errorf("%w: %.40q", ErrSyntax, s)
	}
	var a Amount
	switch {
	case n.digits == 0:
		return a, nil
	case n.digits+n.exponent > mostDigits || n.exponent < -mostDecimals:
		return Amount{}, fmt.Errorf("%w: %.40q", ErrRange, s)
	case n.digits <= quickDigits:
		a.d.Coeff.SetUint64(n.coefficient)
	default:
		a.d.Coeff.SetString(digitsOf(string(s)), 10)
	}
	a.d.Negative, a.d.Exponent = n.negative, int32(n.exponent) //nolint:gosec // bounded above
	return a, nil
}

// number is a decimal number as it is written.
type number struct {
	coefficient uint64 // right up to quickDigits
	digits      int    // from the first that is not 0
	exponent    int
	negative    bool
}

func (n *number) read(s string) bool {
	i, some, decimals, point := 0, false, 0, false
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		n.negative = s[i] == '-'
		i++
	}
	for ; i < len(s); i++ {
		c := s[i] - '0'
		switch {
		case c <= 9:
			some = true
			n.coefficient = n.coefficient*10 + uint64(c)
			if n.digits > 0 || c > 0 {
				n.digits++
			}
			if point {
				decimals++
			}
		case s[i] == '.' && !point:
			point = true
		case s[i] == 'e' || s[i] == 'E':
			n.exponent = -decimals
			return some && n.readExponent(s[i+1:])
		default:
			return false
		}
	}
	n.exponent = -decimals
	return some
}

// readExponent reads what follows the E. Four digits are enough to be out of range.
func (n *number) readExponent(s string) bool {
	sign := 1
	if s != "" && (s[0] == '-' || s[0] == '+') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	e := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || i > 4 {
			return false
		}
		e = e*10 + int(s[i]-'0')
	}
	n.exponent += sign * e
	return s != ""
}

// digitsOf returns the digits of a number that was read, up to its exponent.
func digitsOf(s string) string {
	digits := make([]byte, 0, len(s))
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = append(digits, c)
		case c == 'e' || c == 'E':
			return string(digits)
		}
	}
	return string(digits)
}

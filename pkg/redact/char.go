package redact

import "strings"

// charset is a set of ASCII bytes.
type charset [256]bool

func charsOf(parts ...string) *charset {
	var set charset
	for _, c := range []byte(strings.Join(parts, "")) {
		set[c] = true
	}
	return &set
}

const (
	lowers  = "abcdefghijklmnopqrstuvwxyz"
	uppers  = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numbers = "0123456789"
)

var (
	alnum    = charsOf(lowers, uppers, numbers)
	upperNum = charsOf(uppers, numbers)
	hexSet   = charsOf(numbers, "abcdefABCDEF")
	base64s  = charsOf(lowers, uppers, numbers, "+/=")
	tokenSet = charsOf(lowers, uppers, numbers, "_-")
	bearers  = charsOf(lowers, uppers, numbers, "-._~+/=")
	nameSet  = charsOf(lowers, uppers, numbers, "_-.")
	blankSet = charsOf(" \t\r\n")
)

// run returns how many bytes of s from position at belong to the set.
func (set *charset) run(s string, at int) int {
	n := at
	for n < len(s) && set[s[n]] {
		n++
	}
	return n - at
}

// back returns how many bytes of s directly before at belong to the set,
// looking at no more than limit of them.
func (set *charset) back(s string, at, limit int) int {
	n := at
	for n > 0 && at-n < limit && set[s[n-1]] {
		n--
	}
	return at - n
}

// all reports whether s is not empty and made of the set.
func (set *charset) all(s string) bool { return s != "" && set.run(s, 0) == len(s) }

func digits(s string) bool { return digitSet.all(s) }

var digitSet = charsOf(numbers)

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

package redact

import "math"

// How long a random-looking value must be before its looks count, and may be.
const (
	minDense = 20
	maxDense = 1024
)

// dense reports whether s looks random: long, without spaces, its classes of
// characters changing often. Names, paths, dates, hashes in names and
// camelCase words are not dense; neither is plain hexadecimal, which digests,
// revisions and UIDs are made of.
func dense(s string) bool {
	if len(s) < minDense || len(s) > maxDense || hexadecimal(s) {
		return false
	}
	c := classify(s)
	mixed := c.lower && c.upper && c.digit && c.changes*4 >= len(s)
	long := c.digit && c.word >= 24 && c.changes*5 >= len(s) && !hexWord(s)
	return !c.other && (mixed || long) && shannon(s) >= 3
}

type classes struct {
	lower, upper, digit, other bool
	changes                    int // how often the class changes from one character to the next
	word                       int // the longest stretch without punctuation
}

func classify(s string) (c classes) {
	last, word := byte(0), 0
	for i := range len(s) {
		kind := classOf(s[i])
		c.note(kind)
		if kind != last && i > 0 {
			c.changes++
		}
		if word++; kind == 'p' || kind == 'o' {
			word = 0
		}
		c.word = max(c.word, word)
		last = kind
	}
	return c
}

func (c *classes) note(kind byte) {
	switch kind {
	case 'a':
		c.lower = true
	case 'A':
		c.upper = true
	case '0':
		c.digit = true
	case 'o':
		c.other = true
	}
}

// classOf sorts a byte into letters, digits, punctuation found in tokens, and
// all else, which no token has.
func classOf(b byte) byte {
	switch {
	case isLower(b):
		return 'a'
	case isUpper(b):
		return 'A'
	case isDigit(b):
		return '0'
	case b > ' ' && b < 0x7f:
		return 'p'
	}
	return 'o'
}

// shannon returns the entropy of s in bits per character.
func shannon(s string) (bits float64) {
	var count [128]int
	for i := range len(s) {
		count[s[i]&127]++
	}
	for _, c := range count {
		if c > 0 {
			p := float64(c) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}

// hexadecimal reports whether s is made of hexadecimal digits and the marks
// that join them in UIDs and fingerprints.
func hexadecimal(s string) bool {
	for i := range len(s) {
		if !hexSet[s[i]] && s[i] != '-' && s[i] != ':' {
			return false
		}
	}
	return true
}

// hexWord reports whether the longest stretch of letters and digits of s is
// hexadecimal, as in an image reference with its digest.
func hexWord(s string) bool {
	best := ""
	for i := 0; i < len(s); {
		n := alnum.run(s, i)
		if n > len(best) {
			best = s[i : i+n]
		}
		i += n + 1
	}
	return hexSet.all(best)
}

// scrambled reports whether s, however short or long, alternates digits and
// capitals as encoded data does and names do not. Adding to s never makes it
// less so, hence a secret glued to something stays visible.
func scrambled(s string) bool {
	numbers, capitals, last := 0, 0, byte(0)
	for i := range len(s) {
		kind := classOf(s[i])
		if kind != last && kind == '0' {
			numbers++
		}
		if kind != last && kind == 'A' {
			capitals++
		}
		last = kind
	}
	return numbers > 1 && capitals > 1 || numbers > 4
}

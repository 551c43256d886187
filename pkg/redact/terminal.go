package redact

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Terminal returns s as one line that is safe to print: without control
// characters, escape sequences, and runes that reorder text or do not show. A
// tab or a line end becomes a space, invalid UTF-8 U+FFFD. Ordinary text of
// any language stays, and so do emoji, though those that were joined come
// apart. Everything from outside passes through it on its way to a terminal or
// a log.
func Terminal(s string) string { return printable(s, false) }

// TerminalBlock is Terminal for text of several lines: \n and \t stay, \r\n
// becomes \n.
func TerminalBlock(s string) string { return printable(s, true) }

func printable(s string, block bool) string {
	if ordinary(s, block) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if n := escapeSequence(s[i:]); n > 0 {
			i += n
			continue
		}
		if r = shownAs(r, s[i+size:], block); r >= 0 {
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// ordinary reports whether s is ASCII that can stay as it is.
func ordinary(s string, block bool) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && (!block || c != '\n' && c != '\t') || c > '~' {
			return false
		}
	}
	return true
}

// shownAs returns what to print for r, or -1 for nothing.
func shownAs(r rune, rest string, block bool) rune {
	switch {
	case r == '\n' || r == '\t':
		if block {
			return r
		}
		return ' '
	case r == '\r':
		if strings.HasPrefix(rest, "\n") {
			return -1
		}
		return shownAs('\n', "", block)
	case r == '\u2028' || r == '\u2029':
		return ' '
	case unicode.IsControl(r) || invisible(r):
		return -1
	}
	return r
}

// invisible reports whether r changes how other runes look, or hides.
func invisible(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0':
		return true // fillers that are letters or marks by category
	}
	switch {
	case r >= '\ufe00' && r <= '\ufe0d', r >= '\U000e0000' && r <= '\U000e0fff', r >= '\u180b' && r <= '\u180f':
		return true // variation selectors but those of emoji, tags
	case r >= '\u2060' && r <= '\u206f', r >= '\ufff0' && r <= '\ufff8':
		return true // unassigned, and ignorable by default
	}
	return unicode.Is(unicode.Cf, r)
}

// escapeSequence returns the length of the escape sequence that s begins with,
// or 0. Both forms of each introducer are known: ESC and a letter, and the one
// C1 character. Of a string that is not ended only the introducer goes, so that
// it cannot swallow what follows.
func escapeSequence(s string) int {
	kind, n := introducer(s)
	switch kind {
	case '[':
		return n + sequenceLen(s[n:], 0x30, 0x3f)
	case ']', 'P', 'X', '^', '_':
		return n + controlString(s[n:])
	case 0:
		return 0
	}
	return n - 1 + sequenceLen(s[n-1:], 0x20, 0x2f)
}

// introducer returns the byte that names a sequence and the length of what
// introduces it.
func introducer(s string) (kind byte, n int) {
	switch {
	case len(s) > 1 && s[0] == 0x1b && s[1] >= 0x20 && s[1] < 0x7f:
		return s[1], 2
	case len(s) > 1 && s[0] == 0xc2 && strings.IndexByte("\x90\x98\x9b\x9d\x9e\x9f", s[1]) >= 0:
		return s[1] - 0x40, 2 // U+009B is ESC [
	}
	return 0, 0
}

// sequenceLen returns the length of parameters, intermediates and the final
// byte; what does not end properly counts as far as it goes.
func sequenceLen(s string, low, high byte) (n int) {
	for n < len(s) && s[n] >= low && s[n] <= high {
		n++
	}
	for n < len(s) && s[n] >= 0x20 && s[n] <= 0x2f {
		n++
	}
	if n < len(s) && s[n] >= 0x30 && s[n] <= 0x7e {
		n++
	}
	return n
}

// controlString returns the length of a string and its terminator, or 0 if
// another control character comes first.
func controlString(s string) int {
	end := strings.IndexFunc(s, unicode.IsControl)
	switch {
	case end < 0:
		return 0
	case s[end] == '\a':
		return end + 1
	case strings.HasPrefix(s[end:], "\x1b\\"), strings.HasPrefix(s[end:], "\u009c"):
		return end + 2
	}
	return 0
}

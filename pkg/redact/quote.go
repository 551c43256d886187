package redact

import (
	"unicode/utf16"
	"unicode/utf8"
)

// unquote appends what a JSON string means, given what stands between its
// quotes, whose escapes were checked.
func unquote(to, raw []byte) []byte {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			to = append(to, raw[i])
			continue
		}
		i++
		if raw[i] != 'u' {
			to = append(to, unescaped(raw[i]))
			continue
		}
		r := hexRune(raw[i+1:])
		i += 4
		if utf16.IsSurrogate(r) {
			var n int
			r, n = surrogate(r, raw[i+1:])
			i += n
		}
		to = utf8.AppendRune(to, r)
	}
	return to
}

func unescaped(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

// surrogate joins r with the half that rest begins with, and returns how many
// bytes of rest that took. A half alone is not a character.
func surrogate(r rune, rest []byte) (rune, int) {
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
		return utf8.RuneError, 0
	}
	joined := utf16.DecodeRune(r, hexRune(rest[2:]))
	if joined == utf8.RuneError {
		return joined, 0
	}
	return joined, 6
}

func hexRune(b []byte) (r rune) {
	for _, c := range b[:4] {
		switch {
		case isDigit(c):
			c -= '0'
		default:
			c = (c | 0x20) - 'a' + 10
		}
		r = r<<4 | rune(c)
	}
	return r
}

// quote appends s as a JSON string, without escaping HTML.
func quote(to []byte, s string) []byte {
	const hex = "0123456789abcdef"
	to = append(to, '"')
	for _, r := range s { // invalid UTF-8 becomes U+FFFD
		switch {
		case r == '"' || r == '\\':
			to = append(to, '\\', byte(r))
		case r == '\n':
			to = append(to, '\\', 'n')
		case r < ' ':
			to = append(to, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			to = utf8.AppendRune(to, r)
		}
	}
	return append(to, '"')
}

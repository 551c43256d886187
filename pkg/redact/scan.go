package redact

import (
	"errors"
	"fmt"
)

// errTooDeep and maxDepth are those of encoding/json.
var errTooDeep = errors.New("nested too deeply")

const maxDepth = 10000

// scanner reads JSON once, from left to right, and builds nothing. It accepts
// what encoding/json accepts.
type scanner struct {
	b []byte
	i int
}

// word is a string of the document, as it stands there.
type word struct {
	from, to int  // what is between the quotes
	escaped  bool // holds a backslash
	suspect  bool // holds what an anchor hooks on
}

func (s *scanner) syntaxError() error {
	return fmt.Errorf("not JSON at byte %d", s.i)
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\r', '\n':
			s.i++
		default:
			return
		}
	}
}

// peek returns the next byte that is no white space, or 0 at the end.
func (s *scanner) peek() byte {
	if s.i < len(s.b) && s.b[s.i] > ' ' {
		return s.b[s.i]
	}
	if s.space(); s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// string reads a string, the opening quote being the next byte. One table
// look-up per byte finds its end and whether anything in it looks suspect.
func (s *scanner) string() (w word, ok bool) {
	s.i++
	w.from = s.i
	b, stops, pair := s.b, &anchors.stops, 0
	for i := s.i; i < len(b); i++ {
		c := b[i]
		pair = (pair<<7 | int(c&127)) & (1<<14 - 1)
		if !stops[pair] {
			continue
		}
		if plain[c] {
			w.suspect = true
			continue
		}
		switch c {
		case '"':
			w.to, s.i = i, i+1
			return w, true
		case '\\':
			n := escapeLen(b[i:])
			if n == 0 {
				s.i = i
				return w, false
			}
			w.escaped = true
			i += n - 1
		default:
			s.i = i
			return w, false
		}
	}
	s.i = len(b)
	return w, false
}

// plain are the bytes that stand for themselves within a string.
var plain = func() (set [256]bool) {
	for c := range set {
		set[c] = c >= ' ' && c != '"' && c != '\\'
	}
	return set
}()

// escapeLen returns the length of the escape that b begins with, or 0.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if len(b) >= 6 && hexSet[b[2]] && hexSet[b[3]] && hexSet[b[4]] && hexSet[b[5]] {
			return 6
		}
	}
	return 0
}

// number reads a number.
func (s *scanner) number() bool {
	if s.i < len(s.b) && s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !s.digits() {
		return false
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		if s.i++; !s.digits() {
			return false
		}
	}
	if s.i < len(s.b) && s.b[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		return s.digits()
	}
	return true
}

func (s *scanner) digits() bool {
	from := s.i
	for s.i < len(s.b) && isDigit(s.b[s.i]) {
		s.i++
	}
	return s.i > from
}

// literal reads true, false or null.
func (s *scanner) literal(text string) bool {
	if len(s.b)-s.i < len(text) || string(s.b[s.i:s.i+len(text)]) != text {
		return false
	}
	s.i += len(text)
	return true
}

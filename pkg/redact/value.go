package redact

import "strings"

// value returns the range of the value that begins at or after position at, if
// it is to be masked.
func (p pair) value(at int) (from, to int) {
	for at < len(p.s) && strings.IndexByte(" \t=>", p.s[at]) >= 0 && (p.sep == '=' || p.s[at] != '>') {
		at++
	}
	escape := 0
	for at+escape < len(p.s) && p.s[at+escape] == '\\' {
		escape++
	}
	if i := at + escape; i < len(p.s) && strings.IndexByte("\"'`", p.s[i]) >= 0 {
		return p.judged(i+1, i+1+closingQuote(p.s[i+1:], p.s[i], p.s[at:i]))
	}
	switch {
	case at == len(p.s):
		return 0, 0
	case p.s[at] == '[':
		return p.list(at)
	case p.s[at] == '{' && p.sep == ':':
		return 0, 0 // its members are pairs of their own
	case p.sep == '=':
		return p.judged(p.assigned(at))
	}
	return p.scalar(at)
}

// closingQuote returns where the text before the closing quote ends. escape is
// what stood before the opening one, when the text is quoted once more.
func closingQuote(rest string, quote byte, escape string) int {
	slashes := 0
	for i := 0; i < len(rest); i++ {
		switch {
		case rest[i] == '\\':
			slashes++
			continue
		case rest[i] == quote && escape == "" && slashes%2 == 0:
			if quote != '\'' || i+1 == len(rest) || rest[i+1] != quote {
				return i
			}
			i++
		case rest[i] == quote && escape != "" && slashes <= len(escape):
			return i - slashes
		}
		slashes = 0
	}
	return len(rest)
}

// list masks ["a", "b"] when one element is to be masked; the members of
// [{…}] are pairs themselves.
func (p pair) list(at int) (from, to int) {
	inner := strings.TrimLeft(p.s[at+1:], " \t\r\n")
	if strings.HasPrefix(inner, "{") || strings.HasPrefix(inner, "]") || p.grade < likely {
		return 0, 0
	}
	end := strings.IndexByte(p.s[at:], ']')
	if end < 0 {
		end = len(p.s) - at
	}
	for element := range strings.SplitSeq(p.s[at+1:at+end], ",") {
		if judge(p.grade, strings.Trim(element, " \t\r\n\"'\\"), false) != "" {
			return at + 1, at + end
		}
	}
	return 0, 0
}

// Where the value behind an equals sign ends.
var assignedEnd = charsOf(" \t\r\n;&\"'`<>)}]|\\")

// assigned returns the value behind an equals sign. In a file of properties it
// is the rest of the line.
func (p pair) assigned(at int) (from, to int) {
	if p.s[at] == '{' {
		end := strings.IndexByte(p.s[at:], '}')
		return at, pickInt(end < 0, len(p.s), at+end+1)
	}
	if p.place() == ownLine {
		line := p.s[at:p.line(at)]
		if !strings.ContainsAny(line, "=;") {
			return at, at + len(strings.TrimRight(line, " \t\r"))
		}
	}
	for to = at; to < len(p.s) && !assignedEnd[p.s[to]]; {
		if n := placeholder(p.s[to:]); n > 0 {
			to += n
			continue
		}
		if p.s[to] == ',' && startsPair(p.s[to+1:]) {
			break
		}
		to++
	}
	return at, to
}

// startsPair reports whether s begins with another name=value: then the comma
// before it was no part of the value.
func startsPair(s string) bool {
	s = strings.TrimLeft(s, " ")
	n := nameSet.run(s, 0)
	return n > 0 && n < len(s) && (s[n] == '=' || s[n] == ':')
}

// line returns where the line of position at ends.
func (p pair) line(at int) int {
	if n := strings.IndexByte(p.s[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(p.s)
}

func pickInt(ok bool, yes, no int) int {
	if ok {
		return yes
	}
	return no
}

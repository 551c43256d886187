package redact

import "strings"

// place is where in its line a pair stands, which says how far its value goes.
type place uint8

const (
	ownLine place = iota // to the end of the line
	inFlow               // to the next comma or closing bracket
	inProse              // one word
)

// place looks at what stands before the name.
func (p pair) place() place {
	if p.quoted {
		return inFlow
	}
	i := p.name
	for i > 0 && strings.IndexByte(" \t\"'#", p.s[i-1]) >= 0 {
		i--
	}
	switch {
	case i == 0 || p.s[i-1] == '\n':
		return ownLine
	case strings.IndexByte("{[(,;&?", p.s[i-1]) >= 0:
		return inFlow
	}
	return inProse
}

// scalar masks an unquoted value behind a colon.
func (p pair) scalar(at int) (from, to int) {
	switch p.place() {
	case inFlow:
		return p.judged(at, at+scalarLen(p.s[at:], ",}]\r\n"))
	case inProse:
		return p.judged(at, at+scalarLen(p.s[at:], " \t\r\n,;\"'<"))
	}
	line := p.line(at)
	text := strings.TrimRight(p.s[at:line], " \t\r,")
	if style := strings.TrimRight(text, "+-123456789"); text == "" || strings.HasSuffix(style, "|") || strings.HasSuffix(style, ">") {
		return p.block(line, text == "")
	}
	if i := strings.Index(text, " #"); i > 0 {
		text = text[:i]
	}
	return p.judged(at, at+len(text))
}

// scalarLen returns how long s goes on before one of the stops, placeholders
// counting as one piece, and without blanks at the end.
func scalarLen(s, stops string) int {
	n := 0
	for n < len(s) && strings.IndexByte(stops, s[n]) < 0 {
		n += max(placeholder(s[n:]), 1)
	}
	return len(strings.TrimRight(s[:n], " \t\r"))
}

// block masks the lines below a name: those indented deeper and, for a list,
// those that begin with a dash. A mapping's lines are pairs of their own.
func (p pair) block(line int, list bool) (from, to int) {
	if p.grade < likely {
		return 0, 0
	}
	own := p.name - strings.LastIndexByte(p.s[:p.name], '\n') - 1
	to = line
	for to < len(p.s) {
		text := p.s[to+1 : p.line(to+1)]
		if !belongs(text, own, list) {
			break
		}
		to += 1 + len(text)
	}
	text := strings.TrimLeft(p.s[line:to], " \t\r\n")
	from = to - len(text)
	return p.judged(from, from+len(strings.TrimRight(text, " \t\r\n")))
}

// belongs reports whether a line is part of the block below a name that is
// indented by own.
func belongs(line string, own int, list bool) bool {
	text := strings.TrimLeft(line, " ")
	item, dashed := strings.CutPrefix(text, "- ")
	switch {
	case strings.TrimSpace(text) == "":
		return true
	case list:
		return !startsMember(item) && (dashed || len(line)-len(text) > own)
	}
	return len(line)-len(text) > own
}

// startsMember reports whether a line begins with a key of its own.
func startsMember(line string) bool {
	if strings.HasPrefix(line, `"`) || strings.HasPrefix(line, "'") {
		_, _, ok := yamlKey(line)
		return ok
	}
	n := nameSet.run(line, 0)
	rest := line[n:]
	return n > 0 && (strings.HasPrefix(rest, ": ") || strings.TrimSpace(rest) == ":")
}

package redact

import "strings"

// findElement masks the text of <password>text</password> and of an element
// whose name or key attribute tells.
func findElement(s string, at int) (from, to int) {
	open := strings.LastIndexByte(s[max(0, at-256):at], '<')
	if open < 0 {
		return 0, 0
	}
	tag := s[max(0, at-256)+open+1 : at]
	if tag == "" || strings.IndexByte("/!?", tag[0]) >= 0 || tag[len(tag)-1] == '/' {
		return 0, 0
	}
	g := tagGrade(tag)
	p := pair{s: upTo(s, at, g), sep: '=', grade: g}
	if p.grade == silent {
		return 0, 0
	}
	return p.judged(elementText(p.s, at+1))
}

// tagGrade grades the name of an element, or what its attributes name.
func tagGrade(tag string) grade {
	name, attributes, _ := strings.Cut(tag, " ")
	g := gradeOf(name)
	if attributes != "" {
		g = max(g, gradeOf(namedIn(attributes)))
	}
	return g
}

// elementText returns the range of the text up to the next tag.
func elementText(s string, at int) (from, to int) {
	end := "<"
	if strings.HasPrefix(s[at:], "<![CDATA[") {
		at += len("<![CDATA[")
		end = "]]>"
	}
	to = len(s)
	if n := strings.Index(s[at:], end); n >= 0 {
		to = at + n
	}
	from = to - len(strings.TrimLeft(s[at:to], " \t\r\n"))
	return from, from + len(strings.TrimRight(s[from:to], " \t\r\n"))
}

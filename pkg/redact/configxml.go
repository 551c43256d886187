package redact

import "strings"

// xml collects the paths of elements that hold text or nothing. It reads tags
// only, and forgives what is not well-formed.
func (p *pathList) xml(text string) {
	var open []string
	leaf := false
	for !p.full() {
		at := strings.IndexByte(text, '<')
		if at < 0 {
			return
		}
		text = text[at:]
		tag, n := xmlTag(text)
		if n == 0 {
			return
		}
		text = text[n:]
		name := tag[:nameSet.run(tag, 0)]
		switch {
		case strings.HasPrefix(tag, "/"):
			if leaf && len(open) > 0 {
				p.add(open[len(open)-1])
			}
			open, leaf = open[:max(len(open)-1, 0)], false
		case name == "":
		case strings.HasSuffix(tag, "/"):
			p.add(under(last(open), name))
			leaf = false
		default:
			open, leaf = append(open, under(last(open), name)), true
		}
	}
}

// xmlTag returns what is between the angle brackets that text begins with, and
// how long that is with them. Comments, CDATA and instructions have no name.
func xmlTag(text string) (tag string, n int) {
	end := ">"
	switch {
	case strings.HasPrefix(text, "<!--"):
		end = "-->"
	case strings.HasPrefix(text, "<![CDATA["):
		end = "]]>"
	}
	i := strings.Index(text, end)
	if i < 0 {
		return "", 0
	}
	return text[1:i], i + len(end)
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

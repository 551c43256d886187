package redact

import "strings"

// coupled returns the name that goes with a member called value, which begins
// at name and has its separator at sep: that of a name/value couple, whichever
// comes first, or the key it stands below.
func coupled(s string, name, sep int) string {
	before, after := s[max(0, name-256):name], s[sep:min(len(s), sep+256)]
	if i := strings.LastIndexAny(before, "}<"); i >= 0 {
		before = before[i:]
	}
	if i := strings.IndexAny(after, "}>"); i >= 0 {
		after = after[:i]
	}
	if found := namedIn(before); found != "" {
		return found
	}
	if found := namedIn(after); found != "" {
		return found
	}
	return enclosing(before)
}

// namedIn returns what the last name or key in text says: name: x, key="x".
func namedIn(text string) string {
	lower := strings.ToLower(text)
	for end := len(lower); end > 0; {
		at := max(strings.LastIndex(lower[:end], "name"), strings.LastIndex(lower[:end], "key"))
		if at < 0 {
			return ""
		}
		rest := text[at+alnum.run(text, at):]
		word := strings.TrimLeft(rest, " \t:=\"'\\")
		if bounded(text, at) && strings.ContainsAny(rest[:len(rest)-len(word)], ":=") {
			return word[:nameSet.run(word, 0)]
		}
		end = at
	}
	return ""
}

// enclosing returns the key that text ends with: password: { or password: and
// the end of the line.
func enclosing(text string) string {
	text = strings.TrimRight(text, " \t\r\n{\"'\\")
	text, ok := strings.CutSuffix(text, ":")
	if !ok {
		return ""
	}
	text = strings.TrimRight(text, " \"'\\")
	return text[len(text)-nameSet.back(text, len(text), 128):]
}

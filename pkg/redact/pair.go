package redact

import "strings"

// pairAnchors find values beside telling names: password=x, password: x,
// "password": "x", <password>x</password>, --password x, and the
// name/value couples of environments and XML.
func pairAnchors() []anchor {
	list := []anchor{
		{text: "=", rule: ruleName, find: findAssigned},
		{text: "%3D", rule: ruleName, find: findEncoded},
		{text: "%3d", rule: ruleName, find: findEncoded},
		{text: `\u00`, rule: ruleName, find: findNothing},
		{text: ">", rule: ruleName, find: findElement},
		{text: "--", rule: ruleName, find: findFlag},
		{text: "pass ", rule: ruleName, find: findDashed},
		{text: "assword ", rule: ruleName, find: findDashed},
		{text: "requirepass ", rule: ruleName, find: findDirective},
		{text: "masterauth ", rule: ruleName, find: findDirective},
		{text: " -u ", rule: ruleName, find: findLogin},
		{text: " -p", rule: ruleName, find: findLetter},
		{text: " -a ", rule: ruleName, find: findLetter},
	}
	for _, text := range []string{": ", ":\"", ":'", ":\\", ":\n", ":\r", ":\t", "\":", "':"} {
		list = append(list, anchor{text, ruleName, findMember(strings.IndexByte(text, ':'))})
	}
	for _, text := range []string{"assword:", "asswd:", "pwd:", "assphrase:", "ASSWORD:", "ASSWD:", "PWD:"} {
		list = append(list, anchor{text, ruleName, findTight})
	}
	return list
}

// findAssigned masks name=value, name = "value", name := value, name => value.
func findAssigned(s string, at int) (from, to int) {
	p := pairAt(s, at, '=')
	if p.grade == silent {
		return 0, 0
	}
	return p.value(at + 1)
}

// findEncoded masks name=value within a URL's parameter.
func findEncoded(s string, at int) (from, to int) {
	p := pairAt(s, at, '=')
	if p.grade == silent {
		return 0, 0
	}
	return p.value(at + len("%3D"))
}

// findNothing is for an anchor that only says that [Text] must look closer.
func findNothing(string, int) (from, to int) { return 0, 0 }

// findMember masks name: value; colon is where the anchor has it.
func findMember(colon int) func(string, int) (int, int) {
	return func(s string, at int) (from, to int) {
		p := pairAt(s, at+colon, ':')
		if p.grade == silent {
			return 0, 0
		}
		return p.value(at + colon + 1)
	}
}

// findTight masks password:value, which is not YAML but found in logs. An
// image's name and tag look alike, but for the slash or the version.
func findTight(s string, at int) (from, to int) {
	colon := at + strings.IndexByte(s[at:], ':')
	p := pairAt(s, colon, '=')
	if p.name > 0 && s[p.name-1] == '/' || colon+1 == len(s) || blankSet[s[colon+1]] || p.grade < certain {
		return 0, 0
	}
	from, to = p.value(colon + 1)
	if version := s[from:to]; strings.Contains(version, ".") && strings.Trim(version, numbers+".") == "" || version == "latest" {
		return 0, 0
	}
	return from, to
}

// pair is a telling name and where it stands.
type pair struct {
	s      string
	name   int  // where the name begins
	quoted bool // the name stands in quotes, as in JSON
	sep    byte // '=' or ':'
	grade  grade
}

// pairAt reads the name before the separator at position at.
func pairAt(s string, at int, sep byte) pair {
	end := at
	for end > 0 && strings.IndexByte(" \t:+?", s[end-1]) >= 0 && at-end < 16 {
		end--
	}
	p := pair{s: s, sep: sep}
	for end > 0 && strings.IndexByte("\"'`\\])", s[end-1]) >= 0 && at-end < 32 {
		p.quoted = p.quoted || s[end-1] != ']' && s[end-1] != ')'
		end--
	}
	p.name = end - nameSet.back(s, end, 128)
	name := s[p.name:end]
	if strings.EqualFold(name, "value") {
		name = coupled(s, p.name, at)
	}
	if name != "" {
		p.grade = gradeOf(name)
	}
	p.s = upTo(s, at, p.grade)
	return p
}

// upTo cuts s behind what a value at position at can need: a value beside a
// weak name must look random, and nothing so long does.
func upTo(s string, at int, g grade) string {
	if g >= likely {
		return s
	}
	return s[:min(len(s), at+maxDense+64)]
}

// judged returns the range if the value in it is to be masked.
func (p pair) judged(from, to int) (int, int) {
	if judge(p.grade, p.s[from:to], p.sep == '=') == "" {
		return 0, 0
	}
	return from, to
}

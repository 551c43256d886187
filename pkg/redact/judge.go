package redact

import "strings"

// judge returns the rule by which value is masked beside a name of grade g, or
// "". assigned says that the two are joined by an equals sign, which leaves no
// doubt that value is one: `token: unexpected` may be prose.
func judge(g grade, value string, assigned bool) string {
	switch {
	case g == silent || hidden(value):
		return ""
	case g >= certain, g == likely && (assigned || !objectName(value)):
		return ruleName
	case dense(value), g >= weak && longKey(value):
		return ruleEntropy
	}
	return ""
}

// longKey accepts what weak names, but not a bare `key`, have as secrets:
// hexadecimal and logins in base64.
func longKey(value string) bool {
	return len(value) >= 32 && hexadecimal(value) || encodedPair(value)
}

// hidden reports whether there is nothing to mask: no value, a reference to
// one, or one that was masked before.
func hidden(value string) bool {
	if masked(value) || reference(value) || strings.Trim(value, "*•") == "" {
		return true
	}
	return absent[strings.ToLower(strings.Trim(value, "<>[]()"))]
}

var absent = set("", "true", "false", "null", "nil", "none", "~", "undefined", "unset", "empty", "redacted", "hidden",
	"masked", "not set")

// objectName accepts a word of prose and the name of an object: lower-case
// words, digits only where a hyphen or a dot joins short parts.
func objectName(s string) bool {
	if len(s) > 63 || !objectSet.all(s) {
		return false
	}
	joined := strings.ContainsAny(s, "-.")
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == '-' || r == '.' || r == '/' }) {
		if len(part) > 16 || !joined && strings.ContainsAny(part, numbers) {
			return false
		}
	}
	return true
}

var objectSet = charsOf(lowers, numbers, "-./")

package redact

import (
	"encoding/base64"
	"strings"
)

// schemeAnchors find HTTP credentials by the scheme word before them, and SQL
// passwords by their statement.
var schemeAnchors = []anchor{
	{text: "Bearer ", rule: ruleBearer, find: findBearer},
	{text: "bearer ", rule: ruleBearer, find: findBearer},
	{text: "BEARER ", rule: ruleBearer, find: findBearer},
	{text: "Bearer%20", rule: ruleBearer, find: findBearer},
	{text: "Basic ", rule: ruleBasic, find: findBasic},
	{text: "basic ", rule: ruleBasic, find: findBasic},
	{text: "BASIC ", rule: ruleBasic, find: findBasic},
	{text: "ASSWORD '", rule: ruleSQL, find: findQuoted},
	{text: "assword '", rule: ruleSQL, find: findQuoted},
	{text: "DENTIFIED BY '", rule: ruleSQL, find: findQuoted},
	{text: "dentified by '", rule: ruleSQL, find: findQuoted},
}

// findBearer masks a token; `Bearer realm=…` and `bearer token` are prose.
func findBearer(s string, at int) (from, to int) {
	from = at + len("Bearer")
	for strings.HasPrefix(s[from:], " ") || strings.HasPrefix(s[from:], "%20") {
		from += 1 + 2*strings.Count(s[from:from+1], "%")
	}
	n := bearers.run(s, from)
	token := s[from : from+n]
	if n < 8 || strings.Contains(strings.TrimRight(token, "="), "=") || !tokenLike(token) {
		return 0, 0
	}
	return from, from + n
}

// tokenLike reports whether s is more than a word.
func tokenLike(s string) bool {
	return len(s) >= 24 || strings.ContainsAny(s, numbers) || strings.ContainsAny(s[1:], uppers)
}

// findBasic masks base64 that holds user:password.
func findBasic(s string, at int) (from, to int) {
	from = at + len("Basic ")
	n := base64s.run(s, from)
	if !encodedPair(s[from : from+n]) {
		return 0, 0
	}
	return from, from + n
}

// encodedPair reports whether s is the base64 of printable text with a colon,
// as logins are.
func encodedPair(s string) bool {
	var buf [192]byte
	s = strings.TrimRight(s, "=")
	if len(s) < 4 || len(s) > 256 {
		return false
	}
	n, err := base64.RawStdEncoding.Decode(buf[:], []byte(s))
	return err == nil && printableColon(string(buf[:n]))
}

func printableColon(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return strings.Contains(s, ":")
}

// findQuoted masks what stands between the quote that the anchor ends with and
// the next one, doubled quotes included.
func findQuoted(s string, at int) (from, to int) {
	from = at + strings.IndexByte(s[at:], '\'') + 1
	to = from + closingQuote(s[from:], '\'', "")
	if hidden(s[from:to]) {
		return 0, 0
	}
	return from, to
}

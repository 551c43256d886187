package redact

import "strings"

// Text is the second net for one string: what has the shape of a secret, or
// stands beside a telling name in it, is replaced by ‹redacted: rule›. It
// returns the first rule that matched, and s itself with "" when none did.
// Text of its own result changes nothing.
func Text(s string) (clean, rule string) {
	if !anchors.suspect(s) {
		return s, ""
	}
	clean, rule = sweep(decoded(s))
	if rule == "" {
		return s, ""
	}
	return settle(clean), rule
}

// decoded returns s without \u00XX escapes, which Go's JSON has for < > & and,
// one layer further down, other programs for any character.
func decoded(s string) string {
	if !strings.Contains(s, `\u00`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '\\' && len(s)-i >= 6 && s[i+1:i+4] == "u00" && '2' <= s[i+4] && s[i+4] <= '7' && hexSet[s[i+5]] {
			c = byte(hexRune([]byte(s[i+2 : i+6])))
			i += 5
		}
		b.WriteByte(c)
	}
	return b.String()
}

// settle sweeps until nothing changes, since what is left of a text may look
// different beside what was taken out. Text that never settles is dropped.
func settle(s string) string {
	for range 8 {
		next, rule := sweep(decoded(s))
		if rule == "" {
			return s
		}
		s = next
	}
	return redacted(ruleUnstable)
}

// sweep replaces the matches of all rules, from left to right.
func sweep(s string) (clean, rule string) {
	var b strings.Builder
	done, at, aws := 0, 0, false
	for at < len(s) {
		from, to, found := anchors.next(s, at, done)
		if found == "" {
			break
		}
		if rule == "" {
			rule = found
		}
		aws = aws || found == ruleAWSKey
		b.WriteString(s[done:from])
		b.WriteString(redacted(found))
		done, at = to, to
	}
	if rule == "" {
		return s, ""
	}
	b.WriteString(s[done:])
	if aws {
		return maskAWSSecrets(b.String()), rule
	}
	return b.String(), rule
}

package redact

import (
	"strconv"
	"strings"
)

// Every placeholder stands between these two, which no Kubernetes name and
// hardly any configuration contains, so that masked text is told from text.
const (
	opening = "‹"
	closing = "›"
	marked  = "redacted: "
)

// Placeholders of values of which only the type is told.
const (
	someString = opening + "string" + closing
	somePath   = opening + "path" + closing
	someURL    = opening + "url" + closing
	someHost   = opening + "host" + closing
)

// redacted returns what stands in place of something that rule recognized.
func redacted(rule string) string { return opening + marked + rule + closing }

// sized returns the placeholder of a text of which only the length is told.
func sized(kind, text string) string {
	return opening + kind + ", " + strconv.Itoa(len(text)) + " bytes" + closing
}

// placeholder returns the length of the placeholder that s begins with, or 0.
// It accepts only what this package writes: a secret between the same marks
// must not pass for masked.
func placeholder(s string) int {
	if !strings.HasPrefix(s, opening) {
		return 0
	}
	end := strings.Index(s[:min(len(s), 64)], closing)
	if end < 0 || !known(s[len(opening):end]) {
		return 0
	}
	return end + len(closing)
}

// IsPlaceholder reports whether s is one placeholder that this package writes, and
// nothing else.
func IsPlaceholder(s string) bool { return masked(s) }

// masked reports whether s is one placeholder and nothing else.
func masked(s string) bool { return s != "" && placeholder(s) == len(s) }

func known(inside string) bool {
	if rule, ok := strings.CutPrefix(inside, marked); ok {
		return ruleNames[rule]
	}
	switch inside {
	case "string", "path", "url", "host":
		return true
	}
	kind, size, _ := strings.Cut(inside, ", ")
	size, ok := strings.CutSuffix(size, " bytes")
	return ok && (kind == "script" || kind == "text") && digits(size)
}

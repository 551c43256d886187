package pseudonym

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first asked for:
// most runs of fred mask nothing, and should not wait for it.
type pattern func() *regexp.Regexp

func patternOf(text string) pattern {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// MatchString is that of regexp.Regexp.
func (p pattern) MatchString(s string) bool { return p().MatchString(s) }

// FindStringSubmatch is that of regexp.Regexp.
func (p pattern) FindStringSubmatch(s string) []string { return p().FindStringSubmatch(s) }

// FindString is that of regexp.Regexp.
func (p pattern) FindString(s string) string { return p().FindString(s) }

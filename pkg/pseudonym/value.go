package pseudonym

import (
	"strings"

	"github.com/fredctl/fred/pkg/redact"
)

// moments is one field of a cron schedule.
const moments = `([\d*,/?#-]|\b(MON|TUE|WED|THU|FRI|SAT|SUN|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b){1,40}`

var (
	shortDigits = patternOf(`^-?\d{1,6}$`)
	decimal     = patternOf(`^-?\d{1,6}\.\d{1,6}$`)
	quantities  = patternOf(`^\d{1,15}(\.\d{1,9})?([numkMGTPE]|[KMGTPE]i)?$`)
	measures    = patternOf(`^(\d{1,9}(\.\d{1,3})?(ns|us|ms|s|m|h|d|Mi|Gi|Ki|Ti|M|G|k|MB|GB|%))+$`)
	listens     = patternOf(`^(0\.0\.0\.0|127\.0\.0\.1|\[::1?\]|localhost|\*)?:\d{1,5}$`)
	longSize    = patternOf(`\d{8}`)
	reference   = patternOf(`^\$([({])([A-Za-z_][A-Za-z0-9_.-]*)([)}])$`)
	schedules   = patternOf(`^` + moments + `( +` + moments + `){4}$`)
	nicknames   = patternOf(`^@(yearly|annually|monthly|weekly|daily|midnight|hourly|every \d+[hms])$`)
	versions    = patternOf(`^v?\d{1,5}(\.\d{1,5}){0,2}([-+](eks|gke|k3s\d*|rke2r?\d*|alpine|slim|rc\d*|alpha\d*|beta\d*)\b)?`)
)

// shortNumber tells the numbers that no account, customer or telephone has.
func shortNumber(s string) bool { return shortDigits.MatchString(s) }

// passes reports whether a value is the same for everybody: a short number, a
// measure, a word of the vocabulary, an address of the machine itself.
func passes(s string) bool {
	return s == "" || words[s] || shortNumber(s) || decimal.MatchString(s) || measures.MatchString(s) || listens.MatchString(s) || placeholder(s)
}

// placeholder tells what pkg/redact has put in the place of a secret from what
// somebody typed between the same marks. A ConfigMap has a mebibyte at most, so a
// size has seven digits; the number of an account has more.
func placeholder(s string) bool { return redact.IsPlaceholder(s) && !longSize.MatchString(s) }

// value masks the value of a variable.
func (m *Mask) value(s string) string {
	if passes(s) {
		return s
	}
	if part := reference.FindStringSubmatch(s); part != nil {
		return "$" + part[1] + m.variable(part[2]) + part[3]
	}
	return m.someValue(s)
}

// argument masks one word of a command line. That it is a flag or a path shows.
func (m *Mask) argument(s string) string {
	name, value, assigned := strings.Cut(s, "=")
	switch {
	case passes(s):
		return s
	case s[0] == '/':
		return m.path(s)
	case s[0] != '-':
		return m.value(s)
	}
	bare := strings.TrimLeft(name, "-")
	flag := name[:len(name)-len(bare)]
	if bare != "" {
		flag += m.Name("flag", bare)
	}
	if assigned {
		flag += "=" + m.argument(value)
	}
	return flag
}

// schedule keeps when a CronJob runs, but for a time zone and what is no
// schedule.
func (m *Mask) schedule(s string) string {
	if s == "" || schedules.MatchString(s) || nicknames.MatchString(s) {
		return s
	}
	return m.Name("schedule", s)
}

// version keeps the numbers of a version, and whose Kubernetes it is; the rest
// may name who built it.
func (m *Mask) version(s string) string {
	if words[s] {
		return s
	}
	return versions.FindString(s)
}

// Version keeps the numbers of a version, or that it is one under development.
func (m *Mask) Version(s string) string { return m.version(s) }

// platform keeps "linux/amd64" and its like.
func (m *Mask) platform(s string) string {
	os, arch, ok := strings.Cut(s, "/")
	if !ok {
		return m.word(s)
	}
	return m.word(os) + "/" + m.word(arch)
}

// amount masks what a quota is of, and keeps how much.
func (m *Mask) amount(k, v string) (key, value string) {
	if !words[k] {
		k = m.Name("resource", k)
	}
	if !quantities.MatchString(v) {
		v = ""
	}
	return k, v
}

// limit masks a limit by "Type.field.resource", and keeps how much.
func (m *Mask) limit(k, v string) (key, value string) {
	part := strings.SplitN(k, ".", 3)
	if len(part) < 3 {
		return m.amount(k, v)
	}
	resource, v := m.amount(part[2], v)
	return m.word(part[0]) + "." + m.word(part[1]) + "." + resource, v
}

var (
	exitCode    = patternOf(`^exit code -?\d+$`)
	keyMissing  = patternOf(`^key (\S+) of (\S+) (\S+) is missing$`)
	itIsMissing = patternOf(`^(\S+) (\S+) is missing$`)
	short       = patternOf(`^\d+ (Insufficient (cpu|memory|pods|ephemeral-storage|nvidia\.com/gpu)|Too many pods|node\(s\) (had untolerated taint|had volume node affinity conflict|were unschedulable|didn't have free ports|didn't match Pod's node affinity/selector|didn't match pod topology spread constraints|didn't match pod (anti-)?affinity rules|didn't match the requested node (name|affinity)))$`)
	shortOf     = patternOf(`^(\d+ Insufficient )([a-z0-9./-]+)$`)
)

// detail keeps what an issue says in the words that fred itself chose; nothing
// stays of a sentence that it does not know.
func (m *Mask) detail(s string) string {
	if exitCode.MatchString(s) {
		return s
	}
	if part := keyMissing.FindStringSubmatch(s); part != nil {
		return "key " + m.dataKey(part[1]) + " of " + m.kind(part[2]) + " " + m.object(part[2], part[3]) + " is missing"
	}
	if part := itIsMissing.FindStringSubmatch(s); part != nil {
		return m.kind(part[1]) + " " + m.object(part[1], part[2]) + " is missing"
	}
	var kept []string
	for clause := range strings.SplitSeq(s, ", ") {
		if part := shortOf.FindStringSubmatch(clause); part != nil && !short.MatchString(clause) {
			kept = append(kept, part[1]+m.Name("resource", part[2]))
		}
		if short.MatchString(clause) {
			kept = append(kept, clause)
		}
	}
	return strings.Join(kept, ", ")
}

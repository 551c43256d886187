package redact

import (
	"strconv"
	"strings"
	"time"
)

// harmless reports whether value can be shown for its type alone: a boolean, a
// number, a duration, a quantity, a port to listen on, one of a closed list of
// words, or a $(REFERENCE) that Kubernetes resolves. A value is not harmless
// beside a name that tells; that is the caller's to check.
func harmless(value string) bool {
	if value == "" || len(value) > 32 {
		return value == "" || reference(value)
	}
	return enums[strings.ToLower(value)] || numeric(value) || quantity(value) ||
		duration(value) || listens(value) || reference(value)
}

// enums are values that say how a program runs, no one's secret.
var enums = set("true", "false", "yes", "no", "on", "off", "none", "null", "auto", "always", "never",
	"enabled", "disabled", "enable", "disable", "default",
	"trace", "debug", "info", "notice", "warn", "warning", "error", "fatal", "panic", "critical", "silent", "verbose",
	"json", "text", "logfmt", "console", "plain", "yaml", "http", "https", "grpc", "tcp", "udp", "tls", "stdout", "stderr",
	"production", "prod", "staging", "development", "dev", "test", "local", "utc", "release",
	"gzip", "zstd", "snappy", "lz4", "standalone", "cluster", "leader", "follower")

// numeric accepts what a counter or a limit looks like; longer rows of digits
// are account and card numbers.
func numeric(s string) bool {
	if len(s) > 19 || strings.ContainsAny(s, "xXpP_iInN") {
		return false
	}
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// quantity accepts Kubernetes quantities, the likes of 64MB, and percentages.
func quantity(s string) bool {
	n := strings.TrimRight(s, "iBbnumkKMGTPEg%")
	switch s[len(n):] {
	case "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei",
		"K", "g", "b", "B", "kb", "mb", "kB", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB", "%":
		return numeric(n)
	}
	return false
}

func duration(s string) bool {
	if _, err := time.ParseDuration(s); err == nil {
		return true
	}
	if n := strings.TrimRight(s, "dwy"); len(n) == len(s)-1 {
		return digits(n)
	}
	return isoDuration(s)
}

// isoDuration accepts P1DT2H30M and the like.
func isoDuration(s string) bool {
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return false
	}
	parts := 0
	for rest != "" {
		rest = strings.TrimPrefix(rest, "T")
		n := isoNumber.run(rest, 0)
		if n == 0 || n == len(rest) || !strings.ContainsRune("YMWDHS", rune(rest[n])) {
			return false
		}
		rest = rest[n+1:]
		parts++
	}
	return parts > 0
}

var isoNumber = charsOf(numbers, ".")

// listens accepts an address of this very machine with a port: :8080,
// 0.0.0.0:8080, [::]:8080.
func listens(s string) bool {
	i := strings.LastIndexByte(s, ':')
	if i < 0 || !digits(s[i+1:]) || len(s)-i > 6 {
		return false
	}
	switch s[:i] {
	case "", "0.0.0.0", "127.0.0.1", "[::]", "[::1]", "localhost", "*":
		return true
	}
	return false
}

// reference accepts $(NAME), and ${NAME} of shells and templates, alone: what
// is named is not a secret. A ${NAME:-default} may hold one.
func reference(s string) bool {
	if len(s) < 4 || s[0] != '$' {
		return false
	}
	inner := s[2 : len(s)-1]
	pair := string([]byte{s[1], s[len(s)-1]})
	return (pair == "()" || pair == "{}") && nameSet.all(inner) && !isDigit(inner[0]) && !scrambled(inner)
}

// kind returns the placeholder that tells the type of a value and no more.
func kind(value string) string {
	switch {
	case strings.Contains(value, "://"):
		return someURL
	case strings.ContainsAny(value, " \t\r\n"):
		return sized("text", value)
	case strings.HasPrefix(value, "/"), strings.HasPrefix(value, "./"), strings.HasPrefix(value, "../"):
		return somePath
	case hostPort(value):
		return someHost
	}
	return someString
}

// hostPort is a guess, good enough for a placeholder.
func hostPort(s string) bool {
	host, port, ok := strings.Cut(s, ":")
	if ok && !digits(port) {
		return false
	}
	return (ok || strings.Count(host, ".") > 1) && nameSet.all(host)
}

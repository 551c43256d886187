package redact

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// ConfigKey is what may be kept of one key of a ConfigMap. Its zero value is a
// key about which nothing is known.
type ConfigKey struct {
	// Key is the name of the key.
	Key string `json:"key"`
	// Size is the length of the value in bytes.
	Size int64 `json:"size"`
	// Format is json, yaml, properties, ini, toml, xml, pem, script, binary or
	// text, by a guess at the beginning of the value.
	Format string `json:"format"`
	// Paths are the keys inside the value, in order of appearance, dotted, with
	// [] for the elements of a list and * for a key that may be data.
	Paths []string `json:"paths,omitempty"`
	// Value is the value itself. Nothing here sets it; it is for users who
	// allow values to be kept.
	Value *string `json:"value,omitempty"`
}

// How much of a value is read, and how much is kept of its keys. A value is cut
// at maxConfig, so a large one costs what 64 KiB cost, 0.1 to 2 ms.
const (
	maxConfig = 64 << 10
	maxPaths  = 64
	maxLevels = 8
)

// ConfigValue describes one key of a ConfigMap without its value: how large it
// is, what it is written in, and which keys it sets. binary says that it stood
// under binaryData.
func ConfigValue(name string, value []byte, binary bool) ConfigKey {
	name, _ = Text(name)
	c := ConfigKey{Key: name, Size: int64(len(value)), Format: "binary"}
	if !binary && !looksBinary(value) {
		c.Format, c.Paths = describe(value)
	}
	return c
}

// looksBinary reports whether the beginning of b is not text.
func looksBinary(b []byte) bool {
	head := b[:min(len(b), 4096)]
	if bytes.IndexByte(head, 0) >= 0 {
		return true
	}
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 && (len(head) >= utf8.UTFMax || len(b) <= 4096) {
			return true
		}
		head = head[n:]
	}
	return false
}

// describe guesses the format from the first character, and from the lines
// where that says nothing.
func describe(value []byte) (format string, paths []string) {
	value = bytes.TrimPrefix(value, []byte("\ufeff"))
	head := string(bytes.TrimLeft(value[:min(len(value), maxConfig)], " \t\r\n"))
	cut := len(value) > maxConfig
	var p pathList
	switch {
	case strings.HasPrefix(head, "-----BEGIN"):
		return "pem", nil
	case strings.HasPrefix(head, "#!"):
		return "script", nil
	case strings.HasPrefix(head, "<"):
		p.xml(head)
		return "xml", p.list
	case strings.HasPrefix(head, "{"), strings.HasPrefix(head, "["):
		if p.json(head, cut) {
			return "json", p.list
		}
	}
	p = pathList{}
	if cut {
		head = head[:strings.LastIndexByte(head, '\n')+1]
	}
	format = p.lines(head)
	return format, p.list
}

// pathList collects paths, each once, up to a limit.
type pathList struct {
	list []string
	seen map[string]bool
}

func (p *pathList) full() bool { return len(p.list) >= maxPaths }

func (p *pathList) add(path string) {
	if path == "" || p.seen[path] || p.full() {
		return
	}
	if p.seen == nil {
		p.seen = make(map[string]bool, 16)
	}
	p.seen[path] = true
	p.list = append(p.list, path)
}

// under returns the path of key inside of parent; too deep it stays the
// parent's.
func under(parent, key string) string {
	if strings.Count(parent, ".") >= maxLevels-1 {
		return parent
	}
	if parent == "" {
		return segment(key)
	}
	return parent + "." + segment(key)
}

// elements returns the path of what a list under path holds.
func elements(path string) string {
	if strings.Count(path, "[]") >= maxLevels {
		return path
	}
	return path + "[]"
}

// segment returns key, or * where it could be data: a token, a hash, an
// address, a number, a sentence.
func segment(key string) string {
	if len(key) == 0 || len(key) > 80 || !keySet.all(key) || scrambled(key) || dense(key) || longHex(key) || mostlyDigits(key) {
		return "*"
	}
	for i := 0; i < len(key); {
		n := alnum.run(key, i)
		if n > 40 {
			return "*"
		}
		i += n + 1
	}
	if _, rule := Text(key); rule != "" {
		return "*"
	}
	return key
}

var keySet = charsOf(lowers, uppers, numbers, "_-./$")

func mostlyDigits(s string) bool {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n >= 6 && 2*n > len(s)
}

package cache

import (
	"encoding/hex"
	"strings"
)

// KeyNamed returns the key whose entry a store keeps under name, where the entry
// itself cannot say it. A segment that was too long for a name is returned as it
// stands there. It reports false for what is the name of no entry.
func KeyNamed(name string) (Key, bool) {
	dir, ok := strings.CutSuffix(name, suffix)
	if !ok || checkName(name) != nil {
		return Key{}, false
	}
	escaped := strings.Split(dir, "/")
	segments := make([]string, len(escaped))
	for i, s := range escaped {
		if segments[i], ok = unescape(s); !ok {
			return Key{}, false
		}
	}
	return Key{segments: segments}, true
}

// unescape undoes escape, as far as a name tells.
func unescape(name string) (string, bool) {
	if name == "=" {
		return "", true
	}
	if strings.Contains(name, "=_") {
		return name, true
	}
	var b strings.Builder
	for {
		before, rest, more := strings.Cut(name, "=")
		b.WriteString(before)
		if !more {
			break
		}
		if len(rest) < 2 {
			return "", false
		}
		c, err := hex.DecodeString(rest[:2])
		if err != nil {
			return "", false
		}
		b.Write(c)
		name = rest[2:]
	}
	return b.String(), true
}

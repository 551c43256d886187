package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// longestSegment is the length in bytes up to which an escaped segment is kept
// whole. Common file systems allow 255; some layers above them leave 200.
const longestSegment = 180

// escape returns segment as a name that every file system and object store
// keeps apart from all other segments: of [a-z0-9._-] and escapes "=xx" (the
// byte in hex), with
//
//   - upper case escaped, since some file systems do not tell case;
//   - no dot first or last, so neither hidden, ".", ".." nor cut by Windows;
//   - no device name of Windows (con, nul, com1, …), with or without extension;
//   - no ".jsonl" last, so that a folder never takes an entry's name;
//   - "=" for the empty segment;
//   - a prefix, "=_" and a hash for one that would be over longestSegment.
func escape(segment string) string {
	if segment == "" {
		return "="
	}
	if first := firstEscape(segment); first == len(segment) && first <= longestSegment {
		return segment
	}
	escaped := make([]byte, 0, len(segment)+len(segment)/2)
	for i := range len(segment) {
		if keeps(segment, i) {
			escaped = append(escaped, segment[i])
		} else {
			escaped = append(escaped, '=')
			escaped = hex.AppendEncode(escaped, []byte{segment[i]})
		}
	}
	if len(escaped) > longestSegment {
		return shorten(string(escaped), segment)
	}
	return string(escaped)
}

// firstEscape returns the index of the first byte of segment that may not stand
// for itself, or its length.
func firstEscape(segment string) int {
	for i := range len(segment) {
		if !keeps(segment, i) {
			return i
		}
	}
	return len(segment)
}

// keeps says whether the byte at i may stand for itself.
func keeps(segment string, i int) bool {
	if !plain(segment[i]) {
		return false
	}
	last := len(segment) - 1
	switch {
	case i == 0:
		return segment[0] != '.' && !isDevice(segment)
	case segment[i] == '.':
		return i != last && segment[i:] != suffix
	}
	return true
}

// plain says whether c is safe in the middle of any name.
func plain(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-'
}

// isDevice says whether Windows takes the name for a device.
func isDevice(segment string) bool {
	base, _, _ := strings.Cut(segment, ".")
	switch base {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(base) == 4 && (base[:3] == "com" || base[:3] == "lpt") && '0' <= base[3] && base[3] <= '9'
}

// shorten replaces the end of an escaped segment by a hash of the whole. The
// cut never splits an escape.
func shorten(escaped, segment string) string {
	sum := sha256.Sum256([]byte(segment))
	end := "=_" + hex.EncodeToString(sum[:])
	start := escaped[:longestSegment-len(end)]
	if i := strings.LastIndexByte(start, '='); i > len(start)-3 {
		start = start[:i]
	}
	return start + end
}

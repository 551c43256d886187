package cache

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// suffix ends the name of every entry in a store.
const suffix = ".jsonl"

// Key names an entry: a path of segments, each any sequence of bytes. The zero
// Key has no segments; it is the prefix of all keys and names no entry.
type Key struct {
	segments []string
}

// NewKey returns the key of the given segments. A segment may hold any bytes,
// be empty or be very long: `arn:aws:eks:eu-west-1:1:cluster/x`, `../..`, "".
func NewKey(segments ...string) Key {
	return Key{segments: slices.Clone(segments)}
}

// Join returns k with segments behind it.
func (k Key) Join(segments ...string) Key {
	return Key{segments: slices.Concat(k.segments, segments)}
}

// Segments returns the segments as they were given, in a slice of its own.
func (k Key) Segments() []string { return slices.Clone(k.segments) }

// Equal says whether k and other have the same segments.
func (k Key) Equal(other Key) bool { return slices.Equal(k.segments, other.segments) }

// HasPrefix says whether k begins with the segments of prefix or equals it.
func (k Key) HasPrefix(prefix Key) bool {
	n := len(prefix.segments)
	return len(k.segments) >= n && slices.Equal(k.segments[:n], prefix.segments)
}

// String returns k for a message: segments that hold anything but plain
// printable characters are quoted and long ones are cut, so the result is safe
// on a terminal but not unique.
func (k Key) String() string {
	shown := make([]string, len(k.segments))
	for i, s := range k.segments {
		shown[i] = show(s)
	}
	return strings.Join(shown, "/")
}

// show returns a segment as a message may hold it.
func show(segment string) string {
	const longest = 80
	cut := segment
	if len(cut) > longest {
		cut = cut[:longest] + "..."
	}
	quoted := strconv.QuoteToASCII(cut)
	if segment == "" || strings.ContainsAny(segment, "/ ") || quoted != `"`+cut+`"` {
		return quoted
	}
	return cut
}

// dir returns the escaped path of k, which is where the entries below it live.
func (k Key) dir() string {
	escaped := make([]string, len(k.segments))
	for i, s := range k.segments {
		escaped[i] = escape(s)
	}
	return strings.Join(escaped, "/")
}

// name returns the name of the entry in a store.
func (k Key) name() string { return k.dir() + suffix }

// named says whether the entry has that name in a store.
func (k Key) named(name string) bool {
	rest := "/" + name
	for _, s := range k.segments {
		after, ok := strings.CutPrefix(rest, "/")
		if !ok {
			return false
		}
		if rest, ok = strings.CutPrefix(after, escape(s)); !ok {
			return false
		}
	}
	return rest == suffix
}

// below returns the prefix that the names of all entries below k share.
func (k Key) below() string {
	if len(k.segments) == 0 {
		return ""
	}
	return k.dir() + "/"
}

// bytesSegment is how a segment that is not UTF-8 stands in JSON, which has no
// strings for it.
type bytesSegment struct {
	Base64 []byte `json:"base64"`
}

// MarshalJSON writes k as an array of its segments. One that is not valid
// UTF-8 becomes {"base64": "…"}.
func (k Key) MarshalJSON() ([]byte, error) {
	list := make([]any, len(k.segments))
	for i, s := range k.segments {
		if list[i] = s; !utf8.ValidString(s) {
			list[i] = bytesSegment{Base64: []byte(s)}
		}
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (k *Key) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	k.segments = make([]string, len(list))
	for i, raw := range list {
		s, err := segmentOf(raw)
		if err != nil {
			return fmt.Errorf("read key: %w", err)
		}
		k.segments[i] = s
	}
	return nil
}

func segmentOf(raw json.RawMessage) (string, error) {
	var s string
	if err := json.Unmarshal(raw, &s); err == nil {
		return s, nil
	}
	var b bytesSegment
	err := json.Unmarshal(raw, &b)
	return string(b.Base64), err
}

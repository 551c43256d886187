package legacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
)

// The first Fred wrote manifests as the Python client has them in memory: keys in
// snake case, null for all that is not set, times as Python prints them.

// free are the members whose keys somebody chose: they are left alone.
var free = map[string]bool{
	"labels": true, "annotations": true, "selector": true, "matchLabels": true, "nodeSelector": true, "data": true, "binaryData": true,
	"limits": true, "requests": true, "overhead": true, "capacity": true, "allocatable": true, "hard": true, "used": true,
}

// native returns a manifest as an API server writes it.
func native(object []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(object))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return members(m), nil
}

func members(m map[string]any) map[string]any {
	out := make(map[string]any, len(m))
	for key, v := range m {
		key = camel(key)
		switch {
		case v == nil, key == "managedFields":
		case free[key]:
			out[key] = v
		case strings.HasSuffix(key, "Time"), strings.HasSuffix(key, "Timestamp"):
			if at, ok := timeOf(v); ok {
				out[key] = at.Format(time.RFC3339)
			}
		default:
			out[key] = value(v)
		}
	}
	return out
}

func value(v any) any {
	switch v := v.(type) {
	case map[string]any:
		return members(v)
	case []any:
		for i := range v {
			v[i] = value(v[i])
		}
	}
	return v
}

// camel returns a key as the API has it: config_map_key_ref is configMapKeyRef. The
// decoder does not mind that it cannot know of clusterIP.
func camel(key string) string {
	if !strings.Contains(key, "_") {
		return key
	}
	first, rest, _ := strings.Cut(strings.TrimLeft(key, "_"), "_")
	var b strings.Builder
	b.WriteString(first)
	for word := range strings.SplitSeq(rest, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// layouts of times: as JSON has them, as Python prints them, and without a zone,
// which then is UTC.
var layouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"}

func timeOf(v any) (time.Time, bool) {
	s, _ := v.(string)
	for _, layout := range layouts {
		if at, err := time.Parse(layout, s); err == nil && at.Year() > 0 && at.Year() <= 9999 {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

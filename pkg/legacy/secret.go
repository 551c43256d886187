package legacy

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/redact"
)

// secrets are the values that stand under telling names in the manifests of a zip.
// The first Fred sent manifests to a model unmasked, so its texts may quote them.
type secrets map[string]bool

// How long a value is that is looked for: shorter ones occur by chance.
const (
	leastSecret = 6
	mostSecret  = 4096
)

// mask stands where a secret was.
const mask = "‹redacted: value in a manifest›"

func (s secrets) learn(name, value string) {
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	if len(value) >= leastSecret && len(value) <= mostSecret && redact.Telling(name) && !strings.ContainsAny(value, "‹›") {
		s[value] = true
	}
}

// look learns what an object in native form tells: in its variables, its command
// lines, and where keys and values are somebody's own.
func (s secrets) look(v any) {
	switch v := v.(type) {
	case map[string]any:
		name, _ := v["name"].(string)
		if text, ok := v["value"].(string); ok {
			s.learn(name, text)
			s.lines(text)
		}
		for key, inner := range v {
			if key == "data" || key == "annotations" {
				s.own(inner)
				continue
			}
			s.look(inner)
		}
	case []any:
		s.list(v)
	}
}

// own learns from what has somebody's own keys, and from JSON in its values.
func (s secrets) own(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			text, ok := inner.(string)
			if !ok {
				s.own(inner)
				continue
			}
			s.learn(key, text)
			s.lines(text)
			var nested map[string]any
			if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Unmarshal([]byte(text), &nested) == nil {
				s.own(nested)
			}
		}
	case []any:
		for _, inner := range v {
			s.own(inner)
		}
	}
}

// list looks at the elements of a list, such as the words of a command line.
func (s secrets) list(v []any) {
	before := ""
	for _, inner := range v {
		text, ok := inner.(string)
		if !ok {
			s.look(inner)
			continue
		}
		s.lines(text)
		if strings.HasPrefix(before, "-") {
			s.learn(strings.TrimLeft(before, "-"), text)
		}
		before = text
	}
}

// lines looks for name: value and name=value, and for the password in an address.
func (s secrets) lines(text string) {
	for line := range strings.Lines(text) {
		if at := strings.IndexAny(line, ":="); at > 0 {
			s.learn(strings.Trim(strings.TrimSpace(line[:at]), `"'-`), strings.TrimSuffix(strings.TrimSpace(line[at+1:]), ","))
		}
		if _, rest, ok := strings.Cut(line, "://"); ok {
			if user, _, ok := strings.Cut(rest, "@"); ok {
				_, password, _ := strings.Cut(user, ":")
				s.learn("password", password)
			}
		}
	}
}

// masker returns what takes the secrets out of texts, the longest first.
func (s secrets) masker() *strings.Replacer {
	list := make([]string, 0, len(s))
	for value := range s {
		list = append(list, value)
	}
	slices.SortFunc(list, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	pairs := make([]string, 0, 2*len(list))
	for _, value := range list {
		pairs = append(pairs, value, mask)
	}
	return strings.NewReplacer(pairs...)
}

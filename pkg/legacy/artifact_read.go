package legacy

import (
	"encoding/json"
	"strings"

	"github.com/fredctl/fred/pkg/redact"
)

func readText(member string) func([]byte) (any, error) {
	return func(data []byte) (any, error) {
		var file map[string]any
		if err := decode(data, &file); err != nil {
			return nil, err
		}
		text, isText := file[member].(string)
		switch {
		case !isText && file[member] != nil:
			return nil, errShape
		case said(text) == "":
			return nil, nil
		}
		return Text{said(text)}, nil
	}
}

func readID(data []byte) (any, error) {
	var file ID
	if err := decode(data, &file); err != nil {
		return nil, err
	}
	if file = saidIn(file); file.ID == "" {
		return nil, nil
	}
	return file, nil
}

func readEssentials(data []byte) (any, error) {
	var file Essentials
	if err := decode(data, &file); err != nil {
		return nil, err
	}
	file = saidIn(file)
	if file.Replicas != nil && *file.Replicas < 0 {
		file.Replicas = nil
	}
	if file == (Essentials{}) {
		return nil, nil
	}
	return file, nil
}

func readEach[T any](member string) func([]byte) (any, error) {
	return func(data []byte) (any, error) {
		var file map[string]json.RawMessage
		if err := decode(data, &file); err != nil {
			return nil, err
		}
		var list []T
		if json.Unmarshal(file[member], &list) != nil || list == nil {
			return nil, errShape
		}
		for i := range list {
			list[i] = saidIn(list[i])
		}
		return list, nil
	}
}

// aspects are what is scored.
var aspects = []string{"cpu", "ram", "io", "scalability", "compression"}

// readScores keeps the aspects that were scored within the scale. One that was not
// is missing.
func readScores(data []byte) (any, error) {
	var file map[string]struct {
		Score  *float64 `json:"score"`
		Reason string   `json:"reason"`
	}
	if err := decode(data, &file); err != nil {
		return nil, err
	}
	kept := map[string]Score{}
	for _, aspect := range aspects {
		if s := file[aspect].Score; s != nil && *s >= 0 && *s <= 10 {
			kept[aspect] = Score{*s, said(file[aspect].Reason)}
		}
	}
	if len(kept) == 0 {
		return nil, errEmpty
	}
	return kept, nil
}

// readAdvanced keeps what has no telling name, and is one value or a list of such.
func readAdvanced(data []byte) (any, error) {
	var file struct {
		Data map[string]any `json:"data"`
	}
	if err := decode(data, &file); err != nil || file.Data == nil {
		return nil, err
	}
	kept := map[string]any{}
	for key, v := range file.Data {
		switch v := v.(type) {
		case nil, map[string]any:
			continue
		case string:
			if said(v) == "" {
				continue
			}
		}
		if !redact.Telling(key) && !strings.HasSuffix(key, "username") {
			kept[key] = walk(v, said)
		}
	}
	if len(kept) == 0 {
		return nil, nil
	}
	return kept, nil
}

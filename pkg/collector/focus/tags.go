package focus

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/fredctl/fred/pkg/bill"
)

// readTags reads an object of JSON. Azure has left its braces out.
func readTags(s string) (bill.Tags, error) {
	if strings.HasPrefix(s, `"`) {
		s = "{" + s + "}"
	}
	var plain bill.Tags
	if err := json.Unmarshal([]byte(s), &plain); err == nil && plain != nil {
		return plain, nil
	}
	var all map[string]json.RawMessage // some are no strings
	if err := json.Unmarshal([]byte(s), &all); err != nil {
		return nil, fmt.Errorf("no object of JSON: %s", quote(s))
	}
	tags := make(bill.Tags, len(all))
	for key, value := range all {
		var text string
		switch {
		case string(value) == "null":
		case json.Unmarshal(value, &text) != nil:
			text = string(value)
		}
		tags[key] = text
	}
	return tags, nil
}

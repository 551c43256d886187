package legacy

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/redact"
)

// readFacts reads what people wrote about scope. One that is none is left out, the
// others stay; of two with one title the later is the edit.
func (r *Reader) readFacts(c *cluster, scope fact.Scope, at time.Time, data []byte) error {
	var file struct {
		Facts []json.RawMessage `json:"facts"`
	}
	if err := decode(data, &file); err != nil || file.Facts == nil {
		return errShape
	}
	bad := 0
	for _, raw := range file.Facts {
		f, err := factOf(raw, scope)
		if err != nil {
			bad++
			continue
		}
		c.facts = fact.Merge(c.facts, fact.List{f})
	}
	if at.After(c.factsAt) {
		c.factsAt = at
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d facts in it are left out: each needs a title, a content and a date", bad, len(file.Facts))
	}
	return nil
}

func factOf(raw []byte, scope fact.Scope) (fact.Fact, error) {
	var file struct {
		User    string    `json:"user"`
		Date    any       `json:"date"`
		Content string    `json:"content"`
		Title   string    `json:"title"`
		Type    fact.Type `json:"type"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return fact.Fact{}, err
	}
	date, _ := timeOf(file.Date)
	f := fact.Fact{
		User: redact.Terminal(file.User), Date: date, Title: redact.Terminal(file.Title),
		Content: redact.TerminalBlock(file.Content), Type: file.Type, Scope: scope,
	}
	if !slices.Contains(fact.Types, f.Type) {
		f.Type = ""
	}
	return f, f.Validate()
}

package focus

import (
	"fmt"
	"time"
)

// layouts are how files write times. Those without a zone are in UTC, as FOCUS has it.
// Each may have a fraction of a second.
var layouts = []string{
	"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 UTC",
	"2006-01-02 15:04:05Z07", "2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04Z07:00", "2006-01-02 15:04", time.DateOnly,
}

// readTime reads a time between the years 2000 and 2199: no cloud is older, and what
// is beyond stands for no end.
func readTime(s string) (time.Time, error) {
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			if t = t.UTC(); t.Year() < 2000 || t.Year() >= 2200 {
				break
			}
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("no time such as 2026-11-01T00:00:00Z: %s", quote(s))
}

package grid

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// number is a number as these sources write it: bare or in quotes. Null is none, nor
// are words such as "ND", for which RTE has nothing.
type number struct {
	value float64
	known bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = number{}
	v, err := strconv.ParseFloat(strings.TrimSpace(string(bytes.Trim(b, `"`))), 64)
	switch {
	case err == nil || errors.Is(err, strconv.ErrRange): // too large is infinite, which no grid is
		*n = number{v, true}
	case b[0] != '"' && string(b) != "null":
		return fmt.Errorf("no number is written %.20s", b)
	}
	return nil
}

// clocks are how these sources write a time: with seconds, or without.
var clocks = []string{time.RFC3339, "2006-01-02T15:04Z07:00"}

func parseTime(s string) (time.Time, error) {
	for _, layout := range clocks {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("no time is written %.30q", s)
}

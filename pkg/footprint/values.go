package footprint

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"time"
)

// Values are figures by hour. In JSON, one that is missing is null, and others have
// six decimals: what is kept is kept to the millionth of a watt-hour.
type Values []float64

// Every is the time between samples. In JSON it is a Go duration: "30s".
type Every time.Duration

// String writes e as Go does.
func (e Every) String() string { return time.Duration(e).String() }

// MarshalText writes e as String does.
func (e Every) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (e *Every) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	*e = Every(d)
	return err
}

// MarshalJSON writes v.
func (v Values) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, 10*len(v)+2)
	b = append(b, '[')
	for i, f := range v {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case math.IsNaN(f) || math.IsInf(f, 0):
			b = append(b, "null"...)
		case f == math.Trunc(f) && math.Abs(f) < 1e15:
			b = strconv.AppendInt(b, int64(f), 10)
		default:
			b = strconv.AppendFloat(b, f, 'f', 6, 64)
		}
	}
	return append(b, ']'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (v *Values) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if string(b) == "null" {
		*v = nil
		return nil
	}
	if len(b) < 2 || b[0] != '[' || b[len(b)-1] != ']' {
		return fmt.Errorf("values: no list")
	}
	*v = (*v)[:0]
	b = bytes.TrimSpace(b[1 : len(b)-1])
	if len(b) == 0 {
		return nil
	}
	for word := range bytes.SplitSeq(b, []byte{','}) {
		word = bytes.TrimSpace(word)
		if string(word) == "null" {
			*v = append(*v, Missing)
			continue
		}
		f, err := strconv.ParseFloat(string(word), 64)
		if err != nil {
			return fmt.Errorf("values: %w", err)
		}
		*v = append(*v, f)
	}
	return nil
}

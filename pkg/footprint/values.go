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

// kept returns f as it is after it was written and read again.
func kept(f float64) float64 {
	if scaled := f * 1e6; math.Abs(scaled) < 1<<52 {
		return math.Round(scaled) / 1e6
	}
	return f
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
	b = bytes.TrimSpace(b[1 : len(b)-1])
	if len(b) == 0 {
		*v = Values{}
		return nil
	}
	all := make(Values, 0, bytes.Count(b, []byte{','})+1)
	for word := range bytes.SplitSeq(b, []byte{','}) {
		word = bytes.TrimSpace(word)
		if string(word) == "null" {
			all = append(all, Missing)
			continue
		}
		f, ok := decimal(word)
		if !ok {
			var err error
			if f, err = strconv.ParseFloat(string(word), 64); err != nil {
				return fmt.Errorf("values: %w", err)
			}
		}
		all = append(all, f)
	}
	*v = all
	return nil
}

// powers of ten that a float64 holds exactly, as it does every number of 15 digits:
// their quotient is rounded once, as strconv rounds.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// decimal reads a plain decimal of at most 15 digits, which all that MarshalJSON
// writes of a machine is; a year of hours has millions of them.
func decimal(b []byte) (f float64, ok bool) {
	n, point := uint64(0), -1
	if len(b) == 0 || len(b) > 16 {
		return 0, false
	}
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9':
			n = n*10 + uint64(c-'0')
		case c == '.' && point < 0 && i > 0:
			point = i
		default:
			return 0, false
		}
	}
	if point < 0 {
		return float64(n), len(b) < 16
	}
	return float64(n) / powers[len(b)-point-1], len(b)-point > 1
}

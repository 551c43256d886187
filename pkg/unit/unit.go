// Package unit holds the quantities that fred counts in, each a named type with
// one base unit. It knows how to write them as JSON and how to show them to
// people; it knows nothing of where they come from.
package unit

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
)

// CPU is an amount of processor in nanocores (1e-9 of a core), so that sums of
// requests and usage are exact. Its JSON form is a number of cores.
type CPU int64

// Core is one whole processor core (or vCPU).
const Core CPU = 1e9

// Cores returns c in cores.
func (c CPU) Cores() float64 { return float64(c) / float64(Core) }

// MarshalJSON writes c as a number of cores, exact to the nanocore.
func (c CPU) MarshalJSON() ([]byte, error) {
	if c%Core == 0 {
		return strconv.AppendInt(nil, int64(c/Core), 10), nil
	}
	sign := ""
	n := int64(c)
	if n < 0 {
		sign, n = "-", -n
	}
	b := fmt.Appendf(nil, "%s%d.%09d", sign, n/int64(Core), n%int64(Core))
	return bytes.TrimRight(b, "0"), nil
}

// UnmarshalJSON reads a number of cores.
func (c *CPU) UnmarshalJSON(b []byte) error {
	f, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return fmt.Errorf("cores: %w", err)
	}
	*c = CPU(math.Round(f * float64(Core)))
	return nil
}

// String shows c as people read it: "250m" below ten cores where there is a
// fraction, else cores with at most one decimal.
func (c CPU) String() string {
	abs := max(c, -c)
	switch {
	case c == 0:
		return "0"
	case abs < Core/1000:
		return "<1m"
	case abs < Core:
		return strconv.FormatInt(int64(math.Round(float64(c)/1e6)), 10) + "m"
	case abs < 100*Core:
		return trimZero(strconv.FormatFloat(c.Cores(), 'f', 1, 64))
	default:
		return strconv.FormatFloat(c.Cores(), 'f', 0, 64)
	}
}

// Bytes is an amount of memory or data in bytes.
type Bytes int64

// String shows b in binary units with at most one decimal: "512Mi", "1.5Gi".
func (b Bytes) String() string {
	const units = "KMGTPE"
	v, i := float64(b), -1
	for math.Abs(v) >= 1023.95 && i < len(units)-1 {
		v, i = v/1024, i+1
	}
	if i < 0 {
		return strconv.FormatInt(int64(b), 10)
	}
	format := 0
	if math.Abs(v) < 9.95 {
		format = 1
	}
	return trimZero(strconv.FormatFloat(v, 'f', format, 64)) + units[i:i+1] + "i"
}

func trimZero(s string) string {
	if n := len(s); n > 2 && s[n-2:] == ".0" {
		return s[:n-2]
	}
	return s
}

// Share returns part as a share of whole, or false where whole is not positive.
func Share[T ~int64](part, whole T) (float64, bool) {
	if whole <= 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

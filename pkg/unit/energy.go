package unit

import (
	"bytes"
	"math"
	"strconv"
)

// Energy is an amount of electrical energy in watt-hours (Wh).
type Energy float64

// KWh returns e in kilowatt-hours, the unit people are billed in.
func (e Energy) KWh() float64 { return float64(e) / 1000 }

// String shows e as people read it: "830 mWh", "12.3 Wh", "4.57 kWh", "1.2 MWh".
func (e Energy) String() string {
	return scaled(float64(e), []scale{{1e9, "GWh"}, {1e6, "MWh"}, {1e3, "kWh"}, {1, "Wh"}, {1e-3, "mWh"}})
}

// MarshalJSON writes e in watt-hours, to nine significant digits and no exponent.
func (e Energy) MarshalJSON() ([]byte, error) { return number(float64(e)), nil }

// Power is electrical power in watts (W).
type Power float64

// Carbon is an amount of greenhouse gases in grams of CO2 equivalent (gCO2e).
type Carbon float64

// String shows c as people read it: "830 mg", "12.3 g", "4.57 kg", "1.2 t".
func (c Carbon) String() string {
	return scaled(float64(c), []scale{{1e9, "kt"}, {1e6, "t"}, {1e3, "kg"}, {1, "g"}, {1e-3, "mg"}})
}

// MarshalJSON writes c in grams, to nine significant digits and no exponent.
func (c Carbon) MarshalJSON() ([]byte, error) { return number(float64(c)), nil }

// Intensity is what a grid emits per energy consumed, in gCO2e per kilowatt-hour.
type Intensity float64

// Of returns the emissions of consuming e on a grid of intensity i.
func (i Intensity) Of(e Energy) Carbon { return Carbon(float64(i) * e.KWh()) }

// MarshalJSON writes i to nine significant digits and no exponent.
func (i Intensity) MarshalJSON() ([]byte, error) { return number(float64(i)), nil }

// String shows i with its unit, as people read it: "46.6 g/kWh".
func (i Intensity) String() string {
	digits := 0
	if math.Abs(float64(i)) < 99.95 {
		digits = 1
	}
	return strconv.FormatFloat(float64(i), 'f', digits, 64) + " g/kWh"
}

// Figure is a number of whatever unit stands beside it.
type Figure float64

// MarshalJSON writes f to nine significant digits and no exponent.
func (f Figure) MarshalJSON() ([]byte, error) { return number(float64(f)), nil }

type scale struct {
	unit float64
	name string
}

// scaled shows v with three digits in the largest scale that it reaches, or else
// in the last.
func scaled(v float64, scales []scale) string {
	if v == 0 {
		return "0"
	}
	for i, s := range scales {
		n := v / s.unit
		if math.Abs(n) < 0.9995 && i < len(scales)-1 {
			continue
		}
		if math.Abs(n) < 0.0005 {
			return "<0.001 " + s.name
		}
		return digits(n) + " " + s.name
	}
	return ""
}

// digits shows v with three digits, or all of those before the point.
func digits(v float64) string {
	decimals := 2
	switch abs := math.Abs(v); {
	case abs >= 99.95:
		decimals = 0
	case abs >= 9.995:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// number writes v to nine significant digits, so that sums made in another order
// come out alike.
func number(v float64) []byte {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("0")
	}
	decimals := max(0, 8-int(math.Floor(math.Log10(math.Abs(v)))))
	b := strconv.AppendFloat(nil, v, 'f', min(decimals, 12), 64)
	if bytes.IndexByte(b, '.') >= 0 {
		b = bytes.TrimSuffix(bytes.TrimRight(b, "0"), []byte("."))
	}
	if string(b) == "-0" || len(b) == 0 {
		return []byte("0")
	}
	return b
}

package footprint

import (
	"math"
	"regexp"
	"strconv"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/unit"
)

// SCI is a Software Carbon Intensity (ISO/IEC 21031): what was emitted for each
// functional unit, by energy and by the making of machines together.
type SCI struct {
	Unit   string       `json:"unit" doc:"What is counted" example:"users"`
	Amount unit.Figure  `json:"amount" doc:"How many of it there were in the window"`
	Grams  *unit.Carbon `json:"gramsPerUnit" doc:"(carbonGrams + embodiedGrams) / amount, in gCO2e; null where one is not known"`
	Low    *unit.Carbon `json:"gramsPerUnitLow,omitempty" doc:"What it may be at least"`
	High   *unit.Carbon `json:"gramsPerUnitHigh,omitempty" doc:"What it may be at most"`
}

var functionalUnit = regexp.MustCompile(`^\s*(\p{L}[\p{L}\p{N} ._/-]{0,63}?)\s*=\s*([0-9.eE+]+)\s*$`)

// ParseUnit reads a functional unit and how many of it there were: users=1200.
func ParseUnit(s string) (*SCI, error) {
	m := functionalUnit.FindStringSubmatch(s)
	wrong := fault.New(fault.Invalid, "no functional unit is written %q", s).Hinted("Write what is counted and how many there were, such as users=1200.")
	if m == nil {
		return nil, wrong
	}
	amount, err := strconv.ParseFloat(m[2], 64)
	if err != nil || !(amount > 0) || math.IsInf(amount, 0) {
		return nil, wrong
	}
	return &SCI{Unit: m[1], Amount: unit.Figure(amount)}, nil
}

// Of returns s of what was emitted.
func (s SCI) Of(e Emission) *SCI {
	per := func(carbon *unit.Carbon) *unit.Carbon {
		if carbon == nil || e.Embodied == nil {
			return nil
		}
		return new((*carbon + *e.Embodied) / unit.Carbon(s.Amount))
	}
	s.Grams, s.Low, s.High = per(e.Carbon), per(e.CarbonLow), per(e.CarbonHigh)
	return &s
}

// Package mix holds what electricity grids are fed by and what they emit, hour by
// hour: the facts that those who publish them have in common, and what follows from
// them. It does no I/O; pkg/collector/grid reads the sources.
package mix

import (
	"context"
	"math"
	"time"

	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// Fuel is what electricity comes from.
type Fuel string

// The fuels. Those that factor.OfMix gives no weight are Other, Unknown, Imports and
// Storage.
const (
	Nuclear    Fuel = "nuclear"
	Wind       Fuel = "wind"
	Solar      Fuel = "solar"
	Hydro      Fuel = "hydro"
	Biomass    Fuel = "biomass"
	Geothermal Fuel = "geothermal"
	Gas        Fuel = "gas"
	Coal       Fuel = "coal"
	Oil        Fuel = "oil"
	Other      Fuel = "other"   // what the source calls so
	Unknown    Fuel = "unknown" // what the source does not know, or fred does not
	Imports    Fuel = "imports" // from other grids
	Storage    Fuel = "storage" // what was stored before, by pumps or batteries
)

// Fuels are all of them, in the order in which people name them.
var Fuels = []Fuel{Nuclear, Wind, Solar, Hydro, Biomass, Geothermal, Gas, Coal, Oil, Other, Unknown, Imports, Storage}

// Basis says whose electricity an intensity is of.
type Basis string

// The bases.
const (
	Production  Basis = "production"  // what a grid's own plants generated
	Consumption Basis = "consumption" // what was used there, with what was imported
)

// Hour is what a grid emitted in an hour. Its intensities are means of what the source
// told of the hour, in gCO2e per kWh, nil where they are not known.
type Hour struct {
	Start     time.Time        `json:"start"`               // in UTC
	Lifecycle *unit.Intensity  `json:"lifecycle,omitempty"` // over the life of plants
	Direct    *unit.Intensity  `json:"direct,omitempty"`    // of what plants burned
	Mix       map[Fuel]float64 `json:"mix,omitempty"`       // shares, which sum to 1; nil where not known
	Estimated bool             `json:"estimated,omitempty"` // in part, for want of a measured value
	Basis     Basis            `json:"basis"`
	Final     bool             `json:"final"` // false for a forecast, an hour that is not over, and what the source may still revise
}

// Intensity returns v, in gCO2e per kWh, as precise as it is kept, so that an hour that
// was just read is the one that the cache gives later: a hundred-thousandth of a gram.
func Intensity(v float64) *unit.Intensity { return new(unit.Intensity(math.Round(v*1e5) / 1e5)) }

// Answer is what a source told: its hours in order, no two of them the same, and not
// those of which it told nothing.
type Answer struct {
	Hours    []Hour      `json:"hours"`
	Rejected []time.Time `json:"rejectedAt,omitempty"` // when values are of that cannot be: negative, absurdly high, no number
}

// Source is somebody who publishes what grids emit. It is safe for concurrent use.
type Source interface {
	// Name is how people call the source.
	Name() string
	// Terms are what must be said where its figures are shown; "" for nothing.
	Terms() string
	// Knows says whether the source publishes that zone (FR, US-CAL-CISO).
	Knows(zone string) bool
	// Hours returns the hours that overlap w, as far as they have begun. Of a zone
	// that the source does not know, it is a fault of kind NotFound.
	Hours(ctx context.Context, zone string, w window.Window) (Answer, error)
}

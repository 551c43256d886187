package footprint

import (
	"time"

	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// EnergyRow is what one consumer used in a window, or in one piece of it.
type EnergyRow struct {
	Cluster    string       `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Start      *time.Time   `json:"start,omitempty" doc:"Start of the piece of the window, where it is cut into steps"`
	End        *time.Time   `json:"end,omitempty" doc:"End of the piece"`
	Class      Class        `json:"class,omitempty" doc:"What the row is, where it is no namespace, workload or node" enum:"idle,system,unattributed,departed"`
	Namespace  string       `json:"namespace,omitempty"`
	Kind       string       `json:"kind,omitempty" doc:"Kind of the workload"`
	Name       string       `json:"name,omitempty" doc:"Name of the workload"`
	Node       string       `json:"node,omitempty"`
	Energy     *unit.Energy `json:"energyWh" doc:"Energy in watt-hours at the machine, without PUE; null where nothing is known"`
	EnergyLow  *unit.Energy `json:"energyWhLow,omitempty" doc:"What it may be at least, where it is estimated"`
	EnergyHigh *unit.Energy `json:"energyWhHigh,omitempty" doc:"What it may be at most, where it is estimated"`
}

// EnergyTotal sums up rows.
type EnergyTotal struct {
	Energy     *unit.Energy `json:"energyWh" doc:"Energy in watt-hours at the machine, without PUE; null where nothing is known"`
	EnergyLow  *unit.Energy `json:"energyWhLow,omitempty" doc:"What it may be at least, where it is estimated"`
	EnergyHigh *unit.Energy `json:"energyWhHigh,omitempty" doc:"What it may be at most, where it is estimated"`
	Known      unit.Figure  `json:"known" doc:"Share of the window, 0 to 1, of which anything is known"`
	Coverage   *unit.Figure `json:"coverage,omitempty" doc:"Share of the window, 0 to 1, that samples of a meter cover; absent where nothing is metered"`
}

// Emission is what energy and machines emitted.
type Emission struct {
	Carbon     *unit.Carbon `json:"carbonGrams" doc:"Emissions of the energy, with PUE, in gCO2e: location-based; null where nothing is known"`
	CarbonLow  *unit.Carbon `json:"carbonGramsLow,omitempty" doc:"What they may be at least"`
	CarbonHigh *unit.Carbon `json:"carbonGramsHigh,omitempty" doc:"What they may be at most"`
	Embodied   *unit.Carbon `json:"embodiedGrams" doc:"Share of what making the machines emitted, in gCO2e; not in carbonGrams"`
}

// CarbonRow is what one consumer emitted in a window, or in one piece of it.
type CarbonRow struct {
	EnergyRow
	Emission
}

// CarbonTotal sums up rows.
type CarbonTotal struct {
	EnergyTotal
	Emission
	SCI *SCI `json:"sci,omitempty" doc:"Emissions per functional unit, where one is asked about"`
}

// Sum adds the cells of entries up.
func Sum(cells []Cell) Cell {
	var sum Cell
	for _, c := range cells {
		if c.Known {
			sum.Known = true
			sum.Energy.add(c.Energy, 1)
			sum.Embodied.add(c.Embodied, 1)
		}
		if c.Emitted {
			sum.Emitted = true
			sum.Carbon.add(c.Carbon, 1)
			sum.Weighed += c.Weighed
		}
	}
	return sum
}

// EnergyRow returns c as a row of who in piece; a window that is not cut has no
// piece.
func (c *Cell) EnergyRow(cluster string, who Who, piece *window.Window) EnergyRow {
	r := EnergyRow{Cluster: cluster, Class: who.Class, Namespace: who.Namespace, Kind: who.Kind, Name: who.Name, Node: who.Node}
	if piece != nil {
		r.Start, r.End = &piece.Start, &piece.End
	}
	r.Energy, r.EnergyLow, r.EnergyHigh = c.energy()
	return r
}

func (c *Cell) energy() (v, low, high *unit.Energy) {
	if !c.Known {
		return nil, nil, nil
	}
	return bounds[unit.Energy](c.Energy)
}

// bounds returns r and, where it may be something else, what it may be.
func bounds[T ~float64](r Range) (v, low, high *T) {
	v = new(T(r.Value))
	if r.Low != r.Value || r.High != r.Value {
		low, high = new(T(r.Low)), new(T(r.High))
	}
	return v, low, high
}

// Emission returns what c emitted.
func (c *Cell) Emission() Emission {
	var e Emission
	if c.Emitted {
		e.Carbon, e.CarbonLow, e.CarbonHigh = bounds[unit.Carbon](c.Carbon)
	}
	if c.Known {
		e.Embodied = new(unit.Carbon(c.Embodied.Value))
	}
	return e
}

// EnergyTotal returns c as the total of a window of which known and, by meters,
// covered is.
func (c *Cell) EnergyTotal(known unit.Figure, covered *unit.Figure) EnergyTotal {
	t := EnergyTotal{Known: known, Coverage: covered}
	t.Energy, t.EnergyLow, t.EnergyHigh = c.energy()
	return t
}

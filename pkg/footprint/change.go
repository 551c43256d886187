package footprint

import (
	"time"

	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// Change is how one consumer's figures differ between two windows.
type Change struct {
	Cluster    string       `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Class      Class        `json:"class,omitempty" doc:"What the row is, where it is no namespace, workload or node" enum:"idle,system,unattributed,departed"`
	Namespace  string       `json:"namespace,omitempty"`
	Kind       string       `json:"kind,omitempty" doc:"Kind of the workload"`
	Name       string       `json:"name,omitempty" doc:"Name of the workload"`
	Node       string       `json:"node,omitempty"`
	Unit       string       `json:"unit" enum:"Wh,gCO2e"`
	First      *Amount      `json:"window1" doc:"In the first window"`
	Second     *Amount      `json:"window2" doc:"In the second window"`
	Difference *unit.Figure `json:"difference" doc:"Of the second to the first; null where one is not known"`
	Percentage *unit.Figure `json:"percentage" doc:"The difference in percent of the first; null where that is 0 or not known"`
	PerDay     *unit.Figure `json:"differencePerDay,omitempty" doc:"The difference of the figures per day, where the windows differ in length"`
	Share      *unit.Figure `json:"share,omitempty" doc:"Part of the whole difference, in percent, that this row made"`

	EnergyEffect *unit.Figure `json:"energyEffect,omitempty" doc:"Part of a difference in emissions that energy made; what the grid made is the rest"`
	GridEffect   *unit.Figure `json:"gridEffect,omitempty" doc:"Part of a difference in emissions that the grid made: its intensity at the times of use"`
}

// Amount is a figure of a window.
type Amount struct {
	Start time.Time    `json:"start"`
	End   time.Time    `json:"end"`
	Value *unit.Figure `json:"value" doc:"null where nothing is known"`
	Known unit.Figure  `json:"known" doc:"Share of the window, 0 to 1, of which anything is known"`
}

// Compare fills what follows of c from its two amounts.
func (c *Change) Compare() {
	a, b := c.First.Value, c.Second.Value
	if a == nil || b == nil {
		return
	}
	c.Difference = new(*b - *a)
	if *a != 0 {
		c.Percentage = new((*b - *a) / *a * 100)
	}
	first, second := c.First.window(), c.Second.window()
	if first.Length() != second.Length() {
		c.PerDay = new(unit.Figure(float64(*b)/days(second) - float64(*a)/days(first)))
	}
}

// Split says what part of the difference between the emissions of two cells the energy
// made and what part the grid: each as if it had changed first and as if it had changed
// last, the mean of the two, so that they add up. Where nothing was used in one window
// all of it is the energy's. Where the carbon of a part of the energy is not known, there
// is no difference to speak of.
func (c *Change) Split(first, second Cell) {
	if !first.weighed() || !second.weighed() {
		c.Difference, c.Percentage, c.PerDay = nil, nil, nil
	}
	if c.Difference == nil {
		return
	}
	e1, e2 := first.Energy.Value, second.Energy.Value
	grid := 0.
	if e1 > 0 && e2 > 0 {
		grid = (second.Carbon.Value/e2 - first.Carbon.Value/e1) * (e1 + e2) / 2
	}
	c.GridEffect = new(unit.Figure(grid))
	c.EnergyEffect = new(*c.Difference - *c.GridEffect)
}

// weighed reports whether the carbon of all of the energy of c is known.
func (c *Cell) weighed() bool {
	return c.Emitted && c.Weighed >= c.Energy.Value*(1-1e-9)
}

// AddEffects adds those of a row to the total's.
func (c *Change) AddEffects(row *Change) {
	if row.GridEffect == nil {
		return
	}
	if c.GridEffect == nil {
		c.GridEffect, c.EnergyEffect = new(unit.Figure), new(unit.Figure)
	}
	*c.GridEffect += *row.GridEffect
	*c.EnergyEffect += *row.EnergyEffect
}

// Part says what part of the whole difference c made.
func (c *Change) Part(whole *unit.Figure) {
	if c.Difference != nil && whole != nil && *whole != 0 {
		c.Share = new(*c.Difference / *whole * 100)
	}
}

func (a *Amount) window() window.Window { return window.Window{Start: a.Start, End: a.End} }

func days(w window.Window) float64 { return w.Length().Hours() / hoursOfDay }

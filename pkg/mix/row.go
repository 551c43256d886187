package mix

import (
	"slices"
	"time"

	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

// Row is what a grid was fed by and what it emitted in a window, or in one piece of it:
// means over time of the hours that are known.
type Row struct {
	Zone      string               `json:"zone" doc:"Zone of the grid" example:"FR"`
	Clusters  []string             `json:"clusters,omitempty" doc:"Full names of the clusters on it"`
	Start     *time.Time           `json:"start,omitempty" doc:"Start of the piece of the window, where it is cut into steps"`
	End       *time.Time           `json:"end,omitempty" doc:"End of the piece"`
	Source    string               `json:"source" doc:"Who says so"`
	Year      int                  `json:"year,omitempty" doc:"The year whose mean stands in for hours without a lifecycle intensity"`
	Basis     Basis                `json:"basis,omitempty" doc:"Whose electricity it is" enum:"production,consumption"`
	Mix       map[Fuel]unit.Figure `json:"mixPercent,omitempty" doc:"Percent by fuel, which sum to 100; left out where it is not known"`
	Renewable *unit.Figure         `json:"renewablePercent" doc:"Percent of wind, sun, water, biomass and geothermal heat; null where it is not known"`
	LowCarbon *unit.Figure         `json:"lowCarbonPercent" doc:"Percent of these and of nuclear power"`
	Lifecycle *unit.Intensity      `json:"lifecycleGramsPerKWh" doc:"gCO2e per kWh over the life of power plants; null where it is not known"`
	Direct    *unit.Intensity      `json:"directGramsPerKWh" doc:"gCO2e per kWh of what power plants burned, the mean of the hours of which that is known"`
	Known     unit.Figure          `json:"known" doc:"Share of the time up to now, 0 to 1, whose hours are known"`
	Yearly    unit.Figure          `json:"yearly,omitempty" doc:"Share of the time up to now, 0 to 1, whose lifecycle intensity is the mean of a year"`
	Estimated unit.Figure          `json:"estimated,omitempty" doc:"Share of the time up to now, 0 to 1, whose hours are the source's estimates"`
}

// Over returns the means of the hours that overlap w, each by how much of it does.
// Where an hour has no lifecycle intensity, yearly stands in, unless that is nil. Hours
// must be in order.
func Over(hours []Hour, w window.Window, yearly *unit.Intensity) Row {
	var known, estimated, mixed float64
	var lifecycle, direct mean
	sums := map[Fuel]float64{}
	var r Row
	first, _ := slices.BinarySearchFunc(hours, w.Start, func(h Hour, at time.Time) int { return h.Start.Add(time.Hour).Compare(at) })
	for _, h := range hours[first:] {
		if !h.Start.Before(w.End) {
			break
		}
		part := w.Overlap(h.Start, h.Start.Add(time.Hour)).Hours()
		known += part
		if h.Estimated {
			estimated += part
		}
		lifecycle.add(h.Lifecycle, part)
		direct.add(h.Direct, part)
		if h.Mix != nil {
			mixed += part
			for _, f := range Fuels {
				sums[f] += part * h.Mix[f]
			}
		}
		r.Basis = h.Basis
	}
	length := w.Length().Hours()
	if lacks := length - lifecycle.hours; yearly != nil && lacks > 1e-9*length {
		r.Yearly = unit.Figure(lacks / length)
		lifecycle.add(yearly, lacks)
	}
	r.Lifecycle, r.Direct = lifecycle.value(), direct.value()
	if mixed > 0 {
		r.mix(sums, mixed)
	}
	if length > 0 {
		r.Known, r.Estimated = unit.Figure(known/length), unit.Figure(estimated/length)
	}
	return r
}

// mix fills what follows from the sums of the shares of hours.
func (r *Row) mix(sums map[Fuel]float64, hours float64) {
	r.Mix = map[Fuel]unit.Figure{}
	for _, f := range Fuels {
		if sums[f] /= hours; sums[f] > 0 {
			r.Mix[f] = unit.Figure(100 * sums[f])
		}
	}
	r.Renewable, r.LowCarbon = new(unit.Figure(100*Renewable(sums))), new(unit.Figure(100*LowCarbon(sums)))
}

// mean is one of intensities, each as long as it lasted.
type mean struct{ sum, hours float64 }

func (m *mean) add(v *unit.Intensity, hours float64) {
	if v != nil {
		m.sum += float64(*v) * hours
		m.hours += hours
	}
}

func (m *mean) value() *unit.Intensity {
	if m.hours == 0 {
		return nil
	}
	return new(unit.Intensity(m.sum / m.hours))
}

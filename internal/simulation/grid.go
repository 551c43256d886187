package simulation

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// Grid publishes what the grids of the world emit: made up, but with the sun by day
// only and the wind as it comes.
type Grid struct{}

// Name implements mix.Source.
func (Grid) Name() string { return Name }

// Terms implements mix.Source.
func (Grid) Terms() string { return "" }

// plants are what a grid has: the part of a mean hour that each fuel feeds.
type plants map[mix.Fuel]float64

// grids are those that publish what feeds them; of others the yearly tables are all there is.
var grids = map[string]plants{
	"FR": {mix.Nuclear: 0.66, mix.Hydro: 0.12, mix.Wind: 0.1, mix.Solar: 0.05, mix.Gas: 0.05, mix.Biomass: 0.02},
	"FI": {mix.Nuclear: 0.39, mix.Wind: 0.25, mix.Hydro: 0.17, mix.Biomass: 0.15, mix.Coal: 0.02, mix.Gas: 0.02},
	"DE": {mix.Wind: 0.28, mix.Solar: 0.14, mix.Biomass: 0.09, mix.Hydro: 0.04, mix.Coal: 0.26, mix.Gas: 0.19},
}

// Knows implements mix.Source.
func (Grid) Knows(zone string) bool {
	country, _, _ := strings.Cut(strings.ToUpper(zone), "-")
	return grids[country] != nil
}

// Hours implements mix.Source.
func (Grid) Hours(_ context.Context, zone string, w window.Window) (mix.Answer, error) {
	country, _, _ := strings.Cut(strings.ToUpper(zone), "-")
	a := mix.Answer{Hours: []mix.Hour{}}
	for at := w.Start.UTC().Truncate(time.Hour); at.Before(w.End); at = at.Add(time.Hour) {
		a.Hours = append(a.Hours, grids[country].hour(zone, at))
	}
	return a, nil
}

// burned is what a power plant burns for a kWh, in gCO2 (IPCC AR5, as fred ships it).
var burned = map[mix.Fuel]float64{mix.Gas: 370, mix.Coal: 760}

func (p plants) hour(zone string, at time.Time) mix.Hour {
	shares, sum := map[mix.Fuel]float64{}, 0.
	for _, fuel := range mix.Fuels {
		if v := p[fuel] * weather(fuel, zone, at); v > 0 {
			shares[fuel] = v
			sum += v
		}
	}
	direct := 0.
	for _, fuel := range mix.Fuels {
		if shares[fuel] > 0 {
			shares[fuel] /= sum
			direct += shares[fuel] * burned[fuel]
		}
	}
	h := mix.Hour{Start: at, Mix: shares, Direct: mix.Intensity(direct), Basis: mix.Production, Final: true}
	if f, ok := factor.OfMix(shares); ok {
		h.Lifecycle = mix.Intensity(f.Value)
	}
	return h
}

// weather is by how much a fuel feeds more or less than in a mean hour.
func weather(fuel mix.Fuel, zone string, at time.Time) float64 {
	chance := noise(seed(zone+string(fuel)), at.Truncate(6*time.Hour))
	switch fuel {
	case mix.Solar:
		return max(0, 3.6*math.Sin(2*math.Pi*(float64(at.Hour())-6)/24)) * (0.6 + 0.5*chance)
	case mix.Wind:
		return 0.4 + 1.2*chance
	case mix.Gas, mix.Coal:
		return 0.75 + 0.5*chance
	}
	return 0.95 + 0.1*chance
}

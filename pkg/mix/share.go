package mix

// renewable are the fuels that do not run out.
var renewable = map[Fuel]bool{Wind: true, Solar: true, Hydro: true, Biomass: true, Geothermal: true}

// Renewable returns the share of a mix that is of fuels that do not run out: wind, sun,
// water, biomass and the heat of the earth. Imports, what was stored, and what is
// unknown count as none of them.
func Renewable(shares map[Fuel]float64) float64 {
	return sumOf(shares, func(f Fuel) bool { return renewable[f] })
}

// LowCarbon returns the share of a mix that is renewable or nuclear.
func LowCarbon(shares map[Fuel]float64) float64 {
	return sumOf(shares, func(f Fuel) bool { return renewable[f] || f == Nuclear })
}

func sumOf(shares map[Fuel]float64, counts func(Fuel) bool) float64 {
	sum := 0.
	for _, f := range Fuels { // in one order: sums of floats depend on it
		if counts(f) {
			sum += shares[f]
		}
	}
	return sum
}

package factor

import (
	"maps"
	"math"
	"slices"
	"sync"
)

var generations = sync.OnceValue(func() map[string]Factor {
	all := map[string]Factor{}
	open("generation_factors.csv").each(func(r row) { all[r.text("fuel")] = r.factor("lifecycle_gco2e_per_kwh") })
	return all
})

// Generation returns what a fuel emits, in gCO2e per kWh generated over the life of
// its plant, and false where the table does not have it. The fuel "unknown" is in the
// table: it is taken to be burned.
func Generation(fuel string) (Factor, bool) {
	f, ok := generations()[fuel]
	return f, ok
}

// covered is the share of a mix that must be of known fuels for its mean to stand for
// all of it.
const covered = 0.8

// OfMix returns what a mix of fuels emits, in gCO2e per kWh over the life of its
// plants. What is of no known fuel (unknown, other, imports, storage) has no weight
// in the mean; the range is that of it being all of the cleanest fuel, or all of the
// dirtiest. It is false where less than four fifths of the mix are of known fuels.
func OfMix[F ~string](shares map[F]float64) (Factor, bool) {
	var known, all, grams float64
	source := ""
	for _, fuel := range slices.Sorted(maps.Keys(shares)) { // in one order, since sums of floats differ by it
		share := shares[fuel]
		all += share
		if f, ok := Generation(string(fuel)); ok && fuel != "unknown" {
			known += share
			grams += share * f.Value
			source = f.Source
		}
	}
	if !(known > 0 && all < math.MaxFloat64 && known >= covered*all*(1-1e-9)) {
		return Factor{}, false
	}
	f := Factor{Value: grams / known, Source: source, Note: "computed from the mix of fuels"}
	low, high := extremes()
	rest := max(0, 1-known/all)
	f.Low, f.High = f.Value, f.Value
	return f.within(f.Value*(1-rest) + low*rest).within(f.Value*(1-rest) + high*rest), true
}

// extremes are the cleanest and the dirtiest fuel of the table.
func extremes() (low, high float64) {
	low = math.Inf(1)
	for _, f := range generations() {
		low, high = min(low, f.Value), max(high, f.Value)
	}
	return low, high
}

package factor

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// Place is where a region of a cloud is.
type Place struct {
	Country   string // ISO 3166-1 alpha-2
	Zone      string // of the grid
	Alternate string // the zone by a second opinion, or empty
	Published Factor // the provider's own figure of the grid; zero where it has none
}

var places = sync.OnceValue(func() map[[2]string]Place {
	all := map[[2]string]Place{}
	open("cloud_regions.csv").each(func(r row) {
		p := Place{Country: r.text("country"), Zone: r.text("grid_zone"), Alternate: r.text("alt_grid_zone")}
		if v, ok := r.optional("published_gco2e_per_kwh"); ok {
			p.Published = Factor{Value: v, Low: v, High: v, Source: r.text("provider") + "-published", Year: int(r.number("published_year"))}
		}
		all[[2]string{r.text("provider"), strings.ToLower(r.text("region"))}] = p
	})
	return all
})

// PlaceOf returns where a region is, and false where no table has it.
func PlaceOf(provider, region string) (Place, bool) {
	p, ok := places()[[2]string{Provider(provider), strings.ToLower(region)}]
	return p, ok
}

// world is the zone of the mean of all grids.
const world = "_WORLD"

// grids are the yearly means of every zone.
var grids = sync.OnceValue(func() map[string][]Factor {
	all := map[string][]Factor{}
	for _, name := range []string{"grid_intensity.csv", "grid_intensity_zones.csv"} {
		open(name).each(func(r row) {
			all[r.text("zone")] = append(all[r.text("zone")], r.factor("gco2e_per_kwh"))
		})
	}
	return all
})

// Zones returns the zones that Grid knows, sorted.
func Zones() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(grids())), func(z string) bool { return z == world })
}

// Grid returns what a grid emits, in gCO2e per kWh over the life of its plants: the
// mean of the latest year, in the range of all years known. A zone is a country
// (FR) or part of one (AU-NSW), of which the country stands in where the table has
// no such part. It is false where the table has neither.
func Grid(zone string) (Factor, bool) {
	zone = strings.ToUpper(strings.TrimSpace(zone))
	if all, ok := grids()[zone]; ok && zone != world {
		f := newest(all)
		for _, other := range all {
			f = f.within(other.Value)
		}
		return f, true
	}
	country, _, part := strings.Cut(zone, "-")
	if !part {
		return Factor{}, false
	}
	f, ok := Grid(country)
	f.Note = fmt.Sprintf("%s is not in the table: %s stands for it", zone, country)
	return f, ok
}

// World returns what the mean of all grids emits, in the range of all countries.
func World() Factor {
	f := newest(grids()[world])
	for _, all := range grids() {
		f = f.within(newest(all).Value)
	}
	return f
}

// GridOf returns the zone that a region of a cloud is in and what its grid emits:
// that of the zone where it is known, else that of its country, in the range of all
// that is known of the place. Of an unknown region it is the world's, with no zone,
// and false.
func GridOf(provider, region string) (zone string, f Factor, ok bool) {
	place, ok := PlaceOf(provider, region)
	if !ok {
		f = World()
		f.Note = fmt.Sprintf("the region %s is not known: the world's mean stands for its grid", cmp.Or(region, "of the cluster"))
		return "", f, false
	}
	zone = place.Country
	if _, exact := grids()[place.Zone]; exact {
		zone = place.Zone
	}
	f, _ = Grid(zone)
	for _, also := range []string{place.Country, place.Alternate} {
		if other, ok := grids()[also]; ok {
			f = f.within(newest(other).Value)
		}
	}
	if place.Published.Value > 0 {
		f = f.within(place.Published.Value)
	}
	return zone, f, true
}

var pues = sync.OnceValue(func() map[[2]string][]Factor {
	all := map[[2]string][]Factor{}
	open("pue.csv").each(func(r row) {
		key := [2]string{r.text("provider"), strings.ToLower(r.text("region"))}
		all[key] = append(all[key], r.factor("pue"))
	})
	return all
})

// PUE returns by how much more a data center draws than its machines: the region's
// own, else the provider's of the latest year, else the mean of data centers
// anywhere; in the range of all that is known of region and provider.
func PUE(provider, region string) Factor {
	provider = Provider(provider)
	of, ok := pues()[[2]string{provider, ""}]
	if !ok {
		of = pues()[[2]string{"on-prem", ""}]
	}
	f := newest(of)
	if !ok {
		f.Note = "the provider is not known: the mean of data centers stands for its own"
	}
	if own, exact := pues()[[2]string{provider, strings.ToLower(region)}]; exact && region != "" {
		of, f = slices.Concat(of, own), newest(own)
	}
	for _, other := range of {
		f = f.within(other.Value)
	}
	return f
}

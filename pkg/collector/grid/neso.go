package grid

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// NESO is the operator of the grid of Great Britain, without Northern Ireland. It
// publishes, for every half hour, what plants emit for a kWh consumed, imports
// included, and the mix of fuels. Anybody may ask.
type NESO struct{ *remote }

// NewNESO returns NESO, asked through client, or http.DefaultClient if that is nil.
func NewNESO(client *http.Client, o Options) *NESO {
	since := time.Date(2017, time.September, 1, 0, 0, 0, 0, time.UTC)
	return &NESO{newRemote("NESO", client, o, "https://api.carbonintensity.org.uk", since)}
}

// Terms implements mix.Source.
func (*NESO) Terms() string { return "data by NESO, CC BY 4.0" }

// Knows implements mix.Source.
func (*NESO) Knows(zone string) bool { return strings.EqualFold(zone, "GB") }

const (
	fortnight    = 14 * 24 * time.Hour // the most that NESO answers at once
	minuteLayout = "2006-01-02T15:04Z"
)

// Hours implements mix.Source.
func (n *NESO) Hours(ctx context.Context, zone string, w window.Window) (mix.Answer, error) {
	if !n.Knows(zone) {
		return mix.Answer{}, n.unknown(zone)
	}
	b := n.batch(w, mix.Consumption)
	for from, to := range pieces(b.from, b.to, fortnight) {
		for _, part := range []struct {
			path string
			read func([]byte, *batch) error
		}{{"/intensity/", readNESOIntensity}, {"/generation/", readNESOMix}} {
			body, err := n.get(ctx, part.path+from.Format(minuteLayout)+"/"+to.Format(minuteLayout), nil)
			if err != nil {
				return mix.Answer{}, err
			}
			if err := part.read(body, b); err != nil {
				return mix.Answer{}, n.invalid(body, err)
			}
		}
	}
	unfinished(b)
	return b.answer(), nil
}

// slot is what NESO measures by.
const slot = 30 * time.Minute

// unfinished makes the samples of hours of which a half lacks its intensity or its mix
// not final: one of the two lists may be late.
func unfinished(b *batch) {
	whole := func(start int64) bool {
		s := b.samples[start]
		return s != nil && s.direct != nil && s.mix != nil
	}
	for start, s := range b.samples {
		at := time.Unix(start, 0)
		other := at.Add(slot)
		if !at.Truncate(time.Hour).Equal(other.Truncate(time.Hour)) {
			other = at.Add(-slot)
		}
		s.final = s.final && whole(start) && whole(other.Unix())
	}
}

// readNESO hands use the rows of an answer that were asked for, each with its sample.
// The list may hold the half hour before those, too.
func readNESO[T any](body []byte, b *batch, from func(*T) string, use func(*T, time.Time, *sample)) error {
	var a struct {
		Data []T `json:"data"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	if a.Data == nil {
		return errUnexpected
	}
	for i := range a.Data {
		start, err := parseTime(from(&a.Data[i]))
		if err != nil {
			return err
		}
		if s := b.at(start); s != nil {
			use(&a.Data[i], start, s)
		}
	}
	return nil
}

func readNESOIntensity(body []byte, b *batch) error {
	type row struct {
		From      string
		Intensity struct{ Forecast, Actual number }
	}
	return readNESO(body, b, func(r *row) string { return r.From }, func(r *row, start time.Time, s *sample) {
		s.direct = b.intensity(start, r.Intensity.Actual)
		s.estimated, s.final = false, true
		if s.direct == nil {
			s.direct = b.intensity(start, r.Intensity.Forecast)
			s.estimated, s.final = true, false
		}
	})
}

// nesoFuels are the fuels by NESO's names for them.
var nesoFuels = map[string]mix.Fuel{
	"biomass": mix.Biomass, "coal": mix.Coal, "gas": mix.Gas, "hydro": mix.Hydro, "imports": mix.Imports, "nuclear": mix.Nuclear,
	"oil": mix.Oil, "other": mix.Other, "solar": mix.Solar, "storage": mix.Storage, "wind": mix.Wind,
}

func readNESOMix(body []byte, b *batch) error {
	type row struct {
		From          string
		GenerationMix []struct {
			Fuel string
			Perc number
		}
	}
	return readNESO(body, b, func(r *row) string { return r.From }, func(r *row, start time.Time, s *sample) {
		var fuels []fueled
		for _, part := range r.GenerationMix {
			fuels = append(fuels, fueled{fuelOf(nesoFuels, part.Fuel), part.Perc})
		}
		s.mix = b.mix(start, fuels)
	})
}

// fuelOf returns the fuel of that name, Unknown if there is none.
func fuelOf(names map[string]mix.Fuel, name string) mix.Fuel {
	if f, ok := names[name]; ok {
		return f
	}
	return mix.Unknown
}

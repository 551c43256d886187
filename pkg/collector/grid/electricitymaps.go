package grid

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// ElectricityMaps is a company that computes, for most zones of the world and every
// hour, what a kWh consumed there emitted, imports traced to where they come from. It
// wants a key, and tells each what its plan holds.
type ElectricityMaps struct {
	*remote
	direct bool
}

// NewElectricityMaps returns Electricity Maps, asked through client, or
// http.DefaultClient if that is nil, with the key that key returns at that time.
func NewElectricityMaps(client *http.Client, key Key, o Options) *ElectricityMaps {
	since := time.Date(2017, time.January, 1, 0, 0, 0, 0, time.UTC)
	r := newRemote("Electricity Maps", client, o, "https://api.electricitymaps.com", since)
	return &ElectricityMaps{r.signed(key, func(r *http.Request, key string) { r.Header.Set("auth-token", key) }), o.Direct}
}

// zones is how its zones are written: a country, or a part of one.
var zones = regexp.MustCompile(`^[A-Z]{2}(-[A-Z0-9]{1,8}){0,3}$`)

// Terms implements mix.Source.
func (*ElectricityMaps) Terms() string { return "data by Electricity Maps, by the terms of the key" }

// Knows implements mix.Source. Which zones there are, and which of them the key may ask
// for, turns out when they are asked for.
func (*ElectricityMaps) Knows(zone string) bool { return zones.MatchString(strings.ToUpper(zone)) }

const (
	tenDays  = 10 * 24 * time.Hour // the most that it answers at once
	day      = 24 * time.Hour      // what it tells any key
	settled  = 2 * day             // measured values come in until then
	replaced = 30 * day            // an estimate that stands so long stays
)

// Hours implements mix.Source. If the key's plan does not hold the past, the last 24 hours
// are all there is of w; if w is older, that is a fault of kind Forbidden.
func (e *ElectricityMaps) Hours(ctx context.Context, zone string, w window.Window) (mix.Answer, error) {
	zone = strings.ToUpper(zone)
	if !e.Knows(zone) {
		return mix.Answer{}, e.unknown(zone)
	}
	b := e.batch(w, mix.Consumption)
	kinds := []string{"lifecycle"}
	if e.direct {
		kinds = append(kinds, "direct")
	}
	past := true
	for _, kind := range kinds {
		if past {
			err := e.past(ctx, zone, kind, b)
			if err == nil {
				continue
			}
			if k := fault.KindOf(err); k != fault.Unauthorized && k != fault.Forbidden || !b.to.After(b.now.Add(-day)) {
				return mix.Answer{}, err
			}
			past = false
		}
		if err := e.ask(ctx, "history", zone, kind, url.Values{}, b); err != nil {
			return mix.Answer{}, err
		}
	}
	return b.answer(), nil
}

// past reads all that was asked for.
func (e *ElectricityMaps) past(ctx context.Context, zone, kind string, b *batch) error {
	for from, to := range pieces(b.from, b.to, tenDays) {
		query := url.Values{"start": {from.Format(time.RFC3339)}, "end": {to.Format(time.RFC3339)}}
		if err := e.ask(ctx, "past-range", zone, kind, query, b); err != nil {
			return err
		}
	}
	return nil
}

func (e *ElectricityMaps) ask(ctx context.Context, what, zone, kind string, query url.Values, b *batch) error {
	query.Set("zone", zone)
	query.Set("temporalGranularity", "hourly")
	query.Set("emissionFactorType", kind)
	query.Set("shouldUseFallbackCallerLookup", "false") // else of an unknown zone it tells that of whoever asks
	body, err := e.get(ctx, "/v4/carbon-intensity/"+what, query)
	if err != nil {
		return err
	}
	if err := readElectricityMaps(body, zone, kind, b); err != nil {
		return e.invalid(body, err)
	}
	return nil
}

type electricityMapsRow struct {
	Zone      string
	Time      string `json:"datetime"`
	Intensity number `json:"carbonIntensity"`
	Kind      string `json:"emissionFactorType"`
	Estimated bool   `json:"isEstimated"`
	Method    string `json:"estimationMethod"`
}

func readElectricityMaps(body []byte, zone, kind string, b *batch) error {
	var a struct {
		Zone          string
		History, Data []electricityMapsRow
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	if a.History == nil && a.Data == nil {
		return errUnexpected
	}
	if err := about(a.Zone, zone); err != nil {
		return err
	}
	for _, r := range append(a.History, a.Data...) {
		if err := about(r.Zone, zone); err != nil {
			return err
		}
		if r.Method == "SANDBOX_MODE_DATA" {
			return fault.New(fault.BadAnswer, "Electricity Maps answered made-up values, as it does to a key of its sandbox").Hinted("Take a key that is not of the sandbox.")
		}
		start, err := parseTime(r.Time)
		if err != nil {
			return err
		}
		r.add(start, kind, b)
	}
	return nil
}

// about refuses an answer that is about another zone than was asked for.
func about(zone, asked string) error {
	if zone == "" || strings.EqualFold(zone, asked) {
		return nil
	}
	return fault.New(fault.BadAnswer, "Electricity Maps was asked about %s and answered about %s", asked, show([]byte(zone), "")).Hinted("Check the zone.")
}

// add adds r to b, as what it says it is, or else as what was asked for.
func (r electricityMapsRow) add(start time.Time, asked string, b *batch) {
	v := b.intensity(start, r.Intensity)
	direct := r.Kind == "direct" || r.Kind == "" && asked == "direct"
	if v != nil && *v == 0 && !direct { // building plants always emits
		b.reject(start)
		return
	}
	if v == nil {
		return
	}
	s := b.at(start)
	if s == nil {
		return
	}
	age := b.now.Sub(start)
	final := age >= replaced || age >= settled && !r.Estimated
	if direct {
		s.direct, s.estimated, s.final = v, s.estimated || r.Estimated, s.final && final
	} else {
		s.lifecycle, s.estimated, s.final = v, r.Estimated, final
	}
}

package grid

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// EIA is the statistical agency of the United States for energy. It publishes, a day
// or so later, what each balancing authority generated every hour, by fuel. It wants a
// key, which is free.
type EIA struct{ *remote }

// NewEIA returns EIA, asked through client, or http.DefaultClient if that is nil, with
// the key that key returns at that time.
func NewEIA(client *http.Client, key Key, o Options) *EIA {
	since := time.Date(2018, time.July, 1, 0, 0, 0, 0, time.UTC)
	r := newRemote("EIA", client, o, "https://api.eia.gov", since)
	return &EIA{r.signed(key, func(r *http.Request, key string) {
		r.URL.RawQuery += "&api_key=" + url.QueryEscape(key)
	})}
}

// respondents are the balancing authorities that tell what they generate.
var respondents = strings.Fields(`AEC AECI AVA AVRN AZPS BANC BPAT CHPD CISO CPLE CPLW DEAA DOPD DUK EEI EPE
	ERCO FMPP FPC FPL GCPD GRID GRIF GRMA GVL GWA HGMA HST IID IPCO ISNE JEA LDWP LGEE MISO NEVP NSB NWMT NYIS
	OVEC PACE PACW PGE PJM PNM PSCO PSEI SC SCEG SCL SEC SEPA SOCO SPA SRP SWPP TAL TEC TEPC TIDC TPWR TVA WACM
	WALC WAUW WWA YAD`)

// respondent returns whom a zone is of: the whole country's is US, others end in their
// balancing authority, as US-CAL-CISO does.
func respondent(zone string) (string, bool) {
	zone = strings.ToUpper(zone)
	if zone == "US" {
		return "US48", true
	}
	parts := strings.Split(zone, "-")
	if len(parts) != 3 || parts[0] != "US" {
		return "", false
	}
	return parts[2], slices.Contains(respondents, parts[2])
}

// Terms implements mix.Source.
func (*EIA) Terms() string { return "data by the U.S. Energy Information Administration" }

// Knows implements mix.Source.
func (*EIA) Knows(zone string) bool {
	_, ok := respondent(zone)
	return ok
}

const (
	page       = 5000    // the most rows that EIA answers at once
	mostFuels  = 40      // more codes than EIA has
	revised    = 7 * day // authorities correct what they told until then, and seldom later
	hourLayout = "2006-01-02T15"
)

// Hours implements mix.Source.
func (e *EIA) Hours(ctx context.Context, zone string, w window.Window) (mix.Answer, error) {
	of, ok := respondent(zone)
	if !ok {
		return mix.Answer{}, e.unknown(zone)
	}
	b := e.batch(w, mix.Production)
	if b.to.Sub(b.from) < time.Hour {
		return b.answer(), nil
	}
	told := eiaRows{}
	query := url.Values{
		"frequency": {"hourly"}, "data[0]": {"value"}, "facets[respondent][]": {of},
		// EIA names an hour by its end, and answers the last one too. One that is not
		// over is not asked for.
		"start": {b.from.Add(time.Hour).Format(hourLayout)}, "end": {b.to.Format(hourLayout)},
		"sort[0][column]": {"period"}, "sort[0][direction]": {"asc"}, "sort[1][column]": {"fueltype"}, "sort[1][direction]": {"asc"},
		"length": {strconv.Itoa(page)},
	}
	most := int(b.to.Sub(b.from)/time.Hour+1) * mostFuels
	for offset := 0; ; {
		query.Set("offset", strconv.Itoa(offset))
		body, err := e.get(ctx, "/v2/electricity/rto/fuel-type-data/data/", query)
		if err != nil {
			return mix.Answer{}, err
		}
		rows, total, err := readEIA(body, of, told)
		if err != nil {
			return mix.Answer{}, e.invalid(body, err)
		}
		offset += rows
		switch {
		case offset > most:
			return mix.Answer{}, fault.New(fault.BadAnswer, "EIA answered more rows than there are fuels and hours").Hinted("Ask again.")
		case total.known && float64(offset) >= total.value, !total.known && rows < page:
			told.fill(b)
			return b.answer(), nil
		case rows == 0: // of the last hours some fuels would lack
			return mix.Answer{}, fault.New(fault.BadAnswer, "EIA promised %.0f rows and answered %d", total.value, offset).Hinted("Ask again.")
		}
	}
}

// eiaRows are amounts, by the end of the hour and the code of the fuel.
type eiaRows map[time.Time]map[string]number

// readEIA adds the rows of a page to told, of which later ones hold. It returns how
// many they are, and how many all pages have.
func readEIA(body []byte, of string, told eiaRows) (rows int, total number, err error) {
	var a struct {
		Response struct {
			Total number
			Data  []struct {
				Period, Respondent, FuelType string
				Value                        number
			}
		}
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return 0, total, err
	}
	if a.Response.Data == nil {
		return 0, total, errUnexpected
	}
	for _, r := range a.Response.Data {
		end, err := time.Parse(hourLayout, r.Period)
		if err != nil {
			return 0, total, fmt.Errorf("no hour is written %.30q", r.Period)
		}
		if r.Respondent != of {
			continue
		}
		if told[end] == nil {
			told[end] = map[string]number{}
		}
		told[end][r.FuelType] = r.Value
	}
	return len(a.Response.Data), a.Response.Total, nil
}

// eiaFuels are the fuels by EIA's codes for them.
var eiaFuels = map[string]mix.Fuel{
	"NUC": mix.Nuclear, "WND": mix.Wind, "WNB": mix.Wind, "SUN": mix.Solar, "SNB": mix.Solar, "WAT": mix.Hydro, "GEO": mix.Geothermal,
	"NG": mix.Gas, "COL": mix.Coal, "OIL": mix.Oil, "OTH": mix.Other, "UNK": mix.Unknown,
	"PS": mix.Storage, "BAT": mix.Storage, "OES": mix.Storage, "UES": mix.Storage,
}

// fill adds the rows to b.
func (told eiaRows) fill(b *batch) {
	for end, codes := range told {
		start := end.Add(-time.Hour)
		var all []fueled
		estimated := false
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			fuel, amount := fuelOf(eiaFuels, code), codes[code]
			estimated = estimated || !amount.known && fuel != mix.Storage
			all = append(all, fueled{fuel, amount})
		}
		if s := b.at(start); s != nil {
			*s = sample{mix: b.mix(start, all), estimated: estimated, final: b.now.Sub(start) >= revised}
		}
	}
}

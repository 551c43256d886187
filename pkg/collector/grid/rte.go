package grid

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// RTE is the operator of the grid of France, without Corsica. It publishes what was
// generated from each fuel, and the direct intensity of it: as measured, every quarter
// of an hour, and, a month or more later, checked, every half hour. Anybody may ask.
type RTE struct{ *remote }

// NewRTE returns RTE, asked through client, or http.DefaultClient if that is nil.
func NewRTE(client *http.Client, o Options) *RTE {
	since := time.Date(2012, time.January, 1, 0, 0, 0, 0, time.UTC)
	return &RTE{newRemote("RTE", client, o, "https://odre.opendatasoft.com", since)}
}

// Terms implements mix.Source.
func (*RTE) Terms() string { return "data by RTE, éCO2mix, Licence Ouverte 2.0" }

// Knows implements mix.Source.
func (*RTE) Knows(zone string) bool { return strings.EqualFold(zone, "FR") }

const (
	measured = "eco2mix-national-tr"
	checked  = "eco2mix-national-cons-def"
	year     = 366 * 24 * time.Hour // the most that is asked for at once; more would be too large
	unripe   = 7 * 24 * time.Hour   // younger values are not checked yet
)

// Hours implements mix.Source. An hour is in one of the two lists, and nobody says since
// when: what the list of what was measured has is taken from there, and what was
// before from the other.
func (s *RTE) Hours(ctx context.Context, zone string, w window.Window) (mix.Answer, error) {
	if !s.Knows(zone) {
		return mix.Answer{}, s.unknown(zone)
	}
	b := s.batch(w, mix.Production)
	recent := latest(b.from, b.now.Add(-year).Truncate(time.Hour))
	if err := s.list(ctx, measured, recent, b.to, b); err != nil {
		return mix.Answer{}, err
	}
	before := earliest(b.to, b.now.Add(-unripe).Truncate(time.Hour))
	for start := range b.samples {
		before = earliest(before, time.Unix(start, 0).UTC().Truncate(time.Hour))
	}
	for from, to := range pieces(b.from, before, year) {
		if err := s.list(ctx, checked, from, to, b); err != nil {
			return mix.Answer{}, err
		}
	}
	return b.answer(), nil
}

// list reads one of the lists.
func (s *RTE) list(ctx context.Context, name string, from, to time.Time, b *batch) error {
	if !from.Before(to) {
		return nil
	}
	body, err := s.get(ctx, "/api/explore/v2.1/catalog/datasets/"+name+"/exports/json", url.Values{
		"select":   {"date_heure,nature,taux_co2,nucleaire,eolien,solaire,hydraulique,bioenergies,gaz,charbon,fioul"},
		"where":    {fmt.Sprintf("date_heure >= '%s' and date_heure < '%s'", from.Format(time.RFC3339), to.Format(time.RFC3339))},
		"order_by": {"date_heure"},
		"timezone": {"UTC"},
	})
	if err != nil {
		return err
	}
	if err := readRTE(body, b); err != nil {
		return s.invalid(body, err)
	}
	return nil
}

type rteRow struct {
	Time    string `json:"date_heure"`
	Nature  string `json:"nature"`
	Carbon  number `json:"taux_co2"`
	Nuclear number `json:"nucleaire"`
	Wind    number `json:"eolien"`
	Solar   number `json:"solaire"`
	Hydro   number `json:"hydraulique"`
	Biomass number `json:"bioenergies"`
	Gas     number `json:"gaz"`
	Coal    number `json:"charbon"`
	Oil     number `json:"fioul"`
}

func readRTE(body []byte, b *batch) error {
	var rows []rteRow
	if err := json.Unmarshal(body, &rows); err != nil {
		return err
	}
	if rows == nil {
		return errUnexpected
	}
	for _, r := range rows {
		start, err := parseTime(r.Time)
		if err != nil {
			return err
		}
		// Rows to come have forecasts of the load alone, and so have, where values are
		// by the half hour, those between.
		mix := b.mix(start, []fueled{
			{mix.Nuclear, r.Nuclear},
			{mix.Wind, r.Wind},
			{mix.Solar, r.Solar},
			{mix.Hydro, r.Hydro},
			{mix.Biomass, r.Biomass},
			{mix.Gas, r.Gas},
			{mix.Coal, r.Coal},
			{mix.Oil, r.Oil},
		})
		direct := b.intensity(start, r.Carbon)
		if direct != nil && *direct == 0 { // never so in France: it is not computed yet
			direct = nil
		}
		if mix == nil && direct == nil {
			continue
		}
		if s := b.at(start); s != nil {
			*s = sample{direct: direct, mix: mix, final: strings.HasPrefix(r.Nature, "Données consolidées") || strings.HasPrefix(r.Nature, "Données définitives")}
		}
	}
	return nil
}

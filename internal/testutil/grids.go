package testutil

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Grids answers as NESO, RTE and Electricity Maps document that they do, of a world
// whose grids follow the clock: the direct intensity is DirectAt, the mix MixAt. It
// keeps what it is asked.
type Grids struct {
	*httptest.Server
	// Before, if set, may answer in the place of all else; it reports whether it did.
	Before func(w http.ResponseWriter, r *http.Request) bool
	// Now is until when there are values; the clock when nil.
	Now func() time.Time
	// Key is the key that Electricity Maps knows.
	Key string

	mu    sync.Mutex
	asked []string
}

// NewGrids returns Grids that last as long as the test.
func NewGrids(t testing.TB) *Grids {
	g := &Grids{Now: time.Now, Key: "grid-key"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /intensity/{from}/{to}", g.nesoIntensity)
	mux.HandleFunc("GET /generation/{from}/{to}", g.nesoMix)
	mux.HandleFunc("GET /api/explore/v2.1/catalog/datasets/{name}/exports/json", g.rte)
	mux.HandleFunc("GET /v4/carbon-intensity/{what}", g.electricityMaps)
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.asked = append(g.asked, r.URL.String())
		before := g.Before
		g.mu.Unlock()
		if before == nil || !before(w, r) {
			mux.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(g.Close)
	return g
}

// Asked returns what was asked since it was last called.
func (g *Grids) Asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	asked := g.asked
	g.asked = nil
	return asked
}

// Answer has before called first from now on.
func (g *Grids) Answer(before func(w http.ResponseWriter, r *http.Request) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.Before = before
}

// DirectAt is the direct intensity of every grid in the hour of t, in g/kWh.
func DirectAt(t time.Time) int { return 20 + t.UTC().Hour() }

// MixAt is what feeds every grid in the hour of t: percent of nuclear power, of gas
// and of the wind.
func MixAt(t time.Time) (nuclear, gas, wind int) {
	gas = 2 + t.UTC().Hour()%12
	return 70, gas, 30 - gas
}

// steps calls use for every step between from and to of which there is a value.
func (g *Grids) steps(from, to string, step time.Duration, use func(time.Time)) bool {
	start, err := stamp(from)
	end, err2 := stamp(to)
	if err != nil || err2 != nil {
		return false
	}
	for at := start; at.Before(end); at = at.Add(step) {
		if at.Before(g.Now()) {
			use(at)
		}
	}
	return true
}

func stamp(s string) (time.Time, error) {
	if t, err := time.Parse("2006-01-02T15:04Z", s); err == nil {
		return t, nil
	}
	return time.Parse(time.RFC3339, s)
}

// list answers with a list of what row says of each step.
func (g *Grids) list(w http.ResponseWriter, from, to string, step time.Duration, most time.Duration, row func(time.Time) string, frame string) {
	var rows []string
	a, _ := stamp(from)
	b, _ := stamp(to)
	if b.Sub(a) > most || !g.steps(from, to, step, func(at time.Time) { rows = append(rows, row(at)) }) {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"error":{"code":"400 Bad Request","message":"Please enter a valid date, and no more than the limit."}}`)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprintf(w, frame, strings.Join(rows, ","))
}

const nesoLayout = "2006-01-02T15:04Z"

func (g *Grids) neso(w http.ResponseWriter, r *http.Request, row func(time.Time) string) {
	g.list(w, r.PathValue("from"), r.PathValue("to"), 30*time.Minute, 14*24*time.Hour, func(at time.Time) string {
		return fmt.Sprintf(`{"from":%q,"to":%q,%s}`, at.Format(nesoLayout), at.Add(30*time.Minute).Format(nesoLayout), row(at))
	}, `{"data":[%s]}`)
}

func (g *Grids) nesoIntensity(w http.ResponseWriter, r *http.Request) {
	g.neso(w, r, func(at time.Time) string {
		actual := strconv.Itoa(DirectAt(at))
		if g.Now().Sub(at) < time.Hour { // not measured yet
			actual = "null"
		}
		return fmt.Sprintf(`"intensity":{"forecast":%d,"actual":%s,"index":"low"}`, DirectAt(at), actual)
	})
}

func (g *Grids) nesoMix(w http.ResponseWriter, r *http.Request) {
	g.neso(w, r, func(at time.Time) string {
		nuclear, gas, wind := MixAt(at)
		return fmt.Sprintf(`"generationmix":[{"fuel":"nuclear","perc":%d},{"fuel":"gas","perc":%d},{"fuel":"wind","perc":%d}]`, nuclear, gas, wind)
	})
}

var between = regexp.MustCompile(`^date_heure >= '([^']+)' and date_heure < '([^']+)'$`)

// rte has what was measured of the last month, and what was checked of before.
func (g *Grids) rte(w http.ResponseWriter, r *http.Request) {
	where := between.FindStringSubmatch(r.FormValue("where"))
	if where == nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	recent := r.PathValue("name") == "eco2mix-national-tr"
	nature, step := "Données définitives", 30*time.Minute
	if recent {
		nature, step = "Données temps réel", 15*time.Minute
	}
	var rows []json.RawMessage
	g.steps(where[1], where[2], step, func(at time.Time) {
		if recent != (g.Now().Sub(at) < 30*24*time.Hour) {
			return
		}
		nuclear, gas, wind := MixAt(at)
		rows = append(rows, fmt.Appendf(nil, `{"date_heure":%q,"nature":%q,"taux_co2":%d,"nucleaire":%d,"eolien":%d,"gaz":%d,"charbon":0,"fioul":null,"solaire":-5,"hydraulique":0,"bioenergies":0}`,
			at.Format(time.RFC3339), nature, DirectAt(at), 500*nuclear, 500*wind, 500*gas))
	})
	if rows == nil {
		rows = []json.RawMessage{}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(rows)
}

// electricityMaps knows a life cycle's intensity of ten more than the direct one.
func (g *Grids) electricityMaps(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("auth-token") != g.Key {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprint(w, `{"error":"Invalid auth-token"}`)
		return
	}
	if r.PathValue("what") == "history" {
		end := g.Now().UTC().Truncate(time.Hour).Add(time.Hour)
		r.Form = r.URL.Query()
		r.Form.Set("start", end.Add(-24*time.Hour).Format(time.RFC3339))
		r.Form.Set("end", end.Format(time.RFC3339))
	}
	kind, zone := r.FormValue("emissionFactorType"), r.FormValue("zone")
	more := 0
	if kind == "lifecycle" {
		more = 10
	}
	g.list(w, r.FormValue("start"), r.FormValue("end"), time.Hour, 10*24*time.Hour, func(at time.Time) string {
		return fmt.Sprintf(`{"zone":%q,"datetime":%q,"carbonIntensity":%d,"emissionFactorType":%q,"isEstimated":false,"estimationMethod":null}`,
			zone, at.Format("2006-01-02T15:04:05.000Z"), DirectAt(at)+more, kind)
	}, `{"zone":"`+zone+`","data":[%s]}`)
}

package grid_test

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/collector/grid"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/unit"
	"github.com/fredctl/fred/pkg/window"
)

const secret = "k3y/with+signs=="

var now = at("2026-11-23T09:40:00Z")

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func between(from, to string) window.Window { return window.Window{Start: at(from), End: at(to)} }

func g(v float64) *unit.Intensity { return new(unit.Intensity(v)) }

// api answers as a source does, and keeps what it was asked.
type api struct {
	*httptest.Server
	mu    sync.Mutex
	asked []*http.Request
}

func newAPI(t *testing.T, answer http.HandlerFunc) *api {
	t.Helper()
	a := &api{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.asked = append(a.asked, r)
		a.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *api) options() grid.Options {
	return grid.Options{URL: a.URL, Now: func() time.Time { return now }}
}

func key() (string, error) { return secret, nil }

// sources are all of them, asking a, with a zone that each knows.
func (a *api) sources() map[string]mix.Source {
	return map[string]mix.Source{
		"GB":          grid.NewNESO(a.Client(), a.options()),
		"FR":          grid.NewRTE(a.Client(), a.options()),
		"DE":          grid.NewElectricityMaps(a.Client(), key, a.options()),
		"US-CAL-CISO": grid.NewEIA(a.Client(), key, a.options()),
	}
}

// says answers every question alike.
func says(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestWhatASourceAnswersWrongHasAKind(t *testing.T) {
	long := strings.Repeat("<p>é\x07\x1b[31m", 100)
	tests := []struct {
		name   string
		answer http.HandlerFunc
		kind   fault.Kind
		says   string
		only   string // one zone; all when empty
	}{
		{name: "no key that is known", answer: says(401, `{"error":"Invalid auth-token"}`), kind: fault.Unauthorized, says: "does not know the key (401)"},
		{name: "a key that EIA does not know", answer: says(403, `{"error":{"code":"API_KEY_INVALID","message":"An invalid api_key was supplied."}}`), kind: fault.Unauthorized, only: "US-CAL-CISO"},
		{name: "a zone outside the plan", answer: says(401, `{"error":"Request unauthorized for zoneKey=DE,requestType=history"}`), kind: fault.Forbidden, only: "DE"},
		{name: "no right", answer: says(403, ""), kind: fault.Forbidden, says: "(403)"},
		{name: "no such thing", answer: says(404, `{"error":"Zone 'XX' does not exist"}`), kind: fault.NotFound, says: "Zone 'XX' does not exist"},
		{name: "a question that is not understood", answer: says(400, `{"error":"bad `+secret+`"}`), kind: fault.BadAnswer, says: `bad `},
		{name: "too often, and nobody says for how long", answer: says(429, ""), kind: fault.Unreachable, says: "too often"},
		{name: "too often, for an hour", answer: says(429, "", "Retry-After", "3600"), kind: fault.Unreachable},
		{name: "broken", answer: says(500, "<html>oops"), kind: fault.Unreachable, says: "is down (500)"},
		{name: "a gateway that gives up", answer: says(504, ""), kind: fault.Timeout},
		{name: "a page of HTML", answer: says(200, "<!DOCTYPE html>\n<html>"+long), kind: fault.BadAnswer, says: "a page of HTML: <!DOCTYPE html> <html>"},
		{name: "half of JSON", answer: says(200, `{"data":[{"from":`), kind: fault.BadAnswer, says: "broke off"},
		{name: "half a body", answer: says(200, `{"data":[`, "Content-Length", "1000"), kind: fault.BadAnswer, says: "broke off"},
		{name: "nothing", answer: says(200, ""), kind: fault.BadAnswer, says: "answered nothing"},
		{name: "null", answer: says(200, "null"), kind: fault.BadAnswer},
		{name: "an error that says it is none", answer: says(200, `{"error":"`+secret+` `+url.QueryEscape(secret)+`"}`), kind: fault.BadAnswer, says: "cannot be understood"},
		{name: "gzip that is none", answer: says(200, `{"data":[],"and":"so on"}`, "Content-Encoding", "gzip"), kind: fault.BadAnswer, says: "broke off"},
		{name: "too much", answer: func(w http.ResponseWriter, _ *http.Request) {
			for range 33 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		}, kind: fault.BadAnswer, says: "more than 32 MiB"},
	}
	for _, tt := range tests {
		for zone := range newAPI(t, tt.answer).sources() {
			if tt.only != "" && zone != tt.only {
				continue
			}
			t.Run(tt.name+" "+zone, func(t *testing.T) {
				source := newAPI(t, tt.answer).sources()[zone]
				_, err := source.Hours(t.Context(), zone, between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
				require.Error(t, err)
				require.Equal(t, tt.kind, fault.KindOf(err), "%v", err)
				require.ErrorContains(t, err, source.Name())
				require.ErrorContains(t, err, tt.says)
				require.NotEmpty(t, fault.HintOf(err))
				require.Less(t, len([]rune(err.Error())), 200)
				require.NotRegexp(t, `[[:cntrl:]]`, err.Error())
				if zone == "GB" || zone == "FR" { // they have no key to keep
					return
				}
				for _, k := range []string{secret, url.QueryEscape(secret)} {
					require.NotContains(t, err.Error()+fault.HintOf(err)+fmt.Sprintf("%#v", err), k)
				}
			})
		}
	}
}

func TestASourceThatIsNotThereIsUnreachable(t *testing.T) {
	a := newAPI(t, says(200, ""))
	sources := a.sources()
	a.Close()
	for zone, s := range sources {
		_, err := s.Hours(t.Context(), zone, between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
		require.Equal(t, fault.Unreachable, fault.KindOf(err))
		require.NotContains(t, err.Error(), "api_key")
		require.NotContains(t, err.Error(), a.URL+"/")
	}
}

// trip answers requests without a network.
type trip func(*http.Request) (*http.Response, error)

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAnErrorThatHoldsTheKeyLosesIt(t *testing.T) {
	client := &http.Client{Transport: trip(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("proxy refused %s and %s", r.URL, secret)
	})}
	_, err := grid.NewEIA(client, key, grid.Options{}).Hours(t.Context(), "US", between("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))
	require.Equal(t, fault.Unreachable, fault.KindOf(err))
	require.NotContains(t, err.Error(), secret)
	require.NotContains(t, err.Error(), url.QueryEscape(secret))
}

func TestOfflineStaysOffline(t *testing.T) {
	client := &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) {
		return nil, fault.New(fault.Offline, "fred is offline")
	})}
	_, err := grid.NewNESO(client, grid.Options{}).Hours(t.Context(), "GB", between("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"))
	require.Equal(t, fault.Offline, fault.KindOf(err))
}

func TestAKeyIsNotCarriedElsewhere(t *testing.T) {
	other := newAPI(t, says(200, `{}`))
	a := newAPI(t, says(302, "", "Location", other.URL+"/stolen"))
	for _, zone := range []string{"DE", "US-CAL-CISO"} {
		_, err := a.sources()[zone].Hours(t.Context(), zone, between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
		require.Equal(t, fault.Refused, fault.KindOf(err), "%v", err)
		require.Empty(t, other.asked)
	}
}

func TestWithoutAKeyNobodyIsAsked(t *testing.T) {
	a := newAPI(t, says(200, `{}`))
	for _, k := range []grid.Key{nil, func() (string, error) { return " \n", nil }} {
		for zone, s := range map[string]mix.Source{"DE": grid.NewElectricityMaps(a.Client(), k, a.options()), "US": grid.NewEIA(a.Client(), k, a.options())} {
			_, err := s.Hours(t.Context(), zone, between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
			require.Equal(t, fault.Unauthorized, fault.KindOf(err))
		}
	}
	require.Empty(t, a.asked)
}

func TestASourceThatAsksToWaitIsAskedAgainTwice(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		after  string
		tries  int
		waited time.Duration
	}{
		"a second":             {429, "1", 3, 2 * time.Second},
		"down, a second":       {503, "1", 3, 2 * time.Second},
		"not at all":           {429, "0", 3, 0},
		"a date that is over":  {503, "Mon, 01 Jan 2024 00:00:00 GMT", 3, 0},
		"longer than it waits": {429, "11", 1, 0},
		"it does not say":      {503, "", 1, 0},
		"below zero":           {429, "-5", 1, 0},
		"another error":        {500, "1", 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tries, began := 0, time.Now()
				client := &http.Client{Transport: trip(func(*http.Request) (*http.Response, error) {
					tries++
					return &http.Response{StatusCode: tt.status, Header: http.Header{"Retry-After": {tt.after}}, Body: http.NoBody}, nil
				})}
				_, err := grid.NewNESO(client, grid.Options{Now: func() time.Time { return now }}).Hours(t.Context(), "GB", between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
				require.Equal(t, fault.Unreachable, fault.KindOf(err))
				require.Equal(t, tt.tries, tries)
				require.Equal(t, tt.waited, time.Since(began))
			})
		})
	}
}

func TestWhoeverAsksMayStop(t *testing.T) {
	a := newAPI(t, says(429, "", "Retry-After", "9"))
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Hour, nil)
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := a.sources()["GB"].Hours(ctx, "GB", between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
	require.Equal(t, fault.Interrupted, fault.KindOf(err))

	soon, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err = a.sources()["GB"].Hours(soon, "GB", between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
	require.Equal(t, fault.Unreachable, fault.KindOf(err), "there is no time to wait in")

	slow := newAPI(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = slow.sources()["FR"].Hours(short, "FR", between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
	require.Equal(t, fault.Timeout, fault.KindOf(err))
	client := *slow.Client()
	client.Timeout = 20 * time.Millisecond
	_, err = grid.NewNESO(&client, slow.options()).Hours(t.Context(), "GB", between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
	require.Equal(t, fault.Timeout, fault.KindOf(err))
	require.ErrorContains(t, err, "NESO did not answer in time")
}

func TestSourcesKnowTheirZones(t *testing.T) {
	sources := newAPI(t, says(500, "")).sources()
	for own, zones := range map[string]map[string]bool{
		"GB":          {"GB": true, "gb": true, "GB-NIR": false, "FR": false, "": false},
		"FR":          {"FR": true, "FR-COR": false, "GB": false},
		"DE":          {"DE": true, "US-CAL-CISO": true, "DK-DK1": true, "de": true, "": false, "_WORLD": false, "DE&zone=FR": false, "EARTH": false},
		"US-CAL-CISO": {"US-CAL-CISO": true, "US": true, "US-NW-BPAT": true, "US-EAST-VA": false, "US-CISO": false, "CA-ON": false, "FR": false},
	} {
		for zone, want := range zones {
			require.Equal(t, want, sources[own].Knows(zone), "%s %s", own, zone)
			if !want {
				_, err := sources[own].Hours(t.Context(), zone, between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
				require.Equal(t, fault.NotFound, fault.KindOf(err))
			}
		}
	}
}

func TestNothingIsAskedOfWhatIsToComeOrNeverWas(t *testing.T) {
	a := newAPI(t, says(500, ""))
	for zone, s := range a.sources() {
		for _, w := range []window.Window{
			between("2026-11-23T10:00:00Z", "2026-11-24T00:00:00Z"),
			between("1990-01-01T00:00:00Z", "1999-01-01T00:00:00Z"),
			between("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
			{},
		} {
			answer, err := s.Hours(t.Context(), zone, w)
			require.NoError(t, err)
			require.Empty(t, answer.Hours)
			require.NotNil(t, answer.Hours, "an empty list is no null")
		}
	}
	require.Empty(t, a.asked)
}

func TestCompressedAnswersAreRead(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		neso("2026-11-23T08:00Z", "2026-11-23T08:30Z")(z, r)
		_ = z.Close()
	})
	answer, err := a.sources()["GB"].Hours(t.Context(), "GB", between("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"))
	require.NoError(t, err)
	require.Len(t, answer.Hours, 1)
}

func TestASourceMayBeAskedByManyAtATime(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		neso("2026-11-23T08:00Z", "2026-11-23T08:30Z")(w, r)
	})
	s := a.sources()["GB"]
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			answer, err := s.Hours(context.Background(), "GB", between("2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z"))
			if err != nil || len(answer.Hours) != 1 {
				t.Error(answer, err)
			}
		})
	}
	all.Wait()
}

// starts are the hours of an answer.
func starts(a mix.Answer) []string {
	all := []string{}
	for _, h := range a.Hours {
		all = append(all, h.Start.Format("02T15"))
	}
	return all
}

// paths are the paths that were asked for, in order.
func (a *api) paths() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for _, r := range a.asked {
		all = append(all, r.URL.Path)
	}
	return slices.Clip(all)
}

// sum is that of the shares of a mix.
func sum(mix map[mix.Fuel]float64) float64 {
	total := 0.
	for _, share := range mix {
		total += share
	}
	return total
}

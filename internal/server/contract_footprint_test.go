package server_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
)

type series struct {
	Timestamps []time.Time `json:"timestamps"`
	Values     []float64   `json:"values"`
	Sum        float64     `json:"auc"`
	Unit       string      `json:"unit"`
	Details    []struct {
		Name, Kind string
		Values     []float64
	}
}

func decoded[T any](t *testing.T, h http.Handler, path string) (v T) {
	t.Helper()
	got := ask(t, h, http.MethodGet, "/fred/"+path)
	require.Equal(t, http.StatusOK, got.Code, got.Body)
	require.NoError(t, json.Unmarshal(got.Body.Bytes(), &v))
	return v
}

// window is a time that began some hours ago, as the web client asks for it.
func window(from, to time.Duration) string {
	const iso = "2006-01-02T15:04:05.000Z"
	now := time.Now().UTC()
	return "start=" + now.Add(-from).Format(iso) + "&end=" + now.Add(-to).Format(iso)
}

func TestTheWebClientFindsConsumptionOverTime(t *testing.T) {
	source := shop()
	source.inv.Pods[0].Node = "n1"
	s := newServer(t, server.Options{Fred: newFred(source)})
	for _, test := range []struct{ route, unit, total, path string }{
		{"energy", "wh", "energyWh", "energy"},
		{"carbon", "gco2", "carbonGrams", "carbon"},
	} {
		for precision, step := range map[string]time.Duration{"T": time.Hour, "H": time.Hour, "NONE": time.Hour, "": time.Hour, "D": 24 * time.Hour} {
			t.Run(test.route+" "+precision, func(t *testing.T) {
				w := window(50*time.Hour, time.Hour)
				query := test.route + "/consumption/?" + w + "&cluster=dev"
				if precision != "" {
					query += "&precision=" + precision
				}
				got := decoded[series](t, s, query)
				require.Equal(t, test.unit, got.Unit)
				require.Len(t, got.Values, len(got.Timestamps))
				require.GreaterOrEqual(t, len(got.Timestamps), int(49*time.Hour/step))
				var names []string
				sums := make([]float64, len(got.Values))
				for _, d := range got.Details {
					names = append(names, d.Kind+" "+d.Name)
					require.Len(t, d.Values, len(got.Timestamps), "side by side with the times")
					for i, v := range d.Values {
						sums[i] += v
					}
				}
				require.Contains(t, names, "namespace shop")
				require.Contains(t, names, "idle (idle)")
				sum := 0.
				for i, at := range got.Timestamps {
					require.Equal(t, at.Truncate(step), at, "buckets are the calendar's")
					if i > 0 {
						require.Equal(t, step, at.Sub(got.Timestamps[i-1]))
					}
					require.InDelta(t, sums[i], got.Values[i], 1e-5)
					sum += got.Values[i]
				}
				require.InDelta(t, sum, got.Sum, 1e-6)
				require.Positive(t, got.Sum)

				whole := decoded[struct{ Total map[string]any }](t, s, "v1/footprint/"+test.path+"?cluster=dev&all-namespaces=true&"+w)
				require.InEpsilon(t, whole.Total[test.total], got.Sum, 1e-6, "the same as the versioned route, without steps")
			})
		}
	}
}

func TestTheWebClientIsToldOfWindowsThatCannotBe(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	next := strconv.Itoa(time.Now().Year() + 1)
	tests := []struct {
		name, path string
		status     int
		want       string
	}{
		{"to come", "energy/consumption?cluster=dev&start=" + next + "-01-01T00:00:00.000Z&end=" + next + "-02-01T00:00:00.000Z", 200, `{"timestamps":[],"values":[],"auc":0,"unit":"wh","details":[]}`},
		{"inverted", "carbon/consumption?cluster=dev&start=2026-10-02&end=2026-10-01", 400, ""},
		{"inverted, of all clusters", "clusters/footprints?start=2026-10-02&end=2026-10-01", 400, ""},
		{"empty", "carbon/consumption?cluster=dev&start=2026-10-02&end=2026-10-02", 400, ""},
		{"of an unknown cluster", "carbon/consumption?cluster=prod&start=2026-10-01&end=2026-10-02", 404, `{"detail":"no cluster \"prod\"","message":"no cluster \"prod\""}`},
		{"no time", "energy/consumption?cluster=dev&start=soon&end=2026-10-01", 422, `{"detail":[{"type":"datetime_parsing","loc":["query","start"],"msg":"Input should be a valid datetime, no time is written \"soon\"","input":"soon","ctx":{"error":"no time is written \"soon\""}}],"message":"start: Input should be a valid datetime, no time is written \"soon\""}`},
		{"none", "energy/consumption?cluster=dev", 422, `{"detail":[{"type":"missing","loc":["query","start"],"msg":"Field required","input":null},{"type":"missing","loc":["query","end"],"msg":"Field required","input":null}],"message":"start: Field required; end: Field required"}`},
		{"in buckets that are none", "energy/consumption?cluster=dev&start=2026-10-01&end=2026-10-02&precision=d", 422, ""},
		{"of nothing to compare with", "energy/consumption/compare?cluster=dev&start_window_2=2026-10-01&end_window_2=2026-10-02", 422, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, slash := range []string{"?", "/?"} {
				path := "/fred/" + strings.Replace(test.path, "?", slash, 1)
				got := ask(t, s, http.MethodGet, path)
				require.Equal(t, test.status, got.Code, got.Body)
				if test.want != "" {
					require.Equal(t, test.want, compact(t, got.Body.Bytes()))
				}
			}
		})
	}
}

func TestTheWebClientComparesTwoWindows(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	const path = "energy/consumption/compare?cluster=aurora-lab&start_window_1=2026-11-01&end_window_1=2026-11-02&start_window_2=2026-11-02&end_window_2=2026-11-04"
	got := decoded[map[string]any](t, s, path)
	require.Equal(t, "aurora-lab", got["cluster"], "as it was asked for")
	require.Equal(t, "wh", got["unit"])
	first, second := got["window_1"].(map[string]any), got["window_2"].(map[string]any)
	require.Equal(t, "2026-11-01T00:00:00Z", first["start"])
	require.Equal(t, "2026-11-04T00:00:00Z", second["end"])
	require.InEpsilon(t, first["total"].(float64)*2, second["total"], 1e-6, "an estimate by the hour, of twice the hours")
	require.InEpsilon(t, first["total"], got["difference"].(map[string]any)["value"], 1e-6)
	require.InDelta(t, 100, got["difference"].(map[string]any)["percentage"], 1e-3)
}

func TestEveryClusterHasItsFootprint(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	got := decoded[[]map[string]map[string]any](t, s, "clusters/footprints?"+window(24*time.Hour, 0))
	require.Len(t, got, 3)
	for i, name := range []string{"dev", longName, "a+b"} {
		require.Equal(t, name, got[i]["cluster"]["fullname"])
		require.Positive(t, got[i]["cost"]["value"], "at list prices")
		require.Equal(t, "USD", got[i]["cost"]["unit"])
		require.Positive(t, got[i]["carbon"]["value"])
		require.Equal(t, "gco2", got[i]["carbon"]["unit"])
		require.Positive(t, got[i]["energy"]["value"])
		require.Equal(t, "wh", got[i]["energy"]["unit"])
	}
	empty := newServer(t, server.Options{Fred: newFred(&source{})})
	require.Equal(t, "[]\n", ask(t, empty, http.MethodGet, "/fred/clusters/footprints?"+window(24*time.Hour, 0)).Body.String())
}

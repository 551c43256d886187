package grid_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/collector/grid"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/mix"
)

// emRow is a value as Electricity Maps writes it.
func emRow(at string, value any, estimated bool) string {
	return fmt.Sprintf(`{"zone":"DE","carbonIntensity":%v,"datetime":"%s:00.000Z","updatedAt":"2026-11-23T08:00:00.000Z","createdAt":"2026-11-20T08:00:00.000Z","emissionFactorType":"lifecycle","isEstimated":%t,"estimationMethod":null}`, value, at, estimated)
}

func TestThePastOfAZoneIsRead(t *testing.T) {
	a := newAPI(t, says(200, `{"zone":"DE","temporalGranularity":"hourly","data":[`+strings.Join([]string{
		emRow("2026-11-23T02:00", 301, false), emRow("2026-11-20T01:00", 412, false), emRow("2026-11-20T02:00", 399.5, true), emRow("2026-10-01T00:00", 350, true),
		emRow("2026-11-23T03:00", "null", true), emRow("2026-11-23T04:00", 0, false), emRow("2026-11-23T05:00", -1, false), emRow("2026-11-23T06:00", `"Infinity"`, false),
		emRow("2026-11-20T01:00", 400, false), emRow("2026-11-24T01:00", 77, false),
	}, ",")+`]}`))
	answer, err := a.sources()["DE"].Hours(t.Context(), "de", between("2026-10-01T00:00:00Z", "2026-10-10T00:00:00Z"))
	require.NoError(t, err)
	require.Equal(t, []string{"01T00"}, starts(answer))
	require.True(t, answer.Hours[0].Final, "an estimate that stands for a month stays")

	answer, err = a.sources()["DE"].Hours(t.Context(), "DE", between("2026-11-20T00:00:00Z", "2026-11-25T00:00:00Z"))
	require.NoError(t, err)
	require.Equal(t, []string{"20T01", "20T02", "23T02"}, starts(answer))
	require.Len(t, answer.Rejected, 3)
	settled, estimated, young := answer.Hours[0], answer.Hours[1], answer.Hours[2]
	require.Equal(t, g(400), settled.Lifecycle, "of two values of one hour, the last")
	require.Nil(t, settled.Direct)
	require.Nil(t, settled.Mix)
	require.Equal(t, mix.Consumption, settled.Basis)
	require.True(t, settled.Final)
	require.True(t, estimated.Estimated)
	require.False(t, estimated.Final)
	require.False(t, young.Final)

	r := a.asked[1]
	require.Equal(t, "/v4/carbon-intensity/past-range", r.URL.Path)
	require.Equal(t, "emissionFactorType=lifecycle&end=2026-11-23T09%3A40%3A00Z&shouldUseFallbackCallerLookup=false&start=2026-11-20T00%3A00%3A00Z&temporalGranularity=hourly&zone=DE", r.URL.RawQuery)
	require.Equal(t, secret, r.Header.Get("Auth-Token"))
}

func TestAPlanWithoutThePastTellsTheLastDay(t *testing.T) {
	for _, status := range []int{401, 403} {
		a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/past-range") {
				says(status, `{"error":"Request unauthorized for zoneKey=DE,requestType=past-range"}`)(w, r)
				return
			}
			_, _ = io.WriteString(w, `{"zone":"DE","history":[`+emRow("2026-11-22T23:00", 5, false)+`,`+emRow("2026-11-23T01:00", 301, false)+`]}`)
		})
		o := a.options()
		o.Direct = true
		s := grid.NewElectricityMaps(a.Client(), key, o)
		answer, err := s.Hours(t.Context(), "DE", between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
		require.NoError(t, err)
		require.Equal(t, []string{"23T01"}, starts(answer))
		require.Equal(t, []string{"/v4/carbon-intensity/past-range", "/v4/carbon-intensity/history", "/v4/carbon-intensity/history"}, a.paths())
		require.Nil(t, answer.Hours[0].Direct, "it says that it is over the life cycle")

		_, err = s.Hours(t.Context(), "DE", between("2026-11-01T00:00:00Z", "2026-11-22T09:00:00Z"))
		require.Equal(t, fault.Forbidden, fault.KindOf(err), "what is older is not there")
		require.Len(t, a.asked, 4, "and not asked for")
	}
}

func TestTheDirectIntensityIsAskedForWhenWanted(t *testing.T) {
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"zone":"DE","data":[{"zone":"DE","datetime":"2026-11-01T00:00:00Z","carbonIntensity":%d,"isEstimated":false}]}`, len(r.URL.Query().Get("emissionFactorType")))
	})
	o := a.options()
	o.Direct = true
	answer, err := grid.NewElectricityMaps(a.Client(), key, o).Hours(t.Context(), "DE", between("2026-11-01T00:00:00Z", "2026-11-12T00:00:00Z"))
	require.NoError(t, err)
	require.Len(t, a.asked, 4, "ten days at once")
	require.Len(t, answer.Hours, 1)
	require.Equal(t, g(9), answer.Hours[0].Lifecycle)
	require.Equal(t, g(6), answer.Hours[0].Direct)
	require.True(t, answer.Hours[0].Final)
}

func TestValuesOfAnotherPlaceOrOfNoneAreRefused(t *testing.T) {
	for name, body := range map[string]string{
		"where the caller is": `{"zone":"FR","history":[]}`,
		"a row of elsewhere":  `{"data":[{"zone":"FR","datetime":"2026-11-23T00:00:00Z","carbonIntensity":50}]}`,
		"made up":             `{"zone":"DE","data":[{"zone":"DE","datetime":"2026-11-23T00:00:00Z","carbonIntensity":50,"isEstimated":true,"estimationMethod":"SANDBOX_MODE_DATA"}]}`,
		"of no time":          `{"zone":"DE","data":[{"zone":"DE","datetime":"yesterday","carbonIntensity":50}]}`,
		"no list":             `{"zone":"DE","carbonIntensity":50}`,
		"a list of numbers":   `{"zone":"DE","data":[5]}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newAPI(t, says(200, body)).sources()["DE"].Hours(t.Context(), "DE", between("2026-11-23T00:00:00Z", "2026-11-23T09:00:00Z"))
			require.Equal(t, fault.BadAnswer, fault.KindOf(err))
			require.NotEmpty(t, fault.HintOf(err))
		})
	}
}

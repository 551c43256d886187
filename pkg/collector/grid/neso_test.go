package grid_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// neso answers as NESO does, with one value for each of those half hours.
func neso(halves ...string) func(io.Writer, *http.Request) {
	return func(w io.Writer, r *http.Request) {
		var rows []string
		for _, half := range halves {
			row := fmt.Sprintf(`{"from":%q,"to":%q,"intensity":{"forecast":266,"actual":263,"index":"moderate"}}`, half, half)
			if strings.HasPrefix(r.URL.Path, "/generation/") {
				row = fmt.Sprintf(`{"from":%q,"to":%q,"generationmix":[{"fuel":"gas","perc":50},{"fuel":"wind","perc":50}]}`, half, half)
			}
			rows = append(rows, row)
		}
		_, _ = fmt.Fprintf(w, `{"data":[%s]}`, strings.Join(rows, ","))
	}
}

func nesoAnswers(t *testing.T, intensity, mix string, w window.Window) (mix.Answer, *api) {
	t.Helper()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/intensity/") {
			_, _ = io.WriteString(w, intensity)
		} else {
			_, _ = io.WriteString(w, mix)
		}
	})
	answer, err := a.sources()["GB"].Hours(t.Context(), "GB", w)
	require.NoError(t, err)
	return answer, a
}

func TestHalvesMakeAnHour(t *testing.T) {
	answer, a := nesoAnswers(t, `{"data":[
		{"from":"2026-11-22T23:30Z","to":"2026-11-23T00:00Z","intensity":{"forecast":1,"actual":1,"index":"very low"}},
		{"from":"2026-11-23T00:00Z","to":"2026-11-23T00:30Z","intensity":{"forecast":90,"actual":100,"index":"low"}},
		{"from":"2026-11-23T00:30Z","to":"2026-11-23T01:00Z","intensity":{"forecast":190,"actual":200,"index":"moderate"}},
		{"from":"2026-11-23T01:30Z","to":"2026-11-23T02:00Z","intensity":{"forecast":70,"actual":80,"index":"low"}},
		{"from":"2026-11-23T02:00Z","to":"2026-11-23T02:30Z","intensity":{"forecast":50,"actual":60,"index":"low"}},
		{"from":"2026-11-23T02:30Z","to":"2026-11-23T03:00Z","intensity":{"forecast":40,"actual":null,"index":"low"}}]}`,
		`{"data":[
		{"from":"2026-11-23T00:00Z","to":"2026-11-23T00:30Z","generationmix":[{"fuel":"biomass","perc":0},{"fuel":"gas","perc":40},{"fuel":"nuclear","perc":60}]},
		{"from":"2026-11-23T00:30Z","to":"2026-11-23T01:00Z","generationmix":[{"fuel":"gas","perc":20},{"fuel":"nuclear","perc":80}]},
		{"from":"2026-11-23T01:30Z","to":"2026-11-23T02:00Z","generationmix":[{"fuel":"wind","perc":70},{"fuel":"imports","perc":25},{"fuel":"tidal","perc":5}]},
		{"from":"2026-11-23T02:00Z","to":"2026-11-23T02:30Z","generationmix":[]}]}`,
		between("2026-11-23T00:20:00Z", "2026-11-23T02:40:00Z"))
	require.Equal(t, []string{"/intensity/2026-11-23T00:00Z/2026-11-23T03:00Z", "/generation/2026-11-23T00:00Z/2026-11-23T03:00Z"}, a.paths())
	require.Equal(t, []string{"23T00", "23T01", "23T02"}, starts(answer), "the half hour before is not asked for")
	first, half, forecast := answer.Hours[0], answer.Hours[1], answer.Hours[2]
	require.Equal(t, g(150), first.Direct)
	require.InDelta(t, 0.3*490+0.7*12, float64(*first.Lifecycle), 1e-9)
	require.InDelta(t, 0.7, first.Mix[mix.Nuclear], 1e-9)
	require.NotContains(t, first.Mix, mix.Biomass)
	require.True(t, first.Final)
	require.False(t, first.Estimated)
	require.Equal(t, mix.Consumption, first.Basis)

	require.Equal(t, g(80), half.Direct, "one half stands for the hour")
	require.Nil(t, half.Lifecycle, "too much is imported")
	require.InDelta(t, 1, sum(half.Mix), 1e-12)
	require.InDelta(t, 0.05, half.Mix[mix.Unknown], 1e-12)

	require.Equal(t, g(50), forecast.Direct)
	require.False(t, forecast.Final)
	require.True(t, forecast.Estimated)
	require.Nil(t, forecast.Mix)
}

func TestAValueThatComesLateOrTwiceIsTheLast(t *testing.T) {
	answer, _ := nesoAnswers(t, `{"data":[
		{"from":"2026-11-23T05:30Z","intensity":{"forecast":90,"actual":30}},
		{"from":"2026-11-23T05:00Z","intensity":{"forecast":90,"actual":null}},
		{"from":"2026-11-23T04:00Z","intensity":{"forecast":90,"actual":70}},
		{"from":"2026-11-23T05:00Z","intensity":{"forecast":90,"actual":10}}]}`,
		`{"data":[
		{"from":"2026-11-23T04:00Z","generationmix":[{"fuel":"wind","perc":100}]},
		{"from":"2026-11-23T05:00Z","generationmix":[{"fuel":"wind","perc":100}]},
		{"from":"2026-11-23T05:30Z","generationmix":[{"fuel":"wind","perc":100}]}]}`, between("2026-11-23T04:00:00Z", "2026-11-23T06:00:00Z"))
	require.Equal(t, []string{"23T04", "23T05"}, starts(answer))
	require.Equal(t, g(20), answer.Hours[1].Direct)
	require.True(t, answer.Hours[1].Final)
	require.False(t, answer.Hours[0].Final, "its other half may be late")
}

func TestAnHourIsFinalWithItsIntensityAndItsMix(t *testing.T) {
	intensity := `{"data":[{"from":"2026-11-23T05:00Z","intensity":{"actual":30}},{"from":"2026-11-23T05:30Z","intensity":{"actual":30}}]}`
	fuels := `{"data":[{"from":"2026-11-23T05:00Z","generationmix":[{"fuel":"wind","perc":100}]},{"from":"2026-11-23T05:30Z","generationmix":[{"fuel":"wind","perc":100}]}]}`
	for _, tt := range []struct {
		intensity, fuels string
		final            bool
	}{{intensity, fuels, true}, {intensity, `{"data":[]}`, false}, {`{"data":[]}`, fuels, false}} {
		answer, _ := nesoAnswers(t, tt.intensity, tt.fuels, between("2026-11-23T05:00:00Z", "2026-11-23T06:00:00Z"))
		require.Len(t, answer.Hours, 1)
		require.Equal(t, tt.final, answer.Hours[0].Final, "%s", tt)
	}
}

func TestWhatCannotBeIsCountedAndNotTold(t *testing.T) {
	answer, _ := nesoAnswers(t, `{"data":[
		{"from":"2026-11-23T04:00Z","intensity":{"forecast":90,"actual":-3}},
		{"from":"2026-11-23T05:00Z","intensity":{"forecast":2001,"actual":1e999}},
		{"from":"2026-11-23T06:00Z","intensity":{"forecast":"NaN","actual":"n/a"}}]}`,
		`{"data":[{"from":"2026-11-23T06:00Z","generationmix":[{"fuel":"gas","perc":1e300},{"fuel":"wind","perc":5}]}]}`,
		between("2026-11-23T04:00:00Z", "2026-11-23T07:00:00Z"))
	require.Len(t, answer.Rejected, 5)
	require.Equal(t, []string{"23T04"}, starts(answer))
	require.Equal(t, g(90), answer.Hours[0].Direct, "the forecast stands in")
}

func TestAnHourThatIsNotOverIsNotFinal(t *testing.T) {
	answer, a := nesoAnswers(t, `{"data":[{"from":"2026-11-23T09:00Z","intensity":{"forecast":1,"actual":2}},{"from":"2026-11-23T09:30Z","intensity":{"forecast":2,"actual":null}},{"from":"2026-11-23T10:00Z","intensity":{"forecast":3,"actual":null}}]}`,
		`{"data":[]}`, between("2026-11-23T09:00:00Z", "2026-11-24T00:00:00Z"))
	require.Equal(t, "/intensity/2026-11-23T09:00Z/2026-11-23T09:40Z", a.paths()[0], "not beyond now")
	require.Equal(t, []string{"23T09"}, starts(answer))
	require.False(t, answer.Hours[0].Final)
}

func TestLongWindowsAreAskedInFortnights(t *testing.T) {
	_, a := nesoAnswers(t, `{"data":[]}`, `{"data":[]}`, between("2026-01-01T00:00:00Z", "2026-01-30T00:00:00Z"))
	require.Equal(t, []string{
		"/intensity/2026-01-01T00:00Z/2026-01-15T00:00Z", "/generation/2026-01-01T00:00Z/2026-01-15T00:00Z",
		"/intensity/2026-01-15T00:00Z/2026-01-29T00:00Z", "/generation/2026-01-15T00:00Z/2026-01-29T00:00Z",
		"/intensity/2026-01-29T00:00Z/2026-01-30T00:00Z", "/generation/2026-01-29T00:00Z/2026-01-30T00:00Z",
	}, a.paths())
}

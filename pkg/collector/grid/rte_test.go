package grid_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

func rteAnswers(t *testing.T, measured, checked string, w window.Window) (mix.Answer, []string) {
	t.Helper()
	a := newAPI(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "-tr/") {
			_, _ = io.WriteString(w, measured)
		} else {
			_, _ = io.WriteString(w, checked)
		}
	})
	answer, err := a.sources()["FR"].Hours(t.Context(), "FR", w)
	require.NoError(t, err)
	var asked []string
	for _, r := range a.asked {
		require.True(t, strings.HasSuffix(r.URL.Path, "/exports/json"))
		require.Equal(t, "UTC", r.URL.Query().Get("timezone"))
		list := strings.Split(r.URL.Path, "/")[6]
		asked = append(asked, strings.TrimPrefix(list, "eco2mix-national-")+": "+r.URL.Query().Get("where"))
	}
	return answer, asked
}

func TestQuartersMakeAnHour(t *testing.T) {
	answer, asked := rteAnswers(t, `[
		{"date_heure":"2026-11-23T05:00:00+00:00","nature":"Données temps réel","taux_co2":20,"nucleaire":40000,"eolien":"6000","solaire":-12,"hydraulique":5000,"bioenergies":1000,"gaz":2000,"charbon":"ND","fioul":null,"pompage":-1500,"ech_physiques":-9000},
		{"date_heure":"2026-11-23T06:15:00+01:00","nature":"Données temps réel","taux_co2":30,"nucleaire":40000,"eolien":6000,"solaire":0,"hydraulique":5000,"bioenergies":1000,"gaz":4000,"charbon":0,"fioul":0},
		{"date_heure":"2026-11-23T05:15:00+00:00","nature":"Données temps réel","taux_co2":40,"nucleaire":40000,"eolien":6000,"solaire":0,"hydraulique":5000,"bioenergies":1000,"gaz":4000,"charbon":0,"fioul":0},
		{"date_heure":"2026-11-23T06:00:00+00:00","nature":"Données temps réel","taux_co2":0,"nucleaire":40000,"eolien":null,"solaire":null,"hydraulique":null,"bioenergies":null,"gaz":null,"charbon":null,"fioul":null},
		{"date_heure":"2026-11-23T07:00:00+00:00","nature":"Données temps réel","taux_co2":null,"nucleaire":null,"eolien":null,"solaire":null,"hydraulique":null,"bioenergies":null,"gaz":null,"charbon":null,"fioul":null}]`, `[]`,
		between("2026-11-23T05:00:00Z", "2026-11-23T12:00:00Z"))
	require.Equal(t, []string{"tr: date_heure >= '2026-11-23T05:00:00Z' and date_heure < '2026-11-23T09:40:00Z'"}, asked, "what is young is not checked yet")
	require.Equal(t, []string{"23T05", "23T06"}, starts(answer))
	h := answer.Hours[0]
	require.Equal(t, g(30), h.Direct, "of two rows of one time, the last")
	require.Equal(t, mix.Production, h.Basis)
	require.False(t, h.Final)
	require.InDelta(t, 1, sum(h.Mix), 1e-12)
	total := 80000. + 12000 + 10000 + 2000 + 6000
	require.InDelta(t, 80000/total, h.Mix[mix.Nuclear], 1e-12)
	require.NotContains(t, h.Mix, mix.Solar, "a panel at night generates nothing")
	require.NotContains(t, h.Mix, mix.Storage)
	require.InDelta(t, (80000*12+12000*11+10000*24+2000*230+6000*490)/total, float64(*h.Lifecycle), 1e-5)
	require.Nil(t, answer.Hours[1].Direct, "no hour of France emits nothing")
}

func TestWhatWasMeasuredIsFollowedByWhatWasChecked(t *testing.T) {
	answer, asked := rteAnswers(t,
		`[{"date_heure":"2026-10-01T00:00:00+00:00","nature":"Données temps réel","taux_co2":50}]`,
		`[{"date_heure":"2026-09-30T22:00:00+00:00","nature":"Données consolidées","taux_co2":30,"nucleaire":1},
		  {"date_heure":"2026-09-30T22:15:00+00:00","nature":"Données consolidées","taux_co2":null,"nucleaire":null},
		  {"date_heure":"2026-09-30T22:30:00+00:00","nature":"Données consolidées","taux_co2":34,"nucleaire":1},
		  {"date_heure":"2026-10-01T00:00:00+00:00","nature":"Données consolidées","taux_co2":"2.5e3"}]`,
		between("2026-09-30T22:00:00Z", "2026-10-01T01:00:00Z"))
	require.Equal(t, []string{
		"tr: date_heure >= '2026-09-30T22:00:00Z' and date_heure < '2026-10-01T01:00:00Z'",
		"cons-def: date_heure >= '2026-09-30T22:00:00Z' and date_heure < '2026-10-01T00:00:00Z'",
	}, asked)
	require.Equal(t, []string{"30T22", "01T00"}, starts(answer))
	require.Equal(t, g(32), answer.Hours[0].Direct)
	require.True(t, answer.Hours[0].Final)
	require.False(t, answer.Hours[1].Final)
	require.Len(t, answer.Rejected, 1)
}

func TestOldYearsAreAskedOneByOneAndOnlyWhereTheyAre(t *testing.T) {
	_, asked := rteAnswers(t, `[]`, `[]`, between("2022-01-01T00:00:00Z", "2024-01-01T00:00:00Z"))
	require.Equal(t, []string{
		"cons-def: date_heure >= '2022-01-01T00:00:00Z' and date_heure < '2023-01-02T00:00:00Z'",
		"cons-def: date_heure >= '2023-01-02T00:00:00Z' and date_heure < '2024-01-01T00:00:00Z'",
	}, asked)
}

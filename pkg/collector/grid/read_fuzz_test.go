package grid

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/mix"
)

// check fails if an answer to anything at all is not what Hour promises.
func check(t *testing.T, b *batch) {
	t.Helper()
	a := b.answer()
	var before time.Time
	for _, h := range a.Hours {
		require.True(t, h.Start.After(before), "in order, and each once")
		before = h.Start
		require.Equal(t, h.Start, h.Start.UTC().Truncate(time.Hour))
		require.True(t, h.Start.Add(time.Hour).After(b.from) && h.Start.Before(b.to), "asked for")
		require.False(t, h.Final && h.Start.Add(time.Hour).After(b.now))
		if h.Lifecycle != nil {
			require.True(t, *h.Lifecycle >= 0 && *h.Lifecycle <= highest, "%v", *h.Lifecycle)
		}
		if h.Direct != nil {
			require.True(t, *h.Direct >= 0 && *h.Direct <= highest, "%v", *h.Direct)
		}
		if h.Mix != nil {
			total := 0.
			for _, share := range h.Mix {
				require.Positive(t, share)
				total += share
			}
			require.InDelta(t, 1, total, 1e-9)
		}
		require.True(t, h.Lifecycle != nil || h.Direct != nil || h.Mix != nil)
	}
	_, err := json.Marshal(a)
	require.NoError(t, err)
}

func fuzzed(basis mix.Basis) *batch {
	now := time.Date(2026, 11, 23, 9, 40, 0, 0, time.UTC)
	return newBatch(now.Add(-30*24*time.Hour).Truncate(time.Hour), now, now, basis)
}

func FuzzReadNESO(f *testing.F) {
	f.Add([]byte(`{"data":[{"from":"2026-11-23T09:00Z","to":"2026-11-23T09:30Z","intensity":{"forecast":266,"actual":null,"index":"moderate"}}]}`),
		[]byte(`{"data":[{"from":"2026-11-23T09:00Z","to":"2026-11-23T09:30Z","generationmix":[{"fuel":"gas","perc":43.6},{"fuel":"coal","perc":0.7}]}]}`))
	f.Fuzz(func(t *testing.T, intensity, fuels []byte) {
		b := fuzzed(mix.Consumption)
		_ = readNESOIntensity(intensity, b)
		_ = readNESOMix(fuels, b)
		check(t, b)
	})
}

func FuzzReadRTE(f *testing.F) {
	f.Add([]byte(`[{"date_heure":"2026-11-23T05:00:00+00:00","nature":"Données temps réel","taux_co2":20,"nucleaire":40000,"eolien":"ND","solaire":-1,"hydraulique":null}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		b := fuzzed(mix.Production)
		_ = readRTE(body, b)
		check(t, b)
	})
}

func FuzzReadElectricityMaps(f *testing.F) {
	f.Add([]byte(`{"zone":"DE","history":[{"zone":"DE","carbonIntensity":302,"datetime":"2026-11-23T05:00:00.000Z","emissionFactorType":"lifecycle","isEstimated":true,"estimationMethod":"TIME_SLICER_AVERAGE"}]}`), true)
	f.Fuzz(func(t *testing.T, body []byte, direct bool) {
		b, kind := fuzzed(mix.Consumption), "lifecycle"
		if direct {
			kind = "direct"
		}
		_ = readElectricityMaps(body, "DE", kind, b)
		check(t, b)
	})
}

func FuzzReadEIA(f *testing.F) {
	f.Add([]byte(`{"response":{"total":"2","data":[{"period":"2026-11-23T05","respondent":"CISO","fueltype":"NG","value":"6000","value-units":"megawatthours"},{"period":"2026-11-23T05","respondent":"CISO","fueltype":"BAT","value":"-9"}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		b, told := fuzzed(mix.Production), eiaRows{}
		_, _, _ = readEIA(body, "CISO", told)
		told.fill(b)
		check(t, b)
	})
}

func FuzzShow(f *testing.F) {
	f.Add([]byte("<html>\x1b[31m\u202ekey"), "key")
	f.Fuzz(func(t *testing.T, body []byte, key string) {
		require.LessOrEqual(t, len([]rune(show(body, key))), few)
		require.NotRegexp(t, `[[:cntrl:]]`, show(body, key))
	})
}

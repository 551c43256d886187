package grid_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/mix"
)

func eiaRow(period, fuel, value string) string {
	return fmt.Sprintf(`{"period":%q,"respondent":"CISO","respondent-name":"California Independent System Operator","fueltype":%q,"type-name":"x","value":%s,"value-units":"megawatthours"}`, period, fuel, value)
}

func eiaBody(total string, rows ...string) string {
	return `{"response":{"total":` + total + `,"dateFormat":"YYYY-MM-DD\"T\"HH24","frequency":"hourly","data":[` + strings.Join(rows, ",") + `]},"request":{},"apiVersion":"2.1.8"}`
}

func TestAnHourIsNamedByItsEnd(t *testing.T) {
	a := newAPI(t, says(200, eiaBody(`"9"`,
		eiaRow("2026-11-01T01", "NG", `"6000"`), eiaRow("2026-11-01T01", "SUN", `3000`), eiaRow("2026-11-01T01", "SNB", `"1000"`), eiaRow("2026-11-01T01", "BAT", `"-900"`),
		eiaRow("2026-11-01T02", "NG", `"4000"`), eiaRow("2026-11-01T02", "COL", `null`), eiaRow("2026-11-01T02", "PS", `"500"`), eiaRow("2026-11-01T02", "NEW", `"500"`),
		`{"period":"2026-11-01T02","respondent":"PJM","fueltype":"NUC","value":"30000"}`,
	)))
	answer, err := a.sources()["US-CAL-CISO"].Hours(t.Context(), "US-CAL-CISO", between("2026-11-01T00:00:00Z", "2026-11-01T02:00:00Z"))
	require.NoError(t, err)
	require.Equal(t, []string{"01T00", "01T01"}, starts(answer))
	first, second := answer.Hours[0], answer.Hours[1]
	require.InDelta(t, 0.6, first.Mix[mix.Gas], 1e-12)
	require.InDelta(t, 0.4, first.Mix[mix.Solar], 1e-12, "with batteries behind the meter, too")
	require.NotContains(t, first.Mix, mix.Storage, "what is stored is not generated")
	require.InDelta(t, 0.6*490+0.4*45, float64(*first.Lifecycle), 1e-9)
	require.Nil(t, first.Direct)
	require.Equal(t, mix.Production, first.Basis)
	require.True(t, first.Final)
	require.False(t, first.Estimated)
	require.InDelta(t, 0.1, second.Mix[mix.Storage], 1e-12)
	require.InDelta(t, 0.1, second.Mix[mix.Unknown], 1e-12)
	require.InDelta(t, 490, float64(*second.Lifecycle), 1e-9)
	require.True(t, second.Estimated, "a fuel is missing")

	q := a.asked[0].URL.Query()
	require.Equal(t, "/v2/electricity/rto/fuel-type-data/data/", a.asked[0].URL.Path)
	require.Equal(t, "2026-11-01T01", q.Get("start"))
	require.Equal(t, "2026-11-01T02", q.Get("end"))
	require.Equal(t, "CISO", q.Get("facets[respondent][]"))
	require.Equal(t, secret, q.Get("api_key"))
	require.Equal(t, "5000", q.Get("length"))
}

func TestAnHourThatIsNotOverIsNotAskedOfEIA(t *testing.T) {
	a := newAPI(t, says(200, eiaBody("1", eiaRow("2026-11-23T09", "NG", `"1"`))))
	answer, err := a.sources()["US-CAL-CISO"].Hours(t.Context(), "US-CAL-CISO", between("2026-11-23T08:00:00Z", "2026-11-24T00:00:00Z"))
	require.NoError(t, err)
	require.Equal(t, "2026-11-23T09", a.asked[0].URL.Query().Get("end"))
	require.Equal(t, []string{"23T08"}, starts(answer))
	require.False(t, answer.Hours[0].Final, "it is often corrected")
	_, err = a.sources()["US-CAL-CISO"].Hours(t.Context(), "US-CAL-CISO", between("2026-11-23T09:00:00Z", "2026-11-24T00:00:00Z"))
	require.NoError(t, err)
	require.Len(t, a.asked, 1)
}

// pages answers rows of an hour each, as many as are said, in pages.
func pages(rows int, total string, size int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		var all []string
		for i := offset; i < min(rows, offset+size); i++ {
			all = append(all, eiaRow(at("2026-01-01T01:00:00Z").Add(time.Duration(i/2)*time.Hour).Format("2006-01-02T15"), []string{"NG", "SUN"}[i%2], `"7"`))
		}
		_, _ = io.WriteString(w, eiaBody(total, all...))
	}
}

func TestPagesAreReadToTheEnd(t *testing.T) {
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		asked  int
		hours  int
		kind   fault.Kind
	}{
		"three pages":                       {pages(11000, `"11000"`, 5000), 3, 5500, fault.Internal},
		"a total that is a number":          {pages(11000, `11000`, 5000), 3, 5500, fault.Internal},
		"smaller pages than asked for":      {pages(6000, `6000`, 2500), 3, 3000, fault.Internal},
		"no total":                          {pages(10000, `null`, 5000), 3, 5000, fault.Internal},
		"none":                              {pages(0, `0`, 5000), 1, 0, fault.Internal},
		"fewer than promised":               {pages(6000, `6001`, 5000), 3, 0, fault.BadAnswer},
		"a page that comes again and again": {says(200, eiaBody(`1e9`, eiaRow("2026-01-01T01", "NG", `"7"`))), 0, 0, fault.BadAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, tt.answer)
			w := between("2026-01-01T00:00:00Z", "2026-11-01T00:00:00Z")
			if tt.asked == 0 {
				w = between("2026-01-01T00:00:00Z", "2026-01-01T04:00:00Z")
			}
			answer, err := a.sources()["US-CAL-CISO"].Hours(t.Context(), "US-CAL-CISO", w)
			if tt.kind != fault.Internal {
				require.Equal(t, tt.kind, fault.KindOf(err))
				require.Less(t, len(a.asked), 300)
				return
			}
			require.NoError(t, err)
			require.Len(t, a.asked, tt.asked)
			require.Len(t, answer.Hours, tt.hours)
			seen := map[string]bool{}
			for _, r := range a.asked {
				offset := r.URL.Query().Get("offset")
				require.False(t, seen[offset], "no page is asked for twice")
				seen[offset] = true
			}
		})
	}
}

func TestRowsThatComeTwiceCountOnce(t *testing.T) {
	a := newAPI(t, says(200, eiaBody("4", eiaRow("2026-11-01T01", "NG", `"50"`), eiaRow("2026-11-01T01", "WND", `"100"`), eiaRow("2026-11-01T01", "NG", `"100"`), eiaRow("2026-11-01T02", "NG", `"NaN"`))))
	answer, err := a.sources()["US-CAL-CISO"].Hours(t.Context(), "US-CAL-CISO", between("2026-11-01T00:00:00Z", "2026-11-01T02:00:00Z"))
	require.NoError(t, err)
	require.Equal(t, []string{"01T00"}, starts(answer))
	require.InDelta(t, 0.5, answer.Hours[0].Mix[mix.Gas], 1e-12)
	require.Len(t, answer.Rejected, 1)
}

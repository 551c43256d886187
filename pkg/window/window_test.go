package window_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/window"
)

var now = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestAWindowIsWhatIsMeant(t *testing.T) {
	tests := []struct {
		name       string
		asked      window.Asked
		start, end string
	}{
		{"nothing said is the fallback, up to now", window.Asked{}, "2026-11-22T09:30:00Z", "2026-11-23T09:30:00Z"},
		{"the last seven days", window.Asked{Last: "7d"}, "2026-11-16T09:30:00Z", "2026-11-23T09:30:00Z"},
		{"from a date until now", window.Asked{Start: "2026-11-01"}, "2026-11-01T00:00:00Z", "2026-11-23T09:30:00Z"},
		{"a month of the calendar back", window.Asked{End: "2026-03-31", Last: "1mo"}, "2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"},
		{"a year of the calendar from a start", window.Asked{Start: "2024-02-29", Last: "1y"}, "2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z"},
		{"a date is midnight in the zone", window.Asked{Start: "2026-11-01", End: "2026-11-02", Zone: "Europe/Paris"}, "2026-10-31T23:00:00Z", "2026-11-01T23:00:00Z"},
		{"an offset holds whatever the zone", window.Asked{Start: "2026-11-01T08:00:00+02:00", Last: "1h", Zone: "Asia/Tokyo"}, "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"},
		{"seconds since 1970", window.Asked{Start: "1793491200", Last: "90m"}, "2026-11-01T00:00:00Z", "2026-11-01T01:30:00Z"},
		{"milliseconds since 1970", window.Asked{Start: "1793491200000", Last: "1w"}, "2026-11-01T00:00:00Z", "2026-11-08T00:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := tt.asked.Resolve(now, "1d")
			require.NoError(t, err)
			require.Equal(t, window.Window{Start: at(tt.start), End: at(tt.end)}, window.Window{Start: r.Start.UTC(), End: r.End.UTC()})
		})
	}
}

func TestAWindowThatCannotBeMeantIsRefused(t *testing.T) {
	for name, asked := range map[string]window.Asked{
		"inverted":               {Start: "2026-11-02", End: "2026-11-01"},
		"empty":                  {Start: "2026-11-01", End: "2026-11-01"},
		"to come":                {Start: "2026-12-01", End: "2026-12-02"},
		"longer than ten years":  {Start: "2010-01-01"},
		"all three":              {Last: "1d", Start: "2026-11-01", End: "2026-11-02"},
		"no time":                {Start: "yesterday"},
		"a day that is not":      {Start: "2026-02-30"},
		"no length":              {Last: "soon"},
		"a length of nothing":    {Last: "0d"},
		"a negative length":      {Last: "-1d"},
		"no zone":                {Zone: "Europe/Atlantis"},
		"the machine's own zone": {Zone: "Local"},
		"no step":                {Step: "fortnight"},
		"too short a step":       {Step: "1m"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := asked.Resolve(now, "1d")
			require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
			require.NotEmpty(t, fault.HintOf(err))
		})
	}
}

func TestStepsAreThoseOfTheCalendar(t *testing.T) {
	tests := []struct {
		name  string
		asked window.Asked
		hours []float64
		first string
	}{
		{"a day of 23 hours", window.Asked{Start: "2026-03-28", End: "2026-03-31", Step: "1d", Zone: "Europe/Paris"}, []float64{24, 23, 24}, "2026-03-27T23:00:00Z"},
		{"a day of 25 hours", window.Asked{Start: "2026-10-24", End: "2026-10-27", Step: "1d", Zone: "Europe/Paris"}, []float64{24, 25, 24}, "2026-10-23T22:00:00Z"},
		{"the first and last as far as they go", window.Asked{Start: "2026-11-01T18:00", End: "2026-11-03T06:00", Step: "1d"}, []float64{6, 24, 6}, "2026-11-01T18:00:00Z"},
		{"weeks from Monday", window.Asked{Start: "2026-11-01", End: "2026-11-12", Step: "1w"}, []float64{24, 168, 72}, "2026-11-01T00:00:00Z"},
		{"months", window.Asked{Start: "2026-01-15", End: "2026-03-02", Step: "1mo"}, []float64{17 * 24, 28 * 24, 24}, "2026-01-15T00:00:00Z"},
		{"years", window.Asked{Start: "2023-12-31", End: "2025-01-02", Step: "1y"}, []float64{24, 366 * 24, 24}, "2023-12-31T00:00:00Z"},
		{"hours of a zone that is half an hour off", window.Asked{Start: "2026-11-01T00:00", Last: "2h", Step: "1h", Zone: "Asia/Kolkata"}, []float64{1, 1}, "2026-10-31T18:30:00Z"},
		{"both hours of the night when clocks go back", window.Asked{Start: "2026-10-25T02:00:00+02:00", End: "2026-10-25T03:00:00+01:00", Step: "1h", Zone: "Europe/Paris"}, []float64{1, 1}, "2026-10-25T00:00:00Z"},
		{"a day that begins at one", window.Asked{Start: "2018-11-03", End: "2018-11-06", Step: "1d", Zone: "America/Sao_Paulo"}, []float64{24, 23, 24}, "2018-11-03T03:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := tt.asked.Resolve(now, "1d")
			require.NoError(t, err)
			pieces := r.Pieces()
			var hours []float64
			for i, p := range pieces {
				hours = append(hours, p.Length().Hours())
				if i > 0 {
					require.Equal(t, pieces[i-1].End, p.Start)
				}
			}
			require.Equal(t, tt.hours, hours)
			require.Equal(t, at(tt.first), pieces[0].Start.UTC())
			require.Equal(t, r.End, pieces[len(pieces)-1].End)
		})
	}
}

func TestAdjacentWindowsAddUpToTheirUnion(t *testing.T) {
	whole := window.Window{Start: at("2026-11-01T00:10:00Z"), End: at("2026-11-01T05:50:00Z")}
	hour := at("2026-11-01T02:00:00Z")
	for cut := whole.Start; cut.Before(whole.End); cut = cut.Add(7 * time.Minute) {
		a, b := window.Window{Start: whole.Start, End: cut}, window.Window{Start: cut, End: whole.End}
		require.Equal(t, whole.Overlap(hour, hour.Add(time.Hour)), a.Overlap(hour, hour.Add(time.Hour))+b.Overlap(hour, hour.Add(time.Hour)))
	}
	require.Equal(t, window.Window{Start: at("2026-10-31T18:30:00Z"), End: whole.Start}, whole.Before())
}

func FuzzResolve(f *testing.F) {
	f.Add("7d", "", "", "1d", "Europe/Paris")
	f.Add("", "2026-10-01", "2026-11-01T00:00:00Z", "1h", "UTC")
	f.Fuzz(func(t *testing.T, last, start, end, step, zone string) {
		r, err := window.Asked{Last: last, Start: start, End: end, Step: step, Zone: zone}.Resolve(now, "1d")
		if err != nil {
			require.NotEqual(t, fault.Internal, fault.KindOf(err))
			return
		}
		var sum time.Duration
		for _, p := range r.Pieces() {
			sum += p.Length()
		}
		require.Equal(t, r.Length(), sum)
	})
}

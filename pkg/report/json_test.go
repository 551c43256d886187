package report_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/report"
)

func TestJSONSaysAllAndSteersNoTerminal(t *testing.T) {
	said := "a<b>&\u202e\u0085\x7f\x1b[31m é 🙂 \U000e0041"
	var b strings.Builder
	require.NoError(t, report.JSON(&b, map[string]string{"name": said}))
	for _, steering := range []string{"\u202e", "\u0085", "\x7f", "\x1b", "\U000e0041"} {
		require.NotContains(t, b.String(), steering)
	}
	require.Contains(t, b.String(), "a<b>&")
	require.Contains(t, b.String(), "é 🙂")
	var back map[string]string
	require.NoError(t, json.Unmarshal([]byte(b.String()), &back))
	require.Equal(t, said, back["name"])
}

func TestWarningsOfSomethingMissingMakeAnAnswerPartial(t *testing.T) {
	require.False(t, report.Partial([]report.Warning{{Code: report.Stale}, {Code: report.Redacted}, {Code: report.Note}}))
	require.True(t, report.Partial([]report.Warning{{Code: report.Stale}, {Code: report.Forbidden}}))
	require.True(t, report.Partial([]report.Warning{{Code: report.Missing}}))
}

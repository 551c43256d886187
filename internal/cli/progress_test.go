package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestProgressStaysOnOneLine(t *testing.T) {
	const later = 12 // columns of "1m20s:1h10m20s" beyond "0s:0s"
	for _, width := range []int{50, 60, 80, 120} {
		var out bytes.Buffer
		p := &progress{out: &out, width: width, began: time.Now().Add(-time.Minute)}
		p.tell("entries exported", 1, 120_000)
		time.Sleep(110 * time.Millisecond) // what comes sooner is not drawn
		p.tell("entries exported", 119_999, 120_000)
		p.clear()
		for frame := range strings.SplitSeq(out.String(), "\r") {
			most := width - 1 // some terminals go on to the next line after the last column
			if strings.Contains(frame, "[") {
				most -= later
			}
			require.LessOrEqual(t, utf8.RuneCountInString(frame), most, "%q", frame)
		}
		require.Contains(t, out.String(), "119999/120000")
	}
}

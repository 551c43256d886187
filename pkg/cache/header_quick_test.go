package cache

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestHeadersThatAreReadQuickly(t *testing.T) {
	at := time.Date(2026, 11, 1, 12, 0, 0, 123456789, time.UTC)
	whole := Header{
		Schema: 1, Key: NewKey("clusters", "dev", "kube", "in", "shop", "pods"), Source: "kubernetes", CollectedAt: at, ExpiresAt: at.Add(time.Minute),
		InputHash: "abc", ClusterUID: "uid", Endpoint: "https://api", Simulated: true, SecretPolicy: "1", Items: 66, Size: 22000, SHA256: strings.Repeat("a", 64),
	}
	with := func(change func(*Header)) Header {
		h := whole
		change(&h)
		return h
	}
	for name, tt := range map[string]struct {
		header Header
		quick  bool
	}{
		"one with all that there is":        {whole, true},
		"one with nothing but what must be": {Header{Schema: 1, Key: NewKey("a"), CollectedAt: at, SHA256: "x"}, true},
		"a segment that is empty":           {with(func(h *Header) { h.Key = NewKey("", "a") }), true},
		"a time before the epoch":           {with(func(h *Header) { h.CollectedAt = time.Time{} }), true},
		"a key of no segments":              {with(func(h *Header) { h.Key = NewKey() }), false},
		"a key that is not UTF-8":           {with(func(h *Header) { h.Key = NewKey("a", "\xff") }), false},
		"a key beyond ASCII":                {with(func(h *Header) { h.Key = NewKey("größer") }), false},
		"a quoted word":                     {with(func(h *Header) { h.Source = `a "b" \` }), false},
		"a line break":                      {with(func(h *Header) { h.Endpoint = "a\nb" }), false},
		"warnings":                          {with(func(h *Header) { h.Warnings = []string{"no nodes"} }), false},
		"a negative size":                   {with(func(h *Header) { h.Size = -1 }), false},
	} {
		t.Run(name, func(t *testing.T) {
			line, err := tt.header.line()
			require.NoError(t, err)
			got, quick := quickLine(line, words{})
			require.Equal(t, tt.quick, quick)
			if quick {
				require.Equal(t, tt.header, got)
			}
			got, err = parseLine(line)
			require.NoError(t, err)
			var want Header
			require.NoError(t, json.Unmarshal(line, &want))
			require.Equal(t, want, got)
		})
	}
}

func TestWordsAreKeptOnceAndNotWithoutBound(t *testing.T) {
	known := words{}
	for i := range 2 * maxWords {
		word := strings.Repeat("x", i%7) + time.Duration(i).String()
		require.Equal(t, word, known.of([]byte(word)))
	}
	require.Len(t, known, maxWords)
	require.Equal(t, "a", words(nil).of([]byte("a")))
}

// FuzzQuickLine reads lines that nobody has checked: what is read quickly is what
// encoding/json reads.
func FuzzQuickLine(f *testing.F) {
	f.Fuzz(func(t *testing.T, line []byte) {
		got, quick := quickLine(line, words{})
		if !quick {
			return
		}
		var want Header
		require.NoError(t, json.Unmarshal(line, &want))
		require.Equal(t, want, got)
	})
}

package redact_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestTerminal(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"ASCII stays", "web-1 (shop) 100%", "web-1 (shop) 100%"},
		{"other languages stay", "café 密码 привет שלום", "café 密码 привет שלום"},
		{"combining marks stay", "e\u0301", "e\u0301"},
		{"emoji stay", "ok 👍 ❤️", "ok 👍 ❤️"},
		{"joined emoji come apart", "👩\u200d🚀", "👩🚀"},
		{"a tab and a line end become spaces", "a\tb\nc", "a b c"},
		{"a Windows line end becomes one space", "a\r\nb", "a b"},
		{"a carriage return cannot overwrite", "good\rbad", "good bad"},
		{"color goes", "\x1b[31mred\x1b[0m", "red"},
		{"parameters and intermediates go", "a\x1b[?25;1$pb", "ab"},
		{"a title goes", "a\x1b]0;evil\x07b", "ab"},
		{"a link goes", "\x1b]8;;http://evil\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"a string that does not end loses its introducer", "a\x1b]0;b", "a0;b"},
		{"a device control string goes", "a\x1bP1$qm\x1b\\b", "ab"},
		{"C1 introducers go", "a\u009b31mb\u009d0;x\u009cc", "abc"},
		{"a charset switch goes", "a\x1b(0b", "ab"},
		{"a reset goes", "a\x1bcb", "ab"},
		{"an escape alone goes", "a\x1b", "a"},
		{"escapes cannot be put together", "a\x1b\x1b[31m[32mb", "a[32mb"},
		{"bells and backspaces go", "a\x07\x08\x7fb", "ab"},
		{"bidi overrides go", "a\u202eb\u2066c\u2069\u200fd", "abcd"},
		{"zero-width runes go", "a\u200bb\u2060c\ufeffd\u00ade", "abcde"},
		{"invisible letters go", "a\u3164b\u115fc", "abc"},
		{"tags go", "a\U000e0041b\U000e0100", "ab"},
		{"line separators become spaces", "a\u2028b\u2029c", "a b c"},
		{"invalid UTF-8 is replaced", "a\xffb\xc3", "a\ufffdb\ufffd"},
		{"raw C1 bytes are replaced", "a\x9b31m", "a\ufffd31m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			require.Equal(t, tt.want, redact.Terminal(tt.text))
		})
	}
}

func TestTerminalBlockKeepsLines(t *testing.T) {
	require.Equal(t, "a\n\tb\nc\nd", redact.TerminalBlock("a\n\tb\r\nc\r\x1b[1md"))
}

func TestTerminalDoesNotAllocateOnCleanText(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(50, func() { redact.Terminal("web-7d9f8b6c5d-x2k9p is ready") }))
}

func FuzzTerminal(f *testing.F) {
	f.Add("a\x1b[31mb")
	f.Add("\u009d0;\u009c\u202e\xff")
	f.Add("\x1b]8;;x\x1b\\")
	f.Fuzz(func(t *testing.T, s string) {
		for _, clean := range []string{redact.Terminal(s), redact.TerminalBlock(s)} {
			require.True(t, utf8.ValidString(clean))
			require.False(t, strings.ContainsFunc(clean, func(r rune) bool {
				return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Bidi_Control, r)
			}), "%q", clean)
		}
		once := redact.Terminal(s)
		require.Equal(t, once, redact.Terminal(once))
		require.NotContains(t, once, "\n")
	})
}

func BenchmarkTerminal(b *testing.B) {
	text := strings.Repeat("web-7d9f8b6c5d-x2k9p is ready ", 10)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		redact.Terminal(text)
	}
}

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes v as fred writes all its JSON, on stdout and over REST: indented
// by two spaces, HTML characters as they are, what could steer a terminal
// escaped, one newline at the end.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err := w.Write(Escape(b.Bytes()))
	return err
}

// Escape returns JSON that says the same without a character that could steer a
// terminal (bidi marks, C1 controls), of which some are not allowed in YAML.
func Escape(b []byte) []byte {
	if !bytes.ContainsFunc(b, steers) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		if !steers(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, half := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, "\\u%04x", half)
		}
	}
	return out
}

// steers reports whether r, beyond the ASCII controls that JSON escapes itself,
// is not for showing.
func steers(r rune) bool {
	return r >= 0x7f && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
}

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// JSON writes v as fred writes all its JSON, on stdout and over REST: indented
// by two spaces, HTML characters as they are, one newline at the end.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

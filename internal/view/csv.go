package view

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/redact"
)

// asCSV writes rows, a slice of structs, under the names that their JSON has.
// Objects within a row become columns of their own ("owner.kind"), lists of
// words are joined by ";", lists of objects are left out, null is empty.
func asCSV(w io.Writer, rows any) error {
	b, err := json.Marshal(rows)
	if err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var header []string
	var records []map[string]string
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	for d.More() {
		record := map[string]string{}
		if err := flatten(d, "", func(name, value string) {
			record[name] = value
			if !slices.Contains(header, name) {
				header = append(header, name)
			}
		}); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
		records = append(records, record)
	}
	return writeRecords(w, header, records)
}

func writeRecords(w io.Writer, header []string, records []map[string]string) error {
	out := csv.NewWriter(w)
	line := make([]string, len(header))
	for i, name := range header {
		line[i] = cellSafe(name) // a label's key may be anything
	}
	if len(header) > 0 {
		_ = out.Write(line) // the error is in out.Error
	}
	for _, r := range records {
		for i, name := range header {
			line[i] = cellSafe(r[name])
		}
		_ = out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// cellSafe keeps a spreadsheet from taking a value for a formula.
func cellSafe(s string) string {
	s = redact.Terminal(s)
	if s != "" && strings.ContainsRune("=+@", rune(s[0])) {
		return "'" + s
	}
	return s
}

// flatten reads one JSON value from d and reports its scalars in order.
func flatten(d *json.Decoder, name string, report func(name, value string)) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '{' {
			return flattenObject(d, name, report)
		}
		return flattenArray(d, name, report)
	case nil:
		report(name, "")
	default:
		report(name, fmt.Sprint(t))
	}
	return nil
}

func flattenObject(d *json.Decoder, name string, report func(string, string)) error {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		inner := fmt.Sprint(key)
		if name != "" {
			inner = name + "." + inner
		}
		if err := flatten(d, inner, report); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func flattenArray(d *json.Decoder, name string, report func(string, string)) error {
	var words []string
	objects := false
	for d.More() {
		if err := flatten(d, "", func(inner, value string) {
			objects = objects || inner != ""
			words = append(words, value)
		}); err != nil {
			return err
		}
	}
	if !objects {
		report(name, strings.Join(words, ";"))
	}
	_, err := d.Token()
	return err
}

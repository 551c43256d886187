// Package view turns reports into what a person or a program reads: tables,
// JSON, YAML, CSV, names, or what a template makes of them. It is handed its
// report, computes nothing that the report does not say, and lets nothing from
// outside reach a terminal that could steer it.
package view

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/template"
	"time"

	"k8s.io/client-go/util/jsonpath"
	"sigs.k8s.io/yaml"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/redact"
	"github.com/fredctl/fred/pkg/report"
)

// Formats are the names of the output formats.
var Formats = []string{"table", "wide", "json", "yaml", "csv", "name", "jsonpath=", "go-template="}

// Output says how to write a report.
type Output struct {
	Format string // one of Formats; with "=" and what follows for the last two
	Dress  term.Dress
	Now    time.Time // to tell ages from
}

// Doc is how one kind of report looks outside of JSON.
type Doc struct {
	Page  func(p *Page)   // for table and wide
	Rows  any             // a slice of structs, for CSV
	Names func() []string // KIND/NAME, for name
}

// Check says whether format is one that Write knows.
func Check(format string) error {
	kind, arg, has := strings.Cut(format, "=")
	switch {
	case !has && (kind == "table" || kind == "wide" || kind == "json" || kind == "yaml" || kind == "csv" || kind == "name"):
		return nil
	case has && kind == "jsonpath":
		_, err := parsePath(arg)
		return err
	case has && kind == "go-template":
		_, err := parseTemplate(arg)
		return err
	}
	return fault.New(fault.Invalid, "unknown output format %q", format).
		Hinted("Use -o %s.", strings.Join(Formats, "|"))
}

// Write writes v, a report, to w as o says.
func Write(w io.Writer, o Output, v any, doc Doc) error {
	kind, arg, _ := strings.Cut(o.Format, "=")
	switch kind {
	case "json":
		return report.JSON(w, v)
	case "yaml":
		return asYAML(safe{w}, v)
	case "csv":
		return asCSV(w, doc.Rows)
	case "name":
		return asNames(w, doc.Names())
	case "jsonpath":
		return buffered(w, func(w io.Writer) error { return asPath(w, v, arg) })
	case "go-template":
		return buffered(w, func(w io.Writer) error { return asTemplate(w, v, arg) })
	default:
		p := &Page{w: w, Output: o, wide: kind == "wide"}
		doc.Page(p)
		return p.err
	}
}

// safe lets nothing through that could steer a terminal. Each text must come
// whole.
type safe struct{ w io.Writer }

func (s safe) Write(b []byte) (int, error) {
	_, err := io.WriteString(s.w, redact.TerminalBlock(string(b)))
	return len(b), err
}

// buffered writes what write does, made safe, or nothing if that fails.
func buffered(w io.Writer, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	_, err := safe{w}.Write(b.Bytes())
	return err
}

func asYAML(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err == nil {
		b, err = yaml.JSONToYAML(report.Escape(b))
	}
	if err != nil {
		return fmt.Errorf("write YAML: %w", err)
	}
	_, err = w.Write(b)
	return err
}

func asNames(w io.Writer, names []string) error {
	for _, n := range names {
		if _, err := fmt.Fprintln(w, redact.Terminal(n)); err != nil {
			return err
		}
	}
	return nil
}

func parsePath(arg string) (*jsonpath.JSONPath, error) {
	p := jsonpath.New("fred").AllowMissingKeys(true)
	if !strings.Contains(arg, "{") {
		arg = "{" + arg + "}"
	}
	if err := p.Parse(arg); err != nil {
		return nil, fault.New(fault.Invalid, "jsonpath: %w", err).Hinted("Write it as kubectl has it: -o jsonpath='{.items[*].name}'.")
	}
	return p, nil
}

func asPath(w io.Writer, v any, arg string) error {
	p, err := parsePath(arg)
	if err != nil {
		return err
	}
	tree, err := treeOf(v)
	if err != nil {
		return err
	}
	if err := p.Execute(w, tree); err != nil {
		return fault.New(fault.Invalid, "jsonpath: %w", err)
	}
	return nil
}

func parseTemplate(arg string) (*template.Template, error) {
	t, err := template.New("output").Parse(arg)
	if err != nil {
		return nil, fault.New(fault.Invalid, "go-template: %w", err).Hinted("Write it as kubectl has it: -o go-template='{{range .items}}{{.name}} {{end}}'.")
	}
	return t, nil
}

func asTemplate(w io.Writer, v any, arg string) error {
	t, err := parseTemplate(arg)
	if err != nil {
		return err
	}
	tree, err := treeOf(v)
	if err != nil {
		return err
	}
	if err := t.Execute(w, tree); err != nil {
		return fault.New(fault.Invalid, "go-template: %w", err)
	}
	return nil
}

// treeOf returns v as its JSON has it, so that paths and templates use the
// names that JSON has.
func treeOf(v any) (tree any, err error) {
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, &tree)
	}
	return tree, err
}

// Package factor holds the factors that fred ships: what machines draw, how
// their data centers add to that, what grids emit, what machines cost. Each
// has a source and, where the source says so, a year and a range.
//
// The tables are embedded, read on first use, and never change: everything here
// is safe for concurrent use. docs/method/factors.md says where they come from
// and how one is chosen.
package factor

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Factor is a number with where it comes from. Low and High are between what it
// may lie, as far as sources differ or a method is uncertain; they equal Value
// where nothing is known of that.
type Factor struct {
	Value  float64
	Low    float64
	High   float64
	Source string
	Year   int    // 0 where the source has none
	Note   string // one sentence more, or empty
}

// uncertain returns f with a range of share around its value.
func (f Factor) uncertain(share float64) Factor {
	f.Low, f.High = f.Value*(1-share), f.Value*(1+share)
	return f
}

// within returns f with its range widened to hold v.
func (f Factor) within(v float64) Factor {
	f.Low, f.High = min(f.Low, v), max(f.High, v)
	return f
}

//go:embed data/*.csv
var data embed.FS

// table is a CSV file: its rows by column name.
type table struct {
	name    string
	columns map[string]int
	rows    [][]string
}

// row is one row of a table. What is malformed panics: the tables are part of the
// program, and a test reads every row.
type row struct {
	*table
	cells []string
}

func open(name string) *table {
	b, err := data.ReadFile("data/" + name)
	if err != nil {
		panic(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil || len(rows) < 2 {
		panic(fmt.Errorf("%s: %d rows: %w", name, len(rows), err))
	}
	t := &table{name: name, columns: map[string]int{}, rows: rows[1:]}
	for i, c := range rows[0] {
		t.columns[c] = i
	}
	return t
}

// each hands every row to use.
func (t *table) each(use func(row)) {
	for _, cells := range t.rows {
		use(row{t, cells})
	}
}

func (r row) text(column string) string {
	i, ok := r.columns[column]
	if !ok {
		panic(fmt.Errorf("%s has no column %q", r.name, column))
	}
	return r.cells[i]
}

func (r row) number(column string) float64 {
	v, err := strconv.ParseFloat(r.text(column), 64)
	if err != nil {
		panic(fmt.Errorf("%s: %s: %w", r.name, column, err))
	}
	return v
}

// optional returns a number, and false where there is none.
func (r row) optional(column string) (float64, bool) {
	if r.text(column) == "" {
		return 0, false
	}
	return r.number(column), true
}

func (r row) factor(column string) Factor {
	f := Factor{Value: r.number(column), Source: r.text("source")}
	f.Low, f.High = f.Value, f.Value
	if _, ok := r.columns["year"]; ok {
		f.Year = int(r.number("year"))
	}
	return f
}

// providers are the names by which each provider is known.
var providers = map[string]string{
	"aws": "aws", "amazon": "aws", "eks": "aws",
	"gcp": "gcp", "gce": "gcp", "google": "gcp", "gke": "gcp",
	"azure": "azure", "aks": "azure",
	"ovh": "ovh", "ovhcloud": "ovh",
	"scaleway": "scaleway", "alibaba": "alibaba", "alicloud": "alibaba",
	"on-prem": "on-prem",
}

// Provider returns the name under which the tables have a provider, "" where they
// have none of that name.
func Provider(name string) string { return providers[strings.ToLower(strings.TrimSpace(name))] }

// ProviderOf returns the provider that a node's provider ID (aws:///…) names, ""
// where that is in no table.
func ProviderOf(id string) string {
	scheme, _, ok := strings.Cut(id, "://")
	if !ok {
		return ""
	}
	return Provider(scheme)
}

// newest returns the factor of the latest year, the first of those of one year.
func newest(fs []Factor) Factor {
	return slices.MaxFunc(fs, func(a, b Factor) int { return a.Year - b.Year })
}

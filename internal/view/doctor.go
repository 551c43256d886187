package view

import (
	"cmp"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
)

// Diagnosis lays out what the doctor found, each with how to mend it.
func Diagnosis(r fred.Diagnosis) Doc {
	return Doc{
		Rows:  r.Items,
		Names: func() []string { return nil },
		Page: func(p *Page) {
			cluster := ""
			for _, f := range r.Items {
				if f.Cluster != cluster {
					cluster = f.Cluster
					p.Line()
					p.Line(Cell{cluster, term.Strong})
				}
				p.finding(f)
			}
		},
	}
}

func (p *Page) finding(f fred.Finding) {
	mark := map[fred.Status]Cell{fred.OK: {"ok   ", term.Good}, fred.Note: {"note ", term.Odd}, fred.Bad: {"error", term.Bad}}[f.Status]
	p.Line(mark, text(" "+pad(f.Check, 9)+" "+cmp.Or(f.Detail, dash)))
	if f.Hint != "" {
		p.Line(Cell{"                " + f.Hint, term.Faint})
	}
}

func pad(s string, width int) string {
	for len(s) < width {
		s += " "
	}
	return s
}

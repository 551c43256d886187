package view

import (
	"fmt"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/redact"
)

// Settings lays out settings and where they come from.
func Settings(all []config.Setting) Doc {
	return Doc{Page: func(p *Page) {
		t := Table{Columns: []Column{{Header: "SETTING"}, {Header: "VALUE", Cut: Middle}, {Header: "FROM"}}}
		for _, s := range all {
			tone := term.Plain
			if s.From == "default" {
				tone = term.Faint
			}
			value, _ := redact.Text(fmt.Sprint(s.Value)) // an address may hold a password
			t.Rows = append(t.Rows, []Cell{text(s.Path), {value, tone}, {s.From, tone}})
		}
		p.Table(t)
	}}
}

package view

import (
	"fmt"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/term"
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
			t.Rows = append(t.Rows, []Cell{text(s.Path), {fmt.Sprint(s.Value), tone}, {s.From, tone}})
		}
		p.Table(t)
	}}
}

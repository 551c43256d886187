package server

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
	"sync"

	"github.com/swaggest/swgui/v5emb"
)

//go:embed docs.html
var docsPage string

//go:embed docs.js
var docsScript []byte

var docsTemplate = template.Must(template.New("docs").Parse(docsPage))

// docsAssets are the files of Swagger UI that the page needs. They are in the
// binary: the page loads nothing from elsewhere, and its policy says so.
var docsAssets = []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"}

// docsPolicy lets the page run its own files and ask its own server. Swagger UI
// writes style attributes and shows images that it has as data.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docs registers the documentation of the routes, for people and for programs.
func (s *Server) docs() {
	var page bytes.Buffer
	if err := docsTemplate.Execute(&page, s.Base); err != nil {
		panic(err) // the template is part of the program
	}
	base := s.Base + "/docs"
	s.mux.HandleFunc("GET "+base, withPolicy(newAnswer("text/html; charset=utf-8", page.Bytes()).send))
	s.mux.HandleFunc("GET "+base+"/init.js", newAnswer("text/javascript; charset=utf-8", docsScript).send)
	assets := v5emb.New("", "", base)
	for _, name := range docsAssets {
		s.mux.Handle("GET "+base+"/"+name, assets)
	}
	s.mux.HandleFunc("GET /{$}", s.redirect)
	if s.Base != "" {
		s.mux.HandleFunc("GET "+s.Base, s.redirect)
	}
	s.specs()
}

func withPolicy(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", docsPolicy)
		next(w, r)
	}
}

// specs registers openapi.json and openapi.yaml, which are written when first
// asked for.
func (s *Server) specs() {
	type both struct{ asJSON, asYAML *answer }
	render := sync.OnceValues(func() (both, error) {
		j, y, err := s.OpenAPI()
		return both{newAnswer(jsonType, j), newAnswer("application/yaml", y)}, err
	})
	serve := func(pick func(both) *answer) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			specs, err := render()
			if err != nil {
				s.send(w, r, s.failure(r.URL.Path, err))
				return
			}
			pick(specs).send(w, r)
		}
	}
	s.mux.HandleFunc("GET "+s.Base+"/openapi.json", serve(func(b both) *answer { return b.asJSON }))
	s.mux.HandleFunc("GET "+s.Base+"/openapi.yaml", serve(func(b both) *answer { return b.asYAML }))
}

package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/unit"
)

// tuneHuma sets what huma has for the whole process.
var tuneHuma = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewError = newError
})

// newAPI returns huma's API on mux: no $schema members, no pages of its own, and
// errors in fred's one JSON format.
func newAPI(mux *http.ServeMux, version string) huma.API {
	tuneHuma()
	format := huma.Format{
		Marshal:   func(w io.Writer, v any) error { return report.JSON(w, v) },
		Unmarshal: json.Unmarshal,
	}
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "fred", Version: version,
				Description: "What runs on Kubernetes clusters, what it costs, what energy it burns and what carbon that emits.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Tags: []*huma.Tag{
				{Name: "kube", Description: "What runs; the bodies are those of `fred kube … -o json`"},
				{Name: "cache", Description: "The one cache, as `fred cache` has it"},
				{Name: "web client", Description: "What the web client of the first Fred asks for"},
				{Name: "system", Description: "The process itself"},
			},
			Components: &huma.Components{Schemas: schemas()},
		},
		Formats:       map[string]huma.Format{jsonType: format, "json": format},
		DefaultFormat: jsonType,
	}
	config.AllowAdditionalPropertiesByDefault = true // within v1 members are added
	return humago.New(mux, config)
}

// schemas returns an empty registry that knows how fred's types look as JSON.
func schemas() huma.Registry {
	r := huma.NewMapRegistry("#/components/schemas/", schemaName)
	r.RegisterTypeAlias(reflect.TypeFor[unit.CPU](), reflect.TypeFor[float64]())
	return r
}

// schemaName names a schema after its type, and a report after that of its items.
func schemaName(t reflect.Type, hint string) string {
	if t.Kind() == reflect.Struct && t.PkgPath() == reportPackage && strings.HasPrefix(t.Name(), "Report[") {
		items, _ := t.FieldByName("Items")
		return items.Type.Elem().Name() + "Report"
	}
	name := huma.DefaultSchemaNamer(t, hint)
	if rest, ok := strings.CutPrefix(name, "Ui"); ok {
		return "UI" + rest
	}
	return name
}

var reportPackage = reflect.TypeFor[report.None]().PkgPath()

// allowUnknown marks the amounts of CPU that may be null: huma does not see that
// a pointer to a type with an alias is one.
func allowUnknown(r huma.Registry) {
	for name, schema := range r.Map() {
		t := r.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			member, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if p := schema.Properties[member]; p != nil && f.Type == reflect.TypeFor[*unit.CPU]() {
				p.Nullable = true
			}
		}
	}
}

// OpenAPI returns the description of all routes as JSON and as YAML.
func (s *Server) OpenAPI() (asJSON, asYAML []byte, err error) {
	var b bytes.Buffer
	if err := report.JSON(&b, s.api.OpenAPI()); err != nil {
		return nil, nil, err
	}
	asYAML, err = s.api.OpenAPI().YAML()
	return b.Bytes(), asYAML, err
}

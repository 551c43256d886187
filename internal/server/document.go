package server

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// document describes a GET route that huma does not serve.
func (s *Server) document(path, summary, tag, id string, body reflect.Type, params ...*huma.Param) {
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{tag},
		Parameters: params, Responses: map[string]*huma.Response{"200": s.describe(body, id)},
	})
}

func (s *Server) documentSystem() {
	s.document("/healthz", "Whether the process lives", "system", "healthz", reflect.TypeFor[health]())
	s.document("/readyz", "Whether questions can be answered, and about which clusters", "system", "readyz", reflect.TypeFor[readiness]())
	s.api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "metrics", Method: http.MethodGet, Path: "/metrics",
		Summary: "Counters for Prometheus", Tags: []string{"system"},
		Responses: map[string]*huma.Response{"200": {
			Description: "The text format of Prometheus",
			Content:     map[string]*huma.MediaType{"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}},
		}},
	})
}

package server

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/report"
)

// output hands the writing of the body to us: it is what -o json prints, to the
// byte, and mostly rendered already.
type output struct{ Body func(huma.Context) }

// asking is the input of a route, which says what it selects.
type asking interface {
	query() (fred.Query, error)
	// place names what the path names, beside the query.
	place() []string
}

// v1 registers GET {base}/v1/{path}, whose body is the report that ask returns.
func v1[In any, P interface {
	*In
	asking
}, Item, Total any](s *Server, path, summary string, ask func(context.Context, fred.Query, P) (report.Report[Item, Total], error),
) {
	op := operation[report.Report[Item, Total]](s, path, summary)
	huma.Register(s.api, op, func(ctx context.Context, in *In) (*output, error) {
		q, err := P(in).query()
		if err != nil {
			return nil, err
		}
		a, err := s.answer(ctx, path, q, P(in).place(), func(ctx context.Context) (any, string, error) {
			r, err := ask(ctx, q, P(in))
			return r, r.Version, err
		})
		if err != nil {
			return nil, err
		}
		return &output{Body: func(c huma.Context) {
			r, w := humago.Unwrap(c)
			a.send(w, r)
		}}, nil
	})
}

// of makes a route's question of a use case that takes nothing but a query.
func of[P, R any](ask func(context.Context, fred.Query) (R, error)) func(context.Context, fred.Query, P) (R, error) {
	return func(ctx context.Context, q fred.Query, _ P) (R, error) { return ask(ctx, q) }
}

// named makes a route's question of a use case about one thing of a cluster.
func named[R any](ask func(context.Context, fred.Query, string) (R, error)) func(context.Context, fred.Query, *Named) (R, error) {
	return func(ctx context.Context, q fred.Query, in *Named) (R, error) { return ask(ctx, q, in.Name) }
}

// owned makes a route's question of a use case about one workload.
func owned[R any](ask func(context.Context, fred.Query, string, string) (R, error)) func(context.Context, fred.Query, *Owned) (R, error) {
	return func(ctx context.Context, q fred.Query, in *Owned) (R, error) { return ask(ctx, q, in.Kind, in.Name) }
}

// wired makes a route's question of a use case about things that workloads are
// wired to, here those of every workload.
func wired[R any](ask func(context.Context, fred.Query, string, string) (R, error)) func(context.Context, fred.Query, *Spread) (R, error) {
	return func(ctx context.Context, q fred.Query, _ *Spread) (R, error) { return ask(ctx, q, "", "") }
}

// entries makes a route's question of a use case about entries of the cache.
func entries[R any](ask func(context.Context, fred.EntryQuery) (R, error)) func(context.Context, fred.Query, *Cached) (R, error) {
	return func(ctx context.Context, q fred.Query, in *Cached) (R, error) {
		return ask(ctx, fred.EntryQuery{Clusters: q.Clusters, Kinds: words(in.Kind)})
	}
}

// operation documents GET {base}/v1/{path}, whose body is a Body.
func operation[Body any](s *Server, path, summary string) huma.Operation {
	tag, _, _ := strings.Cut(path, "/")
	id := strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
	return huma.Operation{
		OperationID: "get-" + id, Method: http.MethodGet, Path: s.Base + "/v1/" + path,
		Summary: summary, Tags: []string{tag},
		Errors: []int{400, 403, 404, 422, 500, 502, 503, 504},
		Responses: map[string]*huma.Response{
			"200": s.describe(reflect.TypeFor[Body](), id),
			"304": {Description: "The caller has this body already (If-None-Match)"},
		},
	}
}

// describe documents a body of type t.
func (s *Server) describe(t reflect.Type, hint string) *huma.Response {
	schema := s.api.OpenAPI().Components.Schemas.Schema(t, true, hint)
	return &huma.Response{
		Description: http.StatusText(http.StatusOK),
		Content:     map[string]*huma.MediaType{jsonType: {Schema: schema}},
		Headers: map[string]*huma.Param{"ETag": {
			Description: "Of the body's bytes; send it back in If-None-Match", Schema: &huma.Schema{Type: huma.TypeString},
		}},
	}
}

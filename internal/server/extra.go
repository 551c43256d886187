package server

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fredctl/fred/pkg/fred"
)

// Extra is a route that somebody adds to fred's own. It passes the same guards
// (hosts, origins, limits) and is documented beside the others.
type Extra struct {
	Operation huma.Operation // Method and Path are required; Path lies under the base
	Handler   func(*fred.Fred) http.Handler
}

// extras registers what others added.
func (s *Server) extras() {
	for _, e := range s.Extras {
		op := e.Operation
		op.Path = s.Base + op.Path
		s.mux.Handle(op.Method+" "+op.Path, e.Handler(s.Fred))
		s.api.OpenAPI().AddOperation(&op)
	}
}

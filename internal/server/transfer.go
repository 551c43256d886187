package server

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fredctl/fred/pkg/fred"
)

// transferTime is how long a whole cache may take to be sent or received: two
// GiB at ten Mbit a second.
const transferTime = 30 * time.Minute

// atOnce is how many exports and imports go on at a time; others wait. Each holds
// entries of the cache in memory. What is still being received does not count.
const atOnce = 2

// transfers registers what sends and receives the cache.
func (s *Server) transfers() {
	s.moves = make(chan struct{}, atOnce)
	v1 := s.Base + "/v1/cache/"
	s.long(http.MethodGet, s.Base+"/export", s.uiExport)
	s.long(http.MethodPut, s.Base+"/import", s.uiImport)
	s.long(http.MethodGet, v1+"export", s.v1Export)
	s.long(http.MethodPut, v1+"import", s.v1Import)
	s.documentTransfers()
}

// long registers a route that has transferTime for its answer, and whose body is
// bounded by what may be imported.
func (s *Server) long(method, path string, h http.HandlerFunc) {
	s.mux.HandleFunc(method+" "+path, h)
	if s.patient == nil {
		s.patient = map[string]bool{}
	}
	s.patient[method+" "+path] = true
}

// isLong reports whether r is for a route that long registered.
func (s *Server) isLong(r *http.Request) bool { return s.patient[r.Method+" "+r.URL.Path] }

// timeout is how long the answer to r may take.
func (s *Server) timeout(r *http.Request) time.Duration {
	if s.isLong(r) {
		return transferTime
	}
	return s.Timeout
}

// bodyBytes is how large the body of r may be. A form is somewhat larger than
// the file in it.
func (s *Server) bodyBytes(r *http.Request) int64 {
	if s.isLong(r) {
		return s.Fred.Limits.TotalBytes + s.BodyBytes
	}
	return s.BodyBytes
}

// steady is the connection of a transfer: it has transferTime, in which neither
// body nor answer may stand still for longer than Options.Stall.
type steady struct {
	http.ResponseWriter
	body  io.Reader
	conn  *http.ResponseController
	stall time.Duration
	end   time.Time
}

func (s *Server) steady(w http.ResponseWriter, r *http.Request) *steady {
	c := &steady{
		ResponseWriter: w, body: r.Body, conn: http.NewResponseController(w),
		stall: s.Stall, end: time.Now().Add(transferTime + grace),
	}
	c.rest()
	return c
}

// Read reads the request's body.
func (c *steady) Read(b []byte) (int, error) {
	_ = c.conn.SetReadDeadline(c.soon())
	return c.body.Read(b)
}

// Write implements http.ResponseWriter.
func (c *steady) Write(b []byte) (int, error) {
	_ = c.conn.SetWriteDeadline(c.soon())
	return c.ResponseWriter.Write(b)
}

// soon is until when something must move.
func (c *steady) soon() time.Time {
	if soon := time.Now().Add(c.stall); soon.Before(c.end) {
		return soon
	}
	return c.end
}

// rest says that nothing has to move for now. Some tests have no connection.
func (c *steady) rest() { _, _ = c.conn.SetReadDeadline(c.end), c.conn.SetWriteDeadline(c.end) }

// move waits until few enough others go on. Done must be called.
func (s *Server) move(ctx context.Context) (done func(), _ error) {
	select {
	case s.moves <- struct{}{}:
		return func() { <-s.moves }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *Server) documentTransfers() {
	zip := map[string]*huma.MediaType{zipType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	form := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{filePart},
		Properties: map[string]*huma.Schema{filePart: {Type: huma.TypeString, Format: "binary", Description: "A zip that an export wrote"}},
	}}}}
	sent := map[string]*huma.Response{"200": {Description: "A zip, made while it is sent", Content: zip}}
	null := map[string]*huma.Response{"200": {Description: "null", Content: map[string]*huma.MediaType{jsonType: {Schema: &huma.Schema{Type: "null"}}}}}
	add := func(method, path, id, tag, summary string, body *huma.RequestBody, answers map[string]*huma.Response, params ...*huma.Param) {
		s.api.OpenAPI().AddOperation(&huma.Operation{
			OperationID: id, Method: method, Path: s.Base + path, Summary: summary, Tags: []string{tag},
			RequestBody: body, Responses: answers, Parameters: params,
		})
	}
	add(http.MethodGet, "/export", "ui-export", "web client", "The whole cache as a zip", nil, sent)
	add(http.MethodPut, "/import", "ui-import", "web client", "Take a zip into the cache", form, null)
	add(http.MethodGet, "/v1/cache/export", "get-cache-export", "cache", "The cache, or some of it, as a zip", nil, sent,
		several("context", "Only these clusters, by full name or alias"), several("namespace", "Only what is in these namespaces"),
		several("kind", "Only these kinds of entries: pods, deployments, facts…"),
		flag("pseudonyms", "Pseudonyms in the place of all names, for data that may leave the company; takes a key that fred cache export --pseudonyms has made"))
	add(http.MethodPut, "/v1/cache/import", "put-cache-import", "cache", "Take a zip into the cache", form,
		map[string]*huma.Response{"200": s.describe(reflect.TypeFor[fred.Transfer](), "put-cache-import")},
		&huma.Param{Name: "merge", In: "query", Description: "Which side stays where both have an entry", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"newer", "ours", "theirs"}, Default: "newer"}},
		flag("replace", "Take the archive's side, and delete what it does not have; never facts"),
		flag("dry-run", "Say what would change, and change nothing"))
}

func several(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc + "; repeated, or with commas", Schema: &huma.Schema{
		Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString},
	}}
}

func flag(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "query", Description: doc, Schema: &huma.Schema{Type: huma.TypeBoolean}}
}

package server

import (
	"bytes"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/report"
)

// statuses is what each kind of fault is over HTTP. A kind that comes with an
// answer is 200, and the answer is sent.
var statuses = map[fault.Kind]int{
	fault.Internal:     http.StatusInternalServerError,
	fault.Invalid:      http.StatusBadRequest,
	fault.NotFound:     http.StatusNotFound,
	fault.Refused:      http.StatusBadRequest,
	fault.Unwritable:   http.StatusServiceUnavailable, // the asker did nothing wrong
	fault.Partial:      http.StatusOK,
	fault.Unreachable:  http.StatusServiceUnavailable,
	fault.Offline:      http.StatusServiceUnavailable,
	fault.BadAnswer:    http.StatusBadGateway,
	fault.Timeout:      http.StatusGatewayTimeout,
	fault.Unauthorized: http.StatusBadGateway, // a 401 would mean: log in to fred
	fault.Forbidden:    http.StatusForbidden,
	fault.Threshold:    http.StatusOK,
	fault.Interrupted:  http.StatusServiceUnavailable, // the asker has left, or fred is about to
}

// Status returns the HTTP status of an error of kind k, or 0 if the table has none.
func Status(k fault.Kind) int { return statuses[k] }

// failure is an error as RFC 9457 has it, with a hint.
type failure struct {
	Title  string              `json:"title" doc:"The status in words" example:"Not Found"`
	Status int                 `json:"status" doc:"HTTP status" example:"404"`
	Detail string              `json:"detail" doc:"What went wrong"`
	Hint   string              `json:"hint,omitempty" doc:"What to do about it"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"Which parameters cannot be read, and why"`
}

// Error implements error.
func (p *failure) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *failure) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *failure) ContentType(string) string { return problemType }

const (
	jsonType    = "application/json"
	problemType = "application/problem+json"
)

func newFailure(status int, detail, hint string) *failure {
	return &failure{Title: http.StatusText(status), Status: status, Detail: detail, Hint: hint}
}

// failureOf returns what err is over HTTP.
func failureOf(err error) *failure {
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	status := Status(fault.KindOf(err))
	if status < http.StatusBadRequest || status == http.StatusInternalServerError {
		return internal()
	}
	return newFailure(status, err.Error(), fault.HintOf(err))
}

func internal() *failure {
	return newFailure(http.StatusInternalServerError, "fred made a mistake", "See fred's log for what happened.")
}

func notFound(base string) *failure {
	return newFailure(http.StatusNotFound, "there is no such route", "See "+base+"/docs for those there are.")
}

// newError is what huma makes its own errors with: parameters that cannot be read.
func newError(status int, detail string, errs ...error) huma.StatusError {
	p := newFailure(status, detail, "")
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			p.Errors = append(p.Errors, d.ErrorDetail())
		} else if err != nil {
			p.Errors = append(p.Errors, &huma.ErrorDetail{Message: err.Error()})
		}
	}
	return p
}

// send answers r with p, in the shape that callers of its path know.
func (s *Server) send(w http.ResponseWriter, r *http.Request, p *failure) {
	contentType, body := problemType, any(p)
	if s.inContract(r.URL.Path) {
		contentType, body = jsonType, contractError{Detail: p.Detail, Message: p.Detail}
	}
	sendJSON(w, p.Status, contentType, body)
}

// sendJSON writes a small body that is not worth keeping. That v cannot be
// written as JSON would be a programmer's mistake.
func sendJSON(w http.ResponseWriter, status int, contentType string, v any) {
	var b bytes.Buffer
	if err := report.JSON(&b, v); err != nil {
		panic(err)
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // who asked has left, then
}

// inContract reports whether path belongs to the web client's routes, which
// have errors of their own.
func (s *Server) inContract(path string) bool {
	rest, ok := strings.CutPrefix(path, s.Base+"/")
	if !ok {
		return false
	}
	first, _, _ := strings.Cut(rest, "/")
	return first != "v1" && (s.Base != "" || !systemRoutes[first])
}

// systemRoutes are the first segments of routes at the root.
var systemRoutes = map[string]bool{"": true, "healthz": true, "readyz": true, "metrics": true}

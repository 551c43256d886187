package server

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// recorder notes the status that was sent.
type recorder struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// finish counts and logs a request that has been answered.
func (s *Server) finish(w *recorder, r *http.Request, began time.Time) {
	took := time.Since(began)
	s.metrics.count(r.Pattern, w.status, took)
	if s.log.Enabled(r.Context(), slog.LevelDebug) {
		s.log.Debug("request", "method", r.Method, "path", r.URL.Path, "status", w.status, "took", took)
	}
}

func (s *Server) logPanic(path string, p any) {
	s.log.Error("panic while answering", "path", path, "panic", p, "stack", string(debug.Stack()))
}

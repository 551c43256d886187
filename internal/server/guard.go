package server

import (
	"errors"
	"io"
	"net/http"
)

var (
	noSniff   = []string{"nosniff"}
	noRefer   = []string{"no-referrer"}
	noFrame   = []string{"DENY"}
	noContent = []string{"default-src 'none'; frame-ancestors 'none'"}
	sameOnly  = []string{"same-origin"}
	askAgain  = []string{"private, no-cache"}
	byOrigin  = []string{"Origin"}
)

// secure sets the headers that every answer bears. The slices are shared, so
// they are set, never appended to.
func secure(h http.Header) {
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noRefer
	h["X-Frame-Options"] = noFrame
	h["Content-Security-Policy"] = noContent
	h["Cross-Origin-Resource-Policy"] = sameOnly
	h["Cache-Control"] = askAgain
	h["Vary"] = byOrigin
}

// admit reports whether r may go on to its route. If not, or if it is a
// preflight, it has been answered.
func (s *Server) admit(w http.ResponseWriter, r *http.Request) bool {
	if !s.knowsHost(r) {
		s.send(w, r, newFailure(http.StatusForbidden, "this server is not known under the name that the request has for it",
			"Open it as localhost, or add the name to server.hosts."))
		return false
	}
	if !s.admitOrigin(w, r) {
		return false
	}
	if !isClean(r.URL.Path) {
		s.send(w, r, notFound(s.Base))
		return false
	}
	return s.admitBody(w, r)
}

// admitBody bounds what is read of the body. Where no body is expected it is
// read to its end, so that a long one is refused there too.
func (s *Server) admitBody(w http.ResponseWriter, r *http.Request) bool {
	if r.Body == nil || r.Body == http.NoBody {
		return true
	}
	most := s.bodyBytes(r)
	r.Body = http.MaxBytesReader(w, r.Body, most)
	var tooLarge *http.MaxBytesError
	var err error
	if isRead(r) {
		_, err = io.Copy(io.Discard, r.Body)
	}
	if r.ContentLength <= most && !errors.As(err, &tooLarge) {
		return true
	}
	w.Header().Set("Connection", "close")
	s.send(w, r, newFailure(http.StatusRequestEntityTooLarge, "the request's body is too large", ""))
	return false
}

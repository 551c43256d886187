package server

import (
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/fredctl/fred/pkg/fault"
)

// DefaultBase is the path that routes lie under where no other is set. The web
// client of the first Fred knows no other.
const DefaultBase = "/fred"

var basePattern = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

// cleanBase returns base as routes are written behind it: with a slash before
// and none after, empty for the root.
func cleanBase(base string) (string, error) {
	if base == "" {
		return DefaultBase, nil
	}
	clean := strings.Trim(base, "/")
	if clean == "" {
		return "", nil
	}
	clean = "/" + clean
	if !basePattern.MatchString(clean) || path.Clean(clean) != clean {
		return "", fault.New(fault.Invalid, "base path %q is not one", base).Hinted("Write it like %s.", DefaultBase)
	}
	return clean, nil
}

// trimSlash takes one slash off the end of r's path, so that both forms of
// every route answer without a redirect. The URL is copied first: it is shared.
func trimSlash(r *http.Request) {
	if len(r.URL.Path) < 2 || !strings.HasSuffix(r.URL.Path, "/") {
		return
	}
	u := *r.URL
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	r.URL = &u
}

// isClean reports whether p has no empty, "." or ".." segment. ServeMux would
// redirect to the clean path; nobody needs that.
func isClean(p string) bool { return p != "" && p[0] == '/' && path.Clean(p) == p }

// lost answers what no route answers: 404, or 405 where another method would do.
func (s *Server) lost(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := s.mux.Handler(probe); pattern != "/" && pattern != "" {
			allowed = append(allowed, method)
			if method == http.MethodGet {
				allowed = append(allowed, http.MethodHead)
			}
		}
	}
	if len(allowed) == 0 {
		s.send(w, r, notFound(s.Base))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	s.send(w, r, newFailure(http.StatusMethodNotAllowed, "this route does not answer "+r.Method, ""))
}

package server

import (
	"io"
	"net/http"
	"net/url"
	"strings"
)

// admitOrigin applies the rules for pages: those of this server, of loopback and
// of the settings may read answers; others may not, and may change nothing.
func (s *Server) admitOrigin(w http.ResponseWriter, r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin != "" && s.trusts(origin, r.Host) {
		s.allow(w.Header(), origin)
		if isPreflight(r) {
			sendOK(w)
			return false
		}
		return true
	}
	stranger := origin != "" || fromElsewhere(r)
	if !stranger || isRead(r) && !isPreflight(r) && !asksSource(r.URL) {
		return true
	}
	s.send(w, r, newFailure(http.StatusForbidden, "pages of this origin may not do that",
		"Add the origin to server.origins if it is yours."))
	return false
}

// trusts reports whether a page of origin may read answers.
func (s *Server) trusts(origin, host string) bool {
	if s.origins["*"] || s.origins[strings.ToLower(origin)] {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.Path != "" {
		return false
	}
	return strings.EqualFold(u.Host, host) || isLoopback(u.Hostname())
}

func (s *Server) allow(h http.Header, origin string) {
	if s.origins["*"] {
		origin = "*"
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
	h.Set("Access-Control-Allow-Headers", "Content-Type, Authorization")
	h.Set("Access-Control-Max-Age", "600")
}

func sendOK(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, "OK")
}

func isPreflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
}

func isRead(r *http.Request) bool {
	return r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
}

// fromElsewhere reports whether a browser says that another site's page sent r.
// It sends no Origin with an image, say.
func fromElsewhere(r *http.Request) bool { return r.Header.Get("Sec-Fetch-Site") == "cross-site" }

// asksSource reports whether the query makes fred ask a cluster although what is
// cached is fresh, which is not for a stranger's page to do.
func asksSource(u *url.URL) bool {
	if u.RawQuery == "" {
		return false
	}
	q := u.Query()
	return q.Has("refresh") || q.Has("max-age")
}

func originSet(list []string) map[string]bool {
	set := map[string]bool{}
	for _, o := range list {
		set[strings.ToLower(strings.TrimSuffix(o, "/"))] = true
	}
	return set
}

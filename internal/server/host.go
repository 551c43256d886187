package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// knowsHost reports whether the name that r has for this server is one of its
// own. A page that got its name to resolve to this machine has another (DNS
// rebinding).
func (s *Server) knowsHost(r *http.Request) bool {
	name, _ := splitPort(r.Host)
	if name == "" {
		return false
	}
	if isLoopback(name) || s.hosts[strings.ToLower(r.Host)] || s.hosts[strings.ToLower(name)] {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(name, "[]"))
	if err != nil {
		return false
	}
	bound := s.bound
	if bound.IsUnspecified() { // all addresses: the one that the request came in on
		local, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
		bound = addrOf(local)
	}
	return ip.Unmap() == bound && bound.IsValid()
}

// splitPort splits host:port; port is empty if there is none.
func splitPort(host string) (name, port string) {
	if n, p, err := net.SplitHostPort(host); err == nil {
		return strings.TrimSuffix(n, "."), p
	}
	return strings.TrimSuffix(host, "."), ""
}

func hostSet(list []string) map[string]bool {
	set := map[string]bool{}
	for _, h := range list {
		set[strings.ToLower(strings.TrimSuffix(h, "."))] = true
	}
	return set
}

// addrOf returns the IP address of a, or none.
func addrOf(a net.Addr) netip.Addr {
	if a == nil {
		return netip.Addr{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap()
}

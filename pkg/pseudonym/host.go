package pseudonym

import (
	"encoding/hex"
	"net/netip"
	"net/url"
	"strings"
)

// Host masks the name or address of a host. A host stays one, a wildcard stays
// one; addresses become some that nobody has.
func (m *Mask) Host(s string) string {
	if s == "" || s == "None" || s == "*" {
		return s
	}
	if ip, err := netip.ParseAddr(s); err == nil {
		return m.address(ip)
	}
	if rest, ok := strings.CutPrefix(s, "*."); ok {
		return "*." + m.Host(rest)
	}
	host := strings.ToLower(strings.TrimSuffix(s, "."))
	for _, part := range parts(host) {
		m.Note("word", part)
	}
	return m.remember("host", host, func() string { return "host-" + m.letters("host", host, 14) + ".example" })
}

// URL masks an address. The port stays, and the scheme where it is a usual one;
// user, path and query do not.
func (m *Mask) URL(s string) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "https://" + m.Host(s)
	}
	masked := url.URL{Scheme: "https", Host: m.Host(u.Hostname())}
	if strings.Contains(masked.Host, ":") {
		masked.Host = "[" + masked.Host + "]"
	}
	if u.Scheme == "http" {
		masked.Scheme = "http"
	}
	if p := u.Port(); p != "" {
		masked.Host += ":" + p
	}
	return masked.String()
}

// providerID keeps whose machine it is.
func (m *Mask) providerID(s string) string {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok || !words[scheme] {
		return m.Name("machine", s)
	}
	return scheme + ":///" + m.Name("machine", rest)
}

var plainTag = patternOf(`^v?\d{1,5}(\.\d{1,5}){0,2}([-+](alpine|slim|debian|bookworm|bullseye|rc\.?\d*|alpha\.?\d*|beta\.?\d*|eksbuild\.\d+|r\d{1,3}))?$|^latest$`)

// Image masks an image: registry and repository apart, so that images of one
// registry are seen to be. A tag stays where it is a plain version; others may be
// a commit or a name.
func (m *Mask) Image(s string) string {
	rest, digest, digested := strings.Cut(s, "@")
	name, tag := rest, ""
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		name, tag = rest[:i], rest[i+1:]
	}
	for _, part := range parts(name) {
		m.Note("word", part)
	}
	masked := m.Name("image", name)
	if registry, repository, ok := strings.Cut(name, "/"); ok && strings.ContainsAny(registry, ".:") || registry == "localhost" {
		host, port, _ := strings.Cut(registry, ":")
		masked = m.Host(host)
		if port != "" && shortNumber(port) {
			masked += ":" + port
		}
		masked += "/" + m.Name("image", repository)
	}
	if tag != "" {
		masked += ":" + m.tag(tag)
	}
	if digested {
		masked += "@sha256:" + hex.EncodeToString(m.sum("digest", digest))
	}
	return masked
}

func (m *Mask) tag(s string) string {
	if plainTag.MatchString(s) {
		return s
	}
	return m.Name("tag", s)
}

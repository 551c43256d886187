package redact

import "strings"

// urlAnchors find credentials inside addresses.
var urlAnchors = []anchor{
	{text: "://", rule: ruleUserinfo, find: findUserinfo},
	{text: "@", rule: ruleUserinfo, find: findDSN},
}

var addressEnd = charsOf(" \t\r\n\"'<>`|\\")

// How far an address is followed in search of an @.
const maxAddress = 1024

// findUserinfo masks user:password of scheme://user:password@host, keeping
// scheme and host.
func findUserinfo(s string, at int) (from, to int) {
	from = at + len("://")
	to = from
	for to < min(len(s), from+maxAddress) && !addressEnd[s[to]] {
		if n := placeholder(s[to:]); n > 0 {
			to += n
			continue
		}
		to++
	}
	info := s[from : from+max(userinfoEnd(s[from:to]), 0)]
	if publicUser(info) {
		return 0, 0
	}
	return from, from + len(info)
}

// userinfoEnd returns where the @ behind the userinfo stands. A password may
// hold @ and /, though it should not; an @ in the path of a URL is none.
func userinfoEnd(address string) int {
	at := strings.LastIndexByte(address, '@')
	authority := strings.IndexAny(address, "/?#")
	if at < 0 || authority < 0 || at < authority {
		return at
	}
	if in := strings.LastIndexByte(address[:authority], '@'); in >= 0 {
		return in
	}
	_, port, ok := strings.Cut(address[:authority], ":")
	if !ok || port == "" || digits(port) || strings.HasPrefix(address, "[") {
		return -1
	}
	return at
}

// publicUser accepts userinfo that holds no secret: a short plain user name
// without a password, references, what is masked already.
func publicUser(info string) bool {
	user, password, ok := strings.Cut(info, ":")
	if ok {
		return masked(info) || reference(password) && (user == "" || reference(user) || shortLower(user))
	}
	return info == "" || shortLower(info) || reference(info) || masked(info)
}

func shortLower(s string) bool { return len(s) <= 16 && strings.Trim(s, lowers) == "" }

// findDSN masks user:password@ where no scheme stands before it, as Go's MySQL
// driver (user:password@tcp(host)) and proxy settings have it. Other @ stand in
// mail addresses and before digests.
func findDSN(s string, at int) (from, to int) {
	from = at
	for from > 0 && at-from < 256 && !addressEnd[s[from-1]] && s[from-1] != '=' && s[from-1] != ',' {
		from--
	}
	user, password, ok := strings.Cut(s[from:at], ":")
	if !ok || user == "" || password == "" || strings.HasPrefix(password, "//") || reference(password) || masked(s[from:at]) {
		return 0, 0
	}
	if !network(s[at+1:]) {
		return 0, 0
	}
	return from, at
}

// network reports whether s begins with tcp(, unix( or host:port.
func network(s string) bool {
	n := nameSet.run(s, 0)
	if n == len(s) || n > 253 || strings.HasPrefix(s, "sha256:") || strings.HasPrefix(s, "sha512:") {
		return false
	}
	return s[n] == '(' || s[n] == ':' && n > 0 && n+1 < len(s) && isDigit(s[n+1])
}

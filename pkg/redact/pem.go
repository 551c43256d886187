package redact

import "strings"

// pemAnchors find PEM by its header, by its footer, and by the first bytes of
// what stands between them: DER sequences and OpenSSH's magic in base64. So a
// body is found under a header that was masked or lost, in one line or many,
// and in another layer of base64.
var pemAnchors = []anchor{
	{text: "-----BEGIN", rule: rulePEM, find: findPEM},
	{text: "-----END", rule: rulePEM, find: findPEMEnd},
	{text: "MII", rule: rulePEM, find: findPEMBody},
	{text: "MIG", rule: rulePEM, find: findPEMBody},
	{text: "MIH", rule: rulePEM, find: findPEMBody},
	{text: "MHcCAQEE", rule: rulePEM, find: findPEMBody},
	{text: "MHQCAQEE", rule: rulePEM, find: findPEMBody},
	{text: "MC4CAQAw", rule: rulePEM, find: findPEMBody},
	{text: "b3BlbnNzaC1rZXkt", rule: rulePEM, find: findPEMBody},
	{text: "LS0tLS1CRUdJTi", rule: rulePEM, find: findPEMBody},
	{text: "PuTTY-User-Key-File", rule: rulePEM, find: findPutty},
}

// The least base64 that is taken for the body of a key.
const minPEMBody = 48

// findPEM masks from the header to the footer or, when that was cut off, to
// the end. A message that merely mentions the header has no body.
func findPEM(s string, at int) (from, to int) {
	rest := s[at:]
	if end := strings.Index(rest, "-----END"); end >= 0 {
		footer := rest[end+len("-----"):]
		if dashes := strings.Index(footer[:min(len(footer), 64)], "-----"); dashes >= 0 {
			return at, len(s) - len(footer) + dashes + len("-----")
		}
		return at, len(s)
	}
	if countBase64(rest[len("-----BEGIN"):]) < minPEMBody+len(" RSA PRIVATE KEY") {
		return 0, 0
	}
	return at, len(s)
}

// findPEMEnd masks the body before a footer whose header is gone.
func findPEMEnd(s string, at int) (from, to int) {
	from = at
	for from > 0 && pemSet[s[from-1]] {
		from--
	}
	if countBase64(s[from:at]) < 16 {
		return 0, 0
	}
	return from, at
}

// findPEMBody masks base64 over all its lines.
func findPEMBody(s string, at int) (from, to int) {
	head := s[at:min(len(s), at+window)]
	head = head[:pemSet.run(head, 0)]
	if !bounded(s, at) || countBase64(head) < minPEMBody || !mixedCase(head) {
		return 0, 0
	}
	return at, at + pemSet.run(s, at)
}

func findPutty(s string, at int) (from, to int) { return at, len(s) }

// pemSet are the bytes of a body: base64, white space, and the backslash of
// escaped line ends.
var pemSet = charsOf(lowers, uppers, numbers, "+/=\\ \t\r\n")

func countBase64(s string) (n int) {
	for i := range len(s) {
		if base64s[s[i]] {
			n++
		}
	}
	return n
}

package cache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// Schema is the version of the envelope that this package writes, and the
// newest that it reads.
const Schema = 1

// Header is the first line of an entry: what it is, without its payload. Times
// are in UTC.
type Header struct {
	Schema       int       `json:"schema"`
	Key          Key       `json:"key"`
	Source       string    `json:"source,omitempty"`   // the collector that read it
	CollectedAt  time.Time `json:"collectedAt"`        // when the source was asked, or what it says of its data
	ExpiresAt    time.Time `json:"expiresAt,omitzero"` // zero: never
	InputHash    string    `json:"inputHash,omitempty"`
	ClusterUID   string    `json:"clusterUID,omitempty"` // UID of namespace kube-system
	Endpoint     string    `json:"endpoint,omitempty"`
	Simulated    bool      `json:"simulated,omitempty"`
	SecretPolicy string    `json:"secretPolicy,omitempty"` // version of the rules that Seal applied
	Warnings     []string  `json:"warnings,omitempty"`     // what the collector could not read, what Seal removed
	Items        int       `json:"items,omitempty"`        // objects in the payload, where it is a list
	Size         int64     `json:"size"`                   // of the payload in bytes
	SHA256       string    `json:"sha256"`                 // of the payload, in hex
}

// maxHeader bounds the first line in bytes.
const maxHeader = 1 << 20

// The first line begins and ends the same in every schema to come, so that any
// fred can tell a newer entry from a damaged one: the schema comes first, and
// the hash of the line before it comes last.
const (
	lineStart  = `{"schema":`
	checkStart = `,"check":"`
	checkEnd   = `"}`
	checkLen   = len(checkStart) + 2*sha256.Size + len(checkEnd)
)

// line returns h as the first line of an entry, without the newline.
func (h Header) line() ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(h); err != nil {
		return nil, fmt.Errorf("encode header: %w", err)
	}
	body := bytes.TrimSuffix(buf.Bytes(), []byte("}\n"))
	if len(body)+checkLen > maxHeader {
		return nil, fmt.Errorf("encode header: larger than %d bytes", maxHeader)
	}
	return append(body, check(body)...), nil
}

// check returns the end of a line that begins with body.
func check(body []byte) string {
	sum := sha256.Sum256(body)
	return checkStart + hex.EncodeToString(sum[:]) + checkEnd
}

// checks says whether end is the check of body.
func checks(body, end []byte) bool {
	sum := sha256.Sum256(body)
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	digest, ok := bytes.CutPrefix(end, []byte(checkStart))
	return ok && string(digest[:len(digits)]) == string(digits[:]) && string(digest[len(digits):]) == checkEnd
}

// parseLine reads a first line. It fails with ErrNewer or ErrDamaged.
func parseLine(line []byte) (Header, error) { return parseLineOf(line, nil) }

// parseLineOf is parseLine; strings that many lines share are taken from known.
func parseLineOf(line []byte, known words) (Header, error) {
	if err := checkSchema(line); err != nil {
		return Header{}, err
	}
	split := len(line) - checkLen
	if split < 0 || !checks(line[:split], line[split:]) {
		return Header{}, fmt.Errorf("%w: the header is cut short or altered", ErrDamaged)
	}
	if h, ok := quickLine(line, known); ok {
		return h, nil
	}
	var h Header
	if err := json.Unmarshal(line, &h); err != nil {
		return Header{}, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return h, nil
}

// checkSchema looks only at the beginning of a line. A schema beyond ours is
// believed without its hash: better an entry too many kept than one lost.
func checkSchema(line []byte) error {
	rest, ok := bytes.CutPrefix(line, []byte(lineStart))
	digits, _, more := bytes.Cut(rest[:min(len(rest), 10)], []byte(","))
	n, err := strconv.ParseUint(string(digits), 10, 31)
	switch {
	case !ok || !more || err != nil || n == 0:
		return fmt.Errorf("%w: it does not begin as an entry does", ErrDamaged)
	case n > Schema:
		return fmt.Errorf("%w (schema %d, this one knows %d)", ErrNewer, n, Schema)
	}
	return nil
}

// expired says whether now is past what the entry itself allows.
func (h Header) expired(now time.Time) bool {
	return !h.ExpiresAt.IsZero() && !now.Before(h.ExpiresAt)
}

// skew is how far clocks that share a cache may differ.
const skew = time.Minute

// Ahead says whether the entry comes from a future that clocks apart cannot
// explain. Its age is unknown then.
func (h Header) Ahead(now time.Time) bool {
	return h.CollectedAt.Sub(now) > skew
}

package cache

import (
	"bytes"
	"strconv"
	"time"
)

// quickLine reads a first line that is laid out as Header.line does it and needs
// no unescaping, which nearly all do: it takes a tenth of what encoding/json
// takes. Of others it reports false. The end of the line, its check, is for the
// caller to look at.
func quickLine(line []byte, known words) (h Header, ok bool) {
	q := quick{rest: line, known: known}
	q.must(lineStart)
	h.Schema = int(q.number())
	q.must(`,"key":[`)
	h.Key = q.key()
	q.option(`,"source":`, func() { h.Source = q.word() })
	q.must(`,"collectedAt":`)
	h.CollectedAt = q.time()
	q.option(`,"expiresAt":`, func() { h.ExpiresAt = q.time() })
	q.option(`,"inputHash":`, func() { h.InputHash = string(q.text()) })
	q.option(`,"clusterUID":`, func() { h.ClusterUID = q.word() })
	q.option(`,"endpoint":`, func() { h.Endpoint = q.word() })
	q.option(`,"simulated":true`, func() { h.Simulated = true })
	q.option(`,"secretPolicy":`, func() { h.SecretPolicy = q.word() })
	q.option(`,"items":`, func() { h.Items = int(q.number()) })
	q.must(`,"size":`)
	h.Size = q.number()
	q.must(`,"sha256":`)
	h.SHA256 = string(q.text())
	q.must(checkStart[:len(checkStart)-1])
	q.text()
	q.must(`}`)
	return h, !q.failed && len(q.rest) == 0
}

// quick is a reader of one line, of no use once it has failed.
type quick struct {
	rest   []byte
	known  words
	failed bool
}

func (q *quick) take(literal string) bool {
	if len(q.rest) < len(literal) || string(q.rest[:len(literal)]) != literal {
		return false
	}
	q.rest = q.rest[len(literal):]
	return true
}

func (q *quick) must(literal string) {
	if !q.take(literal) {
		q.failed = true
	}
}

func (q *quick) option(literal string, read func()) {
	if q.take(literal) {
		read()
	}
}

// text reads a string of plain ASCII.
func (q *quick) text() []byte {
	q.must(`"`)
	end := bytes.IndexByte(q.rest, '"')
	if q.failed || end < 0 {
		q.failed = true
		return nil
	}
	text := q.rest[:end]
	for _, c := range text {
		if c < ' ' || c > '~' || c == '\\' {
			q.failed = true
		}
	}
	q.rest = q.rest[end+1:]
	return text
}

func (q *quick) word() string { return q.known.of(q.text()) }

func (q *quick) key() Key {
	segments := make([]string, 0, 6)
	for {
		segments = append(segments, q.word())
		if !q.take(",") {
			q.must("]")
			return Key{segments: segments}
		}
		if q.failed {
			return Key{}
		}
	}
}

// number reads a whole number that is not negative.
func (q *quick) number() int64 {
	n := 0
	for n < len(q.rest) && '0' <= q.rest[n] && q.rest[n] <= '9' {
		n++
	}
	number, err := strconv.ParseInt(string(q.rest[:n]), 10, 64)
	if err != nil || n > 1 && q.rest[0] == '0' {
		q.failed = true
	}
	q.rest = q.rest[n:]
	return number
}

func (q *quick) time() (t time.Time) {
	if t.UnmarshalText(q.text()) != nil {
		q.failed = true
	}
	return t
}

// words are strings that many headers share, so that they are kept once.
type words map[string]string

// maxWords bounds words: where all differ there is nothing to share.
const maxWords = 4096

func (w words) of(b []byte) string {
	if s, ok := w[string(b)]; ok {
		return s
	}
	s := string(b)
	if w != nil && len(w) < maxWords {
		w[s] = s
	}
	return s
}

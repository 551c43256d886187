package server

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
)

// answer is a rendered body, ready to be sent any number of times.
type answer struct {
	contentType string
	body        []byte
	etag        string // strong: of the body's bytes
	length      string
}

func newAnswer(contentType string, body []byte) *answer {
	sum := sha256.Sum256(body)
	return &answer{
		contentType: contentType, body: body,
		etag: `"` + hex.EncodeToString(sum[:12]) + `"`, length: strconv.Itoa(len(body)),
	}
}

// send answers r with a, or with 304 where the asker has it.
func (a *answer) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Etag"] = []string{a.etag}
	if matches(r.Header["If-None-Match"], a.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Content-Type"] = []string{a.contentType}
	h["Content-Length"] = []string{a.length}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // who asked has left, then
	}
}

// matches reports whether etag is among the tags of If-None-Match, weak ones too.
func matches(headers []string, etag string) bool {
	for _, header := range headers {
		for tag := range strings.SplitSeq(header, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == etag || tag == "*" {
				return true
			}
		}
	}
	return false
}

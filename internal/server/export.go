package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fred"
)

const zipType = "application/zip"

// leftOut is the trailer that says how many entries an export had to leave out.
const leftOut = "Fred-Left-Out"

// uiExport sends the whole cache, as the web client's users know it.
func (s *Server) uiExport(w http.ResponseWriter, r *http.Request) { s.export(w, r, fred.ExportQuery{}) }

// v1Export sends what the query selects.
func (s *Server) v1Export(w http.ResponseWriter, r *http.Request) {
	values := r.URL.Query()
	q := fred.ExportQuery{Clusters: words(values["context"]), Namespaces: words(values["namespace"]), Kinds: words(values["kind"])}
	if err := flags(values, map[string]*bool{"pseudonyms": &q.Pseudonyms}); err != nil {
		s.send(w, r, s.failure(r.Pattern, err))
		return
	}
	s.export(w, r, q)
}

// words splits lists with commas; it is nil where there is no word.
func words(lists []string) []string {
	var all []string
	for _, list := range lists {
		for word := range strings.SplitSeq(list, ",") {
			if word != "" {
				all = append(all, word)
			}
		}
	}
	return all
}

// export sends a zip while it is made. What fails before its first bytes are
// sent is an error like any other; after that the connection is cut, so that a
// part is not taken for all.
func (s *Server) export(w http.ResponseWriter, r *http.Request, q fred.ExportQuery) {
	h := w.Header()
	conn := s.steady(w, r)
	defer conn.rest()
	body := &late{ResponseWriter: conn, begin: func() {
		h.Set("Content-Type", zipType)
		h.Set("Content-Disposition", "attachment; filename="+time.Now().Format("export-2006-01-02.zip"))
		h.Set("Trailer", leftOut)
	}}
	if r.Method == http.MethodHead { // is made as far as it takes to know how a GET would begin
		body.ResponseWriter = unsent{conn}
	}
	done, err := s.move(r.Context())
	if err != nil {
		s.send(w, r, s.failure(r.Pattern, err))
		return
	}
	defer done()
	t, err := s.Fred.Export(r.Context(), q, body, s.Version)
	if err == nil {
		err = body.flush()
	}
	switch {
	case err == nil:
		h.Set(leftOut, strconv.Itoa(t.Total.Actions[fred.LeftOut]))
	case errors.Is(err, errUnsent):
	case body.begun:
		s.log.Warn("an export was cut off", "err", err)
		panic(http.ErrAbortHandler)
	default:
		s.send(w, r, s.failure(r.Pattern, err))
	}
}

var errUnsent = errors.New("who asks wants no body")

// unsent is the connection of somebody who asks how an answer would begin.
type unsent struct{ http.ResponseWriter }

// Write implements io.Writer.
func (unsent) Write([]byte) (int, error) { return 0, errUnsent }

// late is a body of which nothing is sent before some of it is there.
type late struct {
	http.ResponseWriter
	begin func() // sets the header
	begun bool
	held  []byte
}

// holdBack is how many bytes are held back.
const holdBack = 32 << 10

// Write implements io.Writer.
func (l *late) Write(b []byte) (int, error) {
	if !l.begun && len(l.held)+len(b) <= holdBack {
		l.held = append(l.held, b...)
		return len(b), nil
	}
	if err := l.flush(); err != nil {
		return 0, err
	}
	return l.ResponseWriter.Write(b)
}

// flush sends what is held back.
func (l *late) flush() error {
	if l.begun {
		return nil
	}
	l.begun = true
	l.begin()
	_, err := l.ResponseWriter.Write(l.held)
	l.held = nil
	return err
}

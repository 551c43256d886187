package server

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
)

// filePart is the part of a form that the zip is in.
const filePart = "file"

var errNoFile = errors.New("the form has no part called " + filePart)

// uiImport takes a zip into the cache. The answer is null, as the web client's
// users know it.
func (s *Server) uiImport(w http.ResponseWriter, r *http.Request) {
	_, err := s.take(w, r, fred.ImportOptions{Merge: fred.Newer})
	switch {
	case errors.Is(err, errNoFile):
		wrong := uiWrong{{Type: "missing", Loc: []string{"body", filePart}, Message: "Field required"}}
		sendJSON(w, http.StatusUnprocessableEntity, jsonType, contractError{wrong, wrong.sentence()})
	case err != nil:
		s.send(w, r, s.failure(r.Pattern, err))
	default:
		sendNull(w)
	}
}

// v1Import takes a zip into the cache, and answers as the command does.
func (s *Server) v1Import(w http.ResponseWriter, r *http.Request) {
	o, err := importOptions(r.URL.Query())
	if err == nil {
		var t *fred.Transfer
		if t, err = s.take(w, r, o); err == nil {
			sendJSON(w, http.StatusOK, jsonType, t)
			return
		}
	}
	if errors.Is(err, errNoFile) {
		err = newError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Message: "required", Location: "body." + filePart})
	}
	s.send(w, r, s.failure(r.Pattern, err))
}

func importOptions(values url.Values) (fred.ImportOptions, error) {
	o := fred.ImportOptions{Merge: fred.Newer}
	if values.Has("merge") {
		o.Merge = fred.Side(values.Get("merge"))
	}
	err := flags(values, map[string]*bool{"replace": &o.Replace, "dry-run": &o.DryRun})
	if err == nil && o.Replace && values.Has("merge") {
		err = fault.New(fault.Invalid, "replace takes the archive's side, so there is nothing to merge").Hinted("Give one of the two.")
	}
	return o, err
}

// flags reads the parameters that are true or false.
func flags(values url.Values, to map[string]*bool) error {
	for name, on := range to {
		if !values.Has(name) {
			continue
		}
		var err error
		if *on, err = strconv.ParseBool(values.Get(name)); err != nil {
			return newError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{
				Message: "expected true or false", Location: "query." + name, Value: values.Get(name),
			})
		}
	}
	return nil
}

// take imports the zip in r's body.
func (s *Server) take(w http.ResponseWriter, r *http.Request, o fred.ImportOptions) (*fred.Transfer, error) {
	conn := s.steady(w, r)
	file, size, err := s.received(conn, r.Header.Get("Content-Type"))
	conn.rest()
	if err != nil {
		return nil, err
	}
	defer file.Close()
	done, err := s.move(r.Context())
	if err != nil {
		return nil, err
	}
	defer done()
	return s.Fred.Import(r.Context(), file, size, o)
}

// received keeps the zip in a body of that type in a file without a name: the
// file of a form or, if it is no form, the body itself.
func (s *Server) received(body io.Reader, contentType string) (*os.File, int64, error) {
	kind, params, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && kind == zipType:
	case err == nil && kind == "multipart/form-data" && params["boundary"] != "":
		if body, err = partOf(multipart.NewReader(body, params["boundary"])); err != nil {
			return nil, 0, err
		}
	default:
		return nil, 0, errNoFile
	}
	file, size, err := fred.Spool(body, s.Fred.Limits.TotalBytes)
	if err != nil && fault.KindOf(err) == fault.Internal {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrDeadlineExceeded) {
			err = fault.New(fault.Refused, "the zip did not come whole: %w", err)
		}
	}
	return file, size, err
}

// partOf returns the part of a form that the zip is in.
func partOf(form *multipart.Reader) (io.Reader, error) {
	for {
		part, err := form.NextRawPart()
		switch {
		case errors.Is(err, io.EOF):
			return nil, errNoFile
		case err != nil:
			return nil, fault.New(fault.Refused, "the form cannot be read: %w", err)
		case part.FormName() == filePart:
			return part, nil
		}
	}
}

func sendNull(w http.ResponseWriter) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(w, "null")
}

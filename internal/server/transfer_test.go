package server_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fred"
)

// filled returns a Fred that has asked about everything.
func filled(t *testing.T) *fred.Fred {
	t.Helper()
	f := newFred(shop())
	_, err := f.Overview(t.Context(), fred.Query{Refresh: true})
	require.NoError(t, err)
	return f
}

// send makes a request over a socket, as a page of loopback would, and returns
// the status and the body.
func send(t *testing.T, method, url, kind string, body io.Reader) (sent, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Origin", "http://localhost:3000")
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return sent{res.StatusCode, res.Header, res.Trailer}, string(data)
}

// sent is an answer whose body was read.
type sent struct {
	status          int
	header, trailer http.Header
}

// form is a form with one file.
func form(t *testing.T, part, content string) (kind string, body io.Reader) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	require.NoError(t, w.WriteField("note", "before the file"))
	p, err := w.CreateFormFile(part, "../../export.zip")
	require.NoError(t, err)
	_, err = io.WriteString(p, content)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return w.FormDataContentType(), &b
}

func TestWhatOneServerExportsAnotherImports(t *testing.T) {
	from, _ := running(t, newServer(t, server.Options{Fred: filled(t)}))
	for _, route := range []string{"/fred/export", "/fred/v1/cache/export", "/fred/export/"} {
		res, exported := send(t, http.MethodGet, from+route, "", nil)
		require.Equal(t, http.StatusOK, res.status)
		require.Equal(t, "application/zip", res.header.Get("Content-Type"))
		require.Regexp(t, `^attachment; filename=export-\d{4}-\d\d-\d\d\.zip$`, res.header.Get("Content-Disposition"))
		require.Equal(t, "0", res.trailer.Get("Fred-Left-Out"))
		_, err := zip.NewReader(strings.NewReader(exported), int64(len(exported)))
		require.NoError(t, err)

		f := newFred(&source{err: errDown})
		to, _ := running(t, newServer(t, server.Options{Fred: f}))
		kind, body := form(t, "file", exported)
		res, got := send(t, http.MethodPut, to+"/fred/import", kind, body)
		require.Equal(t, http.StatusOK, res.status, got)
		require.Equal(t, "null", got)
		require.Equal(t, "http://localhost:3000", res.header.Get("Access-Control-Allow-Origin"))

		_, ours := send(t, http.MethodGet, from+"/fred/v1/kube/workloads?all-namespaces=true", "", nil)
		_, theirs := send(t, http.MethodGet, to+"/fred/v1/kube/workloads?all-namespaces=true&context=dev", "", nil)
		require.Equal(t, ours, theirs)
	}
}

func TestAnImportOfV1SaysWhatItDid(t *testing.T) {
	from, _ := running(t, newServer(t, server.Options{Fred: filled(t)}))
	_, exported := send(t, http.MethodGet, from+"/fred/v1/cache/export?kind=pods,deployments&context=dev", "", nil)
	to, _ := running(t, newServer(t, server.Options{Fred: newFred(&source{})}))
	for _, step := range []struct{ query, want string }{
		{"?dry-run=true", `"actions":{"added":3},"dryRun":true`},
		{"", `"actions":{"added":3}`},
		{"", `"actions":{"unchanged":3}`},
		{"?replace=1", `"actions":{"unchanged":3}`},
	} {
		res, got := send(t, http.MethodPut, to+"/fred/v1/cache/import"+step.query, "application/zip", strings.NewReader(exported))
		require.Equal(t, http.StatusOK, res.status, got)
		var compact bytes.Buffer
		require.NoError(t, json.Compact(&compact, []byte(got)))
		require.Contains(t, compact.String(), step.want)
	}
	_, listed := send(t, http.MethodGet, to+"/fred/v1/cache/ls?kind=pods", "", nil)
	require.Contains(t, listed, `"kind": "EntryList"`)
	require.Equal(t, 1, strings.Count(listed, `"entryKind": "pods"`))
	require.NotContains(t, listed, `"deployments"`)
	_, info := send(t, http.MethodGet, to+"/fred/v1/cache/info", "", nil)
	require.Contains(t, info, `"kind": "CacheInfo"`)
	require.Contains(t, info, `"entries": 3`)
}

func TestWhatIsNoZipChangesNothingAndIsTold(t *testing.T) {
	from, _ := running(t, newServer(t, server.Options{Fred: filled(t)}))
	_, exported := send(t, http.MethodGet, from+"/fred/export", "", nil)
	f := newFred(&source{})
	f.Limits.TotalBytes = int64(len(exported)) + 4096
	to, _ := running(t, newServer(t, server.Options{Fred: f, BodyBytes: 1 << 10}))
	file := func(content string) (string, io.Reader) { return form(t, "file", content) }
	tests := []struct {
		name, path   string
		kind         string
		body         io.Reader
		status       int
		says, detail string
	}{
		{name: "no zip", path: "/fred/import", status: 400, says: `"message":`},
		{name: "a cut zip", path: "/fred/import", status: 400, says: `"detail":`},
		{name: "a form without the file", path: "/fred/import", status: 422, says: `"type": "missing"`},
		{name: "no form", path: "/fred/import", kind: "application/json", body: strings.NewReader(`{}`), status: 422, says: `"file"`},
		{name: "no form for v1", path: "/fred/v1/cache/import", kind: "text/plain", body: strings.NewReader(`x`), status: 422, says: `body.file`},
		{name: "more than the limit", path: "/fred/import", kind: "application/zip", body: strings.NewReader(strings.Repeat("x", len(exported)+5000)), status: 400, says: "bytes"},
		{name: "far more than the limit", path: "/fred/import", kind: "application/zip", body: strings.NewReader(strings.Repeat("x", len(exported)+9000)), status: 413, says: "too large"},
		{name: "no such side", path: "/fred/v1/cache/import?merge=mine", kind: "application/zip", body: strings.NewReader(exported), status: 400, says: `no side \"mine\"`},
		{name: "two sides", path: "/fred/v1/cache/import?merge=ours&replace=true", kind: "application/zip", body: strings.NewReader(exported), status: 400, says: "one of the two"},
		{name: "no boolean", path: "/fred/v1/cache/import?dry-run=perhaps", kind: "application/zip", body: strings.NewReader(exported), status: 422, says: "query.dry-run"},
	}
	tests[0].kind, tests[0].body = file("no zip at all")
	tests[1].kind, tests[1].body = file(exported[:len(exported)-100])
	tests[2].kind, tests[2].body = form(t, "archive", exported)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			res, got := send(t, http.MethodPut, to+test.path, test.kind, test.body)
			require.Equal(t, test.status, res.status, got)
			require.Contains(t, got, test.says)
			require.Contains(t, res.header.Get("Content-Type"), "json")
			r, err := f.Entries(t.Context(), fred.EntryQuery{})
			require.NoError(t, err)
			require.Empty(t, r.Items)
		})
	}
}

func TestAnExportOfNothingIsNoZip(t *testing.T) {
	url, _ := running(t, newServer(t, server.Options{Fred: newFred(&source{})}))
	res, got := send(t, http.MethodGet, url+"/fred/export", "", nil)
	require.Equal(t, http.StatusNotFound, res.status)
	require.Contains(t, got, `"message": "nothing in the cache is selected"`)
	require.Empty(t, res.header.Get("Content-Disposition"))
	res, _ = send(t, http.MethodGet, url+"/fred/v1/cache/export?context=nowhere", "", nil)
	require.Equal(t, http.StatusNotFound, res.status)
	require.Equal(t, "application/problem+json", res.header.Get("Content-Type"))
}

func TestAHeadOfAnExportIsThatOfItsGet(t *testing.T) {
	full, _ := running(t, newServer(t, server.Options{Fred: filled(t)}))
	empty, _ := running(t, newServer(t, server.Options{Fred: newFred(&source{})}))
	for _, url := range []string{
		full + "/fred/export", full + "/fred/v1/cache/export?kind=pods", full + "/fred/v1/cache/export?context=nowhere",
		full + "/fred/v1/cache/export?kind=elephants", full + "/fred/v1/cache/export?pseudonyms=perhaps", empty + "/fred/export",
	} {
		get, _ := send(t, http.MethodGet, url, "", nil)
		head, body := send(t, http.MethodHead, url, "", nil)
		require.Equal(t, get.status, head.status, url)
		require.Equal(t, get.header.Get("Content-Type"), head.header.Get("Content-Type"), url)
		require.Equal(t, get.header.Get("Content-Disposition"), head.header.Get("Content-Disposition"), url)
		require.Empty(t, body)
	}
}

func TestAStrangersPageMayNeitherImportNorToggle(t *testing.T) {
	s := newServer(t, server.Options{Fred: filled(t), Offline: &toggle{}})
	for _, path := range []string{"/fred/import", "/fred/toggle_offline", "/fred/v1/cache/import", "/fred/v1/offline"} {
		got := ask(t, s, http.MethodPut, path, "Origin", "https://evil.example")
		require.Equal(t, http.StatusForbidden, got.Code, path)
		require.Empty(t, got.Header().Get("Access-Control-Allow-Origin"))
	}
}

// torn is a store of which some entries can be read, and then none.
type torn struct {
	cache.Store
	good atomic.Int32
}

func (s *torn) Open(ctx context.Context, name string) (io.ReadCloser, cache.Info, error) {
	if s.good.Add(-1) < 0 {
		return nil, cache.Info{}, errors.New("the disk is gone")
	}
	return s.Store.Open(ctx, name)
}

func TestAnExportThatFailsOnTheWayIsNotTakenForWhole(t *testing.T) {
	store := &torn{Store: cache.NewMemory()}
	store.good.Store(1 << 20)
	s := town(40, 1000, 4000)
	f := fred.New(fred.Options{Cache: cache.New(store, cache.Options{}), Contexts: s, Kubernetes: s})
	_, err := f.Overview(t.Context(), fred.Query{Refresh: true})
	require.NoError(t, err)
	url, _ := running(t, newServer(t, server.Options{Fred: f}))

	store.good.Store(14)
	res, err := http.Get(url + "/fred/export")
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode, "a part of it is on its way")
	_, err = io.Copy(io.Discard, res.Body)
	require.Error(t, err)

	store.good.Store(0)
	answer, got := send(t, http.MethodGet, url+"/fred/export", "", nil)
	require.Equal(t, http.StatusInternalServerError, answer.status)
	require.Contains(t, got, "fred made a mistake")
}

func TestTransfersThatStandStillEndAndStopNobody(t *testing.T) {
	url, _ := running(t, newServer(t, server.Options{Fred: filled(t), Stall: 500 * time.Millisecond}))
	var ended sync.WaitGroup
	for range 4 {
		began := make(chan struct{})
		ended.Go(func() {
			r, w := io.Pipe()
			defer func() { _ = w.Close() }()
			go func() { _, _ = io.WriteString(w, "PK"); close(began) }() // and no more
			answer, got := send(t, http.MethodPut, url+"/fred/import", "application/zip", r)
			assert.Equal(t, http.StatusBadRequest, answer.status)
			assert.Contains(t, got, "did not come whole")
		})
		<-began
	}
	answer, _ := send(t, http.MethodGet, url+"/fred/export", "", nil)
	require.Equal(t, http.StatusOK, answer.status)
	ended.Wait()
}

// pipes is a listener whose connections hold nothing: what is not read stops who
// writes.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, ok := <-p
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8000} }

func (p pipes) ask(t *testing.T) net.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	p <- theirs
	t.Cleanup(func() { _ = ours.Close() })
	_, err := io.WriteString(ours, "GET /fred/export HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
	require.NoError(t, err)
	return ours
}

func TestExportsThatNobodyReadsGiveTheirPlacesBack(t *testing.T) {
	f := newFred(town(40, 1000, 4000))
	_, err := f.Overview(t.Context(), fred.Query{Refresh: true})
	require.NoError(t, err)
	s := newServer(t, server.Options{Fred: f, Stall: 200 * time.Millisecond})
	l := make(pipes)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-ended) })
	for range 2 { // as many as there are places
		_, err := l.ask(t).Read(make([]byte, 1))
		require.NoError(t, err, "the answer has begun")
	}
	conn := l.ask(t)
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(10*time.Second)))
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.Contains(t, string(answer), "200 OK")
}

func TestASlowTransferThatMovesIsNotCutOff(t *testing.T) {
	from, _ := running(t, newServer(t, server.Options{Fred: filled(t)}))
	_, exported := send(t, http.MethodGet, from+"/fred/export", "", nil)
	to, _ := running(t, newServer(t, server.Options{Fred: newFred(&source{}), Stall: 400 * time.Millisecond}))
	r, w := io.Pipe()
	go func() {
		for i := range 8 {
			time.Sleep(100 * time.Millisecond)
			_, _ = io.WriteString(w, exported[len(exported)*i/8:len(exported)*(i+1)/8])
		}
		_ = w.Close()
	}()
	answer, got := send(t, http.MethodPut, to+"/fred/import", "application/zip", r)
	require.Equal(t, http.StatusOK, answer.status, got)
}

func TestWhoLeavesAnExportLetsTheNextIn(t *testing.T) {
	s := town(40, 1000, 4000)
	f := newFred(s)
	_, err := f.Overview(t.Context(), fred.Query{Refresh: true})
	require.NoError(t, err)
	url, _ := running(t, newServer(t, server.Options{Fred: f}))
	for range 5 {
		ctx, cancel := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/fred/export", nil)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		cancel()
		_ = res.Body.Close()
	}
	answer, _ := send(t, http.MethodGet, url+"/fred/export", "", nil)
	require.Equal(t, http.StatusOK, answer.status)
}

func TestAnEncodingThatAFormClaimsOfItsFileIsNoMistakeOfFreds(t *testing.T) {
	from, _ := running(t, newServer(t, server.Options{Fred: filled(t)}))
	_, exported := send(t, http.MethodGet, from+"/fred/export", "", nil)
	to, _ := running(t, newServer(t, server.Options{Fred: newFred(&source{})}))
	body := "--x\r\nContent-Disposition: form-data; name=\"file\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + exported + "\r\n--x--\r\n"
	res, got := send(t, http.MethodPut, to+"/fred/import", "multipart/form-data; boundary=x", strings.NewReader(body))
	require.Equal(t, http.StatusOK, res.status, got) // HTTP has no such encodings
}

//go:build e2e

package e2e_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// served is a running `fred serve`. It ends with the test.
type served struct {
	t    *testing.T
	cmd  *exec.Cmd
	url  string // http://localhost:PORT
	done chan struct{}

	mu  sync.Mutex
	err strings.Builder // its stderr
}

var answersAt = regexp.MustCompile(`(http://\S+:\d+)(\S*)/docs`)

// serve starts `fred serve` on a free port and returns when it says where it is.
func (l *laptop) serve(args ...string) *served {
	l.t.Helper()
	cmd := l.command(context.WithoutCancel(l.t.Context()), append([]string{"serve", "--port", "0"}, args...)...)
	stderr, err := cmd.StderrPipe()
	require.NoError(l.t, err)
	var stdout strings.Builder
	cmd.Stdout = &stdout
	require.NoError(l.t, cmd.Start())
	s := &served{t: l.t, cmd: cmd, done: make(chan struct{})}
	said := make(chan string, 1)
	go s.listen(stderr, said)
	l.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-s.done
		require.Empty(l.t, stdout.String(), "talk is for stderr")
	})
	select {
	case s.url = <-said:
	case <-s.done:
		l.t.Fatalf("fred serve has ended: %s", s.stderr())
	case <-time.After(30 * time.Second):
		l.t.Fatalf("fred serve does not say where it is: %s", s.stderr())
	}
	return s
}

// listen reads what the server says until it ends.
func (s *served) listen(stderr io.Reader, said chan<- string) {
	defer close(s.done)
	lines := bufio.NewScanner(stderr)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		s.mu.Lock()
		s.err.WriteString(lines.Text() + "\n")
		s.mu.Unlock()
		if m := answersAt.FindStringSubmatch(lines.Text()); m != nil {
			select {
			case said <- m[1]:
			default:
			}
		}
	}
	_ = s.cmd.Wait() // its exit code says how it ended
}

func (s *served) stderr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err.String()
}

// end sends sig and returns the exit code.
func (s *served) end(sig os.Signal) int {
	s.t.Helper()
	require.NoError(s.t, s.cmd.Process.Signal(sig))
	return s.wait()
}

func (s *served) wait() int {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		s.t.Fatalf("fred serve does not end: %s", s.stderr())
	}
	return s.cmd.ProcessState.ExitCode()
}

// reply is an answer over HTTP.
type reply struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

// get asks path under /fred/v1.
func (s *served) get(path string) reply {
	s.t.Helper()
	return s.ask(http.MethodGet, "/fred/v1/"+path, nil)
}

// ask sends a request. The header "Host" is the name it is asked under.
func (s *served) ask(method, path string, header map[string]string) reply {
	s.t.Helper()
	r, err := s.try(method, path, header)
	require.NoError(s.t, err)
	return r
}

// alone gives every request a connection of its own, and follows no redirect.
var alone = &http.Client{
	Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       patience,
}

func (s *served) try(method, path string, header map[string]string) (reply, error) {
	r, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), method, s.url+path, nil)
	if err != nil {
		return reply{}, err
	}
	for k, v := range header {
		r.Header.Set(k, v)
		if k == "Host" {
			r.Host = v
		}
	}
	began := time.Now()
	w, err := alone.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer w.Body.Close()
	body, err := io.ReadAll(w.Body)
	return reply{w.StatusCode, w.Header, string(body), time.Since(began)}, err
}

// port is the port it listens on.
func (s *served) port() string { return s.url[strings.LastIndex(s.url, ":")+1:] }

package server_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/fault"
)

func contextWithLocal(t *testing.T, address string) context.Context {
	t.Helper()
	addr, err := net.ResolveTCPAddr("tcp", address)
	require.NoError(t, err)
	return context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(addr))
}

func TestAnAddressThatOthersCanReachMustBeMeant(t *testing.T) {
	for _, address := range []string{"0.0.0.0", "::", "", "192.0.2.1", "fred.example.org"} {
		_, err := server.Listen(t.Context(), address, 0, false)
		require.Equal(t, fault.Refused, fault.KindOf(err), address)
		require.Contains(t, fault.HintOf(err), "--insecure")
	}
	for _, address := range []string{"127.0.0.1", "localhost"} {
		l, err := server.Listen(t.Context(), address, 0, false)
		require.NoError(t, err)
		require.NoError(t, l.Close())
	}
	l, err := server.Listen(t.Context(), "0.0.0.0", 0, true)
	require.NoError(t, err)
	require.NoError(t, l.Close())
}

func TestAPortInUseIsNamed(t *testing.T) {
	l, err := server.Listen(t.Context(), "127.0.0.1", 0, false)
	require.NoError(t, err)
	defer l.Close()
	port := l.Addr().(*net.TCPAddr).Port
	_, err = server.Listen(t.Context(), "127.0.0.1", port, false)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.HintOf(err), fmt.Sprintf("Port %d is in use", port))
	_, err = server.Listen(t.Context(), "127.0.0.1", 70000, false)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.NotEmpty(t, fault.HintOf(err))
}

// running starts s and returns its URL, and a function that stops it and returns
// what Serve did.
func running(t *testing.T, s *server.Server) (url string, stop func() error) {
	t.Helper()
	l, err := server.Listen(t.Context(), "127.0.0.1", 0, false)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	t.Cleanup(cancel)
	return "http://" + l.Addr().String(), func() error { cancel(); return <-served }
}

func get(ctx context.Context, url string) (int, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	return got.StatusCode, string(body), err
}

func TestARequestUnderWayIsAnsweredBeforeTheServerStops(t *testing.T) {
	src, asked, release := shop(), make(chan struct{}, 100), make(chan struct{})
	src.before = func(context.Context) { asked <- struct{}{}; <-release }
	url, stop := running(t, newServer(t, server.Options{Fred: newFred(src)}))
	answered := make(chan int, 1)
	go func() {
		status, _, err := get(t.Context(), url+"/fred/v1/kube")
		if err != nil {
			t.Error(err)
		}
		answered <- status
	}()
	<-asked
	stopped := make(chan error, 1)
	go func() { stopped <- stop() }()
	require.Eventually(t, func() bool {
		_, _, err := get(t.Context(), url+"/healthz")
		return err != nil
	}, 3*time.Second, 10*time.Millisecond, "no new request is taken")
	close(release)
	require.Equal(t, http.StatusOK, <-answered)
	require.NoError(t, <-stopped)
}

func TestAHeadThatNeverEndsIsCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("takes five seconds")
	}
	t.Parallel()
	url, stop := running(t, newServer(t, server.Options{Fred: newFred(shop())}))
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", url[len("http://"):])
	require.NoError(t, err)
	defer c.Close()
	_, err = io.WriteString(c, "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
	require.NoError(t, err)
	require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	began := time.Now()
	_, err = io.ReadAll(bufio.NewReader(c))
	require.NoError(t, err, "the server hangs up")
	require.Less(t, time.Since(began), 15*time.Second)
	require.NoError(t, stop())
}

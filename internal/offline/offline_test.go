package offline_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/fault"
)

// site is a web server that counts what reaches it.
type site struct {
	*httptest.Server
	requests, accepts, closes atomic.Int64
	slow                      chan struct{} // a request for /slow waits for it
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{slow: make(chan struct{})}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		if r.URL.Path == "/slow" {
			<-s.slow
		}
		_, _ = io.WriteString(w, "hello")
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.accepts.Add(1)
		case http.StateClosed:
			s.closes.Add(1)
		default:
		}
	}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// get asks s for path, and drains the answer so that the connection is idle after.
func get(t *testing.T, client *http.Client, url string) error {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// client is a client all of whose connections the switch knows.
func client(s *offline.Switch) *http.Client {
	return &http.Client{Transport: s.Wrap(&http.Transport{DialContext: s.Dial})}
}

func TestAClientOfBeforeReachesNobodyOnceTheSwitchIsThrown(t *testing.T) {
	var s offline.Switch
	web, c := newSite(t), client(&s)
	require.False(t, s.On())
	require.NoError(t, get(t, c, web.URL))
	require.NoError(t, get(t, c, web.URL))
	require.EqualValues(t, 1, web.accepts.Load(), "the connection is kept")

	s.Set(true)
	require.True(t, s.On())
	require.Eventually(t, func() bool { return web.closes.Load() == 1 }, 5*time.Second, time.Millisecond, "an idle connection is closed")
	for range 3 {
		require.Equal(t, fault.Offline, fault.KindOf(get(t, c, web.URL)))
	}
	require.EqualValues(t, 2, web.requests.Load())
	require.EqualValues(t, 1, web.accepts.Load())

	s.Set(false)
	require.NoError(t, get(t, c, web.URL))
	require.EqualValues(t, 2, web.accepts.Load())
}

func TestNoSocketIsOpenedEvenByWhoPassesTheGuard(t *testing.T) {
	var s offline.Switch
	s.Set(true)
	web := newSite(t)
	bare := &http.Client{Transport: &http.Transport{DialContext: s.Dial}}
	err := get(t, bare, web.URL)
	require.Equal(t, fault.Offline, fault.KindOf(err))
	require.ErrorContains(t, err, strings.TrimPrefix(web.URL, "http://")+" is not asked: fred is offline")
	require.Zero(t, web.accepts.Load())
	_, err = s.Dial(t.Context(), "tcp", "no.such.host.example:443")
	require.Equal(t, fault.Offline, fault.KindOf(err), "not even a name is looked up")
}

func TestWhatIsUnderWayEndsWhenTheSwitchIsThrown(t *testing.T) {
	var s offline.Switch
	web := newSite(t)
	defer close(web.slow)
	failed := make(chan error)
	go func() { failed <- get(t, client(&s), web.URL+"/slow") }()
	require.Eventually(t, func() bool { return web.requests.Load() == 1 }, 5*time.Second, time.Millisecond)
	s.Set(true)
	require.Equal(t, fault.Offline, fault.KindOf(<-failed))
}

func TestAContextEndsWhenTheSwitchIsThrownAndSaysWhy(t *testing.T) {
	var s offline.Switch
	ctx, cancel, err := s.While(t.Context(), "the moon")
	require.NoError(t, err)
	defer cancel()
	over, cancelOver, err := s.While(t.Context(), "the sun")
	require.NoError(t, err)
	cancelOver()
	require.NoError(t, offline.Cause(ctx))
	s.Set(true)
	require.ErrorIs(t, ctx.Err(), context.Canceled)
	require.EqualError(t, offline.Cause(ctx), "the moon is not asked: fred is offline")
	require.NoError(t, offline.Cause(over), "what had ended before did not end for this")
	_, _, err = s.While(t.Context(), "the moon")
	require.Equal(t, fault.Offline, fault.KindOf(err))
}

func TestTheSwitchMayBeThrownByManyAtATime(t *testing.T) {
	var s offline.Switch
	web, c := newSite(t), client(&s)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 200 {
			s.Set(i%2 == 0)
		}
		s.Set(true)
	}()
	for range 4 {
		go func() {
			for !s.On() {
				_ = get(t, c, web.URL)
			}
		}()
	}
	<-done
	require.Equal(t, fault.Offline, fault.KindOf(get(t, c, web.URL)))
	require.Eventually(t, func() bool { return web.closes.Load() == web.accepts.Load() }, 5*time.Second, time.Millisecond, "nothing stays open")
}

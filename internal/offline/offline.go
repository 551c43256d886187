// Package offline holds the one switch that cuts fred off from every network. It
// is thrown at the sockets, so that it holds for clients made before as for those
// to come; it knows neither what they ask nor whom.
package offline

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/fredctl/fred/pkg/fault"
)

// Switch says whether fred is offline. Its zero value is online. It is safe for
// concurrent use, and must not be copied.
type Switch struct {
	on atomic.Bool

	mu   sync.Mutex
	ends map[*ending]struct{} // of what goes on while it is off
}

// ending ends something that may go on only while fred is online.
type ending struct{ end func() }

// On reports whether fred is offline.
func (s *Switch) On() bool { return s.on.Load() }

// Set throws the switch, or takes it back. When Set(true) returns, every
// connection that Dial made is closed, every context of While is canceled, and
// nothing new begins.
func (s *Switch) Set(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on.Store(on)
	if !on {
		return
	}
	for e := range s.ends {
		e.end()
	}
	clear(s.ends)
}

// begin has end called when the switch is thrown, unless done was before. It
// fails if the switch is on; what is what will not be asked.
func (s *Switch) begin(what string, end func()) (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.On() {
		return nil, refusal(what)
	}
	if s.ends == nil {
		s.ends = map[*ending]struct{}{}
	}
	e := &ending{end}
	s.ends[e] = struct{}{}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.ends, e)
	}, nil
}

func refusal(what string) error {
	return fault.New(fault.Offline, "%s is not asked: fred is offline", what)
}

// While returns a context that is canceled, with a fault of kind Offline as its
// cause, when the switch is thrown; if it is on already, that is the error. What
// names whom the context is to ask. Cancel must be called.
func (s *Switch) While(ctx context.Context, what string) (_ context.Context, cancel func(), _ error) {
	ctx, stop := context.WithCancelCause(ctx)
	done, err := s.begin(what, func() { stop(refusal(what)) })
	if err != nil {
		stop(nil)
		return nil, nil, err
	}
	return ctx, func() { done(); stop(nil) }, nil
}

// Cause returns why a context of While ended if the switch was thrown, else nil.
func Cause(ctx context.Context) error {
	if cause := context.Cause(ctx); fault.KindOf(cause) == fault.Offline {
		return cause
	}
	return nil
}

// dialer is as client-go has it.
var dialer = net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}

// Dial connects as a net.Dialer does. When the switch is on, it looks up no name
// and opens no socket, and fails with a fault of kind Offline.
func (s *Switch) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	ctx, cancel, err := s.While(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer cancel()
	c, err := dialer.DialContext(ctx, network, addr)
	if err != nil {
		return nil, cmp.Or(Cause(ctx), err)
	}
	done, err := s.begin(addr, func() { _ = c.Close() })
	if err != nil { // thrown between the two
		_ = c.Close()
		return nil, err
	}
	return &conn{Conn: c, done: done}, nil
}

// conn is a connection that the switch closes.
type conn struct {
	net.Conn
	done func()
}

// Close implements net.Conn.
func (c *conn) Close() error {
	c.done()
	return c.Conn.Close()
}

// Wrap returns rt with a guard before it: when the switch is on, a request fails
// with a fault of kind Offline before rt hears of it, so that no idle connection
// is used.
func (s *Switch) Wrap(rt http.RoundTripper) http.RoundTripper { return &guard{s, rt} }

type guard struct {
	offline *Switch
	next    http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if !g.offline.On() {
		resp, err := g.next.RoundTrip(r)
		if err != nil && g.offline.On() { // the connection was closed by the switch
			err = refusal(r.URL.Host)
		}
		return resp, err
	}
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, refusal(r.URL.Host)
}

// WrappedRoundTripper lets client-go look behind the guard.
func (g *guard) WrappedRoundTripper() http.RoundTripper { return g.next }

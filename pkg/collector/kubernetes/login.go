package kubernetes

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"k8s.io/client-go/rest"
)

// login is the way to an API server that asks a program, or an identity
// provider, for a credential first. client-go waits for those however long they
// take, and asks a failing one again for every request that waits; login does
// neither.
type login struct {
	base http.RoundTripper
	in   atomic.Bool   // the last login succeeded
	turn chan struct{} // held by the request that logs in, and guards what follows
	err  error
	at   time.Time // of err
}

// loggedIn marks, in a request's context, that it is past the login.
type loggedIn struct{}

// throughLogin returns what wraps the transport of an HTTP client of cfg, which
// it readies for that.
func throughLogin(cfg *rest.Config) func(http.RoundTripper) http.RoundTripper {
	if cfg.ExecProvider == nil && cfg.AuthProvider == nil {
		return func(rt http.RoundTripper) http.RoundTripper { return rt }
	}
	cfg.Wrap(func(rt http.RoundTripper) http.RoundTripper { return past{rt} })
	return func(rt http.RoundTripper) http.RoundTripper {
		return &login{base: rt, turn: make(chan struct{}, 1)}
	}
}

// past stands behind the login.
type past struct{ http.RoundTripper }

func (p past) RoundTrip(r *http.Request) (*http.Response, error) {
	if mark, ok := r.Context().Value(loggedIn{}).(*atomic.Bool); ok {
		mark.Store(true)
	}
	return p.RoundTripper.RoundTrip(r)
}

// RoundTrip has one request log in for all that wait.
func (l *login) RoundTrip(r *http.Request) (*http.Response, error) {
	if l.in.Load() {
		return l.try(r)
	}
	began := time.Now()
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-r.Context().Done():
		return nil, unanswered(r.Context())
	}
	if l.in.Load() {
		return l.try(r)
	}
	if l.err != nil && l.at.After(began) {
		return nil, l.err
	}
	res, err := l.try(r)
	if l.err = nil; err != nil && isRefusedLogin(err) { // else it is of this request alone
		l.err, l.at = err, time.Now()
	}
	return res, err
}

type response struct {
	*http.Response
	err error
}

// try sends r, and waits no longer than r's context allows.
func (l *login) try(r *http.Request) (*http.Response, error) {
	mark := &atomic.Bool{}
	r = r.WithContext(context.WithValue(r.Context(), loggedIn{}, mark))
	got := make(chan response, 1)
	go func() {
		res, err := l.base.RoundTrip(r) //nolint:bodyclose // whoever receives it does
		got <- response{res, err}
	}()
	select {
	case a := <-got:
		l.in.Store(a.err == nil || mark.Load())
		return a.Response, a.err
	case <-r.Context().Done():
	}
	go func() { // it comes, if ever, when nobody waits for it
		if a := <-got; a.err == nil {
			_ = a.Body.Close()
		}
	}()
	if mark.Load() {
		return nil, r.Context().Err()
	}
	return nil, unanswered(r.Context())
}

func unanswered(ctx context.Context) error {
	return fmt.Errorf("wait for this context's login: %w", ctx.Err())
}

// WrappedRoundTripper is how client-go finds the connections.
func (l *login) WrappedRoundTripper() http.RoundTripper { return l.base }

// refusedLogins are how client-go, whose errors of this have no types, says that
// there is no credential to be had.
var refusedLogins = []string{
	"getting credentials", // of a login program
	"read empty token from file", "failed to read token file",
	"failed to refresh token: oauth2:", "No valid id-token", "ID Token is not a valid JWT", "token response did not contain an id_token",
}

func isRefusedLogin(err error) bool {
	text := err.Error()
	for _, refusal := range refusedLogins {
		if strings.Contains(text, refusal) {
			return true
		}
	}
	return false
}

// noProgram tells whether the program to log in with is not there and, if so,
// what the kubeconfig says of how to get it.
func noProgram(err error) (how string, missing bool) {
	_, text, ok := strings.Cut(err.Error(), "getting credentials: exec: ")
	first, rest, _ := strings.Cut(text, "\n\n")
	for _, reason := range []string{" not found", "no such file", "permission denied"} {
		missing = missing || ok && strings.Contains(first, reason)
	}
	_, how, _ = strings.Cut(rest, "#client-go-credential-plugins") // where client-go's own advice ends
	return strings.Join(strings.Fields(how), " "), missing
}

// isOfIssuer reports whether an identity provider could not be asked, which
// client-go does inside of the request to the API server.
func isOfIssuer(err error) bool {
	outer, ok := errors.AsType[*url.Error](err)
	if !ok {
		return false
	}
	_, within := errors.AsType[*url.Error](outer.Err)
	text := outer.Err.Error()
	return within || strings.HasPrefix(text, "failed to refresh token: ") || strings.HasPrefix(text, "oidc: ")
}

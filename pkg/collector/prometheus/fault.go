package prometheus

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"

	v1 "github.com/prometheus/client_golang/api/prometheus/v1"

	"github.com/fredctl/fred/pkg/fault"
)

// name is the target's address without credentials.
func (r *reader) name() string {
	u, err := url.Parse(r.target.URL)
	if err != nil {
		return "prometheus"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// fault gives an error of the client a kind.
func (r *reader) fault(err error) error {
	var said *v1.Error
	var timeout net.Error
	switch {
	case errors.As(err, &said):
		return r.said(said)
	case fault.KindOf(err) != fault.Internal:
		return fmt.Errorf("%s: %w", r.name(), bare(err))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.New(fault.BadAnswer, "the answer of %s broke off", r.name()).Hinted("Check what stands before it.")
	case errors.As(err, &timeout) && timeout.Timeout():
		return fault.New(fault.Timeout, "%s did not answer in time", r.name()).Hinted("Give it longer with --timeout.")
	default:
		return fault.New(fault.Unreachable, "%s does not answer: %w", r.name(), bare(err)).Hinted("Check prometheus.url and the network.")
	}
}

// bare returns what went wrong with a request, without its address, which may hold
// a password.
func bare(err error) error {
	if request, ok := errors.AsType[*url.Error](err); ok {
		return request.Err
	}
	return err
}

// said gives what Prometheus, or what stands before it, answered a kind.
func (r *reader) said(e *v1.Error) error {
	switch {
	case strings.Contains(e.Msg, ": 401"):
		return fault.New(fault.Unauthorized, "%s does not know who asks (401)", r.name()).Hinted("Check the credentials of prometheus.url.")
	case strings.Contains(e.Msg, ": 403"):
		return fault.New(fault.Forbidden, "%s refuses to answer (403)", r.name()).Hinted("Ask for the right to query it.")
	case e.Type == v1.ErrTimeout || strings.Contains(e.Detail, `"errorType":"timeout"`): // the client does not read what 503 says
		return fault.New(fault.Timeout, "%s ran out of time: query timed out", r.name()).Hinted("Ask about less, or give it longer with --timeout.")
	case e.Type == v1.ErrServer && strings.Contains(e.Msg, ": 50") && !strings.HasSuffix(e.Msg, "500"):
		return fault.New(fault.Unreachable, "%s does not answer: %s", r.name(), e.Msg).Hinted("Check what stands before it.")
	case e.Type == v1.ErrBadResponse || strings.Contains(e.Msg, "client error"):
		return fault.New(fault.BadAnswer, "%s does not answer as a Prometheus does: %s", r.name(), e.Msg).Hinted("Check prometheus.url: it is the address before /api/v1.")
	default:
		return fault.New(fault.BadAnswer, "%s could not answer: %s: %s", r.name(), e.Type, e.Msg)
	}
}

package grid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/fredctl/fred/pkg/fault"
)

// fault gives an error of asking a kind.
func (r *remote) fault(ctx context.Context, err error, key string) error {
	if ctx.Err() != nil { // says why, if it knows: fred went offline
		err = context.Cause(ctx)
		if !errors.Is(err, context.DeadlineExceeded) {
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	err = bare(err)
	if lookup, ok := errors.AsType[*net.DNSError](err); ok && !lookup.IsTimeout {
		err = fmt.Errorf("%s: %s", lookup.Name, lookup.Err) // the resolver's address is nobody's business
	}
	timeout, slow := errors.AsType[net.Error](err)
	switch {
	case fault.KindOf(err) == fault.Timeout || slow && timeout.Timeout():
		return fault.New(fault.Timeout, "%s did not answer in time", r.name).Hinted("Ask again later, or about less.")
	case fault.KindOf(err) != fault.Internal:
		return fmt.Errorf("%s: %w", r.name, err)
	default:
		return fault.New(fault.Unreachable, "%s does not answer: %s", r.name, hide(err.Error(), key)).Hinted("Check the network, and the address of %s.", r.name)
	}
}

// cut gives an error of reading an answer that had begun a kind.
func (r *remote) cut(ctx context.Context, err error, key string) error {
	if err = r.fault(ctx, err, key); fault.KindOf(err) != fault.Unreachable {
		return err
	}
	return fault.New(fault.BadAnswer, "the answer of %s broke off", r.name).Hinted("Ask again.")
}

// bare returns what went wrong with a request, without its address, which may hold a
// key.
func bare(err error) error {
	for {
		request, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = request.Err
	}
}

// refusal gives an answer other than 200 a kind.
func (r *remote) refusal(status int, wait time.Duration, body []byte, key string) error {
	said, later := show(body, key), "later"
	if wait > 0 {
		later = "in " + wait.Round(time.Second).String()
	}
	switch {
	case status == http.StatusUnauthorized && strings.Contains(string(body), "zoneKey"): // Electricity Maps: the key is known
		return r.forbidden(status)
	case status == http.StatusUnauthorized, status == http.StatusForbidden && strings.Contains(string(body), "API_KEY_"): // EIA: it is not
		return fault.New(fault.Unauthorized, "%s does not know the key (%d)", r.name, status).Hinted("Check the key of %s.", r.name)
	case status == http.StatusForbidden || status == http.StatusPaymentRequired:
		return r.forbidden(status)
	case status == http.StatusNotFound:
		return fault.New(fault.NotFound, "%s has no such thing (404): %s", r.name, said).Hinted("Check the zone, and the address of %s.", r.name)
	case status == http.StatusTooManyRequests:
		return fault.New(fault.Unreachable, "%s is asked too often (429)", r.name).Hinted("Ask again %s.", later)
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		return fault.New(fault.Timeout, "%s did not answer in time (%d)", r.name, status).Hinted("Ask again later, or about less.")
	case status >= 500:
		return fault.New(fault.Unreachable, "%s is down (%d)", r.name, status).Hinted("Ask again %s.", later)
	case status >= 300 && status < 400:
		return fault.New(fault.Refused, "%s sends fred elsewhere (%d), where its key is not sent", r.name, status).Hinted("Check the address of %s.", r.name)
	default:
		return fault.New(fault.BadAnswer, "%s does not understand the question (%d): %s", r.name, status, said).Hinted("Check the address of %s.", r.name)
	}
}

func (r *remote) forbidden(status int) error {
	return fault.New(fault.Forbidden, "%s does not tell that to the key (%d)", r.name, status).Hinted("Check the plan of the key, and its zones.")
}

// invalid is the fault of an answer that cannot be understood.
func (r *remote) invalid(body []byte, err error) error {
	key, _ := r.secret() // it was had a moment ago
	said := show(body, key)
	syntax, broken := errors.AsType[*json.SyntaxError](err)
	var f *fault.Error
	switch {
	case fault.KindOf(err) != fault.Internal:
		return err
	case said == "":
		f = fault.New(fault.BadAnswer, "%s answered nothing", r.name)
	case strings.HasPrefix(said, "<"):
		f = fault.New(fault.BadAnswer, "%s answered with a page of HTML: %s", r.name, said)
	case broken && syntax.Error() == "unexpected end of JSON input":
		f = fault.New(fault.BadAnswer, "the answer of %s broke off: %s", r.name, said)
	default:
		f = fault.New(fault.BadAnswer, "%s answered what cannot be understood: %s", r.name, said)
	}
	return f.Hinted("Check the address of %s, and what stands before it.", r.name)
}

// few is how many characters of an answer an error shows.
const few = 80

// show returns the beginning of an answer, in characters that can be printed, without
// the key.
func show(body []byte, key string) string {
	said := hide(string(body[:min(len(body), enough)]), key)
	said = strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) || c == unicode.ReplacementChar {
			return ' '
		}
		return c
	}, said)
	letters := []rune(strings.Join(strings.Fields(said), " "))
	return string(letters[:min(len(letters), few)])
}

// hide returns s without the key, however it is written there.
func hide(s, key string) string {
	if key == "" {
		return s
	}
	return strings.NewReplacer(key, "***", url.QueryEscape(key), "***", url.PathEscape(key), "***").Replace(s)
}

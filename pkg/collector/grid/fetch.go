package grid

import (
	"cmp"
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

const (
	largest  = 32 << 20         // the bytes of an answer that are read
	patience = time.Minute      // for one answer
	again    = 2                // how often a question is put again, if the source says when
	longest  = 10 * time.Second // how long fred waits before it does
	enough   = 4 << 10          // the bytes of an error's body that are read
)

// Options are what most callers leave as it is.
type Options struct {
	URL    string           // where the API is, before its version; its own place when empty
	Now    func() time.Time // time.Now when nil
	Direct bool             // ask Electricity Maps for the direct intensity too, which doubles its requests; the others have it anyway
}

// Key returns the key to ask with at that moment, or a fault that says why there is
// none. It is called for every request, and must be safe for concurrent use.
type Key func() (string, error)

// remote is a source as it is asked over HTTP.
type remote struct {
	name   string
	client *http.Client
	url    string
	now    func() time.Time
	since  time.Time                         // before which the source has nothing
	key    Key                               // nil where anybody may ask
	sign   func(r *http.Request, key string) // puts the key where the source looks for it
}

func newRemote(name string, client *http.Client, o Options, address string, since time.Time) *remote {
	r := &remote{name: name, client: client, url: strings.TrimRight(cmp.Or(o.URL, address), "/"), now: o.Now, since: since}
	if r.client == nil {
		r.client = http.DefaultClient
	}
	if r.now == nil {
		r.now = time.Now
	}
	return r
}

// signed returns r asking with a key, which is not carried to another host: neither
// in a header of its own, nor in the address that a Referer would hold.
func (r *remote) signed(key Key, sign func(*http.Request, string)) *remote {
	client := *r.client
	client.CheckRedirect = func(next *http.Request, before []*http.Request) error {
		if first := before[0].URL; next.URL.Host != first.Host || next.URL.Scheme != first.Scheme || len(before) > 5 {
			return http.ErrUseLastResponse
		}
		return nil
	}
	r.client, r.key, r.sign = &client, key, sign
	if key == nil {
		r.key = func() (string, error) { return "", nil }
	}
	return r
}

// Name implements mix.Source.
func (r *remote) Name() string { return r.name }

// secret returns the key, or "" where none is needed.
func (r *remote) secret() (string, error) {
	if r.key == nil {
		return "", nil
	}
	key, err := r.key()
	key = strings.TrimSpace(key)
	if err == nil && key == "" {
		err = fault.New(fault.Unauthorized, "%s is not asked without a key", r.name).Hinted("Set the key of %s.", r.name)
	}
	return key, err
}

// batch returns an empty batch for the hours that overlap w, as far as they have begun
// and the source may have them; it may be of no time at all.
func (r *remote) batch(w window.Window, basis mix.Basis) *batch {
	now := r.now().UTC()
	from, to := w.Start.UTC().Truncate(time.Hour), w.End.UTC()
	if whole := to.Truncate(time.Hour); whole.Before(to) {
		to = whole.Add(time.Hour)
	}
	return newBatch(latest(from, r.since), earliest(to, now), now, basis)
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// pieces cuts the time between from and to into pieces of at most that length.
func pieces(from, to time.Time, most time.Duration) iter.Seq2[time.Time, time.Time] {
	return func(yield func(from, to time.Time) bool) {
		for from.Before(to) {
			end := earliest(from.Add(most), to)
			if !yield(from, end) {
				return
			}
			from = end
		}
	}
}

// get returns what the source answers. If the source has no time now and says when to
// come back, it is asked again.
func (r *remote) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	key, err := r.secret()
	if err != nil {
		return nil, err
	}
	for tries := 0; ; tries++ {
		body, wait, err := r.once(ctx, path, query, key)
		if wait < 0 || tries == again || wait > longest {
			return body, err
		}
		if end, ok := ctx.Deadline(); ok && time.Until(end) < wait {
			return body, err
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, r.fault(ctx, err, key)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// once asks once. It returns how long to wait before asking again, below zero for not
// at all.
func (r *remote) once(outer context.Context, path string, query url.Values, key string) (body []byte, wait time.Duration, err error) {
	ctx, cancel := context.WithTimeout(outer, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+path, nil)
	if err != nil {
		return nil, -1, fault.New(fault.Invalid, "the address of %s cannot be read", r.name).Hinted("Write it such as https://host.")
	}
	request.URL.RawQuery = query.Encode()
	request.Header.Set("Accept", "application/json")
	if r.sign != nil {
		r.sign(request, key)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return nil, -1, r.fault(outer, err, key)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(io.LimitReader(response.Body, enough))
		wait := r.wait(response)
		return nil, wait, r.refusal(response.StatusCode, wait, said, key)
	}
	body, err = io.ReadAll(io.LimitReader(response.Body, largest+1))
	switch {
	case err != nil:
		return nil, -1, r.cut(outer, err, key)
	case len(body) > largest:
		return nil, -1, fault.New(fault.BadAnswer, "%s answered more than %d MiB", r.name, largest>>20).Hinted("Ask about less.")
	}
	return body, -1, nil
}

// wait returns how long the source asks fred to wait, and -1 if it does not say.
func (r *remote) wait(response *http.Response) time.Duration {
	if response.StatusCode != http.StatusTooManyRequests && response.StatusCode != http.StatusServiceUnavailable {
		return -1
	}
	after := response.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(after, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(after); err == nil {
		return max(0, at.Sub(r.now()))
	}
	return -1
}

// unknown is the fault of a zone that the source does not have.
func (r *remote) unknown(zone string) error {
	return fault.New(fault.NotFound, "%s does not publish the grid of %s", r.name, show([]byte(zone), "")).Hinted("Ask another source.")
}

// errUnexpected is the error of an answer that is JSON, but not what was asked for.
var errUnexpected = errors.New("it holds no list of values")

package cache

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Fetch returns the entry under req.Key while it is young enough for req, and
// otherwise collects a new one, stores it and returns it.
//
// When collecting fails, or the cache is offline, an older entry is served with
// State Stale and its Cause, and there is no error; with req.MaxAge passed the
// error is ErrTooOld. With nothing to serve the error is that of collect, or
// ErrMissing and ErrOffline at once. The errors of collect stay wrapped.
//
// Those who ask for one key at a time within the process share one collection.
// It is canceled when the last of them has left; collect must honor its
// context, which keeps the values of the first caller's and has no deadline
// unless collect sets one. When ctx is canceled Fetch returns its error; when
// its deadline passes, that counts as the source failing.
//
// An answer that cannot be stored is returned all the same, with a warning.
func Fetch[T any](ctx context.Context, c *Cache, req Request, collect func(context.Context) (Collected[T], error)) (Entry[T], error) {
	f := fetch[T]{c: c, req: req, collect: collect}
	held := f.look(ctx)
	if err := ctx.Err(); err != nil {
		return Entry[T]{}, err
	}
	if held.fresh() {
		return f.served(*held.entry, Fresh, nil), nil
	}
	if c.opts.Offline() {
		return f.fallback(ctx, held, ErrOffline)
	}
	e, err := f.ask(ctx, held)
	switch {
	case err == nil:
		return f.withWarning(e, held.problem), nil
	case errors.Is(ctx.Err(), context.Canceled):
		return Entry[T]{}, ctx.Err()
	}
	return f.fallback(ctx, held, err)
}

// fetch is one call of Fetch.
type fetch[T any] struct {
	c       *Cache
	req     Request
	collect func(context.Context) (Collected[T], error)
}

// holding is what the store has under the key.
type holding[T any] struct {
	header  Header
	usable  bool      // there is an entry, and it may be shown
	entry   *Entry[T] // nil until it was needed
	satisfy bool      // it answers the request without asking
	problem error     // why it is not usable; nil when there is none at all
}

func (h holding[T]) fresh() bool { return h.satisfy && h.entry != nil }

// look finds out what is stored. The payload of an entry that is to be replaced
// is not read.
func (f fetch[T]) look(ctx context.Context) holding[T] {
	if e, ok := recall[T](ctx, f.c, f.req.Key); ok {
		return f.judge(e.Header, &e)
	}
	h, _, err := f.c.header(ctx, f.req.Key)
	if err != nil {
		return unusable[T](err)
	}
	got := f.judge(h, nil)
	if !got.satisfy {
		return got
	}
	e, err := load[T](ctx, f.c, f.req.Key)
	if err != nil {
		return unusable[T](err)
	}
	return f.judge(e.Header, &e)
}

// judge says what an entry is good for here.
func (f fetch[T]) judge(h Header, e *Entry[T]) holding[T] {
	if otherCluster(h, f.req.ClusterUID) {
		return unusable[T](fmt.Errorf("cache entry %s: %w (%s)", f.req.Key, ErrOtherCluster, show(h.ClusterUID)))
	}
	return holding[T]{header: h, usable: true, entry: e, satisfy: f.req.satisfied(h, f.c.now())}
}

// otherCluster says whether h is known to tell of another cluster than uid.
func otherCluster(h Header, uid string) bool {
	return uid != "" && h.ClusterUID != "" && h.ClusterUID != uid
}

// unusable is what cannot be shown, for err.
func unusable[T any](err error) holding[T] {
	if errors.Is(err, ErrMissing) {
		err = nil
	}
	return holding[T]{problem: err}
}

// served marks an entry for the caller.
func (f fetch[T]) served(e Entry[T], s State, cause error) Entry[T] {
	f.c.log.Debug("serve", "key", f.req.Key, "state", string(s), "err", cause)
	e.State, e.Cause = s, cause
	return e
}

// withWarning adds to e that what was stored before was of no use. ErrNewer is
// left to the warning that the answer was not stored.
func (f fetch[T]) withWarning(e Entry[T], problem error) Entry[T] {
	if problem != nil && !errors.Is(problem, ErrNewer) {
		e.Warnings = slices.Concat(e.Warnings, []string{problem.Error()})
	}
	return e
}

// staleTime is how long a stale entry may take to be read when the deadline of
// the caller has passed while the source was asked.
const staleTime = 5 * time.Second

// fallback serves what is held although the source was not, or not
// successfully, asked for the reason cause.
func (f fetch[T]) fallback(ctx context.Context, held holding[T], cause error) (Entry[T], error) {
	if held.usable && held.entry == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), staleTime)
		defer cancel()
		held = f.reload(ctx)
	}
	switch {
	case !held.usable:
		return Entry[T]{}, f.nothing(held.problem, cause)
	case f.req.refuses(held.entry.Header, f.c.now()):
		return Entry[T]{}, fmt.Errorf("cache entry %s, %s: %w: %w", f.req.Key, ageOf(held.entry.Header, f.c.now()), ErrTooOld, cause)
	}
	return f.served(*held.entry, Stale, cause), nil
}

// ageOf says how old an entry is. One from the future is of an age that nobody
// knows: a clock was wrong when it was read, or is now.
func ageOf(h Header, now time.Time) string {
	if h.Ahead(now) {
		return "of an unknown age (its time, " + h.CollectedAt.Format(time.RFC3339) + ", is to come)"
	}
	return max(0, now.Sub(h.CollectedAt)).Round(time.Second).String() + " old"
}

// reload reads the whole entry.
func (f fetch[T]) reload(ctx context.Context) holding[T] {
	e, err := load[T](ctx, f.c, f.req.Key)
	if err != nil {
		return unusable[T](err)
	}
	return f.judge(e.Header, &e)
}

// nothing is the error when there is nothing to serve.
func (f fetch[T]) nothing(problem, cause error) error {
	switch {
	case errors.Is(cause, ErrOffline) && problem == nil:
		return fmt.Errorf("%s: %w, and %w", f.req.Key, ErrMissing, ErrOffline)
	case errors.Is(cause, ErrOffline):
		return fmt.Errorf("%w, so %w: %w", problem, ErrMissing, ErrOffline)
	case problem != nil:
		return fmt.Errorf("%w (%v)", cause, problem) //nolint:errorlint // the cause alone decides what kind of error this is
	}
	return cause
}

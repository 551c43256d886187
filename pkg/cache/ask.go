package cache

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"syscall"
	"time"
)

// outcome is what a flight of collect brings.
type outcome[T any] struct {
	entry Entry[T]
	asked bool // the source was; otherwise another had stored the entry just before
}

// ask collects, together with whoever asks for the same key meanwhile. An
// outcome that was good enough for another's request is looked at again: this
// one may want a younger entry.
func (f fetch[T]) ask(ctx context.Context, held holding[T]) (Entry[T], error) {
	for {
		got, err := f.wait(ctx, held)
		if err != nil {
			return Entry[T]{}, err
		}
		out, ok := got.(outcome[T])
		if !ok {
			return Entry[T]{}, fmt.Errorf("cache entry %s is collected as another type just now", f.req.Key)
		}
		if out.asked || f.judge(out.entry.Header, nil).satisfy {
			return f.served(out.entry, Fresh, nil), nil
		}
	}
}

// wait waits for the collection as long as the request allows.
func (f fetch[T]) wait(ctx context.Context, held holding[T]) (any, error) {
	var patience <-chan time.Time
	if f.req.Patience > 0 && !f.req.Refresh && held.usable && !f.req.refuses(held.header, f.c.now()) {
		timer := time.NewTimer(f.req.Patience)
		defer timer.Stop()
		patience = timer.C
	}
	fl := f.c.asks.Join(ctx, f.req.Key.name(), f.run)
	select {
	case <-fl.Done():
		return fl.Result()
	case <-patience:
		f.c.asks.Detach(fl, f.c.opts.RefreshTimeout)
		return nil, ErrRefreshing
	case <-ctx.Done():
		f.c.asks.Leave(fl)
		return nil, ctx.Err()
	}
}

// run is the flight: it collects and stores.
func (f fetch[T]) run(ctx context.Context) (any, error) {
	if held := f.look(ctx); held.fresh() {
		return outcome[T]{entry: *held.entry}, nil
	}
	began := f.c.now()
	f.c.log.Debug("collect", "key", f.req.Key, "source", f.req.Source)
	got, err := f.collect(ctx)
	if err != nil {
		return nil, err
	}
	enc, err := encode(f.c, got.Value)
	if err != nil {
		return nil, fmt.Errorf("cache entry %s: %w", f.req.Key, err)
	}
	h := header(f.req, got, began)
	h.SecretPolicy, h.Items = f.c.opts.SecretPolicy, items(got.Value)
	if err := f.c.sealHeader(&h); err != nil {
		return nil, fmt.Errorf("cache entry %s: %w", f.req.Key, err)
	}
	h.Warnings = slices.Concat(h.Warnings, enc.warnings)
	return outcome[T]{entry: f.store(ctx, h, enc), asked: true}, nil
}

// store stores an answer and returns it, whether that succeeds or not.
func (f fetch[T]) store(ctx context.Context, h Header, enc encoded[T]) Entry[T] {
	info, notes, err := f.c.put(ctx, &h, enc.payload)
	e := Entry[T]{Value: enc.value, Header: h, Version: info.Version, Warnings: h.Warnings}
	if err == nil {
		remember(f.c, e)
	} else {
		f.c.log.Warn("store", "key", f.req.Key, "err", err)
		notes = append(notes, notStored(f.req.Key, err))
	}
	e.Warnings = slices.Concat(e.Warnings, notes)
	return e
}

// notStored says that an answer was not stored. What is wrong with the whole
// cache is said alike for each entry, so that it need be told once.
func notStored(key Key, err error) string {
	for _, whole := range []error{ErrReadOnly, ErrFull} {
		if why, ok := errors.AsType[syscall.Errno](err); ok && errors.Is(err, whole) {
			return fmt.Sprintf("what was read was not stored: %v: %v", whole, why)
		}
	}
	return fmt.Sprintf("cache entry %s was not stored: %v", key, err)
}

// put stores an entry unless that would lose another: one of a newer schema
// stays, one of another cluster is set aside first, of which a note is given.
func (c *Cache) put(ctx context.Context, h *Header, payload []byte) (Info, []string, error) {
	parts, err := envelope(h, payload)
	if err != nil {
		return Info{}, nil, err
	}
	var notes []string
	old, _, err := c.header(ctx, h.Key)
	switch {
	case errors.Is(err, ErrNewer):
		return Info{}, nil, err
	case err == nil && otherCluster(old, h.ClusterUID):
		if err := c.setAside(ctx, old); err != nil {
			return Info{}, nil, fmt.Errorf("set aside what is there: %w", err)
		}
		notes = []string{fmt.Sprintf("cache entry %s was of another cluster (%s) and is set aside", h.Key, show(old.ClusterUID))}
	}
	info, err := c.store.Put(ctx, h.Key.name(), parts...)
	return info, notes, err
}

package cache

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Listed is an entry as List finds it.
type Listed struct {
	Info

	Header  Header // zero when Problem is set
	State   State  // by the entry's own expiry
	Problem error  // why it cannot be used: ErrDamaged, ErrNewer or what the store says
}

// List yields the entries below prefix, all for the zero Key, in the order of
// their names. It reads headers, not payloads. An error ends it; an entry that
// cannot be used does not.
func (c *Cache) List(ctx context.Context, prefix Key) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		for info, err := range c.store.List(ctx, prefix.below()) {
			if err != nil {
				yield(Listed{}, fmt.Errorf("list the cache: %w", err))
				return
			}
			if !strings.HasSuffix(info.Name, suffix) {
				continue
			}
			if l := c.listed(ctx, info); l.State != Missing && !yield(l, nil) {
				return
			}
		}
	}
}

// listed describes one entry; it is Missing when deleted meanwhile.
func (c *Cache) listed(ctx context.Context, info Info) Listed {
	h, now, err := c.headerOf(ctx, info.Name)
	if err == nil {
		info = now
		err = fits(h.Header, h.Key, info.Size, h.line)
	}
	if err == nil && h.Key.name() != info.Name {
		err = fmt.Errorf("%w: it is the entry of %s", ErrDamaged, h.Key)
	}
	if err != nil {
		return Listed{Info: info, State: stateOf(err), Problem: err}
	}
	return Listed{Info: info, Header: h.Header, State: c.state(h.Header)}
}

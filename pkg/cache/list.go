package cache

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"sync"
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
		batch := make([]Info, 0, listBatch)
		flush := func() bool {
			for _, l := range c.listedAll(ctx, batch) {
				if l.State != Missing && !yield(l, nil) {
					return false
				}
			}
			batch = batch[:0]
			return true
		}
		for info, err := range c.store.List(ctx, prefix.below()) {
			if err != nil {
				_ = flush() && yield(Listed{}, fmt.Errorf("list the cache: %w", err))
				return
			}
			if !strings.HasSuffix(info.Name, suffix) {
				continue
			}
			if batch = append(batch, info); len(batch) == listBatch && !flush() {
				return
			}
		}
		flush()
	}
}

// Headers are read in batches, by several at a time: each entry is a few system
// calls, or a request to a store elsewhere.
const (
	listBatch   = 512
	listReaders = 8
)

// manyHeads is a store that reads the starts of many blobs faster than one by one.
type manyHeads interface {
	heads() (head headFunc, end func())
}

// listedAll describes entries, in the order given.
func (c *Cache) listedAll(ctx context.Context, infos []Info) []Listed {
	all := make([]Listed, len(infos))
	part := max(1, (len(infos)+listReaders-1)/listReaders)
	var readers sync.WaitGroup
	for from := 0; from < len(infos); from += part {
		to := min(from+part, len(infos))
		readers.Go(func() {
			head, end := headFunc(c.store.Head), func() {}
			if many, ok := c.store.(manyHeads); ok && to-from > 1 {
				head, end = many.heads()
			}
			defer end()
			for i := from; i < to; i++ {
				all[i] = c.listedBy(ctx, head, infos[i])
			}
		})
	}
	readers.Wait()
	return all
}

// listed describes one entry; it is Missing when deleted meanwhile.
func (c *Cache) listed(ctx context.Context, info Info) Listed {
	return c.listedBy(ctx, c.store.Head, info)
}

func (c *Cache) listedBy(ctx context.Context, head headFunc, info Info) Listed {
	h, now, err := headerBy(ctx, head, info.Name)
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

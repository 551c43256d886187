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
		var all sync.WaitGroup
		defer all.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		todo, found := make(chan part), make(chan part, 2*listReaders)
		all.Go(func() { c.find(ctx, prefix, todo, found) })
		for range listReaders {
			all.Go(func() { c.describe(ctx, todo) })
		}
		for p := range found {
			for _, l := range <-p.listed {
				if l.State != Missing && !yield(l, nil) {
					return
				}
			}
			if p.err != nil {
				yield(Listed{}, fmt.Errorf("list the cache: %w", p.err))
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Listed{}, fmt.Errorf("list the cache: %w", err))
		}
	}
}

// Headers are read by several at a time, a part each, while names are still being
// found: each entry is a few system calls, or a request to a store elsewhere.
const (
	listReaders = 8
	largestPart = 64 // names that are near each other are read faster by one reader
)

// part is some entries that are one after the other, and the error that ended
// the list behind them.
type part struct {
	infos  []Info
	err    error
	listed chan []Listed
}

// find sends what the store has below prefix, in parts: each to a reader first,
// so that it will be listed whoever stops then, and on in their order.
func (c *Cache) find(ctx context.Context, prefix Key, todo, found chan<- part) {
	defer close(found)
	defer close(todo)
	list := c.store.List
	if bare, ok := c.store.(bareList); ok {
		list = bare.names
	}
	var infos []Info
	sent := 0
	send := func(err error) bool {
		p := part{infos: infos, err: err, listed: make(chan []Listed, 1)}
		sent += len(infos)
		infos = nil
		for _, to := range []chan<- part{todo, found} {
			select {
			case to <- p:
			case <-ctx.Done():
				return false
			}
		}
		return true
	}
	for info, err := range list(ctx, prefix.below()) {
		if err != nil {
			send(err)
			return
		}
		if !strings.HasSuffix(info.Name, suffix) {
			continue
		}
		infos = append(infos, info)
		if len(infos) >= min(max(sent/listReaders, 4), largestPart) && !send(nil) {
			return
		}
	}
	send(nil)
}

// describe lists the parts that come, until there are no more.
func (c *Cache) describe(ctx context.Context, todo <-chan part) {
	head, end := headFunc(c.store.Head), func() {}
	if many, ok := c.store.(manyHeads); ok {
		head, end = many.heads()
	}
	defer end()
	known := words{}
	for p := range todo {
		all := make([]Listed, len(p.infos))
		for i, info := range p.infos {
			all[i] = c.listedBy(ctx, head, known, info)
		}
		p.listed <- all
	}
}

// manyHeads is a store that reads the starts of many blobs faster than one by one.
type manyHeads interface {
	heads() (head headFunc, end func())
}

// bareList is a store that lists names faster than all that it knows of blobs.
type bareList interface {
	// names is List, but all that it says is names.
	names(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// listed describes one entry; it is Missing when deleted meanwhile.
func (c *Cache) listed(ctx context.Context, info Info) Listed {
	return c.listedBy(ctx, c.store.Head, nil, info)
}

func (c *Cache) listedBy(ctx context.Context, head headFunc, known words, info Info) Listed {
	h, now, err := headerBy(ctx, head, info.Name, known)
	if now.Version != "" {
		info = now
	}
	if err == nil {
		err = fits(h.Header, h.Key, info.Size, h.line)
	}
	if err == nil && !h.Key.named(info.Name) {
		err = fmt.Errorf("%w: it is the entry of %s", ErrDamaged, h.Key)
	}
	if err == nil {
		return Listed{Info: info, Header: h.Header, State: c.state(h.Header)}
	}
	if info.Version == "" { // it could not be opened
		if now, _ := c.store.Stat(ctx, info.Name); now.Version != "" {
			info = now
		}
	}
	return Listed{Info: info, State: stateOf(err), Problem: err}
}

package cache

import (
	"context"
	"fmt"

	"github.com/go-json-experiment/json"
)

// Entry is a value with where it comes from. Value, and what it points to, may
// be shared with others who ask for the same key: it must not be changed.
type Entry[T any] struct {
	Value    T
	Header   Header
	State    State    // Fresh or Stale
	Cause    error    // why Fetch serves it stale: the source's error, ErrOffline, ErrRefreshing
	Warnings []string // those of the header, then what went wrong with the cache itself
	Version  string   // of what is stored; empty when it could not be
}

// Read returns what is stored under key, whatever its age; its State is by its
// own expiry. It fails with ErrMissing, ErrDamaged, ErrNewer or what the store
// says.
func Read[T any](ctx context.Context, c *Cache, key Key) (Entry[T], error) {
	e, ok := recall[T](ctx, c, key)
	if !ok {
		var err error
		if e, err = load[T](ctx, c, key); err != nil {
			return Entry[T]{}, err
		}
	}
	e.State = c.state(e.Header)
	return e, nil
}

// recall returns the entry under key from memory, if it is there in the version
// that is stored.
func recall[T any](ctx context.Context, c *Cache, key Key) (Entry[T], bool) {
	if c.recent == nil {
		return Entry[T]{}, false
	}
	info, err := c.store.Stat(ctx, key.name())
	if err != nil {
		return Entry[T]{}, false
	}
	kept, _ := c.recent.get(info.Name, info.Version)
	e, ok := kept.entry.(Entry[T])
	return e, ok
}

// remember keeps e in memory.
func remember[T any](c *Cache, e Entry[T]) {
	c.recent.put(remembered{name: e.Header.Key.name(), version: e.Version, size: e.Header.Size, header: e.Header, entry: e})
}

// load returns the entry under key from the store. When entries are kept in
// memory, those who want the same version decode it once.
func load[T any](ctx context.Context, c *Cache, key Key) (Entry[T], error) {
	if c.recent == nil {
		return decode[T](ctx, c, key)
	}
	info, err := c.store.Stat(ctx, key.name())
	if err != nil {
		return Entry[T]{}, fmt.Errorf("cache entry %s: %w", key, err)
	}
	got, err := c.loads.do(ctx, info.Name+" "+info.Version, func(ctx context.Context) (any, error) {
		return decode[T](ctx, c, key)
	})
	if err != nil {
		return Entry[T]{}, err
	}
	e, ok := got.(Entry[T])
	if !ok { // another type is read from the same entry just now
		return decode[T](ctx, c, key)
	}
	return e, nil
}

// decode reads, verifies and decodes the entry under key.
func decode[T any](ctx context.Context, c *Cache, key Key) (Entry[T], error) {
	data, info, err := c.store.Get(ctx, key.name())
	if err != nil {
		return Entry[T]{}, fmt.Errorf("cache entry %s: %w", key, err)
	}
	h, payload, err := open(key, data)
	if err != nil {
		return Entry[T]{}, fmt.Errorf("cache entry %s: %w", key, err)
	}
	e := Entry[T]{Header: h, Version: info.Version, Warnings: h.Warnings}
	if err := json.Unmarshal(payload, &e.Value); err != nil {
		return Entry[T]{}, fmt.Errorf("cache entry %s: %w: %w", key, ErrDamaged, err)
	}
	remember(c, e)
	return e, nil
}

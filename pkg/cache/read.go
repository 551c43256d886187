package cache

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"sync"

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
	got, err := c.loads.Do(ctx, info.Name+" "+info.Version, func(ctx context.Context) (any, error) {
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
	r, info, err := c.store.Open(ctx, key.name())
	if err != nil {
		return Entry[T]{}, fmt.Errorf("cache entry %s: %w", key, err)
	}
	defer r.Close()
	e := Entry[T]{Version: info.Version}
	if e.Header, err = decodeInto(&e.Value, key, r, info.Size); err != nil {
		return Entry[T]{}, fmt.Errorf("cache entry %s: %w", key, err)
	}
	e.Warnings = e.Header.Warnings
	remember(c, e)
	return e, nil
}

// decodeInto decodes the entry under key, of size bytes, from r into v, which is
// of no use when it fails. The bytes are verified while they pass: no copy of
// the whole is held.
func decodeInto(v any, key Key, r io.Reader, size int64) (Header, error) {
	buf := buffers.Get().(*bufio.Reader) //nolint:forcetypeassert // the pool has no others
	buf.Reset(r)
	defer func() {
		buf.Reset(nil)
		buffers.Put(buf)
	}()
	line, err := firstLine(buf)
	if err != nil {
		return Header{}, err
	}
	h, err := parseLine(line)
	if err != nil {
		return Header{}, err
	}
	if err := fits(h, key, size, int64(len(line))); err != nil {
		return Header{}, err
	}
	start, _ := buf.Peek(int(min(h.Size, listStart)))
	makeRoom(v, start, h)
	sum := sha256.New()
	payload := io.TeeReader(io.LimitReader(buf, h.Size), sum)
	decodeErr := json.UnmarshalRead(payload, v)
	if _, err := io.Copy(io.Discard, payload); err != nil {
		return Header{}, fmt.Errorf("read the payload: %w", err)
	}
	end, _ := io.ReadAll(io.LimitReader(buf, 2))
	switch {
	case hex.EncodeToString(sum.Sum(nil)) != h.SHA256 || string(end) != "\n":
		return Header{}, fmt.Errorf("%w: the payload is altered", ErrDamaged)
	case decodeErr != nil:
		return Header{}, fmt.Errorf("%w: %w", ErrDamaged, decodeErr)
	}
	return h, nil
}

// buffers are for reading entries.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 64<<10) }}

// firstLine reads the first line, without the newline.
func firstLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, io.EOF), errors.Is(err, bufio.ErrBufferFull) && len(line) > maxHeader:
			return line, nil // parseLine says what it is
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, fmt.Errorf("read the header: %w", err)
		}
	}
}

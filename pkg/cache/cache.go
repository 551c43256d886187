package cache

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/fredctl/fred/pkg/flight"
)

// Cache decides what of a Store may be served and when a source is asked. It is
// safe for concurrent use.
type Cache struct {
	store  Store
	opts   Options
	log    *slog.Logger
	recent *recent
	asks   flight.Group // of sources
	loads  flight.Group // of stored entries into memory
}

// Options are the settings of a Cache. The zero value is online, with the
// system's clock, without a second net for secrets, silent, keeping nothing in
// memory.
type Options struct {
	Now     func() time.Time
	Offline func() bool // whether no source may be asked just now; nil: never

	// Seal gets every payload before it is stored, and the endpoint and the
	// warnings of the header likewise, and returns what may be stored, still
	// JSON, with a warning for each thing it removed. It must not
	// change the slice it is given; with nothing to remove it returns that
	// slice. When it fails nothing is stored and nothing of it is served.
	Seal         func(payload []byte) (clean []byte, warnings []string, err error)
	SecretPolicy string // version of the rules behind Seal, kept with each entry

	Logger *slog.Logger

	// MemoryBytes bounds the payload bytes of the entries that are kept decoded
	// in memory; in Go's types they may take several times as much. 0: none.
	MemoryBytes int64

	// RefreshTimeout is how long a collection may go on when those who asked
	// were served a stale entry and left; one minute when zero.
	RefreshTimeout time.Duration
}

// New returns a Cache on store.
func New(store Store, opts Options) *Cache {
	log := opts.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Cache{
		store: store, opts: opts, log: log, recent: newRecent(opts.MemoryBytes),
		asks: flight.Group{Log: log}, loads: flight.Group{Log: log},
	}
	if c.opts.Offline == nil {
		c.opts.Offline = func() bool { return false }
	}
	if c.opts.RefreshTimeout == 0 {
		c.opts.RefreshTimeout = time.Minute
	}
	return c
}

// Close cancels the collections that are under way and waits for their end.
// What would start one afterwards fails with ErrClosed; what is stored can
// still be read.
func (c *Cache) Close() { c.asks.Close() }

func (c *Cache) now() time.Time {
	if c.opts.Now != nil {
		return c.opts.Now().UTC()
	}
	return time.Now().UTC()
}

// State says what an entry is good for.
type State string

// The states of an entry.
const (
	Fresh   State = "fresh"
	Stale   State = "stale"
	Missing State = "missing"
	Damaged State = "damaged" // counts as missing; the next good collection replaces it
	Newer   State = "newer"   // of a newer fred; counts as missing, never replaced
)

// state judges an entry by itself, without a request.
func (c *Cache) state(h Header) State {
	if now := c.now(); h.expired(now) || h.Ahead(now) {
		return Stale
	}
	return Fresh
}

// stateOf names the state of what could not be read for err.
func stateOf(err error) State {
	switch {
	case errors.Is(err, ErrMissing):
		return Missing
	case errors.Is(err, ErrNewer):
		return Newer
	}
	return Damaged
}

// Peek returns the header of the entry under key, and its state by its own
// expiry, without reading the payload: a damaged payload of the right length
// goes unnoticed. It fails with ErrMissing, ErrDamaged, ErrNewer or what the
// store says.
func (c *Cache) Peek(ctx context.Context, key Key) (Header, State, error) {
	if h, ok := c.recalledHeader(ctx, key); ok {
		return h, c.state(h), nil
	}
	h, _, err := c.header(ctx, key)
	if err != nil {
		return Header{}, stateOf(err), err
	}
	return h, c.state(h), nil
}

// recalledHeader returns the header of the entry under key from memory, if the
// version that is stored is kept there.
func (c *Cache) recalledHeader(ctx context.Context, key Key) (Header, bool) {
	if c.recent == nil {
		return Header{}, false
	}
	info, err := c.store.Stat(ctx, key.name())
	if err != nil {
		return Header{}, false
	}
	kept, ok := c.recent.get(info.Name, info.Version)
	return kept.header, ok
}

// firstRead is how many bytes of an entry are read for its header at first.
const firstRead = 4 << 10

// header reads the header of the entry under key.
func (c *Cache) header(ctx context.Context, key Key) (Header, Info, error) {
	h, info, err := c.headerOf(ctx, key.name())
	if err == nil {
		err = fits(h.Header, key, info.Size, h.line)
	}
	if err != nil {
		return Header{}, Info{}, fmt.Errorf("cache entry %s: %w", key, err)
	}
	return h.Header, info, nil
}

// readHeader is a header and the length of the line it was read from.
type readHeader struct {
	Header
	line int64
}

// headerOf reads the header of a file, whatever key it tells of.
func (c *Cache) headerOf(ctx context.Context, name string) (readHeader, Info, error) {
	return headerBy(ctx, c.store.Head, name, nil)
}

// headFunc reads the start of a blob, as Store.Head does.
type headFunc func(ctx context.Context, name string, n int) ([]byte, Info, error)

func headerBy(ctx context.Context, head headFunc, name string, known words) (readHeader, Info, error) {
	for n := firstRead; ; n *= 16 {
		start, info, err := head(ctx, name, n)
		if err != nil {
			return readHeader{}, Info{}, err
		}
		line, _, whole := bytes.Cut(start, []byte("\n"))
		if !whole && n < maxHeader && int64(n) < info.Size {
			continue
		}
		h, err := parseLineOf(line, known)
		return readHeader{Header: h, line: int64(len(line))}, info, err
	}
}

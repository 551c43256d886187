// Package layer keeps local copies of what is read from a cache elsewhere, so
// that what has not changed since is asked for and not fetched again.
//
// A copy is served only when the cache elsewhere says that it is of the version
// that is stored, and its bytes are those that were written; while fred is
// offline, copies are served as they are. Writes go to the cache elsewhere, and
// fail when that does not take them: a copy is never all there is of a blob.
package layer

import (
	"context"
	"io"
	"iter"
	"log/slog"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
)

// Remote is a store elsewhere that says whether a version is still the one it
// has. What it says while fred is offline is a fault of kind Offline.
type Remote interface {
	cache.Store
	// OpenUnless opens the blob unless its version is the one given; then same is
	// true, there is nothing to read, and Info.Size is not set.
	OpenUnless(ctx context.Context, name, version string) (r io.ReadCloser, info cache.Info, same bool, err error)
	// Place says where it is, for people, without any secret.
	Place() string
}

// Options are the settings of a Layer. Its zero value is right.
type Options struct {
	MaxBytes int64        // of all copies; 1 GiB when zero
	Log      *slog.Logger // silent when nil
}

// Layer is a cache.Store. It is safe for concurrent use, by several processes
// with one folder too.
type Layer struct {
	Remote

	copies *copies
}

// New returns a Layer that keeps its copies in the folder at dir, which is made
// when the first is kept. A folder that cannot be written costs speed alone.
func New(remote Remote, dir string, o Options) *Layer {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = 1 << 30
	}
	return &Layer{Remote: remote, copies: &copies{dir: dir, max: o.MaxBytes, log: o.Log}}
}

// Open implements cache.Store.
func (l *Layer) Open(ctx context.Context, name string) (io.ReadCloser, cache.Info, error) {
	if err := cache.CheckName(name); err != nil {
		return nil, cache.Info{}, err
	}
	held := l.copies.open(name)
	version := ""
	if held != nil {
		version = held.info.Version
	}
	r, info, same, err := l.OpenUnless(ctx, name, version)
	switch {
	case held != nil && (same || offline(err)):
		if same && !info.Modified.IsZero() {
			held.info.Modified = info.Modified
		}
		return held, held.info, nil
	case held != nil:
		_ = held.Close()
	}
	if err != nil {
		return nil, cache.Info{}, l.plain(name, err)
	}
	return l.copies.fill(r, info), info, nil
}

// OpenRemote opens the blob past the copies, for who must know what is stored.
func (l *Layer) OpenRemote(ctx context.Context, name string) (io.ReadCloser, cache.Info, error) {
	return l.Remote.Open(ctx, name)
}

func offline(err error) bool { return err != nil && fault.KindOf(err) == fault.Offline }

// plain says of what no copy is kept that it is not there, while fred is offline.
func (l *Layer) plain(name string, err error) error {
	if offline(err) {
		return missing(name)
	}
	return err
}

func missing(name string) error {
	return fault.New(fault.Offline, "%s: %w among the copies of this machine, and %w", name, cache.ErrMissing, cache.ErrOffline)
}

// Head implements cache.Store.
func (l *Layer) Head(ctx context.Context, name string, n int) ([]byte, cache.Info, error) {
	if err := cache.CheckName(name); err != nil {
		return nil, cache.Info{}, err
	}
	held := l.copies.open(name)
	if held == nil {
		head, info, err := l.Remote.Head(ctx, name, n)
		return head, info, l.plain(name, err)
	}
	defer func() { _ = held.Close() }()
	r, info, same, err := l.OpenUnless(ctx, name, held.info.Version)
	switch {
	case same || offline(err):
		if same && !info.Modified.IsZero() {
			held.info.Modified = info.Modified
		}
		r, info = io.NopCloser(held), held.info
	case err != nil:
		return nil, cache.Info{}, err
	default: // fetched whole: who reads the head of what changed reads on
		r = l.copies.fill(r, info)
	}
	defer r.Close()
	head := make([]byte, min(int64(max(n, 0)), info.Size))
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, cache.Info{}, err
	}
	return head, info, nil
}

// Stat implements cache.Store.
func (l *Layer) Stat(ctx context.Context, name string) (cache.Info, error) {
	info, err := l.Remote.Stat(ctx, name)
	if !offline(err) {
		return info, err
	}
	held := l.copies.open(name)
	if held == nil {
		return cache.Info{}, missing(name)
	}
	defer func() { _ = held.Close() }()
	return held.info, nil
}

// Put implements cache.Store.
func (l *Layer) Put(ctx context.Context, name string, data ...[]byte) (cache.Info, error) {
	info, err := l.Remote.Put(ctx, name, data...)
	if err == nil {
		l.copies.keep(info, data)
	}
	return info, err
}

// Delete implements cache.Store.
func (l *Layer) Delete(ctx context.Context, name string) error {
	err := l.Remote.Delete(ctx, name)
	if err == nil {
		l.copies.forget(name)
	}
	return err
}

// List implements cache.Store. Offline, the copies are what there is.
func (l *Layer) List(ctx context.Context, prefix string) iter.Seq2[cache.Info, error] {
	return func(yield func(cache.Info, error) bool) {
		begun := false
		for info, err := range l.Remote.List(ctx, prefix) {
			if !begun && offline(err) {
				l.listCopies(prefix, yield)
				return
			}
			begun = true
			if !yield(info, err) || err != nil {
				return
			}
		}
	}
}

func (l *Layer) listCopies(prefix string, yield func(cache.Info, error) bool) {
	for _, info := range l.copies.infos(prefix) {
		if !yield(info, nil) {
			return
		}
	}
}

package cache

import (
	"context"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// Verify reads the entry that l lists to its last byte, and returns what is wrong
// with it: ErrDamaged, ErrNewer, what the store says, or nil. It holds no more of
// it than a buffer.
func (c *Cache) Verify(ctx context.Context, l Listed) error {
	if l.Problem != nil {
		return l.Problem
	}
	open := c.store.Open
	if past, ok := c.store.(interface {
		OpenRemote(ctx context.Context, name string) (io.ReadCloser, Info, error)
	}); ok { // not a copy of it
		open = past.OpenRemote
	}
	r, info, err := open(ctx, l.Name)
	if errors.Is(err, ErrMissing) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = decodeInto(&skipped{}, l.Header.Key, r, info.Size)
	return err
}

// skipped is JSON that is read and not kept.
type skipped struct{}

// UnmarshalJSONFrom reads one value.
func (*skipped) UnmarshalJSONFrom(d *jsontext.Decoder) error { return d.SkipValue() }

// Remove deletes the entry that l lists, unless another has taken its place since,
// and reports whether it did.
func (c *Cache) Remove(ctx context.Context, l Listed) (bool, error) {
	now, err := c.store.Stat(ctx, l.Name)
	switch {
	case errors.Is(err, ErrMissing), err == nil && now.Version != l.Version:
		return false, nil
	case err != nil:
		return false, err
	}
	return true, c.store.Delete(ctx, l.Name)
}

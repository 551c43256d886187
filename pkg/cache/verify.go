package cache

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Verify reads the entry that l lists to its last byte, and returns what is wrong
// with it: ErrDamaged, ErrNewer, what the store says, or nil.
func (c *Cache) Verify(ctx context.Context, l Listed) error {
	if l.Problem != nil {
		return l.Problem
	}
	data, _, err := ReadBlob(ctx, c.store, l.Name)
	if errors.Is(err, ErrMissing) {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	_, payload, err := open(l.Header.Key, data)
	if err == nil && !json.Valid(payload) {
		err = fmt.Errorf("%w: it holds no JSON", ErrDamaged)
	}
	return err
}

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

package cache

import "context"

// Change is a set of entries that are stored and deleted together, or not at
// all. It is used by one goroutine and must be closed.
type Change struct{ batch Batch }

// Change begins a change. It waits for another one of the same cache, in
// whatever process, to be closed.
func (c *Cache) Change(ctx context.Context) (*Change, error) {
	b, err := c.store.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return &Change{b}, nil
}

// Put stages an entry, which takes the place of the one under its key.
func (c *Change) Put(ctx context.Context, o Outgoing) error {
	return c.batch.Put(ctx, o.Header.Key.name(), o.Parts...)
}

// Delete stages the removal of an entry.
func (c *Change) Delete(ctx context.Context, key Key) error {
	return c.batch.Delete(ctx, key.name())
}

// Tell has Commit say how many of how many entries it has put in their places, where
// the store can tell.
func (c *Change) Tell(progress func(done, total int)) {
	if t, ok := c.batch.(interface{ Tell(func(done, total int)) }); ok {
		t.Tell(progress)
	}
}

// Commit makes the change; see Batch.
func (c *Change) Commit(ctx context.Context) error { return c.batch.Commit(ctx) }

// Close drops what was not committed.
func (c *Change) Close() error { return c.batch.Close() }

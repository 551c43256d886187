package s3

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/fredctl/fred/pkg/cache"
)

// closeTime is how long a batch that ends may take to leave nothing behind. What
// it leaves the next one sweeps.
const closeTime = 10 * time.Second

// staging is a batch. It stages objects below private; a record of what is to
// become of them is written, and then the lock says that the batch is committed,
// on the condition that it is still this one's: that is the one instant from
// which on all changes will be made.
type staging struct {
	s       *Store
	lease   *lease
	id      string
	staged  map[string]int // by name, the number of its object
	gone    map[string]bool
	count   int
	settled bool // by the lock: committed, or perhaps so
	stop    context.CancelFunc
	stopped chan struct{}
}

// newStaging returns the batch that holds the lock, and keeps it held.
func newStaging(ctx context.Context, s *Store, l *lease) *staging {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	b := &staging{
		s: s, lease: l, id: l.now.Batch, settled: l.now.Committed, staged: map[string]int{}, gone: map[string]bool{},
		stop: stop, stopped: make(chan struct{}),
	}
	go func() {
		defer close(b.stopped)
		b.keep(ctx)
	}()
	return b
}

// keep renews the lease until ctx ends or the lock is another's.
func (b *staging) keep(ctx context.Context) {
	tick := time.NewTicker(b.s.lease / 4)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := b.lease.write(ctx, func(*state) {}); errors.Is(err, errTaken) {
			return
		}
	}
}

// Put implements cache.Batch.
func (b *staging) Put(ctx context.Context, name string, data ...[]byte) error {
	if err := b.s.ready(ctx, name); err != nil {
		return err
	}
	blob, err := joined(name, data)
	if err != nil {
		return err
	}
	b.count++
	n := b.count
	delete(b.gone, name)
	delete(b.staged, name)
	if _, err := b.s.put(ctx, stagedAs(b.id, n), blob, nil); err != nil {
		return b.s.failed(ctx, "store", name, err)
	}
	b.staged[name] = n
	return nil
}

func stagedAs(batch string, n int) string { return private + batch + "/" + strconv.Itoa(n) }

// Delete implements cache.Batch.
func (b *staging) Delete(ctx context.Context, name string) error {
	if err := b.s.ready(ctx, name); err != nil {
		return err
	}
	delete(b.staged, name)
	b.gone[name] = true
	return nil
}

// Commit implements cache.Batch.
func (b *staging) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := b.record(ctx); err != nil {
		return b.s.describe(ctx, err)
	}
	if err := b.decide(ctx); err != nil {
		return err
	}
	if err := b.s.finish(ctx, b.lease, b.id); err != nil {
		return fmt.Errorf("%w: %w", cache.ErrCommitted, b.s.describe(ctx, err))
	}
	// From now on nobody makes the changes again, over what is stored meanwhile.
	if err := b.lease.write(ctx, func(n *state) { n.Committed = false }); err != nil {
		return fmt.Errorf("%w: %w", cache.ErrCommitted, b.s.describe(ctx, err))
	}
	b.settled = false
	return nil
}

// decide has the lock say that the batch is committed. An answer that is lost
// leaves it open whether it does; then it is told not to, which S3 does or
// refuses for the same condition.
func (b *staging) decide(ctx context.Context) error {
	err := b.lease.write(ctx, func(n *state) { n.Committed = true })
	switch {
	case err == nil:
		b.settled = true
		return nil
	case errors.Is(err, errTaken):
		return b.s.describe(ctx, err)
	}
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	again := b.lease.write(late, func(n *state) { n.Committed = false })
	if again == nil {
		return b.s.describe(ctx, err)
	}
	// Nobody answers, or another has taken the lock since, and made the changes or
	// dropped them.
	b.settled = true
	return fmt.Errorf("%w: %w", cache.ErrUncertain, b.s.describe(ctx, err))
}

// Close implements cache.Batch. The lock of a batch that may be committed is
// left as it is, for whoever comes next to end it.
func (b *staging) Close() error {
	if b.stop == nil {
		return nil
	}
	b.stop()
	<-b.stopped
	b.stop = nil
	defer func() { <-b.s.batch }()
	if b.settled {
		b.s.mendSoon()
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTime) // to tidy up is right after a cancellation too
	defer cancel()
	err := b.drop(ctx)
	if e := b.lease.write(ctx, func(n *state) { n.Batch, n.Committed = "", false }); !errors.Is(e, errTaken) {
		err = errors.Join(err, e)
	}
	if err == nil {
		return nil
	}
	return b.s.failed(ctx, "tidy up", b.s.Place(), err)
}

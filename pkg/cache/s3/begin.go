package s3

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/fredctl/fred/pkg/cache"
)

const (
	firstWait = 50 * time.Millisecond // between two looks at a lock that is another's
	lastWait  = time.Second
	parallel  = 16          // requests at a time
	mendRest  = time.Minute // between two looks for what others left
)

// Begin implements cache.Store. The batch of an owner who has died is ended
// first, when his lease is over.
func (s *Store) Begin(ctx context.Context) (cache.Batch, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.reachable(ctx); err != nil {
		return nil, err
	}
	select {
	case s.batch <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	l, err := s.hold(ctx)
	if err != nil {
		<-s.batch
		return nil, s.describe(ctx, err)
	}
	b := newStaging(ctx, s, l)
	if err := b.clear(ctx); err != nil {
		_ = b.Close()
		return nil, s.describe(ctx, err)
	}
	return b, nil
}

// hold waits for the lock and returns it with what was left in it, still to be
// ended. The caller has filled s.batch.
func (s *Store) hold(ctx context.Context) (*lease, error) {
	for wait := firstWait; ; wait = min(2*wait, lastWait) {
		l, err := s.take(ctx)
		if l != nil || err != nil {
			return l, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait/2 + rand.N(wait)):
		}
	}
}

// take makes the lock this Store's, unless it is held: then it returns nil.
func (s *Store) take(ctx context.Context) (*lease, error) {
	there, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	if !there.free() && !there.dead(s) {
		return nil, nil
	}
	l := &lease{s: s, now: there.state, etag: there.etag}
	err = l.write(ctx, func(n *state) {
		if !there.Committed { // a new name: the owner of the old one may only have slept
			n.Batch = newBatch()
		}
	})
	if errors.Is(err, errTaken) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// clear ends what was left by the batch that the lock had, and by any other, and
// gives the lock to this one.
func (b *staging) clear(ctx context.Context) error {
	if b.settled {
		b.s.log.Info("finish a batch of changes that was left", "batch", b.id)
		if err := b.s.finish(ctx, b.lease, b.id); err != nil {
			return err
		}
		b.id = newBatch()
		if err := b.lease.write(ctx, func(n *state) { n.Batch, n.Committed = b.id, false }); err != nil {
			return err
		}
		b.settled = false
	}
	return b.s.sweep(ctx)
}

// sweep deletes what batches staged; none is open, since the caller holds the
// lock.
func (s *Store) sweep(ctx context.Context) error {
	deletes, ctx := errgroup.WithContext(ctx)
	deletes.SetLimit(parallel)
	for o, err := range s.objects(ctx, private+batchPrefix) {
		if err != nil {
			return errors.Join(err, deletes.Wait())
		}
		if stagedName(o.Name) {
			deletes.Go(func() error { return s.remove(ctx, o.Name) })
		}
	}
	return deletes.Wait()
}

// mend ends a batch that was left, as opening a folder does, without waiting for
// anybody. That it cannot be, say for want of rights, is no matter for a reader.
func (s *Store) mend(ctx context.Context) {
	s.mending.Lock()
	defer s.mending.Unlock()
	if time.Since(s.mended) < mendRest {
		return
	}
	s.mended = time.Now()
	select {
	case s.batch <- struct{}{}:
	default:
		return // a batch of this Store is open, so nothing is left
	}
	if err := s.mendHeld(ctx); err != nil {
		s.log.Debug("look for changes that were left", "err", err)
	}
}

// mendSoon has the next operation look.
func (s *Store) mendSoon() {
	s.mending.Lock()
	defer s.mending.Unlock()
	s.mended = time.Time{}
}

// mendHeld does so, and empties s.batch.
func (s *Store) mendHeld(ctx context.Context) error {
	there, err := s.look(ctx)
	if err != nil || there.free() || !there.dead(s) {
		<-s.batch
		if err != nil {
			_ = s.failed(ctx, "read", strings.TrimPrefix(lockName, private), err) // notes that nobody answers
		}
		return err
	}
	l, err := s.take(ctx)
	if l == nil || err != nil {
		<-s.batch
		return err
	}
	b := newStaging(ctx, s, l)
	return errors.Join(b.clear(ctx), b.Close())
}

package cache

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// flights runs one function per name at a time, for all who ask meanwhile.
// golang.org/x/sync/singleflight does that too but cannot cancel the function
// when the last of them has left.
type flights struct {
	log    *slog.Logger
	mu     sync.Mutex
	byName map[string]*flight
	group  sync.WaitGroup
	closed bool
}

// flight is one run. Its result may be read when done is closed.
type flight struct {
	name   string
	done   chan struct{}
	cancel context.CancelFunc
	value  any
	err    error

	// Guarded by flights.mu:
	waiters  int
	detached bool        // goes on without waiters until the timer ends
	timer    *time.Timer // nil until it is detached
}

// join returns the flight of that name, starting it when there is none. Who
// joined must wait, leave or detach. The context of run keeps the values of
// ctx, but not its end.
func (f *flights) join(ctx context.Context, name string, run func(context.Context) (any, error)) *flight {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl, ok := f.byName[name]; ok {
		fl.waiters++
		return fl
	}
	fl := &flight{name: name, done: make(chan struct{}), waiters: 1, err: errors.New("the collection ended without a result")}
	ctx, fl.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if f.closed {
		fl.cancel()
		fl.err = ErrClosed
		close(fl.done)
		return fl
	}
	if f.byName == nil {
		f.byName = map[string]*flight{}
	}
	f.byName[name] = fl
	f.group.Go(func() { f.fly(ctx, fl, run) })
	return fl
}

// fly runs a flight. A panic in it becomes its error: whoever waits for it in a
// server would not survive it otherwise.
func (f *flights) fly(ctx context.Context, fl *flight, run func(context.Context) (any, error)) {
	defer func() {
		if p := recover(); p != nil {
			fl.err = fmt.Errorf("panic: %v", p)
			f.log.Error("panic in a collection", "err", fl.err, "stack", string(debug.Stack()))
		}
		f.land(fl)
	}()
	fl.value, fl.err = run(ctx)
}

// land lets everybody see the result.
func (f *flights) land(fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(fl)
	if fl.timer != nil {
		fl.timer.Stop()
	}
	fl.cancel()
	close(fl.done)
}

// do joins a flight and waits for its end, or for that of ctx.
func (f *flights) do(ctx context.Context, name string, run func(context.Context) (any, error)) (any, error) {
	fl := f.join(ctx, name, run)
	select {
	case <-fl.done:
		return fl.value, fl.err
	case <-ctx.Done():
		f.leave(fl)
		return nil, ctx.Err()
	}
}

// forget lets the next who asks start a new flight.
func (f *flights) forget(fl *flight) {
	if f.byName[fl.name] == fl {
		delete(f.byName, fl.name)
	}
}

// leave takes one waiter off; the last one cancels the flight.
func (f *flights) leave(fl *flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl.waiters--
	f.abandon(fl)
}

// detach takes one waiter off but lets the flight go on for up to limit.
func (f *flights) detach(fl *flight, limit time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl.waiters--
	if fl.detached {
		return
	}
	fl.detached = true
	fl.timer = time.AfterFunc(limit, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		fl.detached = false
		f.abandon(fl)
	})
}

// abandon cancels a flight that nobody wants any more.
func (f *flights) abandon(fl *flight) {
	if fl.waiters == 0 && !fl.detached {
		f.forget(fl)
		fl.cancel()
	}
}

// close cancels all flights, waits for them and lets none start again.
func (f *flights) close() {
	f.mu.Lock()
	f.closed = true
	for _, fl := range f.byName {
		fl.cancel()
	}
	f.mu.Unlock()
	f.group.Wait()
}

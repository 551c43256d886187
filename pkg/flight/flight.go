// Package flight lets many who ask for the same at a time share one run of what brings
// it.
package flight

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Group runs one function per name at a time, for all who ask meanwhile. Its zero value
// is ready, and safe for concurrent use. golang.org/x/sync/singleflight does that too
// but cannot cancel the function when the last of them has left.
type Group struct {
	Log    *slog.Logger // of panics; silent when nil
	mu     sync.Mutex
	byName map[string]*Flight
	group  sync.WaitGroup
	closed bool
}

// ErrClosed is what who asks after Close gets.
var ErrClosed = errors.New("closed: nothing is collected any more")

// Flight is one run.
type Flight struct {
	name   string
	done   chan struct{}
	cancel context.CancelFunc
	value  any
	err    error

	// Guarded by Group.mu:
	waiters  int
	detached bool        // goes on without waiters until the timer ends
	timer    *time.Timer // nil until it is detached
}

// Done is closed when the run has ended.
func (fl *Flight) Done() <-chan struct{} { return fl.done }

// Result returns what the run brought, when Done is closed.
func (fl *Flight) Result() (any, error) { return fl.value, fl.err }

// Join returns the flight of that name, starting it when there is none. Who
// joined must wait for Done, Leave or Detach. The context of run keeps the values of
// ctx, but not its end.
func (f *Group) Join(ctx context.Context, name string, run func(context.Context) (any, error)) *Flight {
	f.mu.Lock()
	defer f.mu.Unlock()
	if fl, ok := f.byName[name]; ok {
		fl.waiters++
		return fl
	}
	fl := &Flight{name: name, done: make(chan struct{}), waiters: 1, err: errors.New("the collection ended without a result")}
	ctx, fl.cancel = context.WithCancel(context.WithoutCancel(ctx))
	if f.closed {
		fl.cancel()
		fl.err = ErrClosed
		close(fl.done)
		return fl
	}
	if f.byName == nil {
		f.byName = map[string]*Flight{}
	}
	f.byName[name] = fl
	f.group.Go(func() { f.fly(ctx, fl, run) })
	return fl
}

// fly runs a flight. A panic in it becomes its error: whoever waits for it in a
// server would not survive it otherwise.
func (f *Group) fly(ctx context.Context, fl *Flight, run func(context.Context) (any, error)) {
	defer func() {
		if p := recover(); p != nil {
			fl.err = fmt.Errorf("panic: %v", p)
			if f.Log != nil {
				f.Log.Error("panic in a collection", "err", fl.err, "stack", string(debug.Stack()))
			}
		}
		f.land(fl)
	}()
	fl.value, fl.err = run(ctx)
}

// land lets everybody see the result.
func (f *Group) land(fl *Flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.forget(fl)
	if fl.timer != nil {
		fl.timer.Stop()
	}
	fl.cancel()
	close(fl.done)
}

// Do joins a flight and waits for its end, or for that of ctx.
func (f *Group) Do(ctx context.Context, name string, run func(context.Context) (any, error)) (any, error) {
	fl := f.Join(ctx, name, run)
	select {
	case <-fl.done:
		return fl.value, fl.err
	case <-ctx.Done():
		f.Leave(fl)
		return nil, ctx.Err()
	}
}

// forget lets the next who asks start a new flight.
func (f *Group) forget(fl *Flight) {
	if f.byName[fl.name] == fl {
		delete(f.byName, fl.name)
	}
}

// Leave takes one waiter off; the last one cancels the flight.
func (f *Group) Leave(fl *Flight) {
	f.mu.Lock()
	defer f.mu.Unlock()
	fl.waiters--
	f.abandon(fl)
}

// Detach takes one waiter off but lets the flight go on for up to limit.
func (f *Group) Detach(fl *Flight, limit time.Duration) {
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
func (f *Group) abandon(fl *Flight) {
	if fl.waiters == 0 && !fl.detached {
		f.forget(fl)
		fl.cancel()
	}
}

// Close cancels all flights, waits for them and lets none start again.
func (f *Group) Close() {
	f.mu.Lock()
	f.closed = true
	for _, fl := range f.byName {
		fl.cancel()
	}
	f.mu.Unlock()
	f.group.Wait()
}

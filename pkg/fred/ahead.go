package fred

import (
	"context"
	"sync"

	"github.com/fredctl/fred/pkg/kube"
)

// ahead renews inventories in the background, each cluster once at a time.
type ahead struct {
	ctx     context.Context // of everything in the background; ended by Close
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu   sync.Mutex
	busy map[string]bool
}

// start claims cluster, unless its inventory is being renewed or all is closed.
func (a *ahead) start(cluster string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.busy[cluster] || a.ctx.Err() != nil {
		return false
	}
	if a.busy == nil {
		a.busy = map[string]bool{}
	}
	a.busy[cluster] = true
	a.running.Add(1)
	return true
}

func (a *ahead) close() {
	a.mu.Lock()
	a.cancel()
	a.mu.Unlock()
	a.running.Wait()
}

func (a *ahead) done(cluster string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.busy, cluster)
	a.running.Done()
}

// renewAhead renews the inventory of a cluster that was asked about, if what it
// answered with has lived two thirds of its time.
func (f *Fred) renewAhead(c kube.Cluster, out *loaded, namespace string, need []kube.Resource) {
	if !f.Ahead || f.Offline() || out.stale || f.Now().Sub(out.collectedAt) < f.Age*2/3 || !f.ahead.start(c.Name) {
		return
	}
	go func() {
		defer f.ahead.done(c.Name)
		if _, err := f.load(f.ahead.ctx, c, Query{Refresh: true}, namespace, need); err != nil {
			f.Log.Info("renew ahead of time", "context", c.Name, "err", err)
		}
	}()
}

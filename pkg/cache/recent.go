package cache

import (
	"container/list"
	"sync"
)

// recent keeps decoded entries, the least recently used leaving first. A nil
// one keeps nothing.
type recent struct {
	mu     sync.Mutex
	max    int64 // payload bytes
	used   int64
	order  *list.List // of remembered, the latest used in front
	byName map[string]*list.Element
}

type remembered struct {
	name, version string
	size          int64
	header        Header
	entry         any // an Entry[T]
}

func newRecent(bytes int64) *recent {
	if bytes <= 0 {
		return nil
	}
	return &recent{max: bytes, order: list.New(), byName: map[string]*list.Element{}}
}

// get returns what is kept of that name and version.
func (r *recent) get(name, version string) (remembered, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, ok := r.byName[name]
	if !ok || e.Value.(remembered).version != version {
		return remembered{}, false
	}
	r.order.MoveToFront(e)
	return e.Value.(remembered), true
}

// put keeps m, which takes the place of another version.
func (r *recent) put(m remembered) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drop(r.byName[m.name])
	if m.size > r.max {
		return
	}
	r.byName[m.name] = r.order.PushFront(m)
	for r.used += m.size; r.used > r.max; {
		r.drop(r.order.Back())
	}
}

// drop forgets e; nil is nothing to forget.
func (r *recent) drop(e *list.Element) {
	if e == nil {
		return
	}
	m := r.order.Remove(e).(remembered)
	delete(r.byName, m.name)
	r.used -= m.size
}

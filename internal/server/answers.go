package server

import (
	"container/list"
	"sync"
	"time"
)

// lease is for how long an answer is taken as it is after it was checked. It is
// far below what anybody can see, and lets thousands of requests a second share
// one look into the cache.
const lease = 20 * time.Millisecond

// answers keeps rendered bodies by question, bounded, the least recently used
// leaving first. It is safe for concurrent use.
type answers struct {
	mu    sync.Mutex
	max   int
	used  int
	order *list.List // of *kept, the latest used in front
	byKey map[string]*list.Element
	turn  uint64 // how many requests have changed something
}

type kept struct {
	key, version string
	answer       *answer
	check
}

// check is when an answer was last known to be the right one.
type check struct {
	at   time.Time
	turn uint64
}

// size is what k holds in memory, about.
func (k *kept) size() int { return len(k.answer.body) + 2*len(k.key) + len(k.version) + 512 }

// newAnswers returns one that keeps up to that many bytes, none when negative.
func newAnswers(bytes int64) *answers {
	return &answers{max: int(bytes), order: list.New(), byKey: map[string]*list.Element{}}
}

// begin returns the check that begins now.
func (as *answers) begin() check {
	as.mu.Lock()
	defer as.mu.Unlock()
	return check{time.Now(), as.turn}
}

// changed says that what was checked before must be checked again.
func (as *answers) changed() {
	as.mu.Lock()
	defer as.mu.Unlock()
	as.turn++
}

// leased returns the answer to the question key if it has just been checked.
func (as *answers) leased(key string) *answer {
	as.mu.Lock()
	defer as.mu.Unlock()
	e, ok := as.byKey[key]
	if !ok {
		return nil
	}
	k := e.Value.(*kept)
	if k.turn != as.turn || time.Since(k.at) >= lease {
		return nil
	}
	as.order.MoveToFront(e)
	return k.answer
}

// get returns the answer to the question key if it was rendered of version,
// which c has found to be the right one.
func (as *answers) get(key, version string, c check) *answer {
	as.mu.Lock()
	defer as.mu.Unlock()
	e, ok := as.byKey[key]
	if !ok {
		return nil
	}
	k := e.Value.(*kept)
	if version == "" || k.version != version {
		return nil
	}
	k.check = c
	as.order.MoveToFront(e)
	return k.answer
}

// put keeps a in the place of another version.
func (as *answers) put(key, version string, a *answer, c check) {
	k := &kept{key, version, a, c}
	if version == "" || k.size() > as.max {
		return
	}
	as.mu.Lock()
	defer as.mu.Unlock()
	if e, ok := as.byKey[key]; ok {
		as.drop(e)
	}
	as.byKey[key] = as.order.PushFront(k)
	for as.used += k.size(); as.used > as.max; {
		as.drop(as.order.Back())
	}
}

func (as *answers) drop(e *list.Element) {
	k := as.order.Remove(e).(*kept)
	delete(as.byKey, k.key)
	as.used -= k.size()
}

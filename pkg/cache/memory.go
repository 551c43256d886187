package cache

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Memory is a Store that ends with the process, for simulations and tests. It
// is unbounded. Its zero value is empty and ready; it must not be copied.
type Memory struct {
	mu    sync.RWMutex
	blobs map[string]memoryBlob
	count uint64

	once  sync.Once
	batch chan struct{} // full while a batch is open
}

type memoryBlob struct {
	data []byte
	info Info
}

// NewMemory returns an empty Memory, which is safe for concurrent use.
func NewMemory() *Memory { return &Memory{} }

func (m *Memory) find(ctx context.Context, name string) (memoryBlob, error) {
	if err := ready(ctx, name); err != nil {
		return memoryBlob{}, err
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	b, ok := m.blobs[name]
	if !ok {
		return memoryBlob{}, fmt.Errorf("%s: %w", name, ErrMissing)
	}
	return b, nil
}

// Open implements Store.
func (m *Memory) Open(ctx context.Context, name string) (io.ReadCloser, Info, error) {
	b, err := m.find(ctx, name)
	return io.NopCloser(bytes.NewReader(b.data)), b.info, err
}

// Head implements Store.
func (m *Memory) Head(ctx context.Context, name string, n int) ([]byte, Info, error) {
	b, err := m.find(ctx, name)
	return bytes.Clone(b.data[:min(n, len(b.data))]), b.info, err
}

// Stat implements Store.
func (m *Memory) Stat(ctx context.Context, name string) (Info, error) {
	b, err := m.find(ctx, name)
	return b.info, err
}

// Put implements Store, save that nothing in memory is on stable storage.
func (m *Memory) Put(ctx context.Context, name string, data ...[]byte) (Info, error) {
	if err := ready(ctx, name); err != nil {
		return Info{}, err
	}
	if total(data) > MaxBlob {
		return Info{}, fmt.Errorf("store %s: larger than %d bytes", name, MaxBlob)
	}
	whole := bytes.Join(data, nil)
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.put(name, whole), nil
}

// put stores whole, which is nobody else's; m.mu is held.
func (m *Memory) put(name string, whole []byte) Info {
	if m.blobs == nil {
		m.blobs = map[string]memoryBlob{}
	}
	m.count++
	info := Info{Name: name, Size: int64(len(whole)), Version: strconv.FormatUint(m.count, 36), Modified: time.Now().UTC()}
	m.blobs[name] = memoryBlob{data: whole, info: info}
	return info
}

// memoryBatch is a batch of a Memory.
type memoryBatch struct {
	m       *Memory
	blobs   map[string][]byte // nil: to be deleted
	release func()
}

// Begin implements Store.
func (m *Memory) Begin(ctx context.Context) (Batch, error) {
	m.once.Do(func() { m.batch = make(chan struct{}, 1) })
	select {
	case m.batch <- struct{}{}:
		return &memoryBatch{m: m, blobs: map[string][]byte{}, release: sync.OnceFunc(func() { <-m.batch })}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Put implements Batch.
func (b *memoryBatch) Put(ctx context.Context, name string, data ...[]byte) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	if total(data) > MaxBlob {
		return fmt.Errorf("store %s: larger than %d bytes", name, MaxBlob)
	}
	b.blobs[name] = append([]byte{}, bytes.Join(data, nil)...)
	return nil
}

// Delete implements Batch.
func (b *memoryBatch) Delete(ctx context.Context, name string) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	b.blobs[name] = nil
	return nil
}

// Commit implements Batch.
func (b *memoryBatch) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b.m.mu.Lock()
	defer b.m.mu.Unlock()
	for name, data := range b.blobs {
		if data == nil {
			delete(b.m.blobs, name)
		} else {
			b.m.put(name, data)
		}
	}
	b.blobs = map[string][]byte{}
	return nil
}

// Close implements Batch.
func (b *memoryBatch) Close() error {
	b.release()
	return nil
}

// Delete implements Store.
func (m *Memory) Delete(ctx context.Context, name string) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.blobs, name)
	return nil
}

// List implements Store. It yields what was there when the loop began.
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(Info{}, err)
			return
		}
		for _, info := range m.infos() {
			if strings.HasPrefix(info.Name, prefix) && !yield(info, nil) {
				return
			}
		}
	}
}

// infos returns all there is, sorted by name.
func (m *Memory) infos() []Info {
	m.mu.RLock()
	defer m.mu.RUnlock()
	list := make([]Info, 0, len(m.blobs))
	for _, name := range slices.Sorted(maps.Keys(m.blobs)) {
		list = append(list, m.blobs[name].info)
	}
	return list
}

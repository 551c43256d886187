package cache

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// writable is a store that knows whether it can be written.
type writable interface {
	// Writable says why it cannot; nil if it can. It leaves nothing behind.
	Writable(ctx context.Context) error
}

// Writable says why nothing can be stored just now: ErrReadOnly, ErrFull or what
// the store says; nil if something can. A store that does not know is
// errors.ErrUnsupported.
func (c *Cache) Writable(ctx context.Context) error {
	if w, ok := c.store.(writable); ok {
		return w.Writable(ctx)
	}
	return errors.ErrUnsupported
}

// Writable implements writable.
func (m *Memory) Writable(ctx context.Context) error { return ctx.Err() }

// Writable writes a file where Put and Begin would, and removes it.
func (f *Folder) Writable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	root, made, err := nearest(f.path)
	if err != nil {
		return unwritten(err)
	}
	defer root.Close()
	if made {
		if err := lockable(root); err != nil {
			return unwritten(err)
		}
	}
	return unwritten(probe(root))
}

// nearest opens the folder at path or, where it is not there yet, the one above
// it in which it would be made.
func nearest(path string) (root *os.Root, there bool, err error) {
	for there = true; ; there = false {
		root, err = os.OpenRoot(path)
		if !errors.Is(err, fs.ErrNotExist) || path == filepath.Dir(path) {
			return root, there, err
		}
		path = filepath.Dir(path)
	}
}

// lockable says why the lock of batches cannot be held; nil if it can.
func lockable(root *os.Root) error {
	file, err := root.Open(filepath.Join(tempDir, lockName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

// probe writes a small file below root, in tempDir where there is one, and removes
// it. What a killed process leaves of it is hidden and, in tempDir, swept.
func probe(root *os.Root) error {
	dir := tempDir
	if stat, err := root.Stat(dir); err != nil || !stat.IsDir() {
		dir = "."
	}
	name := filepath.Join(dir, ".probe-"+strings.ToLower(rand.Text()))
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString("x")
	if err := errors.Join(err, file.Close(), root.Remove(name)); err != nil {
		return fmt.Errorf("try the cache: %w", err)
	}
	return nil
}

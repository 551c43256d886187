package cache

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"
)

const (
	batchPrefix  = "batch-" // of the folders of batches, in tempDir
	recordName   = "commit" // the file that says that a batch is to be made, and what it is
	lockName     = "lock"   // in tempDir, held by the batch that is open
	lockInterval = 20 * time.Millisecond
)

// folderBatch stages files in a folder of its own. A record of what is to become
// of them, written once all of them are on stable storage, is the one instant
// from which on all changes will be made.
type folderBatch struct {
	root   *os.Root
	files  *os.Root // dir, which is long to walk to for each of thousands of files
	lock   *flock.Flock
	dir    string         // relative to root
	staged map[string]int // by name, the number of its file
	gone   map[string]bool
	count  int
	tell   func(done, total int)
}

// record is what a batch changes.
type record struct {
	Put    map[string]string `json:"put,omitempty"`    // name: file in the batch's folder
	Delete []string          `json:"delete,omitempty"` // names
}

// Begin implements Store.
func (f *Folder) Begin(ctx context.Context) (Batch, error) {
	root, err := f.create()
	if err != nil {
		return nil, fmt.Errorf("change the cache: %w", unwritten(err))
	}
	b := &folderBatch{root: root, dir: filepath.Join(tempDir, batchPrefix+strings.ToLower(rand.Text())), staged: map[string]int{}, gone: map[string]bool{}, tell: func(int, int) {}}
	err = makeDir(root, tempDir)
	if err == nil {
		b.lock = f.lock()
		_, err = b.lock.TryLockContext(ctx, lockInterval)
	}
	if err == nil {
		err = root.Mkdir(b.dir, 0o700)
	}
	if err == nil {
		b.files, err = root.OpenRoot(b.dir)
	}
	if err != nil {
		_ = b.Close()
		return nil, fmt.Errorf("change the cache: %w", unwritten(err))
	}
	return b, nil
}

func (f *Folder) lock() *flock.Flock {
	return flock.New(filepath.Join(f.path, tempDir, lockName), flock.SetPermissions(0o600))
}

// Put implements Batch.
func (b *folderBatch) Put(ctx context.Context, name string, data ...[]byte) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	if total(data) > MaxBlob {
		return fmt.Errorf("store %s: larger than %d bytes", name, MaxBlob)
	}
	delete(b.gone, name)
	b.count++
	n := b.count
	b.staged[name] = n
	if err := b.write(strconv.Itoa(n), data); err != nil {
		return fmt.Errorf("store %s: %w", name, unwritten(err))
	}
	return nil
}

// write fills a file, which Commit syncs with all others.
func (b *folderBatch) write(name string, data [][]byte) error {
	file, err := b.files.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	for _, d := range data {
		if _, err := file.Write(d); err != nil {
			return err
		}
	}
	now := time.Now()
	_ = b.files.Chtimes(name, now, now) // see write
	return file.Close()
}

// Delete implements Batch.
func (b *folderBatch) Delete(ctx context.Context, name string) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	delete(b.staged, name)
	b.gone[name] = true
	return nil
}

// Tell has Commit say how far it is.
func (b *folderBatch) Tell(progress func(done, total int)) { b.tell = progress }

// Commit implements Batch.
func (b *folderBatch) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r := record{Put: make(map[string]string, len(b.staged)), Delete: slices.Sorted(maps.Keys(b.gone))}
	for name, n := range b.staged {
		r.Put[name] = strconv.Itoa(n)
	}
	made, err := prepare(b.root, r)
	if err == nil {
		err = b.writeRecord(r)
	}
	if err != nil {
		for _, dir := range made {
			_ = tidy(b.root, dir)
		}
		return fmt.Errorf("change the cache: %w", unwritten(err))
	}
	err = errors.Join(b.files.Close(), syncDir(b.root, b.dir), syncDir(b.root, tempDir))
	if err == nil {
		err = finish(b.root, b.dir, b.tell)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrCommitted, unwritten(err))
	}
	return nil
}

// prepare makes the folders that r needs and returns those that were not there.
// It fails where a change could not be made: once r is recorded, that would be too
// late.
func prepare(root *os.Root, r record) (made []string, err error) {
	isNew := map[string]bool{} // by folder; there is nothing in a new one
	for _, name := range slices.Concat(slices.Sorted(maps.Keys(r.Put)), r.Delete) {
		dir := path.Dir(name)
		if _, seen := isNew[dir]; !seen {
			_, err := root.Lstat(filepath.FromSlash(dir))
			isNew[dir] = errors.Is(err, fs.ErrNotExist)
			if isNew[dir] {
				made = append(made, dir)
			}
			if err := takes(root, dir); err != nil {
				return made, err
			}
		}
		if isNew[dir] {
			continue
		}
		if stat, err := root.Lstat(filepath.FromSlash(name)); err == nil && stat.IsDir() {
			return made, fmt.Errorf("store %s: %w", name, syscall.EISDIR)
		}
	}
	return made, nil
}

// takes makes dir, if need be, and says whether the names in it may be changed.
func takes(root *os.Root, dir string) error {
	if err := root.MkdirAll(filepath.FromSlash(dir), 0o700); err != nil {
		return err
	}
	d, err := root.Open(filepath.FromSlash(dir))
	if err != nil {
		return err
	}
	defer d.Close()
	if err := mayChange(d); err != nil {
		return &fs.PathError{Op: "change", Path: dir, Err: err}
	}
	return nil
}

// writeRecord makes the changes certain: it fails as long as they are not.
func (b *folderBatch) writeRecord(r record) error {
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := syncAll(b.root, b.dir); err != nil {
		return err
	}
	temp := filepath.Join(b.dir, recordName+".new")
	file, err := b.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return b.root.Rename(temp, filepath.Join(b.dir, recordName))
}

// Close implements Batch.
func (b *folderBatch) Close() error {
	if b.root == nil {
		return nil
	}
	var errs []error
	if b.files != nil {
		errs = append(errs, b.files.Close())
	}
	if _, err := b.root.Lstat(filepath.Join(b.dir, recordName)); err != nil { // what is committed stays to be finished
		errs = append(errs, b.root.RemoveAll(b.dir))
	}
	if b.lock != nil {
		errs = append(errs, b.lock.Close())
	}
	errs = append(errs, b.root.Close())
	b.root = nil
	return errors.Join(errs...)
}

// finish makes the changes of a batch that is committed, or what is left of
// them, and forgets it.
func finish(root *os.Root, dir string, tell func(done, total int)) error {
	data, err := root.ReadFile(filepath.Join(dir, recordName))
	if err != nil {
		return err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return fmt.Errorf("read the record of a batch: %w", err)
	}
	done := 0
	for name, file := range r.Put {
		done++
		tell(done, len(r.Put))
		if err := finishPut(root, filepath.Join(dir, file), name); err != nil {
			return err
		}
	}
	for _, name := range r.Delete {
		if err := checkName(name); err != nil {
			return err
		}
		if err := root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := syncNames(root, r); err != nil {
		return err
	}
	if err := root.Remove(filepath.Join(dir, recordName)); err != nil {
		return err
	}
	return root.RemoveAll(dir)
}

// finishPut moves a file to its name. One that is not there was moved before.
func finishPut(root *os.Root, file, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	err := root.Rename(file, filepath.FromSlash(name))
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := root.Lstat(file); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return rename(root, file, name, func(root *os.Root, dir string) error { // all is synced at the end
		return root.MkdirAll(filepath.FromSlash(dir), 0o700)
	})
}

// sweepBatches ends the batches that killed processes left: those that were
// committed are made, the others dropped.
func (f *Folder) sweepBatches(root *os.Root, names []string) {
	if len(names) == 0 {
		return
	}
	lock := f.lock()
	if ok, err := lock.TryLock(); err != nil || !ok {
		return // somebody is at it, or the folder is read-only
	}
	defer func() { _ = lock.Close() }()
	for _, name := range names {
		dir := filepath.Join(tempDir, name)
		if err := finish(root, dir, func(int, int) {}); errors.Is(err, fs.ErrNotExist) {
			_ = root.RemoveAll(dir)
		}
	}
}

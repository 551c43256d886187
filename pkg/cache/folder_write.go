package cache

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Put implements Store: a file beside the others is written, synced, renamed
// into place, and its folder synced.
func (f *Folder) Put(ctx context.Context, name string, data ...[]byte) (Info, error) {
	if err := ready(ctx, name); err != nil {
		return Info{}, err
	}
	if total(data) > MaxBlob {
		return Info{}, fmt.Errorf("store %s: larger than %d bytes", name, MaxBlob)
	}
	root, err := f.create()
	if err != nil {
		return Info{}, fmt.Errorf("store %s: %w", name, unwritten(err))
	}
	defer root.Close()
	info, err := replace(root, name, data)
	if err != nil {
		return Info{}, fmt.Errorf("store %s: %w", name, unwritten(err))
	}
	return info, nil
}

// Delete implements Store. Folders left empty are removed too.
func (f *Folder) Delete(ctx context.Context, name string) error {
	if err := ready(ctx, name); err != nil {
		return err
	}
	root, err := os.OpenRoot(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete %s: %w", name, err)
	}
	defer root.Close()
	if err := root.Remove(filepath.FromSlash(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", name, unwritten(err))
	}
	return tidy(root, path.Dir(name))
}

// unwritten adds to why something could not be written what a caller may act on.
func unwritten(err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// tidy removes dir and the folders above it as far as they are empty, and syncs
// the first that is not.
func tidy(root *os.Root, dir string) error {
	for dir != "." && root.Remove(filepath.FromSlash(dir)) == nil {
		dir = path.Dir(dir)
	}
	return syncDir(root, dir)
}

// create opens the folder, making it first when it is not there.
func (f *Folder) create() (*os.Root, error) {
	root, err := os.OpenRoot(f.path)
	if !errors.Is(err, fs.ErrNotExist) {
		return root, err
	}
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return nil, err
	}
	if parent, err := os.OpenRoot(filepath.Dir(f.path)); err == nil {
		_ = syncDir(parent, ".") // not ours, and not always ours to open
		_ = parent.Close()
	}
	return os.OpenRoot(f.path)
}

// replace puts a file with data in the place of name.
func replace(root *os.Root, name string, data [][]byte) (Info, error) {
	file, temp, err := createTemp(root)
	if err != nil {
		return Info{}, err
	}
	defer file.Close()
	err = write(root, file, temp, data)
	if err == nil {
		err = rename(root, temp, name, makeDirs)
	}
	if err != nil {
		_ = root.Remove(temp) // the sweep takes it otherwise
		return Info{}, err
	}
	// Asked of the open file: another may have taken the name already.
	stat, err := file.Stat()
	if err != nil {
		return Info{}, err
	}
	return Info{Name: name, Size: stat.Size(), Version: version(stat), Modified: stat.ModTime().UTC()},
		syncDir(root, path.Dir(name))
}

// createTemp returns a new file and its path.
func createTemp(root *os.Root) (*os.File, string, error) {
	temp := filepath.Join(tempDir, strings.ToLower(rand.Text()))
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	file, err := root.OpenFile(temp, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDir(root, tempDir); err != nil {
			return nil, "", err
		}
		file, err = root.OpenFile(temp, flags, 0o600)
	}
	return file, temp, err
}

// write fills and syncs the file. Its time is set because file systems keep
// their own only to some milliseconds, and versions are told by it.
func write(root *os.Root, file *os.File, temp string, data [][]byte) error {
	for _, d := range data {
		if _, err := file.Write(d); err != nil {
			return err
		}
	}
	now := time.Now()
	_ = root.Chtimes(temp, now, now) // not every file system lets itself be told
	return file.Sync()
}

// rename moves temp to name, making the folders on the way. It tries again
// because Delete may remove an empty folder between the two.
func rename(root *os.Root, temp, name string, makeDirs func(*os.Root, string) error) error {
	target := filepath.FromSlash(name)
	err := root.Rename(temp, target)
	for range 10 {
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := makeDirs(root, path.Dir(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		err = root.Rename(temp, target)
	}
	return err
}

// makeDirs makes dir and those above it, each durably.
func makeDirs(root *os.Root, dir string) error {
	if dir == "." {
		return nil
	}
	if err := makeDirs(root, path.Dir(dir)); err != nil {
		return err
	}
	return makeDir(root, dir)
}

func makeDir(root *os.Root, dir string) error {
	err := root.Mkdir(filepath.FromSlash(dir), 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return syncDir(root, path.Dir(dir))
}

// syncDir makes what happened to the names in dir durable, where the system
// knows how to.
func syncDir(root *os.Root, dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := root.Open(filepath.FromSlash(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed since; whoever did so synced it
	}
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

// sweep removes what killed processes left behind. Errors do not matter: the
// folder may be read-only or missing.
func (f *Folder) sweep() {
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), tempDir)
	if err != nil {
		return
	}
	var batches []string
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), batchPrefix) {
			batches = append(batches, e.Name())
			continue
		}
		if e.Name() == lockName {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > tempAge {
			_ = root.Remove(filepath.Join(tempDir, e.Name()))
		}
	}
	f.sweepBatches(root, batches)
}

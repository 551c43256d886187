package cache

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// List implements Store.
func (f *Folder) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	read := func(root *os.Root, _ string) ([]fs.DirEntry, error) { return fs.ReadDir(root.FS(), ".") }
	return f.walk(ctx, prefix, read, func(name string, e fs.DirEntry) (Info, error) {
		stat, err := e.Info()
		if err != nil {
			return Info{}, err
		}
		return Info{Name: name, Size: stat.Size(), Version: version(stat), Modified: stat.ModTime().UTC()}, nil
	})
}

// names implements bareList: a system call less for each file.
func (f *Folder) names(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	read := func(root *os.Root, dir string) ([]fs.DirEntry, error) {
		return namesIn(root, filepath.Join(f.path, filepath.FromSlash(dir)))
	}
	return f.walk(ctx, prefix, read, func(name string, _ fs.DirEntry) (Info, error) { return Info{Name: name}, nil })
}

// walk yields what info says of the files whose names begin with prefix, in the
// folders that read reads.
func (f *Folder) walk(ctx context.Context, prefix string, read readFunc, info infoFunc) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(Info{}, err)
			return
		}
		root, err := os.OpenRoot(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			return
		}
		if err != nil {
			yield(Info{}, fmt.Errorf("list cache folder: %w", err))
			return
		}
		defer root.Close()
		w := walk{ctx: ctx, prefix: prefix, read: read, info: info, yield: yield}
		w.dir(root, "")
	}
}

// readFunc reads the folder open as root, whose name below the store is dir.
type readFunc func(root *os.Root, dir string) ([]fs.DirEntry, error)

// infoFunc describes the file of that name in the store.
type infoFunc func(name string, e fs.DirEntry) (Info, error)

// walk is one run over a folder. It lives no longer than the loop that runs it,
// which is why it may hold a context.
type walk struct {
	ctx    context.Context
	prefix string
	read   readFunc
	info   infoFunc
	yield  func(Info, error) bool
}

// dir yields what is in the folder that is open as root, whose name is dir, and
// says whether to go on. dir is empty or ends with a slash.
func (w walk) dir(root *os.Root, dir string) bool {
	entries, err := w.read(root, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true // removed since its parent was read
	}
	if err != nil {
		return w.fail(fmt.Errorf("list cache folder %s: %w", path.Clean(dir), err))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	for _, e := range entries {
		if err := w.ctx.Err(); err != nil {
			return w.fail(err)
		}
		if !w.entry(root, dir+e.Name(), e) {
			return false
		}
	}
	return true
}

func (w walk) fail(err error) bool {
	w.yield(Info{}, err)
	return false
}

// sortName orders entries as their full names are ordered: a folder's name goes
// on with a slash.
func sortName(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

// entry yields a file, or walks into a folder that may hold wanted ones.
func (w walk) entry(root *os.Root, name string, e fs.DirEntry) bool {
	switch {
	case !validSegment(e.Name()):
		return true
	case e.IsDir():
		inside := name + "/"
		return !strings.HasPrefix(inside, w.prefix) && !strings.HasPrefix(w.prefix, inside) || w.into(root, e.Name(), inside)
	case !e.Type().IsRegular() || !strings.HasPrefix(name, w.prefix):
		return true
	}
	return w.file(name, e)
}

func (w walk) into(root *os.Root, name, inside string) bool {
	dir, err := root.OpenRoot(name)
	if errors.Is(err, fs.ErrNotExist) {
		return true // removed since its parent was read
	}
	if err != nil {
		return w.fail(fmt.Errorf("list cache folder %s: %w", path.Clean(inside), err))
	}
	defer dir.Close()
	return w.dir(dir, inside)
}

func (w walk) file(name string, e fs.DirEntry) bool {
	info, err := w.info(name, e)
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		return w.fail(fmt.Errorf("list %s: %w", name, err))
	}
	return w.yield(info, nil)
}

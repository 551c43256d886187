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
	"slices"
	"strings"
)

// List implements Store.
func (f *Folder) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
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
		w := walk{ctx: ctx, files: root.FS(), prefix: prefix, yield: yield}
		w.dir(".")
	}
}

// walk is one run over a folder. It lives no longer than the loop that runs it,
// which is why it may hold a context.
type walk struct {
	ctx    context.Context
	files  fs.FS
	prefix string
	yield  func(Info, error) bool
}

// dir yields what is in the folder at dir and says whether to go on.
func (w walk) dir(dir string) bool {
	entries, err := fs.ReadDir(w.files, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true // removed since its parent was read
	}
	if err != nil {
		return w.fail(fmt.Errorf("list cache folder: %w", err))
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return cmp.Compare(sortName(a), sortName(b)) })
	for _, e := range entries {
		if err := w.ctx.Err(); err != nil {
			return w.fail(err)
		}
		if !w.entry(path.Join(dir, e.Name()), e) {
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
func (w walk) entry(name string, e fs.DirEntry) bool {
	switch {
	case !validSegment(e.Name()):
		return true
	case e.IsDir():
		inside := name + "/"
		return !strings.HasPrefix(inside, w.prefix) && !strings.HasPrefix(w.prefix, inside) || w.dir(name)
	case !e.Type().IsRegular() || !strings.HasPrefix(name, w.prefix):
		return true
	}
	return w.file(name, e)
}

func (w walk) file(name string, e fs.DirEntry) bool {
	stat, err := e.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil {
		return w.fail(fmt.Errorf("list %s: %w", name, err))
	}
	return w.yield(Info{Name: name, Size: stat.Size(), Version: version(stat), Modified: stat.ModTime().UTC()}, nil)
}

//go:build !linux

package cache

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// syncAll makes the files in dir durable.
func syncAll(root *os.Root, dir string) error {
	entries, err := fs.ReadDir(root.FS(), filepath.ToSlash(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		file, err := root.OpenFile(filepath.Join(dir, e.Name()), os.O_RDWR, 0)
		if err != nil {
			return err
		}
		if err := errors.Join(file.Sync(), file.Close()); err != nil {
			return err
		}
	}
	return syncDir(root, filepath.ToSlash(dir))
}

// syncNames makes what a batch changed durable.
func syncNames(root *os.Root, r record) error {
	dirs := map[string]bool{}
	for _, name := range append(slices.Collect(maps.Keys(r.Put)), r.Delete...) {
		for dir := path.Dir(name); !dirs[dir]; dir = path.Dir(dir) {
			dirs[dir] = true
		}
	}
	for dir := range dirs {
		if err := syncDir(root, dir); err != nil {
			return err
		}
	}
	return nil
}

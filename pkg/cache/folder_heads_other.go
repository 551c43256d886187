//go:build !linux && !darwin

package cache

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// heads returns a Head for many blobs of a few folders: it keeps the last folder
// open. It is used by one goroutine, until end is called.
func (f *Folder) heads() (head headFunc, end func()) {
	h := &folderHeads{f: f, buf: make([]byte, firstRead)}
	return h.head, h.close
}

// namesIn reads the folder that is open as root.
func namesIn(root *os.Root, _ string) ([]fs.DirEntry, error) { return fs.ReadDir(root.FS(), ".") }

type folderHeads struct {
	f    *Folder
	dir  string
	open *os.Root // of dir; nil until the first
	buf  []byte
}

func (h *folderHeads) close() {
	if h.open != nil {
		_ = h.open.Close()
		h.open = nil
	}
}

func (h *folderHeads) head(ctx context.Context, name string, n int) ([]byte, Info, error) {
	if err := ready(ctx, name); err != nil {
		return nil, Info{}, err
	}
	if n > len(h.buf) {
		return h.f.Head(ctx, name, n)
	}
	if err := h.enter(path.Dir(name)); err != nil {
		return nil, Info{}, missing(name, err)
	}
	file, err := h.open.OpenFile(path.Base(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, Info{}, missing(name, err)
	}
	defer func() { _ = file.Close() }()
	stat, err := file.Stat()
	if err != nil {
		return nil, Info{}, missing(name, err)
	}
	info, err := infoOf(name, stat)
	if err != nil {
		return nil, Info{}, missing(name, err)
	}
	got, err := io.ReadFull(file, h.buf[:min(int64(n), info.Size)])
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return h.buf[:got], info, missing(name, err)
}

// enter opens dir, unless it is open.
func (h *folderHeads) enter(dir string) error {
	if h.open != nil && h.dir == dir {
		return nil
	}
	h.close()
	root, err := os.OpenRoot(h.f.path)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	h.open, err = root.OpenRoot(dir)
	h.dir = dir
	if err != nil {
		h.open = nil
	}
	return err
}

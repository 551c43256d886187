//go:build linux || darwin

package cache

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// heads returns a Head for many blobs of a few folders. It keeps the folders on
// the way to the last blob open, and asks the system itself: an os.File costs
// more than to open, read and close it. It is used by one goroutine, until end
// is called.
func (f *Folder) heads() (head headFunc, end func()) {
	h := &folderHeads{f: f, buf: make([]byte, firstRead)}
	return h.head, h.leave
}

type folderHeads struct {
	f    *Folder
	path []openDir // from the root of the store down
	buf  []byte
}

// openDir is a folder that is open, and the name it ends in.
type openDir struct {
	name string
	fd   int
}

// head is Folder.Head, which does what is not the rule: links, what is no file,
// errors.
func (h *folderHeads) head(ctx context.Context, name string, n int) ([]byte, Info, error) {
	if err := ready(ctx, name); err != nil {
		return nil, Info{}, err
	}
	if n <= len(h.buf) {
		if data, info, err := h.read(name, n); err == nil {
			return data, info, nil
		}
	}
	return h.f.Head(ctx, name, n)
}

// namesIn reads the folder that is open as root, which lies at dir. The file that
// a Root opens would ask the system for more of each name than its type.
func namesIn(root *os.Root, dir string) ([]fs.DirEntry, error) {
	rooted, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer rooted.Close()
	fd, err := unix.FcntlInt(rooted.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "dup", Path: dir, Err: err}
	}
	file := os.NewFile(uintptr(fd), dir)
	defer file.Close()
	return file.ReadDir(-1)
}

var errNotPlain = errors.New("not a regular file of a fit size")

func (h *folderHeads) read(name string, n int) ([]byte, Info, error) {
	dir, err := h.enter(path.Dir(name))
	if err != nil {
		return nil, Info{}, err
	}
	fd, err := openAt(dir, path.Base(name), unix.O_NONBLOCK|unix.O_NOFOLLOW)
	if err != nil {
		return nil, Info{}, err
	}
	defer func() { _ = unix.Close(fd) }()
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return nil, Info{}, err
	}
	if stat.Mode&unix.S_IFMT != unix.S_IFREG || stat.Size > MaxBlob {
		return nil, Info{}, errNotPlain
	}
	got, err := readFull(fd, h.buf[:min(int64(n), stat.Size)])
	return h.buf[:got], Info{
		Name: name, Size: stat.Size, Modified: time.Unix(stat.Mtim.Unix()).UTC(),
		Version: versionOf(stat.Mtim.Nano(), stat.Size, stat.Ino, stat.Ctim.Nano()),
	}, err
}

// enter opens dir, as far as it is not open.
func (h *folderHeads) enter(dir string) (fd int, err error) {
	if len(h.path) == 0 {
		if fd, err = openAt(unix.AT_FDCWD, h.f.path, unix.O_DIRECTORY); err != nil {
			return 0, err
		}
		h.path = append(h.path, openDir{fd: fd})
	}
	depth := 1
	for name := range strings.SplitSeq(dir, "/") {
		if depth < len(h.path) && h.path[depth].name != name {
			h.closeFrom(depth)
		}
		if depth == len(h.path) {
			if fd, err = openAt(h.path[depth-1].fd, name, unix.O_DIRECTORY|unix.O_NOFOLLOW); err != nil {
				return 0, err
			}
			h.path = append(h.path, openDir{name, fd})
		}
		depth++
	}
	h.closeFrom(depth)
	return h.path[depth-1].fd, nil
}

func (h *folderHeads) leave() { h.closeFrom(0) }

func (h *folderHeads) closeFrom(depth int) {
	for _, d := range h.path[depth:] {
		_ = unix.Close(d.fd)
	}
	h.path = h.path[:depth]
}

// openAt opens what is at name below dir to be read.
func openAt(dir int, name string, flags int) (fd int, err error) {
	for {
		fd, err = unix.Openat(dir, name, flags|unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if !errors.Is(err, unix.EINTR) {
			return fd, err
		}
	}
}

// readFull reads until buf is full or the file ends.
func readFull(fd int, buf []byte) (n int, err error) {
	for n < len(buf) {
		got, err := unix.Read(fd, buf[n:])
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return n, err
		case got == 0:
			return n, nil
		default:
			n += got
		}
	}
	return n, nil
}

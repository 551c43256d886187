package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Folder is a Store in a folder of the local file system: files 0600, folders
// 0700, nothing followed out of it by a symbolic link. It holds nothing open
// between calls, so the folder may be replaced under it. It is safe for
// concurrent use, by several processes too.
type Folder struct {
	path string
}

// tempDir holds files being written, below the root so that a rename moves
// them into place.
const tempDir = ".tmp"

// tempAge is after what time a file being written is taken for left behind.
const tempAge = time.Hour

// NewFolder returns a Store in the folder at path, which is made when the first
// blob is stored and only needs to be writable then. Files that a killed
// process left half-written are swept away. It fails when something other than
// a folder is at path.
func NewFolder(path string) (*Folder, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open cache folder: %w", err)
	}
	if info, err := os.Stat(abs); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("open cache folder %s: %w", abs, syscall.ENOTDIR)
	}
	f := &Folder{path: abs}
	f.sweep()
	return f, nil
}

// Path returns the absolute path of the folder.
func (f *Folder) Path() string { return f.path }

// Open implements Store. A file is never written in place, so what is read is of
// one version.
func (f *Folder) Open(ctx context.Context, name string) (io.ReadCloser, Info, error) {
	if err := ready(ctx, name); err != nil {
		return nil, Info{}, err
	}
	root, err := os.OpenRoot(f.path)
	if err != nil {
		return nil, Info{}, missing(name, err)
	}
	defer root.Close()
	file, info, err := openBlob(root, name)
	if err != nil {
		return nil, Info{}, missing(name, err)
	}
	return file, info, nil
}

// Head implements Store.
func (f *Folder) Head(ctx context.Context, name string, n int) ([]byte, Info, error) {
	file, info, err := f.Open(ctx, name)
	if err != nil {
		return nil, Info{}, err
	}
	defer file.Close()
	data := make([]byte, min(int64(n), info.Size))
	got, err := io.ReadFull(file, data)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil // cut short since by a foreign hand: the reader of the entry will notice
	}
	return data[:got], info, missing(name, err)
}

// Stat implements Store.
func (f *Folder) Stat(ctx context.Context, name string) (Info, error) {
	if err := ready(ctx, name); err != nil {
		return Info{}, err
	}
	// One step rather than one for each folder of the name, which a year of days feels.
	// What lies behind a link is not read here, and what reads goes step by step.
	stat, err := os.Lstat(filepath.Join(f.path, filepath.FromSlash(name)))
	if err != nil {
		return Info{}, missing(name, err)
	}
	info, err := infoOf(name, stat)
	return info, missing(name, err)
}

// openBlob opens the file of a blob.
func openBlob(root *os.Root, name string) (*os.File, Info, error) {
	// O_NONBLOCK: opening a named pipe must fail below, not wait for a writer.
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, Info{}, err
	}
	stat, err := file.Stat()
	var info Info
	if err == nil {
		info, err = infoOf(name, stat)
	}
	if err != nil {
		file.Close()
		return nil, Info{}, err
	}
	return file, info, nil
}

// infoOf describes a file that can be a blob. A folder is none: it may hold
// some.
func infoOf(name string, stat fs.FileInfo) (Info, error) {
	if stat.IsDir() {
		return Info{}, fmt.Errorf("%s is a folder: %w", name, fs.ErrNotExist)
	}
	if !stat.Mode().IsRegular() {
		return Info{}, fmt.Errorf("read %s: %w: not a regular file", name, ErrDamaged)
	}
	info := Info{Name: name, Size: stat.Size(), Version: version(stat), Modified: stat.ModTime().UTC()}
	if stat.Size() > MaxBlob {
		return info, fmt.Errorf("read %s: %w: larger than %d bytes", name, ErrDamaged, MaxBlob)
	}
	return info, nil
}

// version tells one file under a name from the next. The modification time is
// not enough: whoever unpacks an archive over the folder sets it as he likes.
func version(stat fs.FileInfo) string {
	inode, changed := identity(stat)
	return versionOf(stat.ModTime().UnixNano(), stat.Size(), inode, changed)
}

func versionOf(modified, size int64, inode uint64, changed int64) string {
	b := make([]byte, 0, 64)
	b = append(strconv.AppendInt(b, modified, 36), '-')
	b = append(strconv.AppendInt(b, size, 36), '-')
	b = append(strconv.AppendUint(b, inode, 36), '-')
	return string(strconv.AppendInt(b, changed, 36))
}

// missing turns "no such file" into ErrMissing and says of which blob an error
// tells.
func missing(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: %w", name, ErrMissing)
	case errors.Is(err, ErrDamaged):
		return err
	}
	return fmt.Errorf("read %s: %w", name, err)
}

package cli

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/fredctl/fred/pkg/fault"
)

// outfile is a file that a user asked for, by the name that he gave it; "-" is
// stdout. That it cannot be written is no fault of fred's.
type outfile struct {
	path string
	file io.Writer
}

// Write implements io.Writer.
func (o outfile) Write(b []byte) (int, error) {
	n, err := o.file.Write(b)
	return n, o.failed(err)
}

// failed gives err a kind, names the file in it, and says what to do.
func (o outfile) failed(err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return err
	}
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err // else it names the file that is to become this one
	}
	if l, ok := errors.AsType[*os.LinkError](err); ok {
		err = l.Err
	}
	if o.path == "-" {
		return fault.New(fault.Unwritable, "write to stdout: %w", err).Hinted("Make room where it leads to.")
	}
	f := fault.New(fault.Unwritable, "write %s: %w", o.path, err)
	dir := filepath.Dir(o.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.Hinted("Make the folder %s, or name another file.", dir)
	case errors.Is(err, fs.ErrPermission):
		return f.Hinted("Give yourself the right to write in %s, or name another file.", dir)
	default:
		return f.Hinted("Make room in %s, or name another file.", dir)
	}
}

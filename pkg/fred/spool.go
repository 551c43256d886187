package fred

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/fredctl/fred/pkg/fault"
)

// Spool keeps what r yields, at most that many bytes, in a file without a name,
// which the caller closes: a zip is read from its end, and a pipe has none yet.
// More is a fault of kind Refused; that it cannot be kept, one of kind Unwritable.
func Spool(r io.Reader, most int64) (*os.File, int64, error) {
	file, err := os.CreateTemp("", "fred-import-*")
	if err != nil {
		return nil, 0, unkept(err)
	}
	_ = os.Remove(file.Name()) // where the system lets it, the name goes at once
	n, err := io.Copy(keeper{file}, io.LimitReader(r, most+1))
	if err == nil && n > most {
		err = fault.New(fault.Refused, "the zip has more than %d bytes", most)
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, n, nil
}

// keeper is a file in the folder for what is temporary.
type keeper struct{ file *os.File }

// Write implements io.Writer.
func (k keeper) Write(b []byte) (int, error) {
	n, err := k.file.Write(b)
	if err != nil {
		err = unkept(err)
	}
	return n, err
}

func unkept(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fault.New(fault.Unwritable, "keep the zip in %s while it is read: %w", os.TempDir(), err).
		Hinted("Make room there, or name another folder by TMPDIR.")
}

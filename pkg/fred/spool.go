package fred

import (
	"errors"
	"io"
	"os"

	"github.com/fredctl/fred/pkg/fault"
)

// Spool keeps what r yields, at most that many bytes, in a file without a name,
// which the caller closes: a zip is read from its end, and a pipe has none yet.
// More is a fault of kind Refused.
func Spool(r io.Reader, most int64) (*os.File, int64, error) {
	file, err := os.CreateTemp("", "fred-import-*")
	if err != nil {
		return nil, 0, err
	}
	_ = os.Remove(file.Name()) // where the system lets it, the name goes at once
	n, err := io.Copy(file, io.LimitReader(r, most+1))
	if err == nil && n > most {
		err = fault.New(fault.Refused, "the zip has more than %d bytes", most)
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, n, nil
}

package cache

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/klauspost/compress/zip"
	"github.com/mholt/archiver/v4"
)

// File is a file of another program's archive.
type File struct {
	Name     string    // below the folder in which they lie
	Modified time.Time // as the zip says, which may know no zone
	Data     []byte
}

// Files unpacks the files of a Foreign archive one after the other, under the
// limits that the entries of one of fred's are under. What do returns ends it.
func (a *Archive) Files(ctx context.Context, do func(File) error) error {
	if !a.Foreign {
		return errors.New("the archive is no other program's")
	}
	var own error // of do
	a.Ignored = nil
	err := a.each(ctx, func(f archiver.File, h zip.FileHeader) error {
		name, ok := strings.CutPrefix(h.Name, a.prefix)
		switch {
		case f.IsDir():
			return nil
		case !ok:
			a.Ignored = append(a.Ignored, h.Name)
			return nil
		}
		data, err := read(&bytes.Buffer{}, f, h, a.limits.EntryBytes)
		if err != nil {
			return err
		}
		own = do(File{Name: name, Modified: utc(h.Modified), Data: data})
		return own
	})
	if own != nil {
		return own
	}
	return asRefusal(err)
}

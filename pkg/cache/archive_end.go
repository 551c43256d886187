package cache

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// What the end of a zip is made of (APPNOTE.TXT 4.3.14 to 4.3.16), in bytes.
const (
	endSize        = 22
	locatorSize    = 20
	end64Size      = 56
	mostComment    = 1<<16 - 1
	directoryEntry = 46 // the least that a file takes in the directory
	localHeader    = 30 // the least that a file takes before its bytes
)

var (
	endMark     = []byte("PK\x05\x06")
	locatorMark = []byte("PK\x06\x07")
	end64Mark   = []byte("PK\x06\x06")
)

// zipEnd is what a zip's end says of its directory.
type zipEnd struct {
	entries           uint64
	directory, offset uint64 // bytes, and where
}

// readZipEnd reads the end of a zip of size bytes and says whether a reader may
// believe it: one file, whose directory lies right before the end, with nothing
// before the zip and nothing behind. It is read before anything is allocated for
// what it promises.
func readZipEnd(r io.ReaderAt, size int64) (zipEnd, error) {
	if size < endSize {
		return zipEnd{}, refuse("it is no zip, or it is cut short")
	}
	tail := make([]byte, min(size, endSize+mostComment+locatorSize))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil {
		return zipEnd{}, fmt.Errorf("read the archive: %w", err)
	}
	at := bytes.LastIndex(tail, endMark)
	if at < 0 || len(tail)-at < endSize {
		return zipEnd{}, refuse("it is no zip, or it is cut short")
	}
	end := tail[at:]
	if comment := int(binary.LittleEndian.Uint16(end[20:])); len(end) != endSize+comment {
		return zipEnd{}, refuse("something follows its end")
	}
	if binary.LittleEndian.Uint16(end[4:]) != 0 || binary.LittleEndian.Uint16(end[6:]) != 0 {
		return zipEnd{}, refuse("it is one part of several")
	}
	e := zipEnd{
		entries:   uint64(binary.LittleEndian.Uint16(end[10:])),
		directory: uint64(binary.LittleEndian.Uint32(end[12:])),
		offset:    uint64(binary.LittleEndian.Uint32(end[16:])),
	}
	before := size - int64(len(end))
	if at >= locatorSize && bytes.HasPrefix(tail[at-locatorSize:], locatorMark) {
		var err error
		if e, before, err = readZipEnd64(r, tail[at-locatorSize:], before-locatorSize); err != nil {
			return zipEnd{}, err
		}
	}
	if e.offset+e.directory != uint64(before) || e.offset > uint64(before) { //nolint:gosec // sizes are not negative
		return zipEnd{}, refuse("its directory is not where its end says")
	}
	if e.entries > e.directory/directoryEntry {
		return zipEnd{}, refuse("it cannot hold the %d files it says it has", e.entries)
	}
	return e, nil
}

// readZipEnd64 reads the end of a large zip, which a locator points to. It has
// to lie right before the locator, at before - its size.
func readZipEnd64(r io.ReaderAt, locator []byte, before int64) (zipEnd, int64, error) {
	offset := binary.LittleEndian.Uint64(locator[8:])
	if before < end64Size || offset != uint64(before-end64Size) || binary.LittleEndian.Uint32(locator[4:]) != 0 {
		return zipEnd{}, 0, refuse("its end is not where it says")
	}
	end := make([]byte, end64Size)
	if _, err := r.ReadAt(end, before-end64Size); err != nil {
		return zipEnd{}, 0, fmt.Errorf("read the archive: %w", err)
	}
	if !bytes.HasPrefix(end, end64Mark) {
		return zipEnd{}, 0, refuse("its end is not where it says")
	}
	return zipEnd{
		entries:   binary.LittleEndian.Uint64(end[32:]),
		directory: binary.LittleEndian.Uint64(end[40:]),
		offset:    binary.LittleEndian.Uint64(end[48:]),
	}, before - end64Size, nil
}

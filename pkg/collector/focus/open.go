package focus

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zip"
)

const (
	buffered  = 256 << 10 // bytes that are read at a time
	mostRatio = 200       // how many times its size a file may unpack to: CSV packs 10 to 50 times
	ratioFrom = 16 << 20  // unpacked bytes from which on that counts
	mostInDir = 4 << 20   // bytes of the directory of a zip: some 40,000 files
)

var (
	gzipMark    = []byte("\x1f\x8b")
	zipMark     = []byte("PK")
	parquetMark = []byte("PAR1")

	errBomb = fmt.Errorf("unpacks to over %d times its size", mostRatio)
)

// open hands what do needs of each CSV in the file at path: what it is called, and its
// text, unpacked. Whether a file is packed is seen from its first bytes, whatever its
// name. What is Parquet is handed to columns. An error of either is returned as it is.
func open(name string, do func(name string, text io.Reader) error, columns func(file io.ReaderAt, size int64) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("cannot be opened: %w", bare(err))
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return bare(err)
	}
	if !info.Mode().IsRegular() {
		return errors.New("is no file")
	}
	begin := make([]byte, 4)
	n, err := file.ReadAt(begin, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return bare(err)
	}
	switch begin = begin[:n]; {
	case bytes.HasPrefix(begin, gzipMark):
		return unpack(file, func(text io.Reader) error { return do(name, text) })
	case bytes.HasPrefix(begin, zipMark):
		return openZip(name, file, info.Size(), do)
	case bytes.Equal(begin, parquetMark):
		return columns(file, info.Size())
	default:
		return do(name, file)
	}
}

// unpack hands on what a gzip holds.
func unpack(packed io.Reader, do func(io.Reader) error) error {
	in := &counted{r: packed}
	text, err := gzip.NewReader(bufio.NewReaderSize(in, buffered))
	if err != nil {
		return fmt.Errorf("is a gzip that cannot be read: %w", err)
	}
	return ahead(&bounded{r: text, packed: func() int64 { return in.n }}, do)
}

// openZip hands on the CSVs in a zip. One that cannot be read fails when it is read,
// and keeps nobody from the others.
func openZip(name string, file io.ReaderAt, size int64, do func(string, io.Reader) error) error {
	directory := &countedAt{r: file, left: mostInDir}
	z, err := zip.NewReader(directory, size)
	if err != nil {
		return fmt.Errorf("is a zip that cannot be read: %w", err)
	}
	directory.left = math.MaxInt64
	found := false
	for _, entry := range z.File {
		base := strings.ToLower(path.Base(entry.Name))
		if !entry.Mode().IsRegular() || strings.HasPrefix(base, ".") || !isBill(base) { // Macs put hidden ones beside each
			continue
		}
		found = true
		if err := openEntry(entry, func(text io.Reader) error { return do(name+":"+shown(entry.Name), text) }); err != nil {
			return err
		}
	}
	if !found {
		return errors.New("is a zip without a CSV in it")
	}
	return nil
}

func openEntry(entry *zip.File, do func(io.Reader) error) error {
	const encrypted = 0x1 | 0x40 | 0x2000
	if entry.Flags&encrypted != 0 {
		return do(broken{errors.New("is encrypted")})
	}
	if !strings.HasSuffix(strings.ToLower(entry.Name), ".csv") {
		return do(broken{errors.New("is packed within a zip, where CSV alone is read")})
	}
	text, err := entry.Open()
	if err != nil {
		return do(broken{fmt.Errorf("cannot be unpacked: %w", err)})
	}
	defer text.Close()
	packed := int64(min(entry.CompressedSize64, math.MaxInt64)) //nolint:gosec // bounded here
	return ahead(&bounded{r: text, packed: func() int64 { return packed }}, do)
}

// broken is a text that cannot be read.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// ahead hands on what r holds, while the next of it is unpacked on another core.
func ahead(r io.Reader, do func(io.Reader) error) error {
	out, in := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, err := io.CopyBuffer(in, struct{ io.Reader }{r}, make([]byte, buffered))
		in.CloseWithError(err)
	}()
	defer func() {
		_ = out.Close() // which never fails
		<-done
	}()
	return do(out)
}

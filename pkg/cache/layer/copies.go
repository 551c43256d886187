package layer

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fredctl/fred/pkg/cache"
)

// copies are files below one folder, each of one blob: its bytes, then a line
// that says what it is. They are found by the hash
// of their name, and are only of use whole.
type copies struct {
	dir string
	max int64
	log *slog.Logger

	mu    sync.Mutex
	since int64 // bytes kept since the last sweep
	swept bool
}

// trailer is the line behind the bytes of a copy.
type trailer struct {
	Info cache.Info `json:"info"`
	Sum  uint32     `json:"crc32c"`
}

const trailerMax = 4 << 10

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// held is a copy that is open, and whose bytes are those that were kept.
type held struct {
	io.Reader

	file *os.File
	info cache.Info
}

// Close implements io.Closer.
func (h *held) Close() error { return h.file.Close() }

func (c *copies) path(name string) string {
	sum := sha256.Sum256([]byte(name))
	id := hex.EncodeToString(sum[:16])
	return filepath.Join(c.dir, id[:2], id)
}

// open returns the copy of a blob, or nil. One that is damaged is deleted.
func (c *copies) open(name string) *held {
	path := c.path(name)
	h, err := openCopy(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil && h.info.Name != name:
		_ = h.Close()
		err = errors.New("it is of another blob")
	}
	if err != nil {
		c.log.Warn("a local copy is of no use", "name", name, "err", err)
		_ = os.Remove(path)
		return nil
	}
	now := time.Now()
	_ = os.Chtimes(path, now, now) // what was used last is swept last
	return h
}

// openCopy opens the file at path and verifies it to its last byte: a checksum of
// the processor's own costs little beside what decoding does.
func openCopy(path string) (*held, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	t, err := readTrailer(file)
	if err == nil {
		err = verify(file, t)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return &held{Reader: io.NewSectionReader(file, 0, t.Info.Size), file: file, info: t.Info}, nil
}

func readTrailer(file *os.File) (trailer, error) {
	var t trailer
	stat, err := file.Stat()
	if err != nil {
		return t, err
	}
	end := make([]byte, min(trailerMax, stat.Size()))
	if _, err := file.ReadAt(end, stat.Size()-int64(len(end))); err != nil && !errors.Is(err, io.EOF) {
		return t, err
	}
	line, ok := bytes.CutSuffix(end, []byte("\n"))
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	if !ok || json.Unmarshal(line, &t) != nil || t.Info.Size != stat.Size()-int64(len(line))-2 {
		return t, errors.New("it is cut short or altered")
	}
	return t, nil
}

func verify(file *os.File, t trailer) error {
	sum := crc32.New(castagnoli)
	buf := buffers.Get().(*[]byte) //nolint:forcetypeassert // the pool has no others
	defer buffers.Put(buf)
	if _, err := io.CopyBuffer(struct{ io.Writer }{sum}, struct{ io.Reader }{io.NewSectionReader(file, 0, t.Info.Size)}, *buf); err != nil {
		return err
	}
	if sum.Sum32() != t.Sum {
		return errors.New("it is altered")
	}
	return nil
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}

// forget deletes the copy of a blob.
func (c *copies) forget(name string) { _ = os.Remove(c.path(name)) }

// keep makes a copy of data. That it cannot is no matter for the caller.
func (c *copies) keep(info cache.Info, data [][]byte) {
	w := c.create(info)
	for _, d := range data {
		_, _ = w.Write(d)
	}
	w.end(nil)
}

// writing is a copy that is being made; after an error it takes and drops all.
type writing struct {
	c    *copies
	info cache.Info
	file *os.File
	sum  uint32
	size int64
	err  error
}

func (c *copies) create(info cache.Info) *writing {
	w := &writing{c: c, info: info}
	if info.Size > c.max/4 { // it would drive out all others
		w.err = errors.New("too large for a copy")
		return w
	}
	dir := filepath.Dir(c.path(info.Name))
	if w.err = os.MkdirAll(dir, 0o700); w.err == nil {
		w.file, w.err = os.OpenFile(filepath.Join(dir, tempPrefix+strings.ToLower(rand.Text())), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	return w
}

const tempPrefix = "new-"

// Write implements io.Writer; it never fails.
func (w *writing) Write(p []byte) (int, error) {
	if w.err == nil {
		_, w.err = w.file.Write(p)
	}
	w.sum, w.size = crc32.Update(w.sum, castagnoli, p), w.size+int64(len(p))
	return len(p), nil
}

// end puts the copy in its place, if it is whole.
func (w *writing) end(failure error) {
	err := cmp.Or(failure, w.err)
	if w.size != w.info.Size && err == nil {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		line, _ := json.Marshal(trailer{Info: w.info, Sum: w.sum})
		_, err = w.file.Write(slices.Concat([]byte("\n"), line, []byte("\n")))
	}
	if w.file != nil {
		err = cmp.Or(err, w.file.Close())
		if err == nil { // a copy that a power cut tears is noticed by its sum
			err = os.Rename(w.file.Name(), w.c.path(w.info.Name))
		}
		if err != nil {
			_ = os.Remove(w.file.Name())
		}
	}
	if err != nil {
		w.c.log.Debug("no local copy is kept", "name", w.info.Name, "err", err)
		return
	}
	w.c.kept(w.size)
}

// fill returns what r holds, and makes a copy of it while it is read.
func (c *copies) fill(r io.ReadCloser, info cache.Info) io.ReadCloser {
	return &filling{r: r, w: c.create(info)}
}

type filling struct {
	r    io.ReadCloser
	w    *writing
	done bool
}

// Read implements io.Reader.
func (f *filling) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	_, _ = f.w.Write(p[:n])
	return n, err
}

// Close implements io.Closer. What was not read to the end is read now: the
// reader of an entry stops at its last byte, not behind it.
func (f *filling) Close() error {
	if f.done {
		return nil
	}
	f.done = true
	_, err := io.Copy(f.w, f.r)
	f.w.end(err)
	return f.r.Close()
}

// file is one copy, for the sweep and the list.
type file struct {
	path string
	size int64
	used time.Time
}

func (c *copies) files() []file {
	var all []file
	_ = filepath.WalkDir(c.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil //nolint:nilerr // what cannot be read is not there
		}
		if stat, err := d.Info(); err == nil {
			all = append(all, file{path, stat.Size(), stat.ModTime()})
		}
		return nil
	})
	return all
}

package focus

import (
	"errors"
	"fmt"
	"io"
)

// counted counts what is read of r.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// countedAt is r, of which no more than left bytes are read.
type countedAt struct {
	r    io.ReaderAt
	left int64
}

func (c *countedAt) ReadAt(p []byte, at int64) (int, error) {
	if c.left -= int64(len(p)); c.left < 0 {
		return 0, errors.New("its directory is too long")
	}
	return c.r.ReadAt(p, at)
}

// bounded refuses what unpacks to absurdly more than it is.
type bounded struct {
	r      io.Reader
	n      int64
	packed func() int64 // how many bytes were unpacked so far
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.n += int64(n); b.n > ratioFrom && b.n/mostRatio > b.packed() {
		return 0, errBomb
	}
	return n, err
}

// mostRow is how many bytes a row may have: a quote that nobody closes would else
// take the rest of a file for a field of it.
const mostRow = 4 << 20

var errLong = fmt.Errorf("has a row longer than %d MiB: a quote may lack its end", mostRow>>20)

// rows is a text of which no row is long. It ends when ended says why.
type rows struct {
	r     io.Reader
	ended func() error
	left  int // bytes that the row may still have
}

func (r *rows) Read(p []byte) (int, error) {
	if err := r.ended(); err != nil {
		return 0, err
	}
	if r.left <= 0 {
		return 0, errLong
	}
	n, err := r.r.Read(p)
	r.left -= n
	return n, err
}

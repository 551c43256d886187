package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// MaxBlob is the largest blob in bytes that a store keeps or reads. What is
// larger was not written by fred and would not fit in memory.
const MaxBlob = 256 << 20

// Store keeps named blobs. Its methods are safe for concurrent use, by several
// processes too where the medium can be shared; package cachetest says exactly
// what they promise. Names are slash-separated segments of [a-z0-9._=-], none
// beginning with a dot; another name is ErrName.
type Store interface {
	// Open returns the blob to be read once, from one version of it, whatever is
	// stored meanwhile; the caller closes it. A blob that is not there is
	// ErrMissing, here and in Head and Stat.
	Open(ctx context.Context, name string) (io.ReadCloser, Info, error)
	// Head returns the first n bytes of the blob, or all of it when shorter.
	Head(ctx context.Context, name string, n int) ([]byte, Info, error)
	// Stat returns what is known without reading the blob. It is cheap.
	Stat(ctx context.Context, name string) (Info, error)
	// Put stores the concatenation of data. Readers see the old blob or the new
	// one, whole; when Put returns, the new one is on stable storage.
	Put(ctx context.Context, name string, data ...[]byte) (Info, error)
	// Begin starts changes that are made together. It waits for another batch of
	// the same medium, in whatever process, to end.
	Begin(ctx context.Context) (Batch, error)
	// Delete removes the blob. It is no error if there is none.
	Delete(ctx context.Context, name string) error
	// List yields the blobs whose names begin with prefix, in byte order of
	// their names, and nothing that the store would not keep itself. An error
	// ends it. What is stored meanwhile may be in it or not.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// Batch is a set of changes of which all are made, or none, whatever happens to
// the process. What is put twice has the later content. It is used by one
// goroutine, and must be closed.
type Batch interface {
	// Put stages the concatenation of data as the blob of that name.
	Put(ctx context.Context, name string, data ...[]byte) error
	// Delete stages the removal of a blob.
	Delete(ctx context.Context, name string) error
	// Commit makes the changes. When it fails, none was made, unless the error
	// is ErrCommitted: then they are recorded, and whoever opens the store next
	// ends what is left; or ErrUncertain: then all of them are made, or none.
	// Others may see some of the changes before the rest.
	Commit(ctx context.Context) error
	// Close drops what was not committed.
	Close() error
}

// ReadBlob returns the whole blob of that name, in a slice that the caller may change.
func ReadBlob(ctx context.Context, s Store, name string) ([]byte, Info, error) {
	r, info, err := s.Open(ctx, name)
	if err != nil {
		return nil, Info{}, err
	}
	defer r.Close()
	data := make([]byte, info.Size)
	n, err := io.ReadFull(r, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) { // a foreign hand cut it short
		return nil, Info{}, fmt.Errorf("read %s: %w", name, err)
	}
	return data[:n], info, nil
}

// Info describes a stored blob.
type Info struct {
	Name     string
	Size     int64     // in bytes
	Version  string    // differs between blobs of different content that had the name; opaque
	Modified time.Time // UTC, by the clock of the medium, to the second at least
}

// CheckName returns ErrName unless a store keeps blobs of that name.
func CheckName(name string) error { return checkName(name) }

// checkName says whether a store keeps blobs of that name.
func checkName(name string) error {
	for segment := range strings.SplitSeq(name, "/") {
		if !validSegment(segment) {
			return fmt.Errorf("%w %q", ErrName, name)
		}
	}
	return nil
}

// validSegment says whether segment may be a part of a name.
func validSegment(segment string) bool {
	if segment == "" || len(segment) > 255 || segment[0] == '.' {
		return false
	}
	for i := range len(segment) {
		if !plain(segment[i]) && segment[i] != '=' {
			return false
		}
	}
	return true
}

// ready says whether an operation on name may begin.
func ready(ctx context.Context, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return checkName(name)
}

// total returns the summed length of data in bytes.
func total(data [][]byte) int64 {
	var n int64
	for _, d := range data {
		n += int64(len(d))
	}
	return n
}

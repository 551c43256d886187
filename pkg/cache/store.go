package cache

import (
	"context"
	"fmt"
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
	// Get returns the whole blob, in a slice that the caller may change. A blob
	// that is not there is ErrMissing, here and in Head and Stat.
	Get(ctx context.Context, name string) ([]byte, Info, error)
	// Head returns the first n bytes of the blob, or all of it when shorter.
	Head(ctx context.Context, name string, n int) ([]byte, Info, error)
	// Stat returns what is known without reading the blob. It is cheap.
	Stat(ctx context.Context, name string) (Info, error)
	// Put stores the concatenation of data. Readers see the old blob or the new
	// one, whole; when Put returns, the new one is on stable storage.
	Put(ctx context.Context, name string, data ...[]byte) (Info, error)
	// Delete removes the blob. It is no error if there is none.
	Delete(ctx context.Context, name string) error
	// List yields the blobs whose names begin with prefix, in byte order of
	// their names, and nothing that the store would not keep itself. An error
	// ends it. What is stored meanwhile may be in it or not.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// Info describes a stored blob.
type Info struct {
	Name     string
	Size     int64     // in bytes
	Version  string    // differs after each Put; opaque
	Modified time.Time // UTC
}

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

package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/zip"
	"github.com/mholt/archiver/v4"
)

// ArchiveRoot is the folder in which an archive holds its entries: unpacked
// beside a cache of that name, it becomes part of it.
const ArchiveRoot = "fred-backend-cache"

// manifestName is the file, below ArchiveRoot, that says what an archive holds.
const manifestName = "manifest.json"

// Manifest says what an archive holds. It is the same for the same content: it
// does not tell when the archive was made.
type Manifest struct {
	Schema       int            `json:"schema"`               // of the entries' envelope
	Fred         string         `json:"fred"`                 // version of the fred that wrote it
	Pseudonyms   bool           `json:"pseudonyms,omitempty"` // stand for all names in it
	SecretPolicy string         `json:"secretPolicy"`
	Oldest       time.Time      `json:"oldest,omitzero"` // collectedAt of the oldest entry
	Newest       time.Time      `json:"newest,omitzero"`
	Entries      int            `json:"entries"`
	Bytes        int64          `json:"bytes"` // of all entries, unpacked
	Files        []ManifestFile `json:"files"` // sorted by name
}

// ManifestFile is one entry of an archive.
type ManifestFile struct {
	Name   string `json:"name"` // below the root
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // of the file, in hex
}

// Outgoing is an entry on its way into an archive: the parts of its file.
type Outgoing struct {
	Header Header
	Parts  [][]byte
}

// Size returns the length of the entry's file in bytes.
func (o Outgoing) Size() int64 { return total(o.Parts) }

// Outgoing returns the entry under key as it may leave: verified, and sealed by
// the rules of today if it was stored under others, which is said in warnings.
func (c *Cache) Outgoing(ctx context.Context, key Key) (o Outgoing, warnings []string, err error) {
	data, _, err := ReadBlob(ctx, c.store, key.name())
	if err != nil {
		return Outgoing{}, nil, fmt.Errorf("cache entry %s: %w", key, err)
	}
	h, payload, err := open(key, data)
	if err != nil {
		return Outgoing{}, nil, fmt.Errorf("cache entry %s: %w", key, err)
	}
	if h.SecretPolicy == c.opts.SecretPolicy {
		return Outgoing{Header: h, Parts: [][]byte{data}}, nil, nil
	}
	return c.Resealed(h, payload)
}

// Resealed returns an entry made of h and payload as it may be stored or leave,
// and a warning for each thing that had to be removed from it.
func (c *Cache) Resealed(h Header, payload []byte) (o Outgoing, warnings []string, err error) {
	clean, warnings, err := c.seal(payload)
	if err == nil {
		h.SecretPolicy = c.opts.SecretPolicy
		err = c.sealHeader(&h)
	}
	if err != nil {
		return Outgoing{}, nil, fmt.Errorf("cache entry %s: %w", h.Key, err)
	}
	h.Warnings = slices.Concat(h.Warnings, warnings)
	parts, err := envelope(&h, clean)
	return Outgoing{Header: h, Parts: parts}, warnings, err
}

// About is what an archive says of itself that its entries do not.
type About struct {
	Fred       string // the version that writes it
	Pseudonyms bool   // stand for all names in it
}

// WriteArchive writes a zip of entries to w, in the order in which they come. The same entries give the same bytes. It holds
// one entry in memory at a time.
func (c *Cache) WriteArchive(ctx context.Context, w io.Writer, about About, entries iter.Seq2[Outgoing, error]) (Manifest, error) {
	z := newZipWriter(ctx, w)
	m := Manifest{Schema: Schema, Fred: about.Fred, Pseudonyms: about.Pseudonyms, SecretPolicy: c.opts.SecretPolicy, Files: []ManifestFile{}}
	for e, err := range entries {
		if err == nil {
			err = m.add(z, e)
		}
		if err != nil {
			return m, errors.Join(err, z.close())
		}
	}
	err := z.addManifest(m)
	return m, errors.Join(err, z.close())
}

// addManifest writes m while it is packed: for many entries it is large.
func (z *zipWriter) addManifest(m Manifest) error {
	file := fileOf(path.Join(ArchiveRoot, manifestName), nil)
	file.Open = func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			err := json.MarshalWrite(w, m, jsontext.WithIndent("  "))
			if err == nil {
				_, err = w.Write([]byte("\n"))
			}
			w.CloseWithError(err)
		}()
		return r, nil
	}
	return z.addFile(file)
}

func (m *Manifest) add(z *zipWriter, e Outgoing) error {
	name := e.Header.Key.name()
	sum := sha256.New()
	for _, p := range e.Parts {
		sum.Write(p)
	}
	m.Files = append(m.Files, ManifestFile{Name: name, Size: total(e.Parts), SHA256: hex.EncodeToString(sum.Sum(nil))})
	m.Entries++
	m.Bytes += total(e.Parts)
	if at := e.Header.CollectedAt; m.Oldest.IsZero() || at.Before(m.Oldest) {
		m.Oldest = at
	}
	if at := e.Header.CollectedAt; at.After(m.Newest) {
		m.Newest = at
	}
	return z.add(path.Join(ArchiveRoot, name), e.Parts...)
}

// zipWriter hands files to archiver one after the other.
type zipWriter struct {
	out  *sticky
	jobs chan archiver.ArchiveAsyncJob
	done chan error
}

func newZipWriter(ctx context.Context, w io.Writer) *zipWriter {
	z := &zipWriter{out: &sticky{w: w}, jobs: make(chan archiver.ArchiveAsyncJob), done: make(chan error, 1)}
	// With SelectiveCompression, archiver compresses what is not a picture or an archive.
	format := archiver.Zip{Compression: zip.Deflate, SelectiveCompression: true}
	go func() { z.done <- format.ArchiveAsync(ctx, z.out, z.jobs) }()
	return z
}

func (z *zipWriter) add(name string, parts ...[]byte) error { return z.addFile(fileOf(name, parts)) }

func (z *zipWriter) addFile(file archiver.File) error {
	result := make(chan error, 1)
	z.jobs <- archiver.ArchiveAsyncJob{File: file, Result: result}
	if err := <-result; err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}

func (z *zipWriter) close() error {
	close(z.jobs)
	if err := errors.Join(<-z.done, z.out.err); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}

// sticky remembers the first error: archiver does not tell of those that come
// when the directory of the zip is written.
type sticky struct {
	w   io.Writer
	err error
}

func (s *sticky) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}

func fileOf(name string, parts [][]byte) archiver.File {
	return archiver.File{
		FileInfo: archived{name: path.Base(name), size: total(parts)}, NameInArchive: name,
		Open: func() (io.ReadCloser, error) {
			readers := make([]io.Reader, len(parts))
			for i, p := range parts {
				readers[i] = bytes.NewReader(p)
			}
			return io.NopCloser(io.MultiReader(readers...)), nil
		},
	}
}

// archived describes a file as every archive has it.
type archived struct {
	name string
	size int64
}

// zipEpoch is the oldest time that a zip can tell.
var zipEpoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func (a archived) Name() string     { return a.name }
func (a archived) Size() int64      { return a.size }
func (archived) Mode() fs.FileMode  { return 0o600 }
func (archived) ModTime() time.Time { return zipEpoch }
func (archived) IsDir() bool        { return false }
func (archived) Sys() any           { return nil }

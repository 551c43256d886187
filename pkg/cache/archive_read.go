package cache

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/zip"
	"github.com/mholt/archiver/v4"
)

// ErrRefused says that an archive is not one that fred takes, whatever the rest
// of it may hold.
var ErrRefused = errors.New("the archive is refused")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrRefused}, args...)...)
}

// Limits bound what is read of an archive.
type Limits struct {
	Entries        int   // files and folders
	EntryBytes     int64 // of one file, unpacked
	TotalBytes     int64 // of all files, unpacked
	DirectoryBytes int64 // of the zip's directory
	Ratio          int64 // the most that a file of over a MiB may shrink by
}

// DefaultLimits are far beyond what fred writes.
var DefaultLimits = Limits{Entries: 120_000, EntryBytes: 64 << 20, TotalBytes: 2 << 30, DirectoryBytes: 64 << 20, Ratio: 100}

// ratioFrom is the size in bytes from which on Limits.Ratio counts.
const ratioFrom = 1 << 20

// Archive is a zip whose directory was looked at and found harmless.
type Archive struct {
	Manifest *Manifest // without its files; nil where it has none: a folder that somebody zipped
	Entries  int       // files that may be entries
	Ignored  []string  // files that are none of fred's, by their names in the zip
	Foreign  bool      // it is another program's: there are Files in it, and no entries

	r      ArchiveReader
	prefix string                       // of what is fred's
	sums   map[string][sha256.Size]byte // of the manifest
	buf    bytes.Buffer                 // of the file that is read
	limits Limits
}

// ArchiveReader is what is needed of a zip to read it.
type ArchiveReader interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Layout knows the zips of another program by the name of one of their files:
// it returns the folder of the zip, with its slash, in which they all lie.
type Layout func(file string) (folder string, ok bool)

// OpenArchive looks at everything that the directory of a zip of size bytes
// says, and refuses what could do harm (ErrRefused), before any of it is
// unpacked. It takes entries below ArchiveRoot, below no folder, and either
// below any one folder more; where there are none, the files of the first of
// others that knows one.
func OpenArchive(ctx context.Context, r ArchiveReader, size int64, limits Limits, others ...Layout) (*Archive, error) {
	end, err := readZipEnd(r, size)
	if err != nil {
		return nil, err
	}
	if end.entries > uint64(limits.Entries) { //nolint:gosec // not negative
		return nil, refuse("it has %d files, and %d are allowed", end.entries, limits.Entries)
	}
	if end.directory > uint64(limits.DirectoryBytes) { //nolint:gosec // not negative
		return nil, refuse("its directory has %d bytes, and %d are allowed", end.directory, limits.DirectoryBytes)
	}
	a := &Archive{r: r, limits: limits}
	look := looked{limits: limits, size: size, names: map[string]string{}, folders: map[string]string{}}
	err = a.each(ctx, func(f archiver.File, h zip.FileHeader) error { return look.at(f, h) })
	if err == nil && uint64(look.count) != end.entries { //nolint:gosec // not negative
		err = refuse("its directory has %d files where its end says %d", look.count, end.entries)
	}
	if err == nil {
		err = look.whole()
	}
	if err != nil {
		return nil, asRefusal(err)
	}
	if a.prefix, a.Foreign, err = look.root(others); err != nil || a.Foreign {
		return a, err
	}
	a.Entries = len(look.files)
	return a, a.readManifest(ctx)
}

// asRefusal makes a refusal of what the zip reader says of a broken zip.
func asRefusal(err error) error {
	switch {
	case err == nil, errors.Is(err, ErrRefused), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	default:
		return refuse("%w", err)
	}
}

// each hands every file and folder of the zip to do, in the order of its
// directory.
func (a *Archive) each(ctx context.Context, do func(archiver.File, zip.FileHeader) error) error {
	var own error
	err := archiver.Zip{}.Extract(ctx, a.r, nil, func(_ context.Context, f archiver.File) error {
		h, ok := f.Header.(zip.FileHeader)
		if !ok {
			own = fmt.Errorf("archiver gave a header of type %T", f.Header)
			return own
		}
		own = do(f, h)
		return own
	})
	if own != nil {
		return own // without archiver's words around it
	}
	return err
}

// looked is what was seen of a zip's directory so far.
type looked struct {
	limits  Limits
	size    int64 // of the zip
	count   int
	packed  uint64
	total   uint64
	names   map[string]string // files, by their names as a careless file system sees them
	folders map[string]string // likewise
	files   []string
	odd     []string // files and folders that not every system can have
}

func (l *looked) at(f archiver.File, h zip.FileHeader) error {
	l.count++
	if err := checkFile(f, h, l.limits); err != nil {
		return fmt.Errorf("%w: %.200q", err, h.Name)
	}
	l.packed += h.CompressedSize64 + localHeader + uint64(len(h.Name))
	l.total += h.UncompressedSize64
	if l.total > uint64(l.limits.TotalBytes) { //nolint:gosec // not negative
		return refuse("it unpacks to more than %d bytes", l.limits.TotalBytes)
	}
	name := strings.TrimSuffix(h.Name, "/")
	if !portable(name) {
		l.odd = append(l.odd, h.Name)
	}
	if err := l.place(name, f.IsDir()); err != nil {
		return err
	}
	if !f.IsDir() {
		l.files = append(l.files, h.Name)
	}
	return nil
}

// place says whether a name is taken already: twice the same, in another case,
// or by a folder where there is a file.
func (l *looked) place(name string, dir bool) error {
	folded := strings.ToLower(name)
	if !dir {
		if have, ok := l.names[folded]; ok {
			return refuse("it has %.200q and %.200q", have, name)
		}
		if have, ok := l.folders[folded]; ok {
			return refuse("%.200q is a folder in it, and %.200q a file", have, name)
		}
		l.names[folded] = name
		folded, name = path.Dir(folded), path.Dir(name)
	}
	for folded != "." {
		if have, ok := l.names[folded]; ok {
			return refuse("%.200q is a file in it, and %.200q a folder", have, name)
		}
		have, ok := l.folders[folded]
		if ok && have != name {
			return refuse("it has folders %.200q and %.200q", have, name)
		}
		if ok {
			break
		}
		l.folders[folded] = name
		folded, name = path.Dir(folded), path.Dir(name)
	}
	return nil
}

// whole says whether all files fit into the zip side by side.
func (l *looked) whole() error {
	if l.packed > uint64(l.size) { //nolint:gosec // not negative
		return refuse("its files overlap")
	}
	return nil
}

// checkFile says whether a file or folder of a zip may be read at all.
func checkFile(f archiver.File, h zip.FileHeader, limits Limits) error {
	const encrypted = 0x1 | 0x40 | 0x2000
	switch mode := f.Mode(); {
	case h.Flags&encrypted != 0:
		return refuse("it has an encrypted file")
	case !f.IsDir() && !mode.IsRegular():
		return refuse("it has a link or a device")
	case f.IsDir() && h.UncompressedSize64 != 0:
		return refuse("it has a folder with content")
	case h.Method != zip.Store && h.Method != zip.Deflate:
		return refuse("it has a file packed by method %d", h.Method)
	case !staysWithin(strings.TrimSuffix(h.Name, "/")) && h.Name != "./": // the folder itself, as Python writes it
		return refuse("it has a name that does not stay within it")
	case h.UncompressedSize64 > uint64(limits.EntryBytes): //nolint:gosec // not negative
		return refuse("it has a file of %d bytes, and %d are allowed", h.UncompressedSize64, limits.EntryBytes)
	case h.UncompressedSize64 > ratioFrom && h.UncompressedSize64/uint64(limits.Ratio) > h.CompressedSize64: //nolint:gosec // not negative
		return refuse("it has a file that unpacks to over %d times its size", limits.Ratio)
	}
	return nil
}

// staysWithin says whether a name stays within the folder it is unpacked in.
func staysWithin(name string) bool {
	if !utf8.ValidString(name) || !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return false
	}
	for segment := range strings.SplitSeq(name, "/") {
		if strings.TrimRight(segment, ". ") != segment {
			return false
		}
		for _, r := range segment {
			if r < ' ' || r == 0x7f {
				return false
			}
		}
	}
	return true
}

// portable says whether a name that stays within means nothing else on Windows:
// a drive, a stream or a device.
func portable(name string) bool {
	for segment := range strings.SplitSeq(name, "/") {
		if strings.Contains(segment, ":") || windowsDevice(segment) {
			return false
		}
	}
	return true
}

// windowsDevice says whether Windows takes a name for a device.
func windowsDevice(segment string) bool {
	base, _, _ := strings.Cut(strings.ToLower(segment), ".")
	switch base {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	return len(base) == 4 && (strings.HasPrefix(base, "com") || strings.HasPrefix(base, "lpt")) && base[3] >= '0' && base[3] <= '9'
}

// tops are the first segments of the names of entries.
var tops = []string{"clusters/", "aside/", "grid/", "bill/"}

// root finds out below which folder of the zip the entries are, or another
// program's files.
func (l *looked) root(others []Layout) (folder string, foreign bool, err error) {
	for _, name := range l.files {
		for _, prefix := range []string{"", folders(name, 1), folders(name, 2)} {
			rest := strings.TrimPrefix(name, prefix)
			if strings.HasSuffix(name, suffix) && hasTop(rest) || rest == manifestName && path.Base(path.Clean(prefix)) == ArchiveRoot {
				return prefix, false, l.allPortable()
			}
		}
	}
	for _, layout := range others {
		for _, name := range l.files {
			if folder, ok := layout(name); ok {
				return folder, true, l.oddWithin(folder)
			}
		}
	}
	return "", false, refuse("it has no entries of fred's cache")
}

// allPortable refuses names that not every system can have: an archive of fred's
// has none, and may be unpacked by hand.
func (l *looked) allPortable() error {
	if len(l.odd) == 0 {
		return nil
	}
	return refuse("it has a name that does not stay within it: %.200q", l.odd[0])
}

// oddWithin refuses them outside of the folder of another program. Within it they
// are data that is read and never becomes the name of a file here: an ARN has
// colons.
func (l *looked) oddWithin(folder string) error {
	for _, name := range l.odd {
		rest, ok := strings.CutPrefix(name, folder)
		if first, _, _ := strings.Cut(rest, "/"); !ok || !portable(first) {
			return refuse("it has a name that does not stay within it: %.200q", name)
		}
	}
	return nil
}

func hasTop(name string) bool {
	for _, top := range tops {
		if strings.HasPrefix(name, top) {
			return true
		}
	}
	return false
}

// folders returns the first n folders of a name, "" where it has fewer.
func folders(name string, n int) string {
	parts := strings.SplitAfterN(name, "/", n+1)
	if len(parts) <= n {
		return ""
	}
	return strings.Join(parts[:n], "")
}

// mostManifest is how many bytes a manifest may have.
const mostManifest = 32 << 20

func (a *Archive) readManifest(ctx context.Context) error {
	err := a.each(ctx, func(f archiver.File, h zip.FileHeader) error {
		if h.Name != a.prefix+manifestName {
			return nil
		}
		data, err := read(&bytes.Buffer{}, f, h, mostManifest)
		if err != nil {
			return err
		}
		m := &Manifest{}
		if err := json.Unmarshal(data, m); err != nil {
			return refuse("its manifest cannot be read: %w", err)
		}
		a.Manifest, a.sums = m, make(map[string][sha256.Size]byte, len(m.Files))
		for _, file := range m.Files {
			var sum [sha256.Size]byte
			if len(file.SHA256) != hex.EncodedLen(len(sum)) {
				return refuse("its manifest has no hash of %.200q", file.Name)
			}
			if _, err := hex.Decode(sum[:], []byte(file.SHA256)); err != nil {
				return refuse("its manifest has no hash of %.200q", file.Name)
			}
			a.sums[file.Name] = sum
		}
		m.Files = nil // they are in sums
		a.Entries--
		return nil
	})
	return asRefusal(err)
}

// read unpacks one file into buf, and holds it to what the directory says of it. The zip
// reader checks the CRC.
func read(buf *bytes.Buffer, f archiver.File, h zip.FileHeader, most int64) ([]byte, error) {
	if h.UncompressedSize64 > uint64(most) { //nolint:gosec // not negative
		return nil, refuse("%.200q has more than %d bytes", h.Name, most)
	}
	r, err := f.Open()
	if err != nil {
		return nil, refuse("%.200q: %w", h.Name, err)
	}
	defer r.Close()
	buf.Reset()
	buf.Grow(int(h.UncompressedSize64) + bytes.MinRead)                                       //nolint:gosec // bounded above
	if _, err := io.Copy(buf, io.LimitReader(r, int64(h.UncompressedSize64)+1)); err != nil { //nolint:gosec // bounded above
		return nil, refuse("%.200q: %w", h.Name, err)
	}
	if uint64(buf.Len()) != h.UncompressedSize64 {
		return nil, refuse("%.200q is not as large as the archive says", h.Name)
	}
	return buf.Bytes(), nil
}

// Incoming is an entry of an archive, verified by itself.
type Incoming struct {
	Name    string // in the cache
	Header  Header
	Payload []byte // until the next one is read
	Size    int64  // of the whole file in bytes
	Problem error  // why it cannot be taken: ErrDamaged, ErrNewer
}

// Each unpacks the entries one after the other. What do returns ends it. A file
// that is not what the zip or the manifest says of it is a refusal: the archive
// was altered.
func (a *Archive) Each(ctx context.Context, do func(Incoming) error) error {
	var own error // of do
	found := 0
	a.Ignored = nil
	err := a.each(ctx, func(f archiver.File, h zip.FileHeader) error {
		if f.IsDir() || h.Name == a.prefix+manifestName {
			return nil
		}
		name, ok := strings.CutPrefix(h.Name, a.prefix)
		if !ok || !strings.HasSuffix(name, suffix) || !hasTop(name) {
			a.Ignored = append(a.Ignored, h.Name)
			return nil
		}
		data, err := read(&a.buf, f, h, a.limits.EntryBytes)
		if err != nil {
			return err
		}
		if a.Manifest != nil {
			sum := sha256.Sum256(data)
			if want, ok := a.sums[name]; !ok || want != sum {
				return refuse("%.200q is not what its manifest says", h.Name)
			}
			found++
		}
		own = do(incoming(name, data))
		return own
	})
	if own != nil {
		return own
	}
	if err == nil && a.Manifest != nil && found != len(a.sums) {
		err = refuse("it lacks %d of the files of its manifest", len(a.sums)-found)
	}
	return asRefusal(err)
}

// incoming verifies the file of an entry.
func incoming(name string, data []byte) Incoming {
	in := Incoming{Name: name, Size: int64(len(data))}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	h, err := parseLine(line)
	if err == nil && h.Key.name() != name {
		err = fmt.Errorf("%w: it is the entry of %s", ErrDamaged, h.Key)
	}
	if err == nil {
		in.Header, in.Payload, err = open(h.Key, data)
	}
	in.Problem = err
	return in
}

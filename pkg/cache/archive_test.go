package cache_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// outgoing yields the entries of c as an export does.
func outgoing(ctx context.Context, c *cache.Cache) iter.Seq2[cache.Outgoing, error] {
	return func(yield func(cache.Outgoing, error) bool) {
		for l, err := range c.List(ctx, cache.Key{}) {
			var o cache.Outgoing
			if err == nil {
				o, _, err = c.Outgoing(ctx, l.Header.Key)
			}
			if !yield(o, err) {
				return
			}
		}
	}
}

// full is a cache with a few entries in store.
func full(t *testing.T, store cache.Store) *cache.Cache {
	t.Helper()
	c := cache.New(store, cache.Options{})
	for i, name := range []string{"pods", "nodes", "Odd/../Name"} {
		k := cache.NewKey("clusters", "Prod", "kube", name)
		_, err := cache.Fetch(t.Context(), c, cache.Request{Key: k, TTL: cache.Forever, ClusterUID: "uid"}, func(context.Context) (cache.Collected[[]string], error) {
			return cache.Collected[[]string]{Value: []string{strings.Repeat("<&> ü ", 10*i+1)}, CollectedAt: time.Date(2026, 11, 1+i, 0, 0, 0, 0, time.UTC)}, nil
		})
		require.NoError(t, err)
	}
	return c
}

func archiveOf(t *testing.T, c *cache.Cache) []byte {
	t.Helper()
	var b bytes.Buffer
	_, err := c.WriteArchive(t.Context(), &b, cache.About{Fred: "test"}, outgoing(t.Context(), c))
	require.NoError(t, err)
	return b.Bytes()
}

// unpack reads an archive to its end.
func unpack(t testing.TB, data []byte, limits cache.Limits) (list []cache.Incoming, a *cache.Archive, err error) {
	a, err = cache.OpenArchive(t.Context(), bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		return nil, nil, err
	}
	err = a.Each(t.Context(), func(in cache.Incoming) error {
		list = append(list, in)
		return nil
	})
	return list, a, err
}

func TestTheSameEntriesMakeTheSameArchiveAndComeBackFromIt(t *testing.T) {
	one := archiveOf(t, full(t, cache.NewMemory()))
	time.Sleep(5 * time.Millisecond)
	require.Equal(t, one, archiveOf(t, full(t, folder(t, filepath.Join(t.TempDir(), "other")))))
	list, a, err := unpack(t, one, cache.DefaultLimits)
	require.NoError(t, err)
	require.Len(t, list, 3)
	require.Empty(t, a.Ignored)
	require.Equal(t, 3, a.Manifest.Entries)
	require.Equal(t, time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), a.Manifest.Oldest)
	require.Equal(t, time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC), a.Manifest.Newest)
	var want []cache.Header
	for l, err := range full(t, cache.NewMemory()).List(t.Context(), cache.Key{}) {
		require.NoError(t, err)
		want = append(want, l.Header)
	}
	for i, in := range list {
		require.NoError(t, in.Problem)
		require.Equal(t, want[i], in.Header)
	}
}

func TestAnArchiveThatCannotBeWrittenWhollyIsAnError(t *testing.T) {
	c := full(t, cache.NewMemory())
	whole := len(archiveOf(t, c))
	for room := 0; room < whole; room += 13 {
		_, err := c.WriteArchive(t.Context(), &narrow{room: room}, cache.About{Fred: "test"}, outgoing(t.Context(), c))
		require.Error(t, err, "%d of %d bytes", room, whole)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.WriteArchive(canceled, &narrow{room: whole}, cache.About{Fred: "test"}, outgoing(t.Context(), c))
	require.ErrorIs(t, err, context.Canceled)
}

// narrow is a disk with little room.
type narrow struct{ room int }

func (n *narrow) Write(p []byte) (int, error) {
	if n.room -= len(p); n.room < 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

// file is a file of a zip that is made by hand.
type file struct {
	name, data string
	change     func(*zip.FileHeader)
}

// zipped makes a zip of files.
func zipped(t testing.TB, files ...file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.name, Method: zip.Deflate}
		if f.change != nil {
			f.change(h)
		}
		out, err := w.CreateHeader(h)
		require.NoError(t, err)
		_, err = out.Write([]byte(f.data))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

// entryFile is a good entry's name in the cache, and its bytes.
func entryFile(t testing.TB) (name, data string) {
	t.Helper()
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{})
	_, err := cache.Fetch(t.Context(), c, cache.Request{Key: cache.NewKey("clusters", "c", "kube", "pods"), TTL: cache.Forever}, func(context.Context) (cache.Collected[string], error) {
		return cache.Collected[string]{Value: "good", CollectedAt: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}, nil
	})
	require.NoError(t, err)
	name = "clusters/c/kube/pods.jsonl"
	blob, _, err := cache.ReadBlob(t.Context(), store, name)
	require.NoError(t, err)
	return name, string(blob)
}

func TestAnArchiveIsTakenUnderAnyOneFolder(t *testing.T) {
	name, data := entryFile(t)
	for _, prefix := range []string{"", "fred-backend-cache/", "team/", "my team/fred-backend-cache/"} {
		list, a, err := unpack(t, zipped(t, file{name: prefix + name, data: data}, file{name: prefix + "README.md", data: "hi"}, file{name: "__MACOSX/._x", data: "x"}), cache.DefaultLimits)
		require.NoError(t, err, prefix)
		require.Len(t, list, 1, prefix)
		require.NoError(t, list[0].Problem)
		require.Equal(t, name, list[0].Name)
		require.Equal(t, []string{prefix + "README.md", "__MACOSX/._x"}, a.Ignored)
	}
}

func TestEntriesThatCannotBeTakenSaySo(t *testing.T) {
	name, data := entryFile(t)
	for says, f := range map[string]file{
		"altered":         {name: name, data: strings.Replace(data, `"good"`, `"evil"`, 1)},
		"cut short":       {name: name, data: data[:40]},
		"does not begin":  {name: name, data: "garbage"},
		"it is the entry": {name: "clusters/c/kube/nodes.jsonl", data: data},
		"by a newer fred": {name: name, data: `{"schema":99,"x":1}` + "\n{}\n"},
		"bytes where":     {name: name, data: data + "more"},
	} {
		list, _, err := unpack(t, zipped(t, f), cache.DefaultLimits)
		require.NoError(t, err, says)
		require.Len(t, list, 1)
		require.ErrorContains(t, list[0].Problem, says)
	}
}

func TestHostileArchivesAreRefused(t *testing.T) {
	name, data := entryFile(t)
	good := file{name: name, data: data}
	with := func(f ...file) []byte { return zipped(t, append([]file{good}, f...)...) }
	whole := with()
	end := bytes.LastIndex(whole, []byte("PK\x05\x06"))
	patched := func(at int, b ...byte) []byte {
		p := bytes.Clone(whole)
		copy(p[at:], b)
		return p
	}
	directory := int(binary.LittleEndian.Uint32(whole[end+16:]))
	tests := map[string][]byte{
		"empty":             {},
		"garbage":           []byte("this is no zip at all, and never was"),
		"a tar":             tarred(t, good),
		"garbage before":    append([]byte("#!/bin/sh\n"), whole...),
		"garbage after":     append(bytes.Clone(whole), "rm -rf /"...),
		"no entries":        zipped(t, file{name: "a.txt", data: "a"}),
		"nothing":           zipped(t),
		"of several disks":  patched(end+4, 1),
		"too many by end":   patched(end+8, 0xff, 0xff, 0xff, 0xff),
		"one more by end":   patched(end+8, 2, 0, 2, 0),
		"none by end":       patched(end+8, 0, 0, 0, 0),
		"directory beyond":  patched(end+16, 0xff, 0xff, 0xff, 0x7f),
		"directory at 0":    patched(end+16, 0, 0, 0, 0),
		"larger than it is": patched(directory+24, 0xff, 0xff, 0, 0),
		"smaller":           patched(directory+24, 5, 0, 0, 0),
		"wrong CRC":         patched(directory+16, 1, 2, 3, 4),
		"encrypted":         patched(directory+8, 0x09),
		"method":            patched(directory+10, 99),
		"overlapping":       overlapping(t, good),
		"bomb":              with(file{name: "clusters/c/kube/bomb.jsonl", data: strings.Repeat("0", 8<<20)}),
		"large entry":       with(file{name: "x", data: strings.Repeat("01234567", 1<<20), change: func(h *zip.FileHeader) { h.Method = zip.Store }}),
	}
	for _, bad := range []string{
		"../x", "a/../../x", "..", "clusters/../../x", "/etc/passwd", "//x", "./x", "a//b", "a/./b", `..\x`, `a\..\..\x`, `C:\x`, "C:x", "c:/x",
		"CON", "a/nul.jsonl", "com1", "LPT9.txt", "a/aux", "a.", "a ", "dir./x", "a\x00b", "a\nb", "a\x1b[31m", "\xff\xfe", "conin$",
	} {
		tests[fmt.Sprintf("name %q", bad)] = with(file{name: bad, data: "x", change: func(h *zip.FileHeader) { h.NonUTF8 = true }})
	}
	for what, mode := range map[string]fs.FileMode{"symlink": fs.ModeSymlink, "device": fs.ModeDevice, "pipe": fs.ModeNamedPipe, "socket": fs.ModeSocket} {
		tests[what] = with(file{name: "clusters/c/kube/link.jsonl", data: "/etc/passwd", change: func(h *zip.FileHeader) { h.SetMode(mode | 0o777) }})
	}
	for what, names := range map[string][2]string{
		"twice": {"a/b", "a/b"}, "by case": {"a/b", "A/B"}, "folder and file": {"a", "a/b"}, "file and folder": {"a/b", "a"}, "folders by case": {"x/1", "X/2"}, "folder entry": {"a/", "a"},
	} {
		tests[what] = with(file{name: names[0]}, file{name: names[1]})
	}
	limits := cache.DefaultLimits
	limits.EntryBytes = 4 << 20
	for what, zip := range tests {
		list, _, err := unpack(t, zip, limits)
		require.ErrorIs(t, err, cache.ErrRefused, what)
		for _, in := range list {
			require.Equal(t, name, in.Name, what)
		}
	}
	t.Logf("%d hostile archives refused", len(tests))
}

func TestEveryLimitOfAnArchiveIsHeld(t *testing.T) {
	name, data := entryFile(t)
	zip := zipped(t, file{name: name, data: data}, file{name: "big", data: strings.Repeat("a", 3<<20)})
	for says, change := range map[string]func(*cache.Limits){
		"2 files, and 1":  func(l *cache.Limits) { l.Entries = 1 },
		"bytes, and 1000": func(l *cache.Limits) { l.EntryBytes = 1000 },
		"more than 2000":  func(l *cache.Limits) { l.TotalBytes = 2000 },
		"directory has":   func(l *cache.Limits) { l.DirectoryBytes = 60 },
		"over 50 times":   func(l *cache.Limits) { l.Ratio = 50 },
	} {
		limits := cache.DefaultLimits
		limits.Ratio = 1 << 20
		change(&limits)
		_, _, err := unpack(t, zip, limits)
		require.ErrorIs(t, err, cache.ErrRefused)
		require.ErrorContains(t, err, says)
	}
}

func TestAnArchiveThatDiffersFromItsManifestIsRefused(t *testing.T) {
	c := full(t, cache.NewMemory())
	r, err := zip.NewReader(bytes.NewReader(archiveOf(t, c)), int64(len(archiveOf(t, c))))
	require.NoError(t, err)
	var files []file
	for _, f := range r.File {
		in, err := f.Open()
		require.NoError(t, err)
		var b bytes.Buffer
		_, err = b.ReadFrom(in)
		require.NoError(t, err)
		files = append(files, file{name: f.Name, data: b.String()})
	}
	_, _, err = unpack(t, zipped(t, files...), cache.DefaultLimits)
	require.NoError(t, err)
	name, data := entryFile(t)
	for what, list := range map[string][]file{
		"one less": files[1:],
		"one more": append([]file{{name: "fred-backend-cache/" + name, data: data}}, files...),
		"changed":  append([]file{{name: files[0].name, data: files[0].data + " "}}, files[1:]...),
		"manifest": append(append([]file{}, files[:len(files)-1]...), file{name: files[len(files)-1].name, data: "{"}),
	} {
		_, _, err := unpack(t, zipped(t, list...), cache.DefaultLimits)
		require.ErrorIs(t, err, cache.ErrRefused, what)
	}
}

func TestAnArchiveCutAnywhereIsRefused(t *testing.T) {
	whole := archiveOf(t, full(t, cache.NewMemory()))
	for n := range whole {
		_, _, err := unpack(t, whole[:n], cache.DefaultLimits)
		require.ErrorIs(t, err, cache.ErrRefused, "%d of %d bytes", n, len(whole))
	}
}

func FuzzOpenArchive(f *testing.F) {
	name, data := entryFile(f)
	f.Add(zipped(f, file{name: name, data: data}))
	f.Add(zipped(f, file{name: "x/fred-backend-cache/" + name, data: data}, file{name: "x/fred-backend-cache/manifest.json", data: "{}"}))
	f.Fuzz(func(t *testing.T, zip []byte) {
		limits := cache.Limits{Entries: 10, EntryBytes: 1 << 20, TotalBytes: 2 << 20, DirectoryBytes: 1 << 16, Ratio: 100}
		list, _, err := unpack(t, zip, limits)
		if err != nil {
			return
		}
		for _, in := range list {
			require.LessOrEqual(t, len(in.Payload), 1<<20)
			require.NotContains(t, strings.Split(in.Name, "/"), "..")
		}
	})
}

// tarred is what somebody may call a zip.
func tarred(t *testing.T, f file) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o600}))
	_, err := w.Write([]byte(f.data))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.Bytes()
}

// overlapping is a zip of many files that share their bytes.
func overlapping(t *testing.T, f file) []byte {
	t.Helper()
	whole := zipped(t, f)
	end := bytes.LastIndex(whole, []byte("PK\x05\x06"))
	directory := int(binary.LittleEndian.Uint32(whole[end+16:]))
	one := whole[directory:end]
	out := bytes.Clone(whole[:directory])
	const n = 50
	for i := range n {
		next := bytes.Clone(one)
		copy(next[46:], fmt.Sprintf("clusters/c/kube/p%03d", i)[:20]) // the same length, another name
		out = append(out, next...)
	}
	tail := bytes.Clone(whole[end:])
	binary.LittleEndian.PutUint16(tail[8:], n)
	binary.LittleEndian.PutUint16(tail[10:], n)
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*len(one)))
	return append(out, tail...)
}

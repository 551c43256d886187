package cache_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// small is the file of a small entry under key and its name.
func small(t *testing.T) (string, []byte) {
	t.Helper()
	s := cache.NewMemory()
	_, err := cache.Fetch(t.Context(), cache.New(s, cache.Options{}), minute, func(context.Context) (cache.Collected[string], error) {
		return cache.Collected[string]{Value: "web", ClusterUID: "uid", Endpoint: "https://api", Warnings: []string{"no nodes"}}, nil
	})
	require.NoError(t, err)
	return blob(t, s)
}

// readFile returns what is read when the file of an entry is data.
func readFile(t testing.TB, name string, data []byte) (cache.Entry[string], error) {
	t.Helper()
	s := cache.NewMemory()
	_, err := s.Put(t.Context(), name, data)
	require.NoError(t, err)
	return cache.Read[string](t.Context(), cache.New(s, cache.Options{}), key)
}

// verified says what fred cache verify finds where the file of an entry is data,
// beside an entry that is sound.
func verified(t *testing.T, c *cache.Cache, store *cache.Folder, name string, data []byte) error {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(store.Path(), filepath.FromSlash(name)), data, 0o600))
	var found []error
	for l, err := range c.List(t.Context(), cache.Key{}) {
		require.NoError(t, err)
		found = append(found, c.Verify(t.Context(), l))
	}
	require.Len(t, found, 2, "the entry is listed, whatever is in it")
	require.NoError(t, found[1])
	return found[0]
}

// beside is a folder with the entry of small and one that is listed after it.
func beside(t *testing.T) (*cache.Cache, *cache.Folder) {
	t.Helper()
	store := folder(t, t.TempDir())
	c := cache.New(store, cache.Options{})
	fetch(t, c, minute, &source{})
	fetch(t, c, cache.Request{Key: cache.NewKey("clusters", "arn:aws:eks:eu-west-1:1:cluster/Prod", "z")}, &source{})
	return c, store
}

func TestVerifyFindsAnEntryThatIsCutAtAnyLengthOrHasAnotherByteAnywhere(t *testing.T) {
	name, data := small(t)
	c, store := beside(t)
	require.NoError(t, verified(t, c, store, name, data))
	cuts, flips, newer := 0, 0, 0
	for n := range data {
		require.ErrorIs(t, verified(t, c, store, name, data[:n]), cache.ErrDamaged, "cut to %d bytes", n)
		cuts++
	}
	for bit := range len(data) * 8 {
		flipped := bytes.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		err := verified(t, c, store, name, flipped)
		if errors.Is(err, cache.ErrNewer) {
			newer++
		} else {
			require.ErrorIs(t, err, cache.ErrDamaged, "bit %d", bit)
		}
		flips++
	}
	require.Equal(t, 3, newer, "in the digit of the schema")
	require.NoError(t, verified(t, c, store, name, data))
	t.Logf("%d cuts and %d flipped bits of an entry of %d bytes, all found by verify", cuts, flips, len(data))
}

func TestAnEntryIsTwoLinesOfJSON(t *testing.T) {
	name, data := small(t)
	require.Equal(t, "clusters/arn=3aaws=3aeks=3aeu-west-1=3a1=3acluster=2f=50rod/workloads.jsonl", name)
	lines := bytes.Split(data, []byte("\n"))
	require.Len(t, lines, 3)
	require.Empty(t, lines[2])
	require.JSONEq(t, `"web"`, string(lines[1]))
	var header map[string]any
	require.NoError(t, json.Unmarshal(lines[0], &header))
	require.Equal(t, []any{"clusters", "arn:aws:eks:eu-west-1:1:cluster/Prod", "workloads"}, header["key"])
	require.InEpsilon(t, 5, header["size"], 0)
	require.True(t, bytes.HasPrefix(lines[0], []byte(`{"schema":1,"key":[`)))
}

func TestAnEntryCutAtAnyLengthIsDamaged(t *testing.T) {
	name, data := small(t)
	for n := range data {
		e, err := readFile(t, name, data[:n])
		require.ErrorIs(t, err, cache.ErrDamaged, "cut to %d bytes", n)
		require.Zero(t, e)
	}
	for _, more := range []string{"\n", " ", "x", "\x00\x00\x00"} {
		_, err := readFile(t, name, append(bytes.Clone(data), more...))
		require.ErrorIs(t, err, cache.ErrDamaged)
	}
}

func TestEverySingleBitFlipIsNoticed(t *testing.T) {
	name, data := small(t)
	newer := 0
	for bit := range len(data) * 8 {
		flipped := bytes.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		e, err := readFile(t, name, flipped)
		if errors.Is(err, cache.ErrNewer) {
			newer++
		} else {
			require.ErrorIs(t, err, cache.ErrDamaged, "bit %d", bit)
		}
		require.Zero(t, e)
	}
	require.Equal(t, 3, newer, "only in the digit of the schema, 1 becoming 3, 5 and 9")
}

func TestEveryBlockOfZerosIsNoticed(t *testing.T) {
	name, data := small(t)
	for from := range data {
		zeros := bytes.Clone(data)
		clear(zeros[from:min(from+32, len(zeros))])
		_, err := readFile(t, name, zeros)
		require.ErrorIs(t, err, cache.ErrDamaged, "from %d", from)
	}
}

func TestADamagedEntryIsNamedAndReplaced(t *testing.T) {
	name, data := small(t)
	other := bytes.Replace(data, []byte("web"), []byte("bad"), 1)
	tests := []struct {
		name, reason string
		data         []byte
		unseen       bool // by a look at the header alone
	}{
		{name: "an empty file", reason: "does not begin as an entry does"},
		{name: "a foreign file", data: []byte("apiVersion: v1\nkind: List\n"), reason: "does not begin as an entry does"},
		{name: "a foreign file of JSON", data: []byte("{}\n{}\n"), reason: "does not begin as an entry does"},
		{name: "a schema of no number", data: []byte(`{"schema":"1",` + "\n"), reason: "does not begin as an entry does"},
		{name: "half a header", data: data[:100], reason: "the header is cut short"},
		{name: "half a payload", data: data[:len(data)-3], reason: "bytes where"},
		{name: "another payload", data: other, reason: "the payload is altered", unseen: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store, src := cache.NewMemory(), &source{err: errAPI}
			_, err := store.Put(t.Context(), name, tt.data)
			require.NoError(t, err)
			c := cache.New(store, cache.Options{})
			_, state, err := c.Peek(t.Context(), key)
			if !tt.unseen {
				require.ErrorIs(t, err, cache.ErrDamaged)
				require.Equal(t, cache.Damaged, state)
			}
			_, err = cache.Fetch(t.Context(), c, minute, src.collect)
			require.ErrorIs(t, err, errAPI, "it is not served")
			_, still := blob(t, store)
			require.Equal(t, string(tt.data), string(still), "and not deleted by a read")
			_, err = cache.Fetch(t.Context(), cache.New(store, cache.Options{Offline: offline}), minute, src.collect)
			require.ErrorIs(t, err, cache.ErrMissing)
			require.ErrorIs(t, err, cache.ErrOffline)
			require.ErrorContains(t, err, tt.reason)

			src.err = nil
			e := fetch(t, c, minute, src)
			require.Len(t, e.Warnings, 1)
			require.Contains(t, e.Warnings[0], key.String())
			require.Contains(t, e.Warnings[0], tt.reason)
			require.Empty(t, fetch(t, c, minute, src).Warnings, "it is replaced")
		})
	}
}

func TestARenamedEntryIsNotServedUnderItsNewName(t *testing.T) {
	_, data := small(t)
	store := cache.NewMemory()
	_, err := store.Put(t.Context(), "clusters/other/workloads.jsonl", data)
	require.NoError(t, err)
	c := cache.New(store, cache.Options{})
	_, err = cache.Read[string](t.Context(), c, cache.NewKey("clusters", "other", "workloads"))
	require.ErrorIs(t, err, cache.ErrDamaged)
	require.ErrorContains(t, err, "it is the entry of "+key.String())
	for l, err := range c.List(t.Context(), cache.Key{}) {
		require.NoError(t, err)
		require.Equal(t, cache.Damaged, l.State)
	}
}

func TestANewerSchemaIsNeitherReadNorOverwritten(t *testing.T) {
	name, data := small(t)
	for _, newer := range []string{
		`{"schema":2,"layout":"unheard of"}` + "\n\x00\x01",
		string(bytes.Replace(data, []byte(`"schema":1`), []byte(`"schema":47`), 1)),
		`{"schema":2,` + strings.Repeat("x", 3<<20),
	} {
		store, src := cache.NewMemory(), &source{}
		_, err := store.Put(t.Context(), name, []byte(newer))
		require.NoError(t, err)
		c := cache.New(store, cache.Options{})
		_, err = cache.Read[string](t.Context(), c, key)
		require.ErrorIs(t, err, cache.ErrNewer)
		_, state, err := c.Peek(t.Context(), key)
		require.ErrorIs(t, err, cache.ErrNewer)
		require.Equal(t, cache.Newer, state)
		for want := 1; want < 3; want++ {
			e := fetch(t, c, minute, src)
			require.Equal(t, want, e.Value)
			require.Empty(t, e.Version)
			require.Len(t, e.Warnings, 1)
			require.Contains(t, e.Warnings[0], "not stored")
			require.Contains(t, e.Warnings[0], "written by a newer fred")
		}
		_, still := blob(t, store)
		require.Equal(t, newer, string(still))
	}
}

func TestAPayloadOfAnotherShapeIsDamaged(t *testing.T) {
	store := cache.NewMemory()
	c := cache.New(store, cache.Options{})
	fetch(t, c, minute, &source{})
	_, err := cache.Read[[]string](t.Context(), c, key)
	require.ErrorIs(t, err, cache.ErrDamaged)
}

func TestAHeaderLongerThanTheFirstReadIsFound(t *testing.T) {
	c := cache.New(cache.NewMemory(), cache.Options{})
	long := cache.NewKey(strings.Repeat("\xff/", 20000), strings.Repeat("A", 4096))
	fetch(t, c, cache.Request{Key: long, TTL: cache.Forever}, &source{})
	h, state, err := c.Peek(t.Context(), long)
	require.NoError(t, err)
	require.Equal(t, cache.Fresh, state)
	require.Equal(t, long, h.Key)
}

func TestAHeaderBeyondAllMeasureIsNotStored(t *testing.T) {
	store := cache.NewMemory()
	e := fetch(t, cache.New(store, cache.Options{}), cache.Request{Key: cache.NewKey(strings.Repeat("a", 2<<20))}, &source{})
	require.Len(t, e.Warnings, 1)
	require.Empty(t, names(t, store))
}

func TestAFolderInThePlaceOfAnEntryLosesNoAnswer(t *testing.T) {
	name, _ := small(t)
	f := folder(t, t.TempDir())
	require.NoError(t, os.MkdirAll(filepath.Join(f.Path(), filepath.FromSlash(name), "kept"), 0o700))
	e := fetch(t, cache.New(f, cache.Options{}), minute, &source{})
	require.Equal(t, 1, e.Value)
	require.Len(t, e.Warnings, 1)
	require.Contains(t, e.Warnings[0], "not stored")
	require.DirExists(t, filepath.Join(f.Path(), filepath.FromSlash(name), "kept"))
}

// sign gives a first line the hash that makes a reader look further.
func sign(data []byte) []byte {
	line, rest, _ := bytes.Cut(data, []byte("\n"))
	sum := sha256.Sum256(line)
	return fmt.Appendf(nil, "%s,\"check\":\"%x\"}\n%s", line, sum, rest)
}

// FuzzReadingAnEntry reads arbitrary bytes as an entry, as they are or signed.
func FuzzReadingAnEntry(f *testing.F) {
	f.Fuzz(func(t *testing.T, data []byte, signed bool) {
		s := cache.NewMemory()
		c := cache.New(s, cache.Options{})
		if signed {
			data = sign(data)
		}
		_, err := s.Put(t.Context(), "a.jsonl", data)
		require.NoError(t, err)
		e, err := cache.Read[json.RawMessage](t.Context(), c, cache.NewKey("a"))
		if err != nil {
			if !errors.Is(err, cache.ErrDamaged) && !errors.Is(err, cache.ErrNewer) {
				t.Fatalf("no reason to refuse it: %v", err)
			}
			require.Zero(t, e)
			return
		}
		require.True(t, e.Header.Key.Equal(cache.NewKey("a")))
		sum := sha256.Sum256(payloadOf(data))
		require.Equal(t, hex.EncodeToString(sum[:]), e.Header.SHA256)
		h, _, err := c.Peek(t.Context(), cache.NewKey("a"))
		require.NoError(t, err)
		require.Equal(t, e.Header, h)
	})
}

// payloadOf returns the second line of a file.
func payloadOf(data []byte) []byte {
	_, rest, _ := bytes.Cut(data, []byte("\n"))
	return bytes.TrimSuffix(rest, []byte("\n"))
}

package cache_test

import (
	"context"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// nameOf returns the name that a store is given for a key.
func nameOf(t testing.TB, k cache.Key) string {
	t.Helper()
	var r recorder
	_, err := cache.Read[int](t.Context(), cache.New(&r, cache.Options{}), k)
	require.ErrorIs(t, err, cache.ErrMissing)
	return r.name
}

// recorder is a store that has nothing and remembers what was asked for.
type recorder struct {
	cache.Memory

	name string
}

func (r *recorder) Open(_ context.Context, name string) (io.ReadCloser, cache.Info, error) {
	r.name = name
	return nil, cache.Info{}, cache.ErrMissing
}

func TestASegmentBecomesASafeName(t *testing.T) {
	for segment, want := range map[string]string{
		"prod":           "prod",
		"gke_p_z-1":      "gke_p_z-1",
		"k8s.prod.io":    "k8s.prod.io",
		"Prod":           "=50rod",
		"PROD":           "=50=52=4f=44",
		"":               "=",
		"=":              "=3d",
		".":              "=2e",
		"..":             "=2e=2e",
		"../..":          "=2e.=2f.=2e",
		".hidden":        "=2ehidden",
		"dot.":           "dot=2e",
		"space ":         "space=20",
		`a/b\c`:          "a=2fb=5cc",
		"a:b":            "a=3ab",
		"con":            "=63on",
		"nul.txt":        "=6eul.txt",
		"com1":           "=63om1",
		"com10":          "com10",
		"console":        "console",
		"a.jsonl":        "a=2ejsonl",
		"a.jsonl.x":      "a.jsonl.x",
		"ä":              "=c3=a4",
		"\xff\x00":       "=ff=00",
		"\x1b[31m\u202e": "=1b=5b31m=e2=80=ae",
	} {
		require.Equal(t, want+"/x.jsonl", nameOf(t, cache.NewKey(segment, "x")), "segment %q", segment)
	}
	require.Equal(t, "a/b.jsonl", nameOf(t, cache.NewKey("a", "b")))
}

func TestALongSegmentIsCutAndHashed(t *testing.T) {
	for _, segment := range []string{strings.Repeat("a", 181), strings.Repeat("A", 4096), "a" + strings.Repeat("/", 100), "aa" + strings.Repeat("/", 100)} {
		name := strings.TrimSuffix(nameOf(t, cache.NewKey(segment)), ".jsonl")
		require.LessOrEqual(t, len(name), 180)
		require.Regexp(t, `^([a-z0-9._-]|=[0-9a-f]{2})+=_[0-9a-f]{64}$`, name)
		require.NotEqual(t, name, strings.TrimSuffix(nameOf(t, cache.NewKey(segment+"b")), ".jsonl"))
	}
	require.Len(t, nameOf(t, cache.NewKey(strings.Repeat("a", 180))), 186)
}

func TestAKeyKnowsItsPrefixes(t *testing.T) {
	k := cache.NewKey("a", "b/c")
	require.True(t, k.HasPrefix(cache.Key{}))
	require.True(t, k.HasPrefix(cache.NewKey("a")))
	require.True(t, k.HasPrefix(k))
	require.False(t, k.HasPrefix(cache.NewKey("a", "b")))
	require.False(t, k.HasPrefix(k.Join("c")))
	require.True(t, cache.NewKey("a").Join("b/c").Equal(k))
	require.Equal(t, []string{"a", "b/c"}, k.Segments())
	k.Segments()[0] = "changed"
	require.Equal(t, []string{"a", "b/c"}, k.Segments())
}

func TestAKeyIsShownWithoutHarm(t *testing.T) {
	k := cache.NewKey("clusters", "a/b", "", "\x1b[31m\u202eäpfel", strings.Repeat("x", 4096))
	require.Equal(t, `clusters/"a/b"/""/"\x1b[31m\u202e\u00e4pfel"/`+strings.Repeat("x", 80)+"...", k.String())
}

func TestAnEmptyKeyNamesNoEntry(t *testing.T) {
	_, err := cache.Read[int](t.Context(), cache.New(cache.NewMemory(), cache.Options{}), cache.Key{})
	require.ErrorIs(t, err, cache.ErrName)
}

var safeName = regexp.MustCompile(`^[a-z0-9_=-][a-z0-9._=-]*$`)

func FuzzKeysNeverClash(f *testing.F) {
	f.Fuzz(func(t *testing.T, a, b string) {
		nameA, nameB := nameOf(t, cache.NewKey(a)), nameOf(t, cache.NewKey(b))
		require.Equal(t, a == b, nameA == nameB)
		require.Equal(t, a == b, strings.EqualFold(nameA, nameB))
		require.Regexp(t, safeName, nameA)
		require.LessOrEqual(t, len(nameA), 186)
		require.NotEqual(t, nameA, strings.TrimSuffix(nameOf(t, cache.NewKey(b, "x")), "/x.jsonl"), "a folder in an entry's place")

		k := cache.NewKey(a, b)
		data, err := json.Marshal(k)
		require.NoError(t, err)
		var back cache.Key
		require.NoError(t, json.Unmarshal(data, &back))
		require.Equal(t, k.Segments(), back.Segments())
	})
}

package cache_test

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// notes is the layout of a program that keeps its files in a folder called notes.
func notes(name string) (string, bool) {
	before, _, ok := strings.Cut(name, "notes/")
	return before + "notes/", ok
}

// foreign reads the files of a zip of that program.
func foreign(t *testing.T, limits cache.Limits, names ...string) (map[string]string, *cache.Archive, error) {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Modified: time.Date(2025, 3, 2, 0, 0, 0, 0, time.UTC)})
		require.NoError(t, err)
		if !strings.HasSuffix(name, "/") {
			_, err = w.Write([]byte("of " + name))
			require.NoError(t, err)
		}
	}
	require.NoError(t, z.Close())
	a, err := cache.OpenArchive(t.Context(), bytes.NewReader(b.Bytes()), int64(b.Len()), limits, notes)
	if err != nil {
		return nil, nil, err
	}
	files := map[string]string{}
	err = a.Files(t.Context(), func(f cache.File) error {
		files[f.Name] = string(f.Data)
		require.Equal(t, 2025, f.Modified.Year())
		return nil
	})
	return files, a, err
}

func TestTheFilesOfAnotherProgramsZipAreRead(t *testing.T) {
	files, a, err := foreign(t, cache.DefaultLimits, "./", "x/", "x/notes/", "x/notes/a/", "x/notes/a/arn:aws:b", "x/notes/a/con", "y")
	require.NoError(t, err)
	require.True(t, a.Foreign)
	require.Equal(t, map[string]string{"a/arn:aws:b": "of x/notes/a/arn:aws:b", "a/con": "of x/notes/a/con"}, files)
	require.Equal(t, []string{"y"}, a.Ignored)
}

func TestAnotherProgramsZipIsHeldToTheSameLimits(t *testing.T) {
	few := cache.DefaultLimits
	few.Entries = 1
	small := cache.DefaultLimits
	small.EntryBytes = 3
	for _, test := range []struct {
		name   string
		limits cache.Limits
		files  []string
	}{
		{"it leaves its folder", cache.DefaultLimits, []string{"notes/a", "../x"}},
		{"it is absolute", cache.DefaultLimits, []string{"notes/a", "/x"}},
		{"it leaves its folder from within", cache.DefaultLimits, []string{"notes/../../a"}},
		{"a drive beside the folder", cache.DefaultLimits, []string{"x/notes/a", "C:/x"}},
		{"a backslash", cache.DefaultLimits, []string{`notes/a\\b`}},
		{"a control character", cache.DefaultLimits, []string{"notes/a\x1b"}},
		{"the same name twice", cache.DefaultLimits, []string{"notes/a", "notes/A"}},
		{"too many files", few, []string{"notes/a", "notes/b"}},
		{"too large a file", small, []string{"notes/a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := foreign(t, test.limits, test.files...)
			require.ErrorIs(t, err, cache.ErrRefused)
		})
	}
}

package cache_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/cache/cachetest"
)

func TestMemoryKeepsThePromisesOfAStore(t *testing.T) {
	cachetest.Store(t, func(*testing.T) cache.Store { return cache.NewMemory() })
}

func TestFolderKeepsThePromisesOfAStore(t *testing.T) {
	cachetest.Store(t, func(t *testing.T) cache.Store { return folder(t, filepath.Join(t.TempDir(), "not", "there", "yet")) })
}

func folder(t *testing.T, path string) *cache.Folder {
	t.Helper()
	f, err := cache.NewFolder(path)
	require.NoError(t, err)
	return f
}

func TestFolderIsForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	_, err := folder(t, path).Put(t.Context(), "a/b/c.jsonl", []byte("x"))
	require.NoError(t, err)
	for name, want := range map[string]os.FileMode{
		"": 0o700, ".tmp": 0o700, "a": 0o700, "a/b": 0o700, "a/b/c.jsonl": 0o600,
	} {
		info, err := os.Stat(filepath.Join(path, name))
		require.NoError(t, err)
		require.Equal(t, want, info.Mode().Perm(), name)
	}
	left, err := os.ReadDir(filepath.Join(path, ".tmp"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestFolderListsNothingForeign(t *testing.T) {
	path := t.TempDir()
	f := folder(t, path)
	_, err := f.Put(t.Context(), "a/b.jsonl", []byte("x"))
	require.NoError(t, err)
	for _, name := range []string{"README", ".DS_Store", ".tmp/half", "a/.b.jsonl.swp", "a/b c.jsonl", "a/B.jsonl", ".git/config"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(path, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(path, name), []byte("foreign"), 0o600))
	}
	require.NoError(t, os.Symlink("b.jsonl", filepath.Join(path, "a", "link.jsonl")))
	require.Equal(t, []string{"a/b.jsonl"}, names(t, f))
}

func names(t *testing.T, s cache.Store) []string {
	t.Helper()
	var list []string
	for info, err := range s.List(t.Context(), "") {
		require.NoError(t, err)
		list = append(list, info.Name)
	}
	return list
}

func TestFolderFollowsNoLinkOutOfItself(t *testing.T) {
	dir := t.TempDir()
	outside, path := filepath.Join(dir, "outside"), filepath.Join(dir, "cache")
	require.NoError(t, os.MkdirAll(outside, 0o700))
	require.NoError(t, os.MkdirAll(path, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret.jsonl"), []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(path, "a")))
	require.NoError(t, os.Symlink(filepath.Join(outside, "secret.jsonl"), filepath.Join(path, "b.jsonl")))
	f := folder(t, path)

	for _, name := range []string{"a/secret.jsonl", "b.jsonl"} {
		_, _, err := cache.ReadBlob(t.Context(), f, name)
		require.Error(t, err, name)
	}
	_, err := f.Put(t.Context(), "a/new.jsonl", []byte("x"))
	require.Error(t, err)
	require.Error(t, f.Delete(t.Context(), "a/secret.jsonl"))
	_, err = f.Put(t.Context(), "b.jsonl", []byte("mine"))
	require.NoError(t, err, "the link itself is replaced")
	secret, err := os.ReadFile(filepath.Join(outside, "secret.jsonl"))
	require.NoError(t, err)
	require.Equal(t, "secret", string(secret))
	require.Len(t, names(t, f), 1)
}

func TestFolderSweepsWhatAKilledProcessLeft(t *testing.T) {
	path := t.TempDir()
	temp := filepath.Join(path, ".tmp")
	require.NoError(t, os.Mkdir(temp, 0o700))
	for _, name := range []string{"left", "inuse"} {
		require.NoError(t, os.WriteFile(filepath.Join(temp, name), []byte("half"), 0o600))
	}
	old := time.Now().Add(-2 * time.Hour)
	require.NoError(t, os.Chtimes(filepath.Join(temp, "left"), old, old))
	folder(t, path)
	require.NoFileExists(t, filepath.Join(temp, "left"))
	require.FileExists(t, filepath.Join(temp, "inuse"))
}

func TestFolderThatIsNoFolderIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err := cache.NewFolder(path)
	require.ErrorContains(t, err, "not a directory")
}

func TestFolderThatIsMissingIsEmptyAndStaysSo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none")
	f := folder(t, path)
	_, _, err := cache.ReadBlob(t.Context(), f, "a.jsonl")
	require.ErrorIs(t, err, cache.ErrMissing)
	require.NoError(t, f.Delete(t.Context(), "a.jsonl"))
	require.Empty(t, names(t, f))
	require.NoDirExists(t, path)
}

func TestFolderMayBeReplacedUnderARunningServer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	f := folder(t, path)
	put := func(s cache.Store, data string) {
		_, err := s.Put(t.Context(), "a.jsonl", []byte(data))
		require.NoError(t, err)
	}
	put(f, "old")
	put(folder(t, path+".new"), "new")
	require.NoError(t, os.Rename(path, path+".old"))
	require.NoError(t, os.Rename(path+".new", path))
	data, _, err := cache.ReadBlob(t.Context(), f, "a.jsonl")
	require.NoError(t, err)
	require.Equal(t, "new", string(data))
}

func TestFolderTellsFilesApartThatAnArchiveGaveTheSameTime(t *testing.T) {
	f := folder(t, t.TempDir())
	path := filepath.Join(f.Path(), "a.jsonl")
	seen := map[string]bool{}
	for _, data := range []string{"one", "two"} {
		_ = os.Remove(path)
		require.NoError(t, os.WriteFile(path, []byte(data), 0o600))
		require.NoError(t, os.Chtimes(path, time.Unix(315532800, 0), time.Unix(315532800, 0)))
		info, err := f.Stat(t.Context(), "a.jsonl")
		require.NoError(t, err)
		require.False(t, seen[info.Version])
		seen[info.Version] = true
		time.Sleep(20 * time.Millisecond) // the kernel's clock for files is coarse
	}
}

func TestStoresRefuseWhatIsTooLargeToBeRead(t *testing.T) {
	path := t.TempDir()
	f := folder(t, path)
	require.NoError(t, os.WriteFile(filepath.Join(path, "a.jsonl"), nil, 0o600))
	require.NoError(t, os.Truncate(filepath.Join(path, "a.jsonl"), cache.MaxBlob+1))
	_, _, err := cache.ReadBlob(t.Context(), f, "a.jsonl")
	require.ErrorIs(t, err, cache.ErrDamaged)
	part := bytes.Repeat([]byte{' '}, 1<<20)
	parts := make([][]byte, cache.MaxBlob/len(part)+1)
	for i := range parts {
		parts[i] = part
	}
	for _, s := range []cache.Store{f, cache.NewMemory()} {
		_, err = s.Put(t.Context(), "b.jsonl", parts...)
		require.ErrorContains(t, err, "larger than")
	}
}

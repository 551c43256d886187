//go:build unix

package cache_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

func init() { children["commit"], children["writable"] = commitWithoutRights, writableWithoutRights }

// asNobody opens the folder of a child as a user who is not root.
func asNobody() *cache.Folder {
	if os.Getuid() == 0 {
		_ = syscall.Setuid(65534)
	}
	f, err := cache.NewFolder(os.Getenv(childFolder))
	if err != nil {
		panic(err)
	}
	return f
}

// commitWithoutRights changes three entries of three folders, and prints how that
// ended.
func commitWithoutRights() int {
	ctx, f := context.Background(), asNobody()
	b, err := f.Begin(ctx)
	if err == nil {
		err = errors.Join(b.Put(ctx, "a/a.jsonl", []byte("new")), b.Put(ctx, "b/b.jsonl", []byte("new")), b.Delete(ctx, "c/c.jsonl"))
	}
	if err == nil {
		err = b.Commit(ctx)
	}
	if b != nil {
		err = errors.Join(err, b.Close())
	}
	_, _ = fmt.Print(errors.Is(err, cache.ErrReadOnly), errors.Is(err, cache.ErrCommitted), " ", err)
	return 0
}

func writableWithoutRights() int {
	err := cache.New(asNobody(), cache.Options{}).Writable(context.Background())
	_, _ = fmt.Print(errors.Is(err, cache.ErrReadOnly), " ", err)
	return 0
}

// abc is a folder of three entries that everybody may write, outside t.TempDir
// so that everybody can reach it.
func abc(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "fred-cache")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(path) })
	for _, name := range []string{"a/a.jsonl", "b/b.jsonl", "c/c.jsonl"} {
		_, err = folder(t, path).Put(t.Context(), name, []byte("old"))
		require.NoError(t, err)
	}
	for _, dir := range []string{"", "a", "b", "c", ".tmp"} {
		require.NoError(t, os.Chmod(filepath.Join(path, dir), 0o777))
	}
	return path
}

func contents(t *testing.T, f *cache.Folder) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range names(t, f) {
		data, _, err := cache.ReadBlob(t.Context(), f, name)
		require.NoError(t, err)
		all[name] = string(data)
	}
	return all
}

func batchesLeft(t *testing.T, path string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(path, ".tmp", "batch-*"))
	require.NoError(t, err)
	return left
}

var threeOld = map[string]string{"a/a.jsonl": "old", "b/b.jsonl": "old", "c/c.jsonl": "old"}

// Once a batch is recorded nothing brings the old back, so what can be known to
// fail must fail before.
func TestABatchThatCouldNotBeMadeWhollyIsNotRecorded(t *testing.T) {
	for _, dir := range []string{"a", "b", "c"} {
		t.Run("no right to write in "+dir, func(t *testing.T) {
			path := abc(t)
			require.NoError(t, os.Chmod(filepath.Join(path, dir), 0o555))
			out, err := child(t, "commit", path).Output()
			require.NoError(t, err)
			require.Regexp(t, "^true false .*"+dir+": permission denied", string(out))
			require.Equal(t, threeOld, contents(t, folder(t, path)))
			require.Empty(t, batchesLeft(t, path))
		})
	}
	t.Run("a folder in the place of an entry", func(t *testing.T) {
		path := abc(t)
		require.NoError(t, os.Remove(filepath.Join(path, "b", "b.jsonl")))
		require.NoError(t, os.MkdirAll(filepath.Join(path, "b", "b.jsonl", "kept"), 0o777))
		out, err := child(t, "commit", path).Output()
		require.NoError(t, err)
		require.Regexp(t, "^false false .*b/b.jsonl: is a directory", string(out))
		require.Equal(t, map[string]string{"a/a.jsonl": "old", "c/c.jsonl": "old"}, contents(t, folder(t, path)))
		require.Empty(t, batchesLeft(t, path))
	})
}

func TestAFailedBatchLeavesNoFoldersOfItsOwn(t *testing.T) {
	path := t.TempDir()
	f := folder(t, path)
	require.NoError(t, os.MkdirAll(filepath.Join(path, "z.jsonl"), 0o700))
	b, err := f.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, errors.Join(b.Put(t.Context(), "new/deep/a.jsonl", nil), b.Put(t.Context(), "z.jsonl", nil)))
	require.Error(t, b.Commit(t.Context()))
	require.NoError(t, b.Close())
	require.NoDirExists(t, filepath.Join(path, "new"))
	require.Empty(t, batchesLeft(t, path))
}

func TestWhetherACacheCanBeWrittenIsKnownWithoutATrace(t *testing.T) {
	ctx := t.Context()
	require.NoError(t, cache.New(cache.NewMemory(), cache.Options{}).Writable(ctx))
	require.ErrorIs(t, cache.New(failing{}, cache.Options{}).Writable(ctx), errors.ErrUnsupported, "it does not say")
	dir := t.TempDir()
	require.NoError(t, cache.New(folder(t, filepath.Join(dir, "not", "yet")), cache.Options{}).Writable(ctx))
	require.NoDirExists(t, filepath.Join(dir, "not"))
	path := abc(t)
	for name, tt := range map[string]struct {
		dir  string
		mode os.FileMode
		want string
	}{
		"all may be written":             {"", 0o777, "^false <nil>$"},
		"the folder may not":             {"", 0o555, "^false <nil>$"}, // what is needed there is there
		"the folder of what is to be":    {".tmp", 0o555, "^true the cache cannot be written: .*permission denied"},
		"the folder may not be entered":  {"", 0o666, "^true the cache cannot be written: .*permission denied"},
		"the lock is somebody else's":    {".tmp/lock", 0, "^true the cache cannot be written: .*permission denied"},
		"the lock is there to be locked": {".tmp/lock", 0o444, "^false <nil>$"},
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(filepath.Join(path, ".tmp", "lock"), nil, 0o666))
			require.NoError(t, os.Chmod(filepath.Join(path, ".tmp", "lock"), 0o666))
			require.NoError(t, os.Chmod(filepath.Join(path, tt.dir), tt.mode))
			t.Cleanup(func() { _ = os.Chmod(filepath.Join(path, tt.dir), 0o777) })
			out, err := child(t, "writable", path).Output()
			require.NoError(t, err)
			require.Regexp(t, tt.want, string(out))
			for _, pattern := range []string{".probe*", ".tmp/.probe*"} {
				left, err := filepath.Glob(filepath.Join(path, pattern))
				require.NoError(t, err)
				require.Empty(t, left)
			}
		})
	}
}

package cache_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// left puts a folder's batch where a process that was killed leaves it.
func left(t *testing.T, path string, files map[string]string) {
	t.Helper()
	dir := filepath.Join(path, ".tmp", "batch-x")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	for name, data := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(data), 0o600))
	}
}

func TestABatchThatWasCommittedIsMadeByWhoeverOpensTheFolderNext(t *testing.T) {
	path := t.TempDir()
	_, err := folder(t, path).Put(t.Context(), "gone.jsonl", []byte("x"))
	require.NoError(t, err)
	// one of two files is moved already
	_, err = folder(t, path).Put(t.Context(), "a/moved.jsonl", []byte("moved"))
	require.NoError(t, err)
	left(t, path, map[string]string{"2": "two", "commit": `{"put":{"a/moved.jsonl":"1","a/b.jsonl":"2"},"delete":["gone.jsonl"]}`})
	f := folder(t, path)
	require.Equal(t, []string{"a/b.jsonl", "a/moved.jsonl"}, names(t, f))
	require.NoDirExists(t, filepath.Join(path, ".tmp", "batch-x"))
}

func TestABatchThatWasNotCommittedIsDropped(t *testing.T) {
	path := t.TempDir()
	left(t, path, map[string]string{"1": "one", "commit.new": `{"put":{"a.jsonl":"1"}}`})
	require.Empty(t, names(t, folder(t, path)))
	require.NoDirExists(t, filepath.Join(path, ".tmp", "batch-x"))
}

func TestABatchThatIsOpenIsLeftAlone(t *testing.T) {
	path := t.TempDir()
	f := folder(t, path)
	b, err := f.Begin(t.Context())
	require.NoError(t, err)
	require.NoError(t, b.Put(t.Context(), "a.jsonl", []byte("x")))
	require.Empty(t, names(t, folder(t, path)), "another process opens the folder")
	require.NoError(t, b.Commit(t.Context()))
	require.NoError(t, b.Close())
	require.Equal(t, []string{"a.jsonl"}, names(t, f))
}

func TestARecordThatLeadsOutOfTheFolderIsNotFollowed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	require.NoError(t, os.Mkdir(path, 0o700))
	left(t, path, map[string]string{"1": "one", "commit": `{"put":{"../out.jsonl":"1"}}`})
	require.Empty(t, names(t, folder(t, path)))
	require.NoFileExists(t, filepath.Join(path, "..", "out.jsonl"))
}

var _ cache.Store = (*cache.Folder)(nil)

func TestACommitTellsHowFarItIs(t *testing.T) {
	f, err := cache.NewFolder(t.TempDir())
	require.NoError(t, err)
	c := cache.New(f, cache.Options{})
	change, err := c.Change(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, change.Close()) }()
	for i := range 5 {
		o, _, err := c.Resealed(cache.Header{Key: cache.NewKey("clusters", strconv.Itoa(i)), Source: "test", CollectedAt: time.Unix(1, 0)}, []byte(`{}`))
		require.NoError(t, err)
		require.NoError(t, change.Put(t.Context(), o))
	}
	var heard []string
	change.Tell(func(done, total int) { heard = append(heard, fmt.Sprint(done, " of ", total)) })
	require.NoError(t, change.Commit(t.Context()))
	require.Equal(t, []string{"1 of 5", "2 of 5", "3 of 5", "4 of 5", "5 of 5"}, heard)
}

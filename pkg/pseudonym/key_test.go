package pseudonym_test

import (
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/pseudonym"
)

func TestTheKeyIsMadeOnceAndPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fred", "pseudonym.key")
	keys := make([]pseudonym.Key, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() { keys[i], _ = pseudonym.LoadKey(path) })
	}
	wg.Wait()
	for _, k := range keys {
		require.Equal(t, keys[0], k, "all have the same")
		require.NotEqual(t, pseudonym.Key{}, k)
	}
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, files, 1)
	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" {
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestToReadAKeyMakesNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fred", "pseudonym.key")
	_, err := pseudonym.ReadKey(path)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.HintOf(err), "fred cache export --pseudonyms")
	require.NoDirExists(t, filepath.Dir(path))
	made, err := pseudonym.LoadKey(path)
	require.NoError(t, err)
	read, err := pseudonym.ReadKey(path)
	require.NoError(t, err)
	require.Equal(t, made, read)
}

func TestAKeyThatOthersMayReadOrThatIsDamagedIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pseudonym.key")
	for _, text := range []string{"", "abc", "zz"} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := pseudonym.LoadKey(path)
		require.ErrorContains(t, err, "damaged")
		require.NoError(t, os.Remove(path))
	}
	_, err := pseudonym.LoadKey(path)
	require.NoError(t, err)
	require.NoError(t, os.Chmod(path, 0o644))
	_, err = pseudonym.LoadKey(path)
	require.ErrorContains(t, err, "you alone")
	_, err = pseudonym.LoadKey(filepath.Join(path, "below"))
	require.Error(t, err)
}

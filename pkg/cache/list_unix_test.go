//go:build unix

package cache_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// bySomebody says, to a test that runs itself again, not to run as root.
const bySomebody = "FRED_TEST_BY_SOMEBODY"

// again runs the test as somebody from whom files can be kept, where root runs it. It
// reports whether it has.
func again(t *testing.T) bool {
	t.Helper()
	if os.Getuid() != 0 {
		return false
	}
	if os.Getenv(bySomebody) != "" {
		require.NoError(t, syscall.Setuid(65534))
		return false
	}
	dir, err := os.MkdirTemp("", "fred-cache") // which everybody may enter, as not t.TempDir
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chmod(dir, 0o777)) //nolint:gosec // for nobody to write in
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), bySomebody+"=yes", "TMPDIR="+dir)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	return true
}

func TestAnEntryThatMayNotBeReadIsListedWithItsSize(t *testing.T) {
	if again(t) {
		return
	}
	c, store := spread(t, 20)
	require.NoError(t, os.Chmod(filepath.Join(store.Path(), "top0.jsonl"), 0))
	l := listed(t, c)["top0.jsonl"]
	require.ErrorIs(t, l.Problem, os.ErrPermission)
	require.NotErrorIs(t, l.Problem, cache.ErrDamaged)
	require.Positive(t, l.Size)
}

func TestAFolderThatMayNotBeReadEndsTheListByName(t *testing.T) {
	if again(t) {
		return
	}
	for _, mode := range []os.FileMode{0, 0o400, 0o100} {
		c, store := spread(t, 40)
		dir := filepath.Join(store.Path(), "clusters", "=431", "kube", "in", "n1")
		require.NoError(t, os.Chmod(dir, mode))
		t.Cleanup(func() { _ = os.Chmod(dir, 0o700) })
		var last error
		for _, err := range c.List(t.Context(), cache.Key{}) {
			last = err
		}
		require.ErrorIs(t, last, os.ErrPermission)
		require.ErrorContains(t, last, "clusters/=431/kube/in/n1")
	}
}

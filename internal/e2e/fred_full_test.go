//go:build e2e

package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// disk is a file system of a few KiB at path, whose size can be changed. The test
// is skipped where none can be mounted.
func disk(t *testing.T, path string, kib int) (resize func(kib int)) {
	t.Helper()
	require.NoError(t, os.Mkdir(path, 0o700))
	size := fmt.Sprintf("size=%dk", kib)
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", size, "tmpfs", path).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = syscall.Unmount(path, syscall.MNT_DETACH) })
	return func(kib int) {
		require.NoError(t, syscall.Mount("tmpfs", path, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dk", kib)))
	}
}

// used is how many KiB of the disk at path are taken.
func used(t *testing.T, path string) int {
	t.Helper()
	var s syscall.Statfs_t
	require.NoError(t, syscall.Statfs(path, &s))
	return int((s.Blocks - s.Bfree) * uint64(s.Bsize) >> 10)
}

// ofCache are the files of a cache that hold entries, by name.
func ofCache(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for path, data := range filesBelow(t, dir) {
		if strings.HasSuffix(path, ".jsonl") {
			files[strings.TrimPrefix(path, dir)] = string(data)
		}
	}
	return files
}

func batches(t *testing.T, dir string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, ".tmp", "batch-*"))
	require.NoError(t, err)
	return left
}

// twoCaches returns a cache of the small cluster with facts, and a zip of what was
// read of it later, under the same name and under another one.
func twoCaches(t *testing.T) (old *laptop, zip string) {
	t.Helper()
	old = newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	old.must(0, "kube", "--refresh")
	other := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	other.must(0, "kube", "--refresh")
	zip = filepath.Join(t.TempDir(), "new.zip")
	other.must(0, "cache", "export", "-o", zip)
	return old, zip
}

// Every 4 KiB between a disk that holds what is cached and one that holds the
// import beside it, so that it gets full at each stage.
func TestAnImportOntoAFullDiskHappensOrNot(t *testing.T) {
	t.Parallel()
	old, zip := twoCaches(t)
	want := ofCache(t, old.cache())
	done := newLaptop(t, "")
	require.NoError(t, os.CopyFS(done.cache(), os.DirFS(old.cache())))
	done.must(0, "cache", "import", zip, "--replace")
	after := ofCache(t, done.cache())
	require.NotEqual(t, want, after)

	path := filepath.Join(t.TempDir(), "disk")
	resize := disk(t, path, 64<<10)
	dir := filepath.Join(path, "cache")
	at := []string{"--cache", dir}
	require.NoError(t, os.CopyFS(dir, os.DirFS(old.cache())))
	least := used(t, path)
	failed, made := 0, 0
	for kib := least; made < 2; kib += 4 {
		require.Less(t, kib, 64<<10)
		resize(kib)
		o := old.fred(append([]string{"cache", "import", zip, "--replace"}, at...)...)
		require.Empty(t, batches(t, dir), "%s", o)
		if o.code == 0 {
			require.Equal(t, after, ofCache(t, dir))
			made++
			resize(64 << 10)
			require.NoError(t, os.RemoveAll(dir))
			require.NoError(t, os.CopyFS(dir, os.DirFS(old.cache())))
			continue
		}
		require.Equal(t, 2, o.code, "%s", o)
		require.Empty(t, o.stdout)
		require.Contains(t, o.stderr, "no space left on device")
		require.Contains(t, o.stderr, "hint: Nothing was changed. Make room", "%s", o)
		require.Equal(t, want, ofCache(t, dir), "%d KiB", kib)
		require.LessOrEqual(t, used(t, path), least+8, "what was staged is given back")
		old.must(0, append([]string{"cache", "verify"}, at...)...)
		resize(64 << 10)
		old.must(0, append([]string{"cache", "verify"}, at...)...)
		require.Equal(t, want, ofCache(t, dir), "also with room again")
		failed++
	}
	require.Greater(t, failed, 16)
	t.Logf("%d disks too small for an import, from %d KiB on in steps of 4; each time the old cache, to the byte", failed, least)
}

// A disk that is full to the last byte can still be pruned, read and asked about.
func TestAFullDiskCanBePrunedReadAndAskedAbout(t *testing.T) {
	t.Parallel()
	old, zip := twoCaches(t)
	path := filepath.Join(t.TempDir(), "disk")
	disk(t, path, 4<<10)
	dir := filepath.Join(path, "cache")
	at := func(args ...string) []string { return append(args, "--cache", dir) }
	require.NoError(t, os.CopyFS(dir, os.DirFS(old.cache())))
	fill(t, filepath.Join(path, "filler"))
	want := ofCache(t, dir)
	old.must(0, at("cache", "verify")...)
	old.must(0, at("cache", "ls")...)
	require.Regexp(t, `writable +no: .*no space left on device`, old.must(0, at("cache", "info")...).stdout)
	require.Contains(t, old.must(0, at("cache", "info", "-o", "json")...).stdout, `"writable": false`)
	old.must(0, at("cache", "export", "-o", filepath.Join(t.TempDir(), "x.zip"))...)
	half := old.must(2, at("cache", "export", "-o", filepath.Join(path, "x.zip"))...)
	require.Contains(t, half.stderr, "no space left on device")
	require.NoFileExists(t, filepath.Join(path, "x.zip"))
	old.must(2, at("cache", "import", zip)...)
	require.Equal(t, want, ofCache(t, dir))
	pruned := old.must(0, at("cache", "prune", "--older-than", "0s")...)
	require.Contains(t, pruned.stdout, "deleted: ")
	require.Empty(t, ofCache(t, dir))
	require.NoError(t, os.Remove(filepath.Join(path, "filler")))
	old.must(0, at("cache", "import", zip)...)
	require.Regexp(t, `writable +yes`, old.must(0, at("cache", "info")...).stdout)
}

// readsAll checks that what needs no right to write is answered, and that what
// needs one is refused with why and what to do.
func (l *laptop) readsAll(zip string) {
	l.t.Helper()
	before := filesBelow(l.t, l.cache())
	out := filepath.Join(l.home, "out.zip")
	for _, args := range []string{"cache verify", "cache ls", "cache export -o " + out, "cache prune --older-than 0s --dry-run", "cache import --dry-run " + zip, "kube workloads --offline"} {
		o := l.must(0, words(args)...)
		require.NotContains(l.t, o.stderr, "warning: cannot", "%s", o)
	}
	require.Regexp(l.t, `writable +no: `, l.must(0, "cache", "info").stdout)
	o := l.must(2, "cache", "import", zip)
	require.Contains(l.t, o.stderr, "the cache cannot be written")
	require.Contains(l.t, o.stderr, "hint: Nothing was changed. Name another place with --cache", "%s", o)
	o = l.must(2, "cache", "prune", "--older-than", "0s")
	require.Contains(l.t, o.stderr, "the cache cannot be written")
	require.Contains(l.t, o.stderr, "hint: ", "%s", o)
	require.Equal(l.t, before, filesBelow(l.t, l.cache()))
}

func TestACacheThatOneMayOnlyReadIsReadByEveryCommand(t *testing.T) {
	t.Parallel()
	_, zip := twoCaches(t)
	l := unprivileged(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	l.must(0, "kube", "--refresh")
	l.agedBy(2 * time.Minute)
	theirs := copied(t, zip, filepath.Join(filepath.Dir(l.home), "new.zip"), 0o644)
	l.chmod(0o444, 0o555)
	t.Cleanup(func() { l.chmod(0o600, 0o700) })
	l.readsAll(theirs)
}

func TestACacheOnAReadOnlyDiskIsReadByEveryCommand(t *testing.T) {
	t.Parallel()
	old, zip := twoCaches(t)
	if err := syscall.Mount(old.cache(), old.cache(), "", syscall.MS_BIND, ""); err != nil {
		t.Skipf("nothing can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(old.cache(), syscall.MNT_DETACH) })
	require.NoError(t, syscall.Mount("", old.cache(), "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	old.readsAll(zip)
}

//go:build e2e

package e2e_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// nobodyID is the user to whom a test run by root hands what must not be written.
const nobodyID = 65534

// unprivileged returns a machine whose fred is not run by root: root may write
// and read everything. Its home, not of t.TempDir, can be reached by others.
func unprivileged(t *testing.T, kubeconfig string) *laptop {
	t.Helper()
	l := newLaptop(t, kubeconfig)
	if os.Getuid() != 0 {
		return l
	}
	dir, err := os.MkdirTemp("", "fred-e2e-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	l.home, l.bin = filepath.Join(dir, "home"), copied(t, l.bin, filepath.Join(dir, "fred"), 0o755)
	l.kubeconfig = copied(t, kubeconfig, filepath.Join(dir, "kubeconfig"), 0o600)
	require.NoError(t, os.Mkdir(l.home, 0o755))
	require.NoError(t, os.Chmod(dir, 0o755))
	for _, path := range []string{l.home, l.kubeconfig} {
		require.NoError(t, os.Chown(path, nobodyID, nobodyID))
	}
	l.user = &syscall.Credential{Uid: nobodyID, Gid: nobodyID}
	return l
}

func copied(t *testing.T, from, to string, mode os.FileMode) string {
	t.Helper()
	in, err := os.Open(from)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, mode)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
	return to
}

// chmod gives everything below the cache a mode, folders one of theirs.
func (l *laptop) chmod(files, folders os.FileMode) {
	l.t.Helper()
	require.NoError(l.t, filepath.WalkDir(l.cache(), func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, folders)
		}
		return os.Chmod(path, files)
	}))
}

func TestAReadOnlyCacheIsReadAndWarnedOf(t *testing.T) {
	t.Parallel()
	l := unprivileged(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	want := rowsOnly(t, l.must(0, "kube", "workloads", "-o", "json"))
	l.agedBy(2 * time.Minute)
	before := filesBelow(t, l.cache())
	l.chmod(0o444, 0o555)
	t.Cleanup(func() { l.chmod(0o600, 0o700) })
	o := l.must(0, "kube", "workloads", "-o", "json")
	require.Equal(t, want, rowsOnly(t, o))
	require.False(t, answerOf[row](t, o).Stale, "the API server has answered")
	require.Contains(t, o.stderr, "warning: ")
	require.Contains(t, o.stderr, "permission denied")
	require.Equal(t, before, filesBelow(t, l.cache()))
	require.Equal(t, want, rowsOnly(t, l.must(0, "kube", "workloads", "--offline", "-o", "json")), "reading needs no right to write")
}

func TestACacheThatCannotBeReadIsWarnedOf(t *testing.T) {
	t.Parallel()
	l := unprivileged(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	want := rowsOnly(t, l.must(0, "kube", "workloads", "-o", "json"))
	l.chmod(0o000, 0o700)
	o := l.must(0, "kube", "workloads", "-o", "json")
	require.Equal(t, want, rowsOnly(t, o))
	require.Contains(t, o.stderr, "warning: ", "%s", o)
	require.Equal(t, 4, l.fred("kube", "workloads", "--cache", filepath.Join(l.home, "other"), "--offline").code)
}

func TestACacheThatCannotBeMadeIsWarnedOf(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	file := filepath.Join(l.home, "file")
	require.NoError(t, os.WriteFile(file, []byte("not a folder"), 0o600))
	o := l.must(0, "kube", "workloads", "-o", "json", "--cache", filepath.Join(file, "cache"))
	require.NotEmpty(t, rowsOnly(t, o))
	require.Contains(t, o.stderr, "warning: ", "%s", o)
	refused := l.must(2, "kube", "--cache", file)
	require.Contains(t, refused.stderr, "hint: Name another place with --cache", "a file that was named as the cache is a wrong setting")
}

func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	disk := filepath.Join(l.home, "disk")
	require.NoError(t, os.Mkdir(disk, 0o700))
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, 0) })
	cache := []string{"--cache", filepath.Join(disk, "cache")}
	question := append([]string{"kube", "workloads", "-A", "-o", "json"}, cache...)
	o := l.must(0, question...)
	want := rowsOnly(t, o)
	require.Len(t, want, len(truthOf(t).workloads()))
	require.Contains(t, o.stderr, "no space left on device", "what is cached does not fit on 64 KiB")
	require.Equal(t, want, rowsOnly(t, l.must(0, question...)), "and again")

	whole := newLaptop(t, l.kubeconfig)
	whole.must(0, "kube", "workloads", "-A")
	whole.agedBy(2 * time.Minute)
	require.NoError(t, syscall.Unmount(disk, 0))
	require.NoError(t, os.RemoveAll(disk))
	require.NoError(t, os.Mkdir(disk, 0o700))
	out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk).CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.CopyFS(filepath.Join(disk, "cache"), os.DirFS(whole.cache())))
	fill(t, filepath.Join(disk, "filler"))
	before := filesBelow(t, filepath.Join(disk, "cache"))
	full := l.must(0, question...)
	require.Equal(t, want, rowsOnly(t, full))
	require.Contains(t, full.stderr, "no space left on device")
	require.Equal(t, before, filesBelow(t, filepath.Join(disk, "cache")), "an entry that could not be replaced is as it was")
	require.Equal(t, want, rowsOnly(t, l.must(0, append(question, "--offline")...)))
}

// fill writes to path until the disk is full.
func fill(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	for err == nil {
		_, err = file.Write(make([]byte, 512))
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
}

func TestAnEntryThatIsNoneIsReadAgain(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	question := []string{"kube", "workloads", "-o", "json"}
	want := rowsOnly(t, l.must(0, question...))
	pods := l.entry("pods")
	other, err := os.ReadFile(l.entry("services"))
	require.NoError(t, err)
	for name, spoil := range map[string]func(good []byte) []byte{
		"half-written":           func(good []byte) []byte { return good[:len(good)/2] },
		"cut in the header":      func(good []byte) []byte { return good[:40] },
		"empty":                  func([]byte) []byte { return nil },
		"a byte is another":      func(good []byte) []byte { return bytes.Replace(good, []byte("Running"), []byte("Walking"), 1) },
		"another program's":      func([]byte) []byte { return []byte("{\"pods\": 3}\n") },
		"binary":                 func([]byte) []byte { return bytes.Repeat([]byte{0, 0xff, '\n'}, 1000) },
		"another entry, renamed": func([]byte) []byte { return other },
		"something follows":      func(good []byte) []byte { return append(bytes.Clone(good), "more"...) },
		"the header of another entry": func(good []byte) []byte {
			return append(bytes.Clone(other[:bytes.IndexByte(other, '\n')]), good[bytes.IndexByte(good, '\n'):]...)
		},
	} {
		good, err := os.ReadFile(pods)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(pods, spoil(good), 0o600))
		offline := l.fred(append(question, "--offline")...)
		require.Contains(t, []int{3, 4}, offline.code, "%s: offline, what is damaged is missing: %s", name, offline)
		o := l.must(0, question...)
		require.Equal(t, want, rowsOnly(t, o), name)
		require.Contains(t, o.stderr, "damaged", "%s: %s", name, o)
		mended := l.must(0, append(question, "--offline")...)
		require.Equal(t, want, rowsOnly(t, mended), "%s: it is mended", name)
	}
	require.NoError(t, os.Remove(pods))
	require.NoError(t, os.Mkdir(pods, 0o700))
	require.NoError(t, os.WriteFile(pods+"/file", nil, 0o600))
	o := l.must(0, question...)
	require.Equal(t, want, rowsOnly(t, o))
	require.Contains(t, o.stderr, "warning: ", "a folder is in the place of the entry: %s", o)
}

func TestAnEntryOfANewerFredIsLeftAlone(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	question := []string{"kube", "workloads", "-o", "json"}
	want := rowsOnly(t, l.must(0, question...))
	pods := l.entry("pods")
	l.rewrite(pods, func(header map[string]any) { header["schema"] = 99 })
	newer, err := os.ReadFile(pods)
	require.NoError(t, err)
	for range 2 {
		o := l.must(0, question...)
		require.Equal(t, want, rowsOnly(t, o))
		require.Contains(t, o.stderr, "newer fred")
	}
	after, err := os.ReadFile(pods)
	require.NoError(t, err)
	require.Equal(t, newer, after, "never overwritten")
	offline := l.fred(append(question, "--offline")...)
	require.Contains(t, []int{3, 4}, offline.code, "%s", offline)
}

// What is killed in the middle of writing leaves nothing that the next one trips over.
func TestAKillWhileWritingLeavesASoundCache(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	took := l.must(0, "kube", "workloads", "-A", "--refresh").took
	want := rowsOnly(t, l.must(0, allWorkloads...))
	for i := range 12 {
		cmd := l.command(t.Context(), "kube", "workloads", "-A", "--refresh")
		require.NoError(t, cmd.Start())
		time.Sleep(took * time.Duration(i+2) / 14)
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // killed, or done already
		o := l.must(0, append(allWorkloads, "--offline")...)
		require.Equal(t, want, rowsOnly(t, o))
		require.NotContains(t, o.stderr, "damaged")
	}
}

func TestManyFredsShareOneCache(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	want := rowsOnly(t, l.must(0, allWorkloads...))
	s := l.serve()
	outcomes := make(chan outcome, 8)
	for i := range cap(outcomes) {
		go func() {
			args := allWorkloads
			if i%2 == 0 {
				args = append(slices.Clip(args), "--refresh")
			}
			outcomes <- l.fred(args...)
		}()
	}
	for range cap(outcomes) {
		o := <-outcomes
		require.Equal(t, 0, o.code, "%s", o)
		require.Equal(t, want, rowsOnly(t, o))
		require.NotContains(t, o.stderr, "warning", "%s", o)
	}
	require.Equal(t, want, decode[row](t, []byte(s.get("kube/workloads?all-namespaces=true").body)).Items)
}

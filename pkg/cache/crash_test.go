//go:build unix

package cache_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// What the test binary does when it is run as a child, by mode.
var children = map[string]func() int{"write": writeForever, "full": writeToAFullDisk, "poor": readWithoutRights}

const childFolder = "FRED_CACHE_FOLDER"

// child prepares the test binary as a child in that mode on that folder.
func child(t *testing.T, mode, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childMode+"="+mode, childFolder+"="+path)
	cmd.Stderr = os.Stderr
	return cmd
}

// series is a value that shows when it is a mixture: it repeats one number.
type series []int

// newSeries returns a series of some kilobytes that differ in length.
func newSeries(n int) series {
	s := make(series, 200+n%7*1500)
	for i := range s {
		s[i] = n
	}
	return s
}

// number returns the number of the series, an error when it is a mixture.
func (s series) number() (int, error) {
	if len(s) == 0 || len(s) != len(newSeries(s[0])) {
		return 0, fmt.Errorf("%d numbers", len(s))
	}
	for _, n := range s {
		if n != s[0] {
			return 0, errors.New("a mixture")
		}
	}
	return s[0], nil
}

var killedKeys = []cache.Key{cache.NewKey("clusters", "Prod", "a"), cache.NewKey("clusters", "Prod", "b")}

// store stores the n-th series under k.
func store(ctx context.Context, c *cache.Cache, k cache.Key, n int) error {
	e, err := cache.Fetch(ctx, c, cache.Request{Key: k, TTL: cache.Forever, Refresh: true}, func(context.Context) (cache.Collected[series], error) {
		return cache.Collected[series]{Value: newSeries(n)}, nil
	})
	if err == nil && len(e.Warnings) > 0 {
		err = errors.New(e.Warnings[0])
	}
	return err
}

// writeForever stores series after series under each key, goes on from what is
// there, and prints "key number" after each.
func writeForever() int {
	f, err := cache.NewFolder(os.Getenv(childFolder))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c := cache.New(f, cache.Options{})
	var all sync.WaitGroup
	for i, k := range killedKeys {
		all.Go(func() {
			n := 0
			if e, err := cache.Read[series](context.Background(), c, k); err == nil {
				n, _ = e.Value.number()
			}
			for {
				n++
				if err := store(context.Background(), c, k, n); err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				_, _ = fmt.Fprintf(os.Stdout, "%d %d\n", i, n)
			}
		})
	}
	all.Wait()
	return 1
}

func TestAKilledWriterLeavesTheOldEntryOrTheNew(t *testing.T) {
	rounds := 120
	if n, err := strconv.Atoi(os.Getenv("FRED_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	path, kept := filepath.Join(t.TempDir(), "cache"), make([]int, len(killedKeys))
	newer := 0
	for range rounds {
		said := killedChild(t, path, kept)
		c := cache.New(folder(t, path), cache.Options{})
		for i, k := range killedKeys {
			e, err := cache.Read[series](t.Context(), c, k)
			if said[i] == 0 && errors.Is(err, cache.ErrMissing) {
				continue
			}
			require.NoError(t, err)
			n, err := e.Value.number()
			require.NoError(t, err)
			require.GreaterOrEqual(t, n, said[i], "what was reported stored is lost")
			require.LessOrEqual(t, n, said[i]+1)
			newer += n - said[i]
			kept[i] = n
		}
	}
	t.Logf("%d kills after %d writes, %d just after a rename; none damaged or lost", rounds, kept[0]+kept[1], newer)
	require.Positive(t, kept[0])
}

// killedChild runs a writer, kills it some milliseconds after its first word
// and returns the last number it reported for each key, from those before on.
func killedChild(t *testing.T, path string, before []int) []int {
	t.Helper()
	cmd := child(t, "write", path)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	said, kill := append([]int(nil), before...), sync.OnceFunc(func() {
		time.AfterFunc(rand.N(25*time.Millisecond), func() { _ = cmd.Process.Kill() })
	})
	for lines := bufio.NewScanner(out); lines.Scan(); kill() {
		key, number, _ := strings.Cut(lines.Text(), " ")
		i, err := strconv.Atoi(key)
		require.NoError(t, err)
		n, err := strconv.Atoi(number)
		require.NoError(t, err)
		said[i] = n
	}
	err = cmd.Wait()
	require.ErrorContains(t, err, "killed")
	return said
}

func TestSeveralProcessesShareOneFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cache")
	var writers []*exec.Cmd
	for range 3 {
		cmd := child(t, "write", path)
		require.NoError(t, cmd.Start())
		writers = append(writers, cmd)
	}
	c, reads := cache.New(folder(t, path), cache.Options{MemoryBytes: 1 << 20}), 0
	for end := time.Now().Add(time.Second); time.Now().Before(end); reads++ {
		for _, k := range killedKeys {
			e, err := cache.Read[series](t.Context(), c, k)
			if errors.Is(err, cache.ErrMissing) {
				continue
			}
			require.NoError(t, err)
			_, err = e.Value.number()
			require.NoError(t, err)
		}
		require.NoError(t, store(t.Context(), c, killedKeys[0], reads))
	}
	for _, cmd := range writers {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
	require.Len(t, names(t, folder(t, path)), 2)
	t.Logf("%d rounds beside 3 writers", reads)
}

// writeToAFullDisk stores a small entry, then one that is larger than a file
// may be, and says what is wrong with how that went.
func writeToAFullDisk() int {
	f, err := cache.NewFolder(os.Getenv(childFolder))
	if err == nil {
		err = fullDisk(cache.New(f, cache.Options{}))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func fullDisk(c *cache.Cache) error {
	ctx := context.Background()
	if err := store(ctx, c, key, 7); err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 4096, Max: 4096}); err != nil {
		return err
	}
	e, err := cache.Fetch(ctx, c, cache.Request{Key: key, Refresh: true}, func(context.Context) (cache.Collected[series], error) {
		return cache.Collected[series]{Value: newSeries(6)}, nil
	})
	if n, wrong := e.Value.number(); err != nil || wrong != nil || n != 6 || len(e.Warnings) != 1 || !strings.Contains(e.Warnings[0], "file too large") {
		return fmt.Errorf("the answer was lost: %d %q: %w", n, e.Warnings, err)
	}
	e, err = cache.Read[series](ctx, c, key)
	if n, wrong := e.Value.number(); err != nil || wrong != nil || n != 7 {
		return fmt.Errorf("the old entry was lost: %d: %w", n, err)
	}
	return nil
}

func TestAFullDiskLosesNeitherTheAnswerNorTheEntry(t *testing.T) {
	path := t.TempDir()
	require.NoError(t, child(t, "full", path).Run())
	left, err := os.ReadDir(filepath.Join(path, ".tmp"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// readWithoutRights asks, as a user who may not write there, for an entry that
// he can read and for one that he cannot.
func readWithoutRights() int {
	if os.Getuid() == 0 {
		_ = syscall.Setuid(65534)
	}
	f, err := cache.NewFolder(os.Getenv(childFolder))
	if err == nil {
		err = poor(cache.New(f, cache.Options{}))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func poor(c *cache.Cache) error {
	for i, want := range []string{"new not stored", "stored", "new not readable not stored", "new not readable not stored"} {
		got := "stored"
		req := cache.Request{Key: cache.NewKey("clusters", []string{"readable", "unreadable"}[i/2]), TTL: cache.Forever, Refresh: i%2 == 0}
		e, err := cache.Fetch(context.Background(), c, req, func(context.Context) (cache.Collected[int], error) {
			got = "new"
			return cache.Collected[int]{}, nil
		})
		warnings := strings.Join(e.Warnings, ";")
		if strings.Contains(warnings, "read clusters/") {
			got += " not readable"
		}
		if strings.Contains(warnings, "was not stored") {
			got += " not stored"
		}
		if err != nil || got != want {
			return fmt.Errorf("%d: %s instead of %s: %s: %w", i, got, want, warnings, err)
		}
	}
	return nil
}

func TestAFolderThatCannotBeWrittenIsReadAllTheSame(t *testing.T) {
	path, err := os.MkdirTemp("", "fred-cache") // not t.TempDir: another user must reach it
	require.NoError(t, err)
	c := cache.New(folder(t, path), cache.Options{})
	inside := filepath.Join(path, "clusters")
	t.Cleanup(func() {
		_ = os.Chmod(inside, 0o700)
		_ = os.RemoveAll(path)
	})
	for _, name := range []string{"readable", "unreadable"} {
		fetch(t, c, cache.Request{Key: cache.NewKey("clusters", name), TTL: cache.Forever}, &source{})
	}
	for name, mode := range map[string]os.FileMode{"readable.jsonl": 0o444, "unreadable.jsonl": 0, "": 0o555} {
		require.NoError(t, os.Chmod(filepath.Join(inside, name), mode))
	}
	require.NoError(t, os.Chmod(path, 0o555))
	require.NoError(t, child(t, "poor", path).Run())
	require.Len(t, names(t, folder(t, path)), 2)
	require.NoError(t, os.Chmod(path, 0o700))
}

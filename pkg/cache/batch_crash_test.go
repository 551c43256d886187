//go:build unix

package cache_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
)

// batchNames are what every batch of changeForever changes.
var batchNames = func() (names []string) {
	for i := range 12 {
		names = append(names, fmt.Sprintf("clusters/c/kube/%d.jsonl", i))
	}
	return names
}()

func init() { children["change"] = changeForever }

// changeForever puts the same number under all names, batch after batch, deletes
// one of two extra names, and prints each number when it is stored.
func changeForever() int {
	ctx := context.Background()
	f, err := cache.NewFolder(os.Getenv(childFolder))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	n := 0
	if data, _, err := cache.ReadBlob(ctx, f, batchNames[0]); err == nil {
		n, _ = strconv.Atoi(string(data))
	}
	for {
		n++
		if err := changeAll(ctx, f, n); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		_, _ = fmt.Fprintln(os.Stdout, n)
	}
}

func changeAll(ctx context.Context, f *cache.Folder, n int) error {
	b, err := f.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = b.Close() }()
	for _, name := range batchNames {
		err = errors.Join(err, b.Put(ctx, name, []byte(strconv.Itoa(n))))
	}
	odd, even := "odd.jsonl", "even.jsonl"
	if n%2 == 0 {
		odd, even = even, odd
	}
	return errors.Join(err, b.Put(ctx, odd, []byte("x")), b.Delete(ctx, even), b.Commit(ctx))
}

func TestAKilledBatchIsMadeWhollyOrNotAtAll(t *testing.T) {
	rounds := 120
	if n, err := strconv.Atoi(os.Getenv("FRED_KILL_ROUNDS")); err == nil {
		rounds = n
	}
	path, last, ended := filepath.Join(t.TempDir(), "cache"), 0, 0
	for range rounds {
		said := max(last, killedBatch(t, path))
		f := folder(t, path) // ends what was committed
		numbers := map[string]bool{}
		for _, name := range batchNames {
			data, _, err := cache.ReadBlob(t.Context(), f, name)
			if said == 0 && errors.Is(err, cache.ErrMissing) {
				data = []byte("0")
			} else {
				require.NoError(t, err)
			}
			numbers[string(data)] = true
		}
		require.Len(t, numbers, 1, "a batch was made in part")
		for text := range numbers {
			n, err := strconv.Atoi(text)
			require.NoError(t, err)
			require.GreaterOrEqual(t, n, said, "what was reported stored is lost")
			require.LessOrEqual(t, n, said+1)
			ended, last = ended+n-said, n
		}
		want := len(batchNames) + 1
		if last == 0 {
			want = 0
		}
		require.Len(t, names(t, f), want)
	}
	t.Logf("%d kills after %d batches of %d changes, %d of them ended by the next to open; none in part", rounds, last, len(batchNames)+2, ended)
	require.Positive(t, last)
}

// killedBatch runs a child that makes batches, kills it, and returns the last
// number it reported.
func killedBatch(t *testing.T, path string) (last int) {
	t.Helper()
	cmd := child(t, "change", path)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	kill := sync.OnceFunc(func() {
		time.AfterFunc(rand.N(25*time.Millisecond), func() { _ = cmd.Process.Kill() }) //nolint:gosec // any instant will do
	})
	for lines := bufio.NewScanner(out); lines.Scan(); kill() {
		last, err = strconv.Atoi(lines.Text())
		require.NoError(t, err)
	}
	require.ErrorContains(t, cmd.Wait(), "killed")
	return last
}

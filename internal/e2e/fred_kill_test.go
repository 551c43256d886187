//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// kills is how many processes a test kills; FRED_KILL_ROUNDS says otherwise.
func kills(n int) int {
	if asked, err := strconv.Atoi(os.Getenv("FRED_KILL_ROUNDS")); err == nil {
		return asked
	}
	return n
}

// killed runs fred and kills it at a random instant of the time that it takes,
// or a little after. It reports whether it was still running.
func (l *laptop) killed(took time.Duration, args ...string) bool {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(l.t.Context(), rand.N(took*5/4))
	defer cancel()
	err := l.command(ctx, args...).Run() // os/exec kills it when ctx ends
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, context.DeadlineExceeded) {
		require.NoError(l.t, err)
	}
	return ctx.Err() != nil
}

// median3 is how long a command takes, of three runs.
func (l *laptop) median3(args ...string) time.Duration {
	a, b, c := l.must(0, args...).took, l.must(0, args...).took, l.must(0, args...).took
	return max(min(a, b), min(max(a, b), c))
}

// An export is the same bytes for the same cache: what is exported after a kill
// is the one archive or the other, whole.
func TestAnImportThatIsKilledHappensOrNot(t *testing.T) {
	t.Parallel()
	a := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	dir := t.TempDir()
	zips := []string{filepath.Join(dir, "0.zip"), filepath.Join(dir, "1.zip")}
	var want [2][]byte
	for i, zip := range zips {
		a.must(0, "kube", "--refresh")
		a.must(0, "cache", "export", "-o", zip)
		var err error
		want[i], err = os.ReadFile(zip)
		require.NoError(t, err)
	}
	require.NotEqual(t, want[0], want[1])

	b := newLaptop(t, "")
	took := b.median3("cache", "import", zips[0], "--replace")
	rounds, alive, changed, now := kills(150), 0, 0, 0
	for round := range rounds {
		if b.killed(took, "cache", "import", zips[1-now], "--replace") {
			alive++
		}
		b.must(0, "cache", "verify")
		got := b.must(0, "cache", "export", "-o", "-").stdout
		switch {
		case bytes.Equal([]byte(got), want[now]):
		case bytes.Equal([]byte(got), want[1-now]):
			now = 1 - now
			changed++
		default:
			require.FailNow(t, "half an import", "round %d: %d bytes", round, len(got))
		}
	}
	t.Logf("%d kills of fred cache import, %d of them while it ran; %d imports were made, none in part", rounds, alive, changed)
	require.Positive(t, changed)
	require.Less(t, changed, rounds, "no kill came early enough to tell anything")
}

func TestARefreshThatIsKilledLeavesWholeEntries(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	took := l.median3("kube", "--refresh")
	want := l.must(0, "kube", "workloads", "-A", "--offline", "-o", "name").stdout
	rounds, alive := kills(120), 0
	for range rounds {
		if l.killed(took, "kube", "--refresh") {
			alive++
		}
		l.must(0, "cache", "verify")
		require.Equal(t, want, l.must(0, "kube", "workloads", "-A", "--offline", "-o", "name").stdout)
	}
	require.Positive(t, alive)
	t.Logf("%d kills of fred kube --refresh, %d of them while it ran; every entry whole, no row lost", rounds, alive)
}

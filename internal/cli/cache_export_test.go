//go:build unix

package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/term"
)

// ran runs fred with a home of its own and returns its exit code and talk.
func ran(ctx context.Context, t *testing.T, in io.Reader, args ...string) (code int, talk string) {
	t.Helper()
	t.Setenv("HOME", t.TempDir())
	var out, err bytes.Buffer
	ended := make(chan int, 1)
	go func() {
		ended <- Main(ctx, append([]string{"fred"}, args...), term.Streams{In: in, Out: &out, Err: &err}, Options{Version: "test"})
	}()
	select {
	case code = <-ended:
	case <-time.After(20 * time.Second):
		require.Fail(t, "fred does not end")
	}
	return code, err.String()
}

func TestAnImportThatWaitsForItsZipCanBeInterrupted(t *testing.T) {
	r, w := io.Pipe() // on which nothing comes
	defer func() { _ = w.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	code, talk := ran(ctx, t, r, "cache", "import", "-")
	require.Equal(t, 130, code)
	require.Equal(t, "error: interrupted\n", talk)
}

func TestAPipeByItsNameIsRefusedAndNotWaitedFor(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	code, talk := ran(t.Context(), t, nil, "cache", "import", fifo)
	require.Equal(t, 2, code)
	require.Contains(t, talk, "is no file")
}

func TestWhatIsNoFileIsWrittenToAndNotReplaced(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	reader, err := os.OpenFile(fifo, os.O_RDWR, 0) // which waits for no writer
	require.NoError(t, err)
	defer reader.Close()
	require.NoError(t, whole(fifo, func(w io.Writer) error {
		_, err := io.WriteString(w, "zip")
		return err
	}))
	got := make([]byte, 3)
	info, err := os.Lstat(fifo)
	require.NoError(t, err)
	require.Equal(t, os.ModeNamedPipe, info.Mode().Type(), "it was replaced by a file")
	_, err = io.ReadFull(reader, got)
	require.NoError(t, err)
	require.Equal(t, "zip", string(got))
}

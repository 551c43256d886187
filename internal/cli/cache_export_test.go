//go:build unix

package cli

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fault"
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

func TestThatADiskIsFullOrAFolderMissingIsNoFaultOfFreds(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err == nil {
		err := whole("/dev/full", func(w io.Writer) error {
			_, err := io.WriteString(w, "zip")
			return err
		})
		require.EqualError(t, err, "write /dev/full: no space left on device")
		require.Equal(t, exitInvalid, exitCode(err))
		require.Equal(t, "Make room in /dev, or name another file.", fault.HintOf(err))
	}
	absent := filepath.Join(t.TempDir(), "absent")
	err := whole(filepath.Join(absent, "x.zip"), func(io.Writer) error { return nil })
	require.EqualError(t, err, "write "+absent+"/x.zip: no such file or directory")
	require.Equal(t, exitInvalid, exitCode(err))
	require.Equal(t, "Make the folder "+absent+", or name another file.", fault.HintOf(err))

	t.Setenv("TMPDIR", absent)
	code, talk := ran(t.Context(), t, strings.NewReader("zip"), "cache", "import", "-")
	require.Equal(t, exitInvalid, code)
	require.Contains(t, talk, "error: keep the zip in "+absent+" while it is read: ")
	require.Contains(t, talk, "hint: Make room there, or name another folder by TMPDIR.")
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

package focus_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/collector/focus"
	"github.com/fredctl/fred/pkg/fault"
)

// bills writes files that each bill a power of two, so that a total tells which of
// them were read.
func bills(t *testing.T, names ...string) (root string) {
	t.Helper()
	root = t.TempDir()
	for i, name := range names {
		text := header + row(4, fmt.Sprint(1<<i))
		if strings.HasSuffix(name, ".gz") {
			text = gzipped(t, text)
		}
		write(t, filepath.Join(root, name), text)
	}
	return root
}

func TestFilesAreFoundByPathFolderAndPattern(t *testing.T) {
	root := bills(t, "a.csv", "2026/b.csv.gz", "2026/deep/c.CSV", "notes.txt", ".hidden/d.csv", "._a.csv")
	require.NoError(t, os.Symlink(filepath.Join(root, "a.csv"), filepath.Join(root, "z.csv")))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(filepath.Join(root, "2026"), link))
	write(t, filepath.Join(root, "a.csv.gz"), gzipped(t, header+row(4, "1")))
	tests := []struct {
		name  string
		paths []string
		total string
	}{
		{"a file", []string{"a.csv"}, "1"},
		{"a file of any name", []string{"notes.txt"}, "8"},
		{"a folder, with all below it", []string{"."}, "7"},
		{"a pattern", []string{"2026/*"}, "6"},
		{"a pattern that matches other files, too", []string{"*"}, "7"},
		{"a pattern that matches nothing but others", []string{"*.txt"}, "8"},
		{"a pattern of files and folders", []string{"[a2]*"}, "7"},
		{"a link to a folder", []string{"link"}, "6"},
		{"a file that lies there packed as well", []string{"."}, "7"},
		{"a file that is named in three ways", []string{"a.csv", ".", "z.csv", "2026/../a.csv"}, "7"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var paths []string
			for _, p := range tt.paths {
				if p = filepath.Join(root, p); tt.name == "a link to a folder" {
					p = link
				}
				paths = append(paths, p)
			}
			a := read(t, asked, paths...)
			require.NoError(t, a.err)
			require.Empty(t, a.problems)
			require.Equal(t, tt.total, a.total(bill.Billed))
		})
	}
	for _, path := range []string{"none.csv", "none*", "[", ".hidden/none"} {
		_, err := focus.Find(filepath.Join(root, path))
		require.Equal(t, fault.NotFound, fault.KindOf(err), path)
		require.NotEmpty(t, fault.HintOf(err))
	}
	_, err := focus.Find(t.TempDir())
	require.Equal(t, fault.NotFound, fault.KindOf(err))
	_, err = focus.Find()
	require.Equal(t, fault.NotFound, fault.KindOf(err))
}

func TestAManifestSaysWhichFilesAreTheBills(t *testing.T) {
	t.Run("of AWS, which overwrites", func(t *testing.T) {
		root := bills(t, "data/BILLING_PERIOD=2026-09/e-00001.csv.gz", "data/BILLING_PERIOD=2026-09/e-00002.csv.gz", "data/BILLING_PERIOD=2026-09/old.csv.gz", "data/BILLING_PERIOD=2026-10/e-00001.csv.gz", "other/oci.csv")
		write(t, filepath.Join(root, "metadata/BILLING_PERIOD=2026-09/e-Manifest.json"), `{"executionId":"1","dataFiles":["s3://bucket/prefix/e/data/BILLING_PERIOD=2026-09/e-00001.csv.gz","s3://bucket/prefix/e/data/BILLING_PERIOD=2026-09/e-00002.csv.gz"]}`)
		a := read(t, asked, root)
		require.Empty(t, a.problems)
		require.Equal(t, "27", a.total(bill.Billed), "October and OCI have no manifest, and are read as they lie")
		files, err := focus.Find(root)
		require.NoError(t, err)
		require.Equal(t, []string{filepath.Join(root, "data/BILLING_PERIOD=2026-09/old.csv.gz")}, files.Skipped())
	})
	t.Run("of AWS, which keeps each run", func(t *testing.T) {
		root := bills(t, "data/BILLING_PERIOD=2026-09/20260930T1-a/e-00001.csv", "data/BILLING_PERIOD=2026-09/20261001T1-b/e-00001.csv")
		for _, run := range []string{"20260930T1-a", "20261001T1-b"} {
			write(t, filepath.Join(root, "metadata/BILLING_PERIOD=2026-09", run, "e-Manifest.json"), `{"dataFiles":["s3://bucket/data/BILLING_PERIOD=2026-09/`+run+`/e-00001.csv"]}`)
		}
		require.Equal(t, "2", read(t, asked, root).total(bill.Billed), "the newest alone")
	})
	t.Run("of Azure", func(t *testing.T) {
		root := bills(t, "focus/20260901-20260930/run2/part_0.csv", "focus/20260901-20260930/run1/part_0.csv", "focus/20261001-20261031/run3/part_0.csv")
		for _, m := range [][3]string{{"20260901-20260930/run2", "2026-09-03T00:00:00Z", "2026-09-01"}, {"20260901-20260930/run1", "2026-09-02T00:00:00Z", "2026-09-01"}, {"20261001-20261031/run3", "2026-10-02T00:00:00Z", "2026-10-01"}} {
			write(t, filepath.Join(root, "focus", m[0], "manifest.json"), fmt.Sprintf(
				`{"exportConfig":{"exportName":"focus","type":"FocusCost"},"runInfo":{"submittedTime":%q,"startDate":%q},"blobs":[{"blobName":"dir/focus/%s/part_0.csv","byteCount":1}]}`, m[1], m[2]+"T00:00:00", m[0]))
		}
		a := read(t, asked, root)
		require.Empty(t, a.problems)
		require.Equal(t, "5", a.total(bill.Billed))
	})
	t.Run("that lies beside its files", func(t *testing.T) {
		root := bills(t, "e-00001.csv", "e-00002.csv")
		write(t, filepath.Join(root, "e-Manifest.json"), `{"dataFiles":["s3://bucket/data/BILLING_PERIOD=2026-09/e-00002.csv"]}`)
		require.Equal(t, "2", read(t, asked, root).total(bill.Billed))
	})
}

func TestAFileThatAManifestListsAndIsMissingIsTold(t *testing.T) {
	root := bills(t, "data/p/e-1.csv")
	path := write(t, filepath.Join(root, "metadata/p/e-Manifest.json"), `{"dataFiles":["s3://b/data/p/e-1.csv","s3://b/data/p/e-2.csv","s3://b/../../etc/passwd"]}`)
	a := read(t, asked, root)
	require.NoError(t, a.err)
	require.Equal(t, []string{`e-Manifest.json: lists a file that is missing: "s3://b/data/p/e-2.csv"`, `e-Manifest.json: lists a file that is missing: "s3://b/../../etc/passwd"`}, a.problems)
	require.Equal(t, "1", a.total(bill.Billed))
	require.True(t, a.sum.Partial())

	strict := asked
	strict.Strict = true
	a = read(t, strict, root)
	require.Equal(t, fault.Refused, fault.KindOf(a.err))
	require.Empty(t, a.charges)

	require.NoError(t, os.Remove(filepath.Join(root, "data/p/e-1.csv")))
	a = read(t, asked, root)
	require.Equal(t, fault.Invalid, fault.KindOf(a.err), "there is nothing to answer with")

	require.NoError(t, os.WriteFile(path, []byte("{"), 0o600))
	a = read(t, asked, root, write(t, "other.csv", header+good))
	require.Equal(t, []string{"e-Manifest.json: is a manifest that is no JSON"}, a.problems)
	require.True(t, a.sum.Partial())
	require.NoError(t, os.WriteFile(path, []byte(`{"name":"a web app"}`), 0o600))
	a = read(t, asked, root, write(t, "other.csv", header+good))
	require.Empty(t, a.problems, "other JSON is no manifest")
}

// Package testutil is what tests of several packages share: golden files, and a
// fake Kubernetes API server that speaks the real wire.
package testutil

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite golden files with what tests get")

// Update reports whether golden files are to be rewritten.
func Update() bool { return *update }

// Golden compares got with the file testdata/name of the package under test, or
// writes it there where the test runs with -update.
func Golden(t testing.TB, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run with -update to make it")
	require.Equal(t, string(want), got, "run with -update if %s is to change", path)
}

//go:build e2e

package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// entries returns the files of the cache that hold entries.
func (l *laptop) entries() []string {
	l.t.Helper()
	var paths []string
	for path := range filesBelow(l.t, l.cache()) {
		if strings.HasSuffix(path, ".jsonl") {
			paths = append(paths, path)
		}
	}
	require.NotEmpty(l.t, paths, "something is cached")
	return paths
}

// entry returns the path of the entry of a list of the context rig.
func (l *laptop) entry(resource string) string {
	return filepath.Join(l.cache(), "clusters", "rig", "kube", resource+".jsonl")
}

// filesBelow returns the content of every file below dir, by path.
func filesBelow(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files[path], err = os.ReadFile(path)
		return err
	})
	require.NoError(t, err)
	return files
}

// agedBy makes every entry look as if it had been read earlier: fred has no
// clock that can be set, and a minute is long.
func (l *laptop) agedBy(d time.Duration) {
	l.t.Helper()
	for _, path := range l.entries() {
		l.rewrite(path, func(header map[string]any) {
			for _, at := range []string{"collectedAt", "expiresAt"} {
				when, err := time.Parse(time.RFC3339Nano, header[at].(string))
				require.NoError(l.t, err)
				header[at] = when.Add(-d).Format(time.RFC3339Nano)
			}
		})
	}
}

// rewrite changes the header of an entry, and its check with it. The header is
// a line of JSON whose members are schema first and check last; the check is
// the SHA-256 of the line before it.
func (l *laptop) rewrite(path string, edit func(header map[string]any)) {
	l.t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(l.t, err)
	line, payload, _ := bytes.Cut(data, []byte("\n"))
	var header map[string]any
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	require.NoError(l.t, decoder.Decode(&header))
	edit(header)
	schema, err := json.Marshal(header["schema"])
	require.NoError(l.t, err)
	delete(header, "schema")
	delete(header, "check")
	rest, err := json.Marshal(header)
	require.NoError(l.t, err)
	body := `{"schema":` + string(schema) + "," + strings.TrimSuffix(strings.TrimPrefix(string(rest), "{"), "}")
	sum := sha256.Sum256([]byte(body))
	file := body + `,"check":"` + hex.EncodeToString(sum[:]) + "\"}\n" + string(payload)
	require.NoError(l.t, os.WriteFile(path+".new", []byte(file), 0o600))
	require.NoError(l.t, os.Rename(path+".new", path))
}

//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// seen is what browser/docs.mjs prints.
type seen struct {
	Title      string   `json:"title"`
	Operations []string `json:"operations"`
	Status     string   `json:"status"`    // of the operation that was tried out
	Shown      string   `json:"shown"`     // its answer, as the page shows it
	Asked      string   `json:"asked"`     // its URL
	Elsewhere  []string `json:"elsewhere"` // requests that went to another server
	Complaints []string `json:"complaints"`
	Requests   int      `json:"requests"`
}

func TestDocumentationOpensInABrowserWithoutANetwork(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	s := l.serve()
	screenshot := filepath.Join(os.TempDir(), "fred-e2e-docs.png")
	page := browse(t, s.url+"/fred/docs", screenshot)
	t.Log("screenshot:", screenshot)
	require.FileExists(t, screenshot)
	require.Empty(t, page.Elsewhere)
	require.Empty(t, page.Complaints)
	require.Greater(t, page.Requests, 4)

	var doc struct{ Paths map[string]any }
	require.NoError(t, json.Unmarshal([]byte(s.ask("GET", "/fred/openapi.json", nil).body), &doc))
	for path := range doc.Paths {
		require.Contains(t, page.Operations, path, "it is listed")
	}
	require.Contains(t, page.Status, "200")
	require.Contains(t, page.Asked, "all-namespaces=true")
	var a answer[row]
	require.NoError(t, json.Unmarshal([]byte(page.Shown), &a), page.Shown)
	require.Equal(t, rowsOnly(t, l.must(0, allWorkloads...)), a.Items, "the rows that the page shows are fred's")
}

// browse runs browser/docs.mjs.
func browse(t *testing.T, url, screenshot string) (page seen) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", filepath.Join(browserTools(ctx, t), "docs.mjs"), url, screenshot)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &stderr)
	require.NoError(t, json.Unmarshal(out, &page))
	return page
}

// browserTools returns a folder that holds browser/ and the packages it needs,
// kept outside the checkout and made once for each version.
func browserTools(ctx context.Context, t *testing.T) string {
	t.Helper()
	hash := sha256.New()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json", "docs.mjs"} {
		data, err := os.ReadFile(filepath.Join("browser", name))
		require.NoError(t, err)
		files[name] = data
		hash.Write(data)
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	dir := filepath.Join(cache, "fred-e2e", "browser-"+hex.EncodeToString(hash.Sum(nil)[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(dir), 0o755))
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "browser-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(fresh) }) // it has moved, if all went well
	for name, data := range files {
		require.NoError(t, os.WriteFile(filepath.Join(fresh, name), data, 0o600))
	}
	install := exec.CommandContext(ctx, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = fresh
	var said bytes.Buffer
	install.Stdout, install.Stderr = &said, &said
	require.NoError(t, install.Run(), "%s", &said)
	require.NoError(t, os.Rename(fresh, dir))
	return dir
}

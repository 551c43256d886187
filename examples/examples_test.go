// Package examples_test builds and runs the examples, as a reader would.
package examples_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARouteOfOnesOwnAnswersBesideFreds(t *testing.T) {
	fred := filepath.Join(t.TempDir(), "fred")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", fred, ".")
	build.Dir = "custom-route"
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	serve := exec.CommandContext(t.Context(), fred, "serve", "--simulation", "--port", "0")
	serve.Env = []string{"HOME=" + t.TempDir()}
	talk, err := serve.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, serve.Start())
	t.Cleanup(func() { _ = serve.Process.Kill(); _ = serve.Wait() })
	line, err := bufio.NewReader(talk).ReadString('\n')
	require.NoError(t, err)
	at := regexp.MustCompile(`http://\S+/fred`).FindString(line)
	require.NotEmpty(t, at, line)

	var images map[string]int
	get(t, at+"/acme/images", &images)
	require.Equal(t, 1, images["docker.io/library/redis:7.4"])

	var description struct{ Paths map[string]any }
	get(t, at+"/openapi.json", &description)
	require.Contains(t, description.Paths, "/fred/acme/images")
	require.Contains(t, description.Paths, "/fred/v1/kube/workloads")
}

func get(t *testing.T, url string, into any) {
	resp, err := http.Get(url) //nolint:gosec // of the process started above
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.NoError(t, json.NewDecoder(resp.Body).Decode(into))
}

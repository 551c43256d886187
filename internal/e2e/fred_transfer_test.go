//go:build e2e

package e2e_test

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// alone has every command of l run in a network namespace of its own, in which
// not even loopback is up.
func (l *laptop) alone() *laptop {
	c := *l
	c.flags = syscall.CLONE_NEWNET
	if os.Getuid() != 0 {
		c.flags |= syscall.CLONE_NEWUSER
	}
	return &c
}

func TestTwoHomesAndOneZip(t *testing.T) {
	t.Parallel()
	a := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	a.must(0, "kube", "--refresh")
	zip := filepath.Join(t.TempDir(), "team.zip")
	a.must(0, "cache", "export", "-o", zip)

	b := newLaptop(t, "")
	require.Contains(t, b.alone().must(0, "cache", "import", zip).stdout, " added")
	byHand := newLaptop(t, "")
	require.NoError(t, os.MkdirAll(filepath.Join(byHand.home, ".fred"), 0o700))
	out, err := exec.CommandContext(t.Context(), "unzip", "-q", zip, "-d", filepath.Join(byHand.home, ".fred")).CombinedOutput()
	require.NoError(t, err, "%s", out)

	compared := 0
	for _, question := range questions {
		for _, output := range []string{"json", "csv", "name"} {
			args := append(words(question), "-o", output, "--offline")
			want := a.must(0, args...)
			require.NotEmpty(t, want.stdout, "%s", want)
			for _, other := range []*laptop{b, byHand} {
				got := other.alone().must(0, args...)
				if got.stdout != want.stdout { // it has grown stale since, where the machine is slow
					want = a.must(0, args...)
				}
				require.Equal(t, want.stdout, got.stdout, "%s", got)
				compared++
			}
		}
	}
	served := b.serve("--offline")
	for _, r := range routes {
		args := append(words(r.command), "-o", "json", "--offline")
		want := a.must(0, args...).stdout
		res, err := http.Get(served.url + "/fred/v1/" + r.path)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", r.path, body)
		if string(body) != want {
			want = a.must(0, args...).stdout
		}
		require.Equal(t, want, string(body), r.path)
		compared++
	}
	t.Logf("%d answers compared", compared)
}

func TestAnExportHoldsNoPlantedSecretAndAnImportTakesNone(t *testing.T) {
	t.Parallel()
	a := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	a.must(0, "kube", "--refresh")
	dir := t.TempDir()
	a.must(0, "cache", "export", "-o", filepath.Join(dir, "x.zip"))
	out, err := exec.CommandContext(t.Context(), "unzip", "-q", filepath.Join(dir, "x.zip"), "-d", dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	files := filesBelow(t, dir)
	require.Greater(t, len(files), 10)
	for path, data := range files {
		require.Empty(t, found(string(data)), path)
	}
}

// What was asked of nobody opens no socket, whatever there is in the kubeconfig.
func TestOfflineOpensNoSocket(t *testing.T) {
	t.Parallel()
	strace, err := exec.LookPath("strace")
	if err != nil && os.Getenv("CI") == "" { // .ci/run installs it
		t.Skip("strace is not installed")
	}
	require.NoError(t, err)
	a := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	a.must(0, "kube", "--refresh")
	for _, question := range append([]string{"doctor", "cache export -o -"}, questions...) {
		trace := filepath.Join(t.TempDir(), "trace")
		cmd := a.command(t.Context(), append(words(question), "--offline")...)
		cmd.Args = append([]string{strace, "-f", "-o", trace, "-e", "trace=socket,connect,execve", cmd.Path}, cmd.Args[1:]...)
		cmd.Path = strace
		if out, err := cmd.CombinedOutput(); err != nil {
			require.Equal(t, "doctor", question, "%s", out) // it may find something
		}
		calls, err := os.ReadFile(trace)
		require.NoError(t, err)
		require.NotContains(t, string(calls), "socket(", question)
		require.Equal(t, 1, strings.Count(string(calls), "execve("), question)
	}
}

// Curl plays the web page: the zip of one server goes into another, which is then
// taken offline and back.
func TestAZipGoesFromServerToServer(t *testing.T) {
	t.Parallel()
	curl := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "curl", append([]string{"-sS", "--fail-with-body"}, args...)...).CombinedOutput()
		require.NoError(t, err, "%s", out)
		return string(out)
	}
	a := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	from := a.serve()
	want := curl(from.url + "/fred/v1/kube/workloads?all-namespaces=true")
	zip := filepath.Join(t.TempDir(), "export.zip")
	curl("-o", zip, from.url+"/fred/export")

	b := newLaptop(t, "")
	to := b.serve()
	require.Equal(t, "null", curl("-X", "PUT", "-F", "file=@"+zip, to.url+"/fred/import"))
	require.JSONEq(t, `{"is_offline":true}`, curl("-X", "PUT", "--json", `{"is_offline":true}`, to.url+"/fred/toggle_offline"))
	require.Equal(t, want, curl(to.url+"/fred/v1/kube/workloads?all-namespaces=true"))
	require.Contains(t, curl("-X", "PUT", "-F", "file=@"+zip, to.url+"/fred/v1/cache/import"), `"unchanged": `)

	curl("-X", "PUT", "--json", `{"offline":true}`, from.url+"/fred/v1/offline")
	require.Contains(t, curl(from.url+"/fred/v1/kube?refresh=true"), `"stale": true`)
	require.Contains(t, curl(from.url+"/readyz"), `"offline": true`)
	curl("-X", "PUT", "--json", `{"offline":false}`, from.url+"/fred/v1/offline")
	require.Contains(t, curl(from.url+"/fred/v1/kube?refresh=true"), `"stale": false`)
}

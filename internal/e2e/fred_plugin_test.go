//go:build e2e

package e2e_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

func TestFredIsAKubectlPlugin(t *testing.T) {
	t.Parallel()
	c := small(t)
	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, ""))
	bin := filepath.Join(l.home, "bin")
	require.NoError(t, os.Mkdir(bin, 0o700))
	require.NoError(t, os.Symlink(l.bin, filepath.Join(bin, "kubectl-fred")))
	kubectl := func(args ...string) (string, string) {
		cmd := l.command(t.Context(), args...)
		cmd.Path, cmd.Args[0] = filepath.Join(c.Tools, "kubectl"), "kubectl"
		cmd.Env = append(cmd.Env, "PATH="+bin+":"+os.Getenv("PATH"))
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		require.NoError(t, cmd.Run(), stderr.String())
		return stdout.String(), stderr.String()
	}
	out, _ := kubectl("fred", "kube", "workloads", "-n", "shop", "-o", "name")
	require.Equal(t, l.must(0, "kube", "workloads", "-n", "shop", "-o", "name").stdout, out)
	require.Contains(t, out, "web")
	for _, args := range [][]string{{"fred", "--help"}, {"fred", "kube", "--help"}, {"fred", "kube", "workloads", "--help"}} {
		help, _ := kubectl(args...)
		require.Contains(t, help, "kubectl fred")
	}
	plugins, _ := kubectl("plugin", "list")
	require.Contains(t, plugins, "kubectl-fred")
}

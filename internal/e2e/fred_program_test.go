//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience is how long one command of fred may take before it counts as hung.
const patience = 90 * time.Second

// program returns the path of the fred under test: FRED_BIN or, where that is
// not set, what the module's source is now.
var program = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("FRED_BIN"); path != "" {
		return filepath.Abs(path)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "fred-e2e", "fred")
	build := exec.Command("go", "build", "-trimpath", "-o", path, "github.com/fredctl/fred/cmd/fred")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build fred: %w\n%s", err, out)
	}
	return path, nil
})

// laptop is a machine that fred runs on: a home of its own, and nothing of ours
// in its environment.
type laptop struct {
	t          *testing.T
	bin        string
	home       string
	kubeconfig string // none when empty
	env        []string
	user       *syscall.Credential // who runs fred; who runs the test when nil
	flags      uintptr             // of clone(2), for namespaces of its own
}

// newLaptop returns a machine whose KUBECONFIG is kubeconfig, or that has none.
func newLaptop(t *testing.T, kubeconfig string) *laptop {
	t.Helper()
	bin, err := program()
	require.NoError(t, err)
	home := filepath.Join(t.TempDir(), "home")
	require.NoError(t, os.Mkdir(home, 0o700))
	return &laptop{t: t, bin: bin, home: home, kubeconfig: kubeconfig}
}

// with returns the same machine with another kubeconfig, or with none.
func (l *laptop) with(kubeconfig string) *laptop {
	other := *l
	other.kubeconfig = kubeconfig
	return &other
}

// cache is where fred keeps its cache unless it is told otherwise.
func (l *laptop) cache() string { return filepath.Join(l.home, ".fred", "fred-backend-cache") }

func (l *laptop) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, l.bin, args...)
	cmd.Dir = l.home
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: l.user, Cloneflags: l.flags}
	cmd.Env = append([]string{"HOME=" + l.home, "FRED_GRID_LIVE=false", "FRED_SERVER_RECORD=0s", "PATH=" + os.Getenv("PATH")}, l.env...)
	if l.kubeconfig != "" {
		cmd.Env = append(cmd.Env, "KUBECONFIG="+l.kubeconfig)
	}
	return cmd
}

// outcome is how a command ended.
type outcome struct {
	args           []string
	code           int
	stdout, stderr string
	took           time.Duration
}

// fred runs fred to its end.
func (l *laptop) fred(args ...string) outcome {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(l.t.Context()), patience)
	defer cancel()
	cmd := l.command(ctx, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	began := time.Now()
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		require.NoError(l.t, err)
	}
	return outcome{args, cmd.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(began)}
}

// must runs fred, which must exit with code.
func (l *laptop) must(code int, args ...string) outcome {
	l.t.Helper()
	o := l.fred(args...)
	require.Equal(l.t, code, o.code, "%s", o)
	return o
}

// String shows what happened, for the message of a failed test.
func (o outcome) String() string {
	return fmt.Sprintf("$ fred %s\nexit %d after %s\n--- stdout\n%s--- stderr\n%s",
		strings.Join(o.args, " "), o.code, o.took.Round(time.Millisecond), head(o.stdout, 2000), head(o.stderr, 4000))
}

func head(s string, n int) string {
	if len(s) > n {
		return s[:n] + "…\n"
	}
	return s
}

// answerOf decodes what a command printed with -o json.
func answerOf[Item any](t *testing.T, o outcome) answer[Item] {
	t.Helper()
	return decode[Item](t, []byte(o.stdout))
}

func decode[Item any](t *testing.T, body []byte) answer[Item] {
	t.Helper()
	var a answer[Item]
	require.NoError(t, json.Unmarshal(body, &a), "%s", head(string(body), 2000))
	require.Equal(t, "fred/v1", a.APIVersion)
	require.NotNil(t, a.Items)
	return a
}

// answer is the envelope as the machine contract has it. It is written down here
// again, so that a change to fred's own types does not go unnoticed.
type answer[Item any] struct {
	APIVersion  string       `json:"apiVersion"`
	Kind        string       `json:"kind"`
	Cluster     string       `json:"cluster"`
	Items       []Item       `json:"items"`
	Total       *row         `json:"total"`
	Provenance  []provenance `json:"provenance"`
	Warnings    []warning    `json:"warnings"`
	CollectedAt time.Time    `json:"collectedAt"`
	Stale       bool         `json:"stale"`
	Simulated   bool         `json:"simulated"`
}

type provenance struct {
	Fields []string `json:"fields"`
	Method string   `json:"method"`
	Source string   `json:"source"`
	Note   string   `json:"note"`
}

type warning struct {
	Code    string `json:"code"`
	Message string `json:"message"`
}

// codes returns the codes of an answer's warnings.
func (a answer[Item]) codes() []string {
	codes := []string{}
	for _, w := range a.Warnings {
		codes = append(codes, w.Code)
	}
	return codes
}

// row is a workload, a namespace or a total.
type row struct {
	Namespace     string   `json:"namespace"`
	Kind          string   `json:"kind"`
	Name          string   `json:"name"`
	Class         string   `json:"class"`
	Owner         *ref     `json:"owner"`
	Status        string   `json:"status"`
	Workloads     int      `json:"workloads"`
	Replicas      *int     `json:"replicas"`
	Pods          *int     `json:"pods"`
	PodsReady     *int     `json:"podsReady"`
	Restarts      *int     `json:"restarts"`
	CPURequest    *float64 `json:"cpuRequestCores"`
	MemoryRequest *int64   `json:"memoryRequestBytes"`
	CPUUsage      *float64 `json:"cpuUsageCores"`
	MemoryUsage   *int64   `json:"memoryUsageBytes"`
	Images        []string `json:"images"`
}

type ref struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

func (r row) id() string { return r.Namespace + " " + r.Kind + "/" + r.Name }

// ids names the rows, in their order.
func ids(rows []row) []string {
	names := make([]string, 0, len(rows))
	for _, r := range rows {
		names = append(names, r.id())
	}
	return names
}

// rowsOnly are the rows of an answer, for comparing two that were read at
// different times.
func rowsOnly(t *testing.T, o outcome) []row {
	t.Helper()
	return answerOf[row](t, o).Items
}

// words splits a command line whose arguments hold no spaces.
func words(command string) []string { return strings.Fields(command) }

// escaped is s as a query has it.
func escaped(s string) string { return url.QueryEscape(s) }

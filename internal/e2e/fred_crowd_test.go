//go:build e2e

package e2e_test

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// crowd is how many processes share one cache, beside a server.
const crowd = 16

// crowdTime is for how long; FRED_CROWD says otherwise.
func crowdTime(t *testing.T) time.Duration {
	t.Helper()
	if asked := os.Getenv("FRED_CROWD"); asked != "" {
		d, err := time.ParseDuration(asked)
		require.NoError(t, err)
		return d
	}
	return time.Minute
}

// factZip is a zip, as the first Fred made them, with one fact about cluster rig.
func factZip(t *testing.T, title string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "fact.zip")
	file, err := os.Create(path)
	require.NoError(t, err)
	defer file.Close()
	z := zip.NewWriter(file)
	for name, value := range map[string]any{
		"kube/ClusterList.json": map[string]any{"clusters": []any{map[string]any{"name": "rig", "fullname": "rig", "provider": "unknown", "region": "unknown"}}},
		"ai/clusters/rig/Facts.json": map[string]any{"facts": []any{map[string]any{
			"user": "ann", "date": "2026-11-02T09:30:00Z", "content": "written by one of many", "title": title, "type": "goal",
		}}},
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(2026, 11, 2, 9, 30, 0, 0, time.UTC)})
		require.NoError(t, err)
		require.NoError(t, json.NewEncoder(w).Encode(value))
	}
	require.NoError(t, z.Close())
	return path
}

// It is not for beside others, which wait for answers in time.
func TestManyProcessesAndAServerShareOneCache(t *testing.T) {
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	l.must(0, "kube", "--refresh")
	whole := filepath.Join(t.TempDir(), "whole.zip")
	l.must(0, "cache", "export", "-o", whole)
	want := l.must(0, "kube", "workloads", "-A", "-o", "name").stdout
	facts := make([]string, crowd)
	for i := range facts {
		facts[i] = factZip(t, "fact "+strconv.Itoa(i))
	}
	s := l.serve()

	var counts sync.Map
	did := func(what string) {
		n, _ := counts.LoadOrStore(what, &atomic.Int64{})
		n.(*atomic.Int64).Add(1)
	}
	end := time.Now().Add(crowdTime(t))
	var group sync.WaitGroup
	for i := range crowd {
		group.Go(func() {
			out := filepath.Join(t.TempDir(), "out.zip")
			for turn := i; time.Now().Before(end) && !t.Failed(); turn++ {
				args, answer := []string{"kube", "workloads", "-A", "-o", "name"}, true // who prints rows, must print all
				switch turn % 6 {
				case 1:
					args = append(args, "--refresh")
				case 2:
					args, answer = []string{"cache", "import", []string{whole, facts[i]}[turn/6%2], "-o", "name"}, false
				case 3:
					args, answer = []string{"cache", "export", "-o", out}, false
				case 4:
					args, answer = []string{"cache", "prune", "--older-than", "1s", "-o", "name"}, false
				case 5:
					args, answer = []string{"cache", "verify"}, false
				}
				o := l.fred(args...)
				pruned := args[1] == "export" && strings.Contains(o.stderr, "nothing in the cache is selected")
				if o.code != 0 && !pruned || answer && o.stdout != want {
					t.Errorf("%s", o)
				}
				did(args[0] + " " + args[1])
			}
		})
	}
	group.Go(func() {
		for time.Now().Before(end) && !t.Failed() {
			res, err := http.Get(s.url + "/fred/v1/kube/workloads?all-namespaces=true")
			if err != nil {
				t.Error(err)
				return
			}
			_, err = io.Copy(io.Discard, res.Body)
			_ = res.Body.Close()
			if err != nil || res.StatusCode != http.StatusOK {
				t.Error(res.Status, err)
			}
			did("GET")
		}
	})
	group.Wait()

	for i := range crowd { // those whose turn had not come
		o := l.fred("cache", "import", facts[i], "-o", "name")
		require.Equal(t, 0, o.code, "%s", o)
	}
	l.must(0, "cache", "verify")
	res, err := http.Get(s.url + "/fred/ai/cluster/facts?cluster_name=rig")
	require.NoError(t, err)
	defer res.Body.Close()
	var kept struct{ Facts []struct{ Title string } }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&kept))
	titles := map[string]bool{}
	for _, f := range kept.Facts {
		titles[f.Title] = true
	}
	require.Len(t, titles, crowd)
	left, err := filepath.Glob(filepath.Join(l.cache(), ".tmp", "batch-*"))
	require.NoError(t, err)
	require.Empty(t, left)
	said := ""
	counts.Range(func(what, n any) bool {
		said += fmt.Sprintf(" %d × %s,", n.(*atomic.Int64).Load(), what)
		return true
	})
	t.Logf("%d processes and a server for %s:%s no corrupt entry, no lost fact, no half import", crowd, crowdTime(t), said)
}

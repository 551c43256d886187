//go:build e2e

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// sharing returns a machine of a colleague whose settings name a cache in m.
func sharing(t *testing.T, m *rig.MinIO, kubeconfig, path string) *laptop {
	t.Helper()
	l := newLaptop(t, kubeconfig)
	l.env = append(credentialsOf(rig.S3User, rig.S3Password, ""), "FRED_CACHE_URL="+place(m, path))
	return l
}

func TestColleaguesShareACacheOnS3(t *testing.T) {
	m := minio(t)
	a := sharing(t, m, kubeconfigOf(t, small(t), rig.Admin, "shop"), "shared/team")
	want := rowsOnly(t, a.must(0, "kube", "workloads", "-o", "json"))
	require.Contains(t, a.must(0, "doctor").stdout, "s3://shared/team")
	_, err := os.Stat(a.cache())
	require.ErrorIs(t, err, os.ErrNotExist, "nothing is kept in the folder")

	b := sharing(t, m, "", "shared/team") // has no kubeconfig, and reads what a read
	require.Equal(t, want, rowsOnly(t, b.must(0, "kube", "workloads", "-n", "shop", "-o", "json")))
	require.NoError(t, filepath.WalkDir(filepath.Join(b.home, ".cache"), func(path string, d os.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "%s may be read by others", path)
		return nil
	}))

	none := sharing(t, m, "", "shared/team").must(4, "kube", "workloads", "-n", "shop", "--offline")
	require.Contains(t, none.stderr, "no cluster is cached", "offline, who has read nothing has nothing")
	require.Contains(t, none.stderr, "is not asked", "and is told why")

	verified := b.must(0, "cache", "verify", "-o", "json")
	require.NotContains(t, verified.stdout, ".fred")
	entries := answerOf[map[string]any](t, b.must(0, "cache", "ls", "-o", "json")).Items
	require.NotEmpty(t, entries)
	zip := filepath.Join(t.TempDir(), "team.zip")
	b.must(0, "cache", "export", "-o", zip)
	c := sharing(t, m, "", "shared/other")
	c.must(0, "cache", "import", zip)
	require.Len(t, answerOf[map[string]any](t, c.must(0, "cache", "ls", "-o", "json")).Items, len(entries))
	require.Contains(t, c.must(0, "cache", "info").stdout, "shared/other")
	c.must(0, "cache", "prune", "--older-than", "0s")
	for key := range everything(t, m.Client) {
		require.False(t, strings.HasPrefix(key, "shared/other/") && strings.HasSuffix(key, ".jsonl"), key)
	}

	b.must(0, "kube", "workloads", "-n", "shop", "-o", "json")
	require.NoError(t, m.Kill())
	require.Equal(t, want, rowsOnly(t, b.must(0, "kube", "workloads", "-n", "shop", "-o", "json", "--offline")), "copies are enough")
	o := a.must(0, "kube", "workloads", "-o", "json")
	require.Equal(t, want, rowsOnly(t, o))
	require.Contains(t, o.stdout+o.stderr, "does not answer", "the cluster answers, and the cache is warned of")
	down := b.must(4, "cache", "ls")
	require.Contains(t, down.stderr, "--offline")
}

func TestACacheURLThatCannotBeMeantIsRefused(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, "")
	for url, says := range map[string]string{
		"s3://key:secret@bucket/team":           "credentials do not belong there",
		"s3:///team":                            "does not name a bucket",
		"s3://bucket/team?endpont=x&region=eu":  `no parameter "endpont"`,
		"s3://bucket/../team?region=eu":         "an empty part, or one of dots",
		"s3://bucket/team?endpoint=here":        "endpoint is not the URL",
		"s3://bucket/team?profile=no&region=eu": "no",
	} {
		o := l.must(2, "cache", "ls", "--cache", url)
		require.Contains(t, o.stderr, says, url)
		require.NotContains(t, o.stderr, "secret@")
	}
}

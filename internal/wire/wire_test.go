package wire_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/internal/wire"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// settings are the defaults with a cache of their own.
func settings(t *testing.T) config.Config {
	t.Helper()
	return config.Config{Timeout: 5 * time.Second, Cache: config.Cache{URL: filepath.Join(t.TempDir(), "cache")}, Cluster: config.InCluster{Name: "in-cluster"}}
}

// built is a Fred with the kubeconfig files of those texts.
func built(t *testing.T, c config.Config, files ...string) *wire.Built {
	t.Helper()
	var paths []string
	for _, text := range files {
		path := filepath.Join(t.TempDir(), "config")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		paths = append(paths, path)
	}
	t.Setenv("KUBECONFIG", strings.Join(paths, string(os.PathListSeparator)))
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	b, err := wire.Build(c, wire.Options{Kube: genericclioptions.NewConfigFlags(true), Version: "test"})
	require.NoError(t, err)
	t.Cleanup(b.Close)
	return b
}

func known(t *testing.T, b *wire.Built) []kube.Cluster {
	t.Helper()
	cs, err := b.Known(t.Context())
	require.NoError(t, err)
	return cs
}

const first = `{apiVersion: v1, kind: Config, current-context: mid,
clusters: [{name: c, cluster: {server: "https://one.example"}}],
contexts: [{name: zeta, context: {cluster: c, namespace: shop}}, {name: mid, context: {cluster: c}}]}`

const second = `{apiVersion: v1, kind: Config, current-context: alpha,
clusters: [{name: d, cluster: {server: "https://two.example"}}],
contexts: [{name: alpha, context: {cluster: d}}, {name: mid, context: {cluster: d}}, {name: "arn:aws:eks:eu-west-3:1:cluster/shop", context: {cluster: d}}]}`

func TestContextsComeInTheOrderOfTheFilesAndTheFirstFileWins(t *testing.T) {
	cs := known(t, built(t, settings(t), first, second))
	var names []string
	for _, c := range cs {
		names = append(names, c.Name)
		require.Equal(t, c.Name == "mid", c.Current, c.Name)
	}
	require.Equal(t, []string{"zeta", "mid", "alpha", "arn:aws:eks:eu-west-3:1:cluster/shop"}, names)
	require.Equal(t, "shop", cs[0].Namespace)
	require.Equal(t, "https://one.example", cs[1].URL, "a context of two files is that of the first, as with kubectl")
}

func TestTheSettingsOfAClusterAreThoseOfTheFirstEntryThatMatches(t *testing.T) {
	c := settings(t)
	c.Clusters = []config.Cluster{
		{Context: "arn:aws:eks:*", Alias: "eks", Namespaces: []string{"shop"}},
		{Context: "z?ta", Alias: "last"},
		{Context: "[", Alias: "broken"},
		{Context: "*", Alias: "other"},
	}
	b := built(t, c, first, second)
	aliases := map[string]string{}
	for _, k := range known(t, b) {
		aliases[k.Name] = k.Alias
	}
	require.Equal(t, "eks", aliases["arn:aws:eks:eu-west-3:1:cluster/shop"], "a glob goes over the slashes that names have")
	require.Equal(t, "last", aliases["zeta"])
	require.Equal(t, []string{"shop"}, b.NamespacesOf("arn:aws:eks:eu-west-3:1:cluster/shop"))
	require.Empty(t, b.NamespacesOf("zeta"))
}

func TestAliasesOfTheSettingsAreMadeUnique(t *testing.T) {
	c := settings(t)
	c.Clusters = []config.Cluster{{Context: "*", Alias: "same"}}
	seen := map[string]bool{}
	for _, k := range known(t, built(t, c, first, second)) {
		require.False(t, seen[k.Alias], k.Alias)
		seen[k.Alias] = true
	}
}

func TestAContextWhoseClusterIsNotThereIsNotLookedForOnThisMachine(t *testing.T) {
	b := built(t, settings(t), `{apiVersion: v1, kind: Config, current-context: x, contexts: [{name: x, context: {cluster: none, user: none}}]}`)
	_, err := b.Overview(t.Context(), fred.Query{})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.EqualError(t, err, `context "x" names a cluster "none" that the kubeconfig does not have`)
	require.NotEmpty(t, fault.HintOf(err))
}

func TestAKubeconfigThatOthersMayReadIsWorthANote(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("modes mean something else there")
	}
	b := built(t, settings(t), first)
	require.Empty(t, b.Notes)
	path := os.Getenv("KUBECONFIG")
	require.NoError(t, os.Chmod(path, 0o644))
	again, err := wire.Build(settings(t), wire.Options{Kube: genericclioptions.NewConfigFlags(true)})
	require.NoError(t, err)
	t.Cleanup(again.Close)
	require.Len(t, again.Notes, 1)
	require.Contains(t, again.Notes[0], "chmod go-r "+path)
}

func TestACacheIsKeptWhereTheSettingsSayOrRefused(t *testing.T) {
	a := testutil.NewAPI(t)
	for _, url := range []string{"mem://", filepath.Join(t.TempDir(), "plain"), "file://" + filepath.ToSlash(filepath.Join(t.TempDir(), "a b"))} {
		c := settings(t)
		c.Cache.URL = strings.ReplaceAll(url, " ", "%20")
		_, err := built(t, c, a.Kubeconfig("dev", "")).Overview(t.Context(), fred.Query{})
		require.NoError(t, err)
		if path := strings.TrimPrefix(url, "file://"); path != "mem://" {
			require.DirExists(t, path)
		}
	}
	for _, url := range []string{"s4://bucket", "http://x", "://"} {
		c := settings(t)
		c.Cache.URL = url
		_, err := wire.Build(c, wire.Options{Kube: genericclioptions.NewConfigFlags(true)})
		require.Equal(t, fault.Invalid, fault.KindOf(err), "%s: %v", url, err)
		require.NotEmpty(t, fault.HintOf(err), url)
	}
}

func TestATimeoutThatIsNoneIsRefused(t *testing.T) {
	for _, timeout := range []time.Duration{0, -time.Second} {
		c := settings(t)
		c.Timeout = timeout
		_, err := wire.Build(c, wire.Options{Kube: genericclioptions.NewConfigFlags(true)})
		require.Equal(t, fault.Invalid, fault.KindOf(err))
	}
}

func TestFlagsOfKubectlReachTheCluster(t *testing.T) {
	a := testutil.NewAPI(t)
	a.Token = "right"
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	path := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(a.Kubeconfig("dev", ""), `"right"`, `"wrong"`, 1)), 0o600))
	flags := genericclioptions.NewConfigFlags(true)
	flags.KubeConfig = &path
	ask := func() error {
		b, err := wire.Build(settings(t), wire.Options{Kube: flags})
		require.NoError(t, err)
		defer b.Close()
		_, err = b.Overview(t.Context(), fred.Query{})
		return err
	}
	require.Equal(t, fault.Unauthorized, fault.KindOf(ask()))
	flags.BearerToken = new("right")
	require.NoError(t, ask())
}

func TestAServerMakesNoKeyOfPseudonymsAndUsesTheOneThereIs(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	key := filepath.Join(home, ".fred", "pseudonym.key")
	a := testutil.NewAPI(t)
	c := settings(t)
	command := built(t, c, a.Kubeconfig("dev", ""))
	_, err := command.Overview(t.Context(), fred.Query{})
	require.NoError(t, err)
	server, err := wire.Build(c, wire.Options{Kube: genericclioptions.NewConfigFlags(true), Server: true})
	require.NoError(t, err)
	t.Cleanup(server.Close)
	masked := func(f *fred.Fred) error {
		_, err := f.Export(t.Context(), fred.ExportQuery{Pseudonyms: true}, io.Discard, "test")
		return err
	}
	err = masked(server.Fred)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.HintOf(err), "fred cache export --pseudonyms")
	require.NoFileExists(t, key)
	require.NoError(t, masked(command.Fred))
	require.FileExists(t, key)
	require.NoError(t, masked(server.Fred))
}

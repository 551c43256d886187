package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/pkg/fault"
)

// sources are a settings file of that text, and an environment.
func sources(t testing.TB, text string, env ...string) config.Sources {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return config.Sources{File: path, Env: func(name string) string {
		for i := 0; i+1 < len(env); i += 2 {
			if env[i] == name {
				return env[i+1]
			}
		}
		return ""
	}}
}

func load(t testing.TB, s config.Sources) config.Config {
	t.Helper()
	c, err := config.Load(s)
	require.NoError(t, err)
	return c
}

func TestWithoutAnySourceSettingsAreTheDefaults(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	c := load(t, config.Sources{Env: func(string) string { return "" }})
	require.Equal(t, filepath.Join(home, ".fred", "fred-backend-cache"), c.Cache.URL)
	require.Equal(t, "127.0.0.1", c.Server.Address)
	require.Equal(t, 8000, c.Server.Port)
	require.Equal(t, "/fred", c.Server.BaseURLPath)
	require.Equal(t, 30*time.Second, c.Timeout)
	require.Equal(t, "in-cluster", c.Cluster.Name)
	require.Equal(t, "off", c.Log.Level)
	require.False(t, c.Offline)
	require.Empty(t, c.Clusters)
}

func TestAnEmptyFileIsNoError(t *testing.T) {
	for _, text := range []string{"", "\n", "# nothing\n", "---\n", "{}\n"} {
		require.Equal(t, 8000, load(t, sources(t, text)).Server.Port, "%q", text)
	}
}

func TestFlagsWinOverTheEnvironmentThatOverTheFileAndThatOverDefaults(t *testing.T) {
	s := sources(t, "timeout: 5s\nserver: {port: 9000, address: 0.0.0.0, hosts: [a, b]}\noffline: true\n", "FRED_TIMEOUT", "7s", "FRED_SERVER_HOSTS", "c,d")
	c := load(t, s)
	require.Equal(t, 7*time.Second, c.Timeout)
	require.Equal(t, 9000, c.Server.Port)
	require.Equal(t, []string{"c", "d"}, c.Server.Hosts)
	require.True(t, c.Offline)
	s.Flags = map[string]any{"timeout": "9s", "server.hosts": []string{"e"}, "offline": "false"}
	c = load(t, s)
	require.Equal(t, 9*time.Second, c.Timeout)
	require.Equal(t, []string{"e"}, c.Server.Hosts)
	require.False(t, c.Offline)

	from := map[string]string{}
	all, err := config.Effective(s)
	require.NoError(t, err)
	for _, setting := range all {
		from[setting.Path] = setting.From
	}
	require.Equal(t, "flag", from["timeout"])
	require.Equal(t, "file", from["server.port"])
	require.Equal(t, "default", from["log.level"])
	require.Len(t, all, len(config.Fields()))
}

func TestEverySettingThatCanStandInTheEnvironmentIsReadFromThere(t *testing.T) {
	values := map[string]string{"duration": "3s", "int": "7", "bool": "true"}
	for _, f := range config.Fields() {
		if !f.Leaf {
			continue
		}
		value := "text"
		switch f.Path {
		case "timeout", "server.record":
			value = values["duration"]
		case "server.port", "import.entries", "import.entry", "import.total", "import.directory", "import.ratio":
			value = values["int"]
		case "offline", "server.insecure", "ui.k8Features":
			value = values["bool"]
		case "grid.live": // true by itself
			value = "false"
		}
		before, after := load(t, sources(t, "")), load(t, sources(t, "", f.Env, value))
		require.NotEqual(t, before, after, "%s changes %s", f.Env, f.Path)
		require.NotEmpty(t, f.Doc, f.Path)
	}
}

func TestClustersAreAListSinceNamesOfContextsMayHoldAnything(t *testing.T) {
	c := load(t, sources(t, `clusters:
- {context: "arn:aws:eks:eu-west-3:1:cluster/Prod.EU", alias: Prod, namespaces: [shop, Ops]}
- {context: "*"}
`))
	require.Equal(t, []config.Cluster{
		{Context: "arn:aws:eks:eu-west-3:1:cluster/Prod.EU", Alias: "Prod", Namespaces: []string{"shop", "Ops"}}, {Context: "*"},
	}, c.Clusters)
}

func TestWhatCannotBeMeantIsRefusedWithAHint(t *testing.T) {
	tests := []struct{ name, text, says, hint string }{
		{"an unknown setting", "server: {prot: 1}", "server.prot", `Did you mean "server.port"?`},
		{"an unknown section", "servers: {port: 1}", "servers.port", `Did you mean "server.port"?`},
		{"an unknown word at the top", "ofline: true", "ofline", `Did you mean "offline"?`},
		{"an unknown word unlike all", "zzz: 1", "zzz", "docs/settings.md"},
		{"an unknown setting of a cluster", "clusters: [{context: a, namespcaes: [x]}]", "namespcaes", "docs/settings.md"},
		{"a number that is none", "server: {port: many}", "server.port", "docs/settings.md"},
		{"a duration that is none", "timeout: soon", "timeout", "docs/settings.md"},
		{"a list where a section goes", "server: [a]", "server", ""},
		{"a section where a value goes", "timeout: {a: 1}", "timeout", ""},
		{"a text where a section goes", "server: hello", "server", ""},
		{"a list at the top", "- a\n- b\n", "read settings", "docs/settings.md"},
		{"a text at the top", "hello", "read settings", "docs/settings.md"},
		{"broken YAML", "server: {port: 1\n", "read settings", "docs/settings.md"},
		{"bytes that are no text", "\x00\xff\xfe", "read settings", "docs/settings.md"},
		{"a key twice", "offline: true\noffline: false\n", "read settings", "docs/settings.md"},
		{"the older Fred's configuration", "dao: {type: file}\nfrontend_settings: {}\n", "older Fred", "docs/migration.md"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sources(t, tt.text)
			_, err := config.Load(s)
			require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
			require.Contains(t, err.Error(), tt.says)
			require.Contains(t, fault.HintOf(err), tt.hint)
			require.NotEmpty(t, fault.HintOf(err))
		})
	}
}

func TestASettingsFileThatWasNamedMustBeThere(t *testing.T) {
	s := config.Sources{File: filepath.Join(t.TempDir(), "none.yaml"), Env: func(string) string { return "" }}
	_, err := config.Load(s)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	require.Contains(t, fault.HintOf(err), "--config")
	s.File = t.TempDir()
	_, err = config.Load(s)
	require.Equal(t, fault.Invalid, fault.KindOf(err), "a folder is no settings file")
}

func TestTheDocumentTellsOfEverySetting(t *testing.T) {
	doc := config.Document()
	for _, f := range config.Fields() {
		require.Contains(t, doc, "`"+f.Path+"`")
	}
}

func FuzzASettingsFileIsReadOrRefused(f *testing.F) {
	for _, seed := range []string{
		"", "timeout: 5s", "server: {port: 9000}", "clusters: [{context: a}]", "a: &a [*a]", "? {}", "dao: 1", "- x", "server:\n\tport: 1",
		"timeout: 9999999999999h", "server: {port: 1e400}", "clusters: {context: x}", "clusters: [1]", "\xef\xbb\xbfoffline: true", "a.b: 1", "server.port: 1", "~: 1", "1: 1",
	} {
		f.Add(seed)
	}
	path := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, text string) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		s := config.Sources{File: path, Env: func(string) string { return "" }}
		_, err := config.Load(s)
		if err != nil {
			require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
			require.NotEmpty(t, fault.HintOf(err))
			require.False(t, strings.HasPrefix(err.Error(), "panic"))
			return
		}
		_, err = config.Effective(s)
		require.NoError(t, err)
	})
}

func TestSizesAreQuantities(t *testing.T) {
	require.Equal(t, config.Import{Entries: 120_000, Entry: 64 << 20, Total: 2 << 30, Directory: 64 << 20, Ratio: 100}, load(t, sources(t, "")).Import)
	require.EqualValues(t, 3<<30, load(t, sources(t, "", "FRED_IMPORT_TOTAL", "3Gi")).Import.Total)
	require.EqualValues(t, 1000, load(t, sources(t, "import: {entry: 1k}")).Import.Entry)
	for _, bad := range []string{"much", "-1Gi", "0", "1GB", "8Ei", "1e30"} {
		_, err := config.Load(sources(t, "", "FRED_IMPORT_TOTAL", bad))
		require.ErrorContains(t, err, "is no size such as 64Mi", bad)
	}
	for _, bad := range []string{"import: {entries: 0}", "import: {ratio: -1}"} {
		_, err := config.Load(sources(t, bad))
		require.Equal(t, fault.Invalid, fault.KindOf(err), bad)
	}
}

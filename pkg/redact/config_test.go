package redact_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestConfigValue(t *testing.T) {
	token := letters(24)
	tests := []struct {
		name, value, format string
		paths               []string
	}{
		{
			"JSON", `{"server":{"port":8080,"hosts":["a","b"]},"users":[{"name":"x","password":"hunter2"}]}`, "json",
			[]string{"server.port", "server.hosts[]", "users[].name", "users[].password"},
		},
		{"a JSON list", `["hunter2", {"a": null}]`, "json", []string{"[]", "[].a"}},
		{
			"JSON whose keys are data", `{"` + token + `":1,"a@b.c":2,"x=y":3,"3f2504e04f8941d39a0c":4,"12345678":5,"two words":6,"ok":7}`, "json",
			[]string{"*", "ok"},
		},
		{"an escaped key", `{"p\u0061ss":1}`, "json", []string{"pass"}},
		{
			"YAML", "server:\n  port: 8080 # x\n  tls: {a: b}\nusers:\n- name: x\n  password: hunter2\n- name: y\nempty:\nlast: |\n  hunter2: x\n", "yaml",
			[]string{"server.port", "server.tls", "users[].name", "users[].password", "empty", "last"},
		},
		{"YAML lists of scalars", "hosts:\n  - a\n  - b\nports: [1]\n", "yaml", []string{"hosts[]", "ports"}},
		{"quoted YAML keys", "\"db password\": x\n'port': 1\n", "yaml", []string{"*", "port"}},
		{"YAML in documents", "---\na: 1\n---\nb: 2\n", "yaml", []string{"a", "b"}},
		{"YAML scalars over lines", "a: \"one\n  hunter2: x\"\nb: 1", "yaml", []string{"a", "b"}},
		{"nested YAML lists", "a:\n- - b: 1\n  - c: 2\n", "yaml", []string{"a[][].b", "a[][].c"}},
		{
			"properties", "# db\nspring.datasource.password=hunter2\nserver.port = 80\nempty.one=\nlong=a\\\n  hunter2=x\n", "properties",
			[]string{"spring.datasource.password", "server.port", "empty.one", "long"},
		},
		{"an environment file", "export DB_PASSWORD='hunter2'\nPORT=80", "properties", []string{"DB_PASSWORD", "PORT"}},
		{"INI", "[db]\npassword = hunter2\n; no\n[web]\nport=80", "ini", []string{"db.password", "web.port"}},
		{
			"TOML", "title = \"x\"\n[db.main]\npassword = \"hunter2\"\n[[server]]\nname = \"a\"\ntext = \"\"\"\nhunter2 = 1\n\"\"\"\n", "toml",
			[]string{"title", "db.main.password", "server[].name", "server[].text"},
		},
		{
			"XML", "<?xml version=\"1.0\"?>\n<!-- <no> -->\n<db><user>x</user><password>hunter2</password><ssl/></db>", "xml",
			[]string{"db.user", "db.password", "db.ssl"},
		},
		{"PEM", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----", "pem", nil},
		{"a script", "#!/bin/sh\nexport A=hunter2", "script", nil},
		{"text", "server {\n  listen 80;\n}\n", "text", nil},
		{"a single word", "hunter2", "text", nil},
		{"base64 with padding", "c2VjcmV0cGFzc3dvcmQ=", "text", nil},
		{"base64 with more padding", "c2VjcmV0cGFzc3dvcg==", "text", nil},
		{"a login", "admin:hunter2", "text", nil},
		{"nothing", "", "text", nil},
		{"bytes", "a\x00b", "binary", nil},
		{"bytes that are not UTF-8", "a\xff\xfeb", "binary", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := redact.ConfigValue("app.conf", []byte(tt.value), false)
			require.Equal(t, tt.format, c.Format)
			require.Equal(t, tt.paths, c.Paths)
			require.Equal(t, int64(len(tt.value)), c.Size)
			require.Nil(t, c.Value)
			require.NotContains(t, strings.Join(c.Paths, " "), planted)
			require.NotContains(t, strings.Join(c.Paths, " "), token)
		})
	}
}

func TestConfigValueOfBinaryDataTellsItsSizeOnly(t *testing.T) {
	c := redact.ConfigValue("store.jks", []byte(`{"password":"hunter2"}`), true)
	require.Equal(t, redact.ConfigKey{Key: "store.jks", Size: 22, Format: "binary"}, c)
}

func TestConfigValueMasksAKeyThatIsASecret(t *testing.T) {
	require.Equal(t, "‹redacted: github-token›", redact.ConfigValue("ghp_"+letters(36), nil, false).Key)
}

func TestConfigValueStopsAtItsLimits(t *testing.T) {
	var wide, deep strings.Builder
	for i := range 1000 {
		wide.WriteString("key" + strconv.Itoa(i) + ": 1\n")
		deep.WriteString(`{"a":`)
	}
	require.Len(t, redact.ConfigValue("x", []byte(wide.String()), false).Paths, 64)
	require.NotPanics(t, func() { redact.ConfigValue("x", []byte(deep.String()), false) })
	paths := redact.ConfigValue("x", []byte(strings.Repeat(`{"a":`, 20)+"1"+strings.Repeat("}", 20)), false).Paths
	require.Equal(t, []string{"a.a.a.a.a.a.a.a"}, paths)
}

func TestConfigKeyLeavesOutWhatIsNotThere(t *testing.T) {
	b, err := json.Marshal(redact.ConfigValue("a", nil, false))
	require.NoError(t, err)
	require.JSONEq(t, `{"key":"a","size":0,"format":"text"}`, string(b))
}

func FuzzConfigValue(f *testing.F) {
	f.Add("{\"a\":\"%\",\"%\":1}")
	f.Add("a:\n  - b: %\n    %: 1\n")
	f.Add("[%]\na=%\n%=b\n")
	f.Add("<a b=\"%\">%<%/></a>")
	f.Add("x = \"\"\"%\n% = 1\"\"\"")
	secret := letters(24)
	f.Fuzz(func(t *testing.T, doc string) {
		c := redact.ConfigValue("k", []byte(strings.ReplaceAll(doc, "%", secret)), false)
		require.NotContains(t, strings.Join(c.Paths, " "), secret)
		require.LessOrEqual(t, len(c.Paths), 64)
	})
}

func BenchmarkConfigValue(b *testing.B) {
	large := map[string][]byte{
		"json":       []byte(`{"a":"` + strings.Repeat("x", 1<<20) + `"}`),
		"json-keys":  []byte(`[` + strings.Repeat(`{"aa":{"bb":[1,2,"x"]}},`, 40000) + `1]`),
		"yaml":       bytes.Repeat([]byte("a:\n  b:\n  - c: 1\n    d: x\n"), 40000),
		"properties": bytes.Repeat([]byte("server.port=8080\n"), 60000),
		"text":       bytes.Repeat([]byte("some words in a line\n"), 50000),
		"xml":        bytes.Repeat([]byte("<a><b>1</b></a>\n"), 60000),
	}
	for name, value := range large {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				redact.ConfigValue("k", value, false)
			}
		})
	}
}

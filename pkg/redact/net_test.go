package redact_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestNet(t *testing.T) {
	tests := []struct{ name, doc, want, path, rule string }{
		{
			"a string by its shape", `{"items":[{"namespace":"shop","name":"web","spec":{"image":"x AKIAIOSFODNN7EXAMPLE"}}]}`,
			`{"items":[{"namespace":"shop","name":"web","spec":{"image":"x ‹redacted: aws-access-key›"}}]}`, "items[0] shop/web .spec.image", "aws-access-key",
		},
		{
			"an object by its metadata", `{"items":[{},{"metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"app","env":[{"name":"DB_PASSWORD","value":"hunter2"}]}]}}]}`,
			`{"items":[{},{"metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"app","env":[{"name":"DB_PASSWORD","value":"‹redacted: telling-name›"}]}]}}]}`,
			"items[1] shop/web .spec.containers[0].env[0].value", "telling-name",
		},
		{"a name that comes last", `{"spec":{"url":"http://u:hunter2@h"},"name":"web"}`, `{"spec":{"url":"http://‹redacted: userinfo›@h"},"name":"web"}`, "web spec.url", "userinfo"},
		{"a document without names", `["http://u:hunter2@h"]`, `["http://‹redacted: userinfo›@h"]`, "[0]", "userinfo"},
		{"a string alone", `"http://u:hunter2@h"`, `"http://‹redacted: userinfo›@h"`, "", "userinfo"},
		{"a password by its key", `{"password":"hunter2"}`, `{"password":"‹redacted: telling-name›"}`, "password", "telling-name"},
		{"a numeric password by its key", `{"db":{"password":12345}}`, `{"db":{"password":"‹redacted: telling-name›"}}`, "db.password", "telling-name"},
		{"a list of passwords", `{"passwords":["hunter2"]}`, `{"passwords":["‹redacted: telling-name›"]}`, "passwords[0]", "telling-name"},
		{"a random value under a key", `{"salt":"` + letters(32) + `"}`, `{"salt":"‹redacted: high-entropy›"}`, "salt", "high-entropy"},
		{"a value before its name", `{"value":"hunter2","name":"DB_PASSWORD"}`, `{"value":"‹redacted: telling-name›","name":"DB_PASSWORD"}`, "DB_PASSWORD value", "telling-name"},
		{"a numeric value", `{"name":"DB_PASSWORD","value":12345}`, `{"name":"DB_PASSWORD","value":"‹redacted: telling-name›"}`, "DB_PASSWORD value", "telling-name"},
		{"a value of a ConfigMap", `{"key":"db.password","value":"hunter2"}`, `{"key":"db.password","value":"‹redacted: telling-name›"}`, "value", "telling-name"},
		{"a value below its key", `{"password":{"value":"hunter2"}}`, `{"password":{"value":"‹redacted: telling-name›"}}`, "password.value", "telling-name"},
		{"a flag's value", `{"args":["--password","hunter2","--port","80"]}`, `{"args":["--password","‹redacted: telling-name›","--port","80"]}`, "args[1]", "telling-name"},
		{"a key that is a secret", `{"AKIAIOSFODNN7EXAMPLE":1}`, `{"‹redacted: aws-access-key›":1}`, "‹redacted: aws-access-key›", "aws-access-key"},
		{"an escaped key", `{"p\u0061ssword":"hunter2"}`, `{"p\u0061ssword":"‹redacted: telling-name›"}`, "password", "telling-name"},
		{"escaped markup", `{"x":"\u003cpassword\u003ehunter2\u003c/password\u003e"}`, `{"x":"<password>‹redacted: telling-name›</password>"}`, "x", "telling-name"},
		{"JSON in JSON", `{"x":"{\"password\":\"hunter2\"}"}`, `{"x":"{\"password\":\"‹redacted: telling-name›\"}"}`, "x", "telling-name"},
		{"a termination message", `{"message":"dial postgres://u:hunter2@db: refused\n"}`, `{"message":"dial postgres://‹redacted: userinfo›@db: refused\n"}`, "message", "userinfo"},
		{
			"last-applied-configuration", `{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"DB_PASSWORD\":\"hunter2\"}}"}}`,
			`{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"DB_PASSWORD\":\"‹redacted: telling-name›\"}}"}}`,
			"annotations.kubectl.kubernetes.io/last-applied-configuration", "telling-name",
		},
		{"a path without control characters", `{"a\u001b[31m":"http://u:hunter2@h"}`, `{"a\u001b[31m":"http://‹redacted: userinfo›@h"}`, "a", "userinfo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean, hits, err := redact.Net([]byte(tt.doc))
			require.NoError(t, err)
			require.Equal(t, tt.want, string(clean))
			require.Equal(t, []redact.Hit{{Path: tt.path, Rule: tt.rule}}, hits)
			again, hits, err := redact.Net(clean)
			require.NoError(t, err)
			require.Empty(t, hits)
			require.Equal(t, string(clean), string(again))
		})
	}
}

func TestNetLeavesAlone(t *testing.T) {
	tests := []struct{ name, doc string }{
		{"a reference to a Secret", `{"secretName":"db","secretKeyRef":{"name":"db","key":"password"}}`},
		{"names of Secrets", `{"secrets":["db","default-token-x7k2p"],"secret":"web-tls-v2","imagePullSecrets":[{"name":"regcred"}]}`},
		{"a toleration", `{"key":"node.kubernetes.io/not-ready","operator":"Exists"}`},
		{"a taint with a value", `{"key":"dedicated","value":"gpu"}`},
		{"counts of tokens", `{"promptTokens":120,"tokens":5000,"costPerToken":0.0001,"token":3}`},
		{"a lifetime", `{"tokenExpirationSeconds":3607,"expirationSeconds":3607,"path":"token"}`},
		{"a hash under a key", `{"key":"9b8e0a4f6d2c1b7a5e3f9d8c7b6a5948372615049f8e7d6c5b4a39281706f5e4"}`},
		{"a boolean", `{"automountServiceAccountToken":"false","password":""}`},
		{"masked values", `{"password":"‹string›","token":"‹redacted: jwt›"}`},
		{"volumes as providers call them", `{"volume":["vol-0a1b2c3d4e5f60718","aws://eu-west-3a/vol-0a1b2c3d4e5f60718","fs-0a1b2c3d4e5f60718::fsap-0718f5e4d3c2b1a09",` +
			`"projects/acme-1/zones/europe-west1-b/disks/pvc-3f2504e0-4f89-41d3-9a0c-0305e82c3301","pvc-3f2504e0-4f89-41d3-9a0c-0305e82c3301",` +
			`"/subscriptions/3f2504e0-4f89-41d3-9a0c-0305e82c3301/resourceGroups/MC_a_b_westeurope/providers/Microsoft.Compute/disks/pvc-1",` +
			`"mc_a_b_westeurope#f3f2504e04f8941d39a0c03#pvc-3f2504e0-4f89-41d3-9a0c-0305e82c3301###default",` +
			`"0001-0009-rook-ceph-0000000000000001-3f2504e0-4f89-41d3-9a0c-0305e82c3301","nas.example.com#export#pvc-1##","102345678"]}`},
		{"an environment", `[{"name":"LOG_LEVEL","value":"info"},{"name":"DB_PASSWORD","valueFrom":{}}]`},
		{"odd but valid JSON", " {\"a\" : [ ] , \"b\":{ },\"c\":-1.5E+3,\"d\":\"\\u00e9\\ud83d\\ude00\\/\"}\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean, hits, err := redact.Net([]byte(tt.doc))
			require.NoError(t, err)
			require.Empty(t, hits)
			require.Equal(t, tt.doc, string(clean))
		})
	}
}

func TestNetRefusesWhatIsNotJSON(t *testing.T) {
	docs := []string{
		"", " ", "{", "}", "[1,]", `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `"a`, "\"a\nb\"", `"\x"`, `"\u12g4"`, "01", "1.", "-", "1e",
		"tru", "nul", "{} {}", "[1 2]", `{"a":1 "b":2}`, "password: x", strings.Repeat("[", 20000),
	}
	for _, doc := range docs {
		require.False(t, json.Valid([]byte(doc)))
		clean, hits, err := redact.Net([]byte(doc))
		require.Error(t, err, doc)
		require.Empty(t, clean)
		require.Empty(t, hits)
	}
}

func TestNetMasksEveryHitOfManyAndNamesEach(t *testing.T) {
	doc := bytes.ReplaceAll(podList(30), []byte(`"value":"info"`), []byte(`"value":"postgres://u:hunter2@db/x"`))
	clean, hits, err := redact.Net(doc)
	require.NoError(t, err)
	require.Len(t, hits, 30)
	require.NotContains(t, string(clean), planted)
	require.Equal(t, "items[29] shop/web-7d9f8b6c5d-x2k00029 .spec.containers[0].env[0].value", hits[29].Path)
	require.Equal(t, string(bytes.ReplaceAll(doc, []byte("u:hunter2"), []byte("‹redacted: userinfo›"))), string(clean))
}

func FuzzNet(f *testing.F) {
	f.Add(`{"a":"%","%":1}`)
	f.Add(`[{"value":"%","name":"x","key":["%"]}]`)
	f.Add(`{"metadata":{"name":"%"},"x":"\u003cp\u003e%"}`)
	f.Add(`["--password","\"%","-p"]`)
	f.Add(`{"password":12,"token":"‹redacted: jwt› %"}`)
	secret := "ghp_" + letters(36)
	f.Fuzz(func(t *testing.T, doc string) {
		b := []byte(strings.ReplaceAll(doc, "%", secret))
		before := bytes.Clone(b)
		clean, hits, err := redact.Net(b)
		require.Equal(t, before, b, "the document is not written to")
		require.Equal(t, json.Valid(b), err == nil)
		if err != nil {
			return
		}
		require.True(t, json.Valid(clean))
		require.NotContains(t, string(clean), secret)
		require.Equal(t, len(hits) == 0, bytes.Equal(b, clean))
		for _, hit := range hits {
			require.NotContains(t, hit.Path, secret)
		}
		again, hits, err := redact.Net(clean)
		require.NoError(t, err)
		require.Empty(t, hits, "%s", clean)
		require.Equal(t, string(clean), string(again))
	})
}

package redact_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

// Every rule follows text only so far that no text, however it was made up,
// costs the square of its length. With 256 KiB a rule that does takes minutes.
func TestHostileTextCostsNoMoreThanItsLength(t *testing.T) {
	pieces := []string{
		"://", "a://b:", "-----BEGIN", "-----BEGIN X-----", "-----END", "MII ", "MII", "eyJ.", "eyJ", "sk-", "sk-ant-", "--",
		"key=", "key='", `key=\"`, "key: ", "key:", "key: [", "token: [", "tokens: [a,", "key:\n", "key: |\n", "token:\n - a\n", "password=", "password:", "<key>",
		"<key><![CDATA[", "<a", ">", "=", "@", "a:b@", "a:b@c:", " -p", "mysql -p", " -u ", "--token ", "--token=", "\"password\":", "value=", "name=value=",
		"‹redacted: jwt›", "‹", "Bearer ", "Bearer%20", "Basic ", "PASSWORD '", "$6$", "AKIA", "hooks.slack.com/", "\\", "\"", "\x1b]", "\u009d", "\x1b[", "- ", "[", "{\"a\":",
	}
	start := time.Now()
	for _, piece := range pieces {
		text := strings.Repeat(piece, 256<<10/len(piece))
		redact.Text(text)
		redact.Terminal(text)
		redact.ConfigValue("k", []byte(text), false)
		redact.Args([]string{text})
		redact.Env(text, text)
		_, _, err := redact.Net([]byte(text)) // Net of a string is Text
		require.Error(t, err, "%q", piece)
		require.Less(t, time.Since(start), time.Minute, "%q", piece)
	}
}

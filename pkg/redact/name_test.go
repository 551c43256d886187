package redact_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestTelling(t *testing.T) {
	telling := []string{
		"password", "PASSWORD", "DB_PASSWORD", "dbPassword", "db.password", "db-password", "PASSWORD1", "PGPASSWORD",
		"pAsSwOrD", "PASS_WORD", "MYSQL_PWD", "dbpwd", "DB_PASS", "dbpass", "rootpw", "ROOT_PW", "passwd", "passphrase",
		"pin", "PIN_CODE", "secret", "clientSecret", "CLIENT_SECRETS", "token", "API_TOKEN", "authToken", "authtoken",
		"TOKENS", "key", "API_KEY", "APIKey", "apikey", "x-api-key", "accessKeyID", "AWS_ACCESS_KEY_ID", "sshkey",
		"private_key", "auth", "AUTH_ENABLED", "oauth2", "OAuth2ClientID", "basicAuth", "authorization", "cred", "DB_CREDS",
		"credentials", "salt", "PASSWORD_SALT", "signature", "sig", "session", "SESSION_ID", "cookie", "dsn", "DB_DSN",
		"connectionString", "connection-string", "CONN_STR", "license", "LICENSE_KEY", "jwt", "TOKEN_TTL", "bearer",
		"GITHUB_PAT", "sas", "otp", "dockerconfigjson", ".dockerconfigjson", "PASSWORD_MIN_LENGTH", "passThrough", "mdp",
	}
	for _, name := range telling {
		require.True(t, redact.Telling(name), name)
	}
	mute := []string{
		"", "_", "monkey", "MONKEY_ISLAND", "keyboard", "KEYBOARD_LAYOUT", "spinner", "pinned", "spin", "author", "AUTHOR",
		"authority", "tokenizer_threads", "TOKENIZERS_PARALLELISM", "passenger", "PASSENGER_MAX", "bypass", "compass",
		"keycloak_url", "KEYSPACE", "hotkey", "donkey", "turkey", "port", "PORT", "host", "LOG_LEVEL", "WORKERS",
		"replicas", "salty", "dashboard", "significant", "obsession", "patch", "path", "pattern",
		"cookiecutter", "certificate_days", "bearing", "connections", "MAX_CONNECTIONS", "licensing", "credit", "sass", "asset",
	}
	for _, name := range mute {
		require.False(t, redact.Telling(name), name)
	}
}

func TestTellingDoesNotAllocate(t *testing.T) {
	require.Zero(t, testing.AllocsPerRun(50, func() { redact.Telling("spring.datasource.hikari.maximumPoolSize") }))
}

func BenchmarkTelling(b *testing.B) {
	for b.Loop() {
		redact.Telling("SPRING_DATASOURCE_URL")
	}
}

package redact_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

// planted is a secret without any shape of its own.
const planted = "hunter2"

func TestTextMasksAValueBesideATellingName(t *testing.T) {
	tests := []struct{ name, text string }{
		{"a flat key in YAML", "DB_PASSWORD: hunter2"},
		{"a flat key among others", "host: db\nDB_PASSWORD: hunter2\nport: 5432"},
		{"an indented key", "db:\n  password: hunter2\n"},
		{"a key in a list", "- password: hunter2"},
		{"a key with a comment behind", "password: hunter2 # rotate me"},
		{"a passphrase of several words", "password: correct hunter2 battery"},
		{"JSON", `{"user":"app","password":"hunter2","port":5432}`},
		{"JSON with spaces", `{ "password" : "hunter2" }`},
		{"JSON in JSON", `{\"password\": \"hunter2\"}`},
		{"JSON twice in JSON", `{\\\"password\\\": \\\"hunter2\\\"}`},
		{"pretty JSON", "{\n  \"password\": \"hunter2\",\n  \"port\": 1\n}"},
		{"quoted YAML", `"password": "hunter2"`},
		{"YAML in single quotes", `'password': 'hunter2'`},
		{"YAML flow style", `{user: app, password: hunter2, port: 1}`},
		{"a YAML block scalar", "password: |\n  hunter2\n  more\nport: 1"},
		{"a folded YAML block scalar", "a:\n  password: >-\n    hunter2\nport: 1"},
		{"a YAML list", "passwords:\n  - hunter2\n  - other\nport: 1"},
		{"a YAML list that is not indented", "passwords:\n- hunter2\nport: 1"},
		{"a list in flow style", `passwords: [hunter2, other]`},
		{"a JSON list", `"tokens": ["hunter2"]`},
		{"an escaped quote within the value", `"password": "a\"hunter2"`},
		{"a doubled quote within the value", `password: 'a''hunter2'`},
		{"a value without a closing quote", `password: "hunter2`},
		{"properties", "spring.datasource.password=hunter2"},
		{"properties with a space in the value", "db.password=my hunter2\nport=1"},
		{"an environment file", "export DB_PASSWORD='hunter2'"},
		{"INI", "[db]\npassword = hunter2"},
		{"TOML", `password = "hunter2"`},
		{"XML", "<db><password>hunter2</password></db>"},
		{"XML with spaces", "<password>\n  hunter2\n</password>"},
		{"XML CDATA", "<password><![CDATA[hunter2]]></password>"},
		{"an XML attribute", `<user name="x" password="hunter2"/>`},
		{"an XML couple", `<property name="db.password" value="hunter2"/>`},
		{"an XML element named by its attribute", `<entry key="password">hunter2</entry>`},
		{"a JSON couple", `[{"name":"DB_PASSWORD","value":"hunter2"}]`},
		{"a YAML couple", "- name: DB_PASSWORD\n  value: hunter2"},
		{"JDBC with semicolons", "jdbc:sqlserver://db:1433;databaseName=x;user=sa;password=hunter2;encrypt=true"},
		{"JDBC with a query", "jdbc:postgresql://db/x?user=app&password=hunter2&ssl=true"},
		{"JDBC with braces", "jdbc:sqlserver://db;password={hun;hunter2};encrypt=true"},
		{"JAAS", `org.apache.kafka.common.security.plain.PlainLoginModule required username="app" password="hunter2";`},
		{"libpq", "host=db user=app password=hunter2 dbname=x"},
		{"ADO", "Server=db;User Id=app;Pwd=hunter2;Database=x"},
		{"a query", "https://api.example.com/v1?api_key=hunter2&x=1"},
		{"a flag with an equals sign", "server --password=hunter2 --port=80"},
		{"a flag and the next word", "server --password hunter2 --port 80"},
		{"a flag and the next quoted word", `server --password "hunter2 x"`},
		{"a flag and the next element", `["server", "--password", "hunter2"]`},
		{"a Java flag", "java -Djavax.net.ssl.keyStorePassword=hunter2 -jar x.jar"},
		{"keytool", "keytool -list -storepass hunter2"},
		{"curl", "curl -u admin:hunter2 http://x/"},
		{"MySQL's -p", "mysqldump -uroot -phunter2 shop"},
		{"a log line", "msg=connected password:hunter2 user:x"},
		{"camelCase", `dbPassword: hunter2`},
		{"capitals across a word", `dbPassWord: hunter2`},
		{"a header", "X-Api-Key: hunter2"},
		{"an authorization header", "Authorization: Bearer hunter2"},
		{"SQL", "ALTER USER app WITH PASSWORD 'hunter2';"},
		{"MySQL's SQL", "CREATE USER x IDENTIFIED BY 'hunter2'"},
		{"Go's DSN", "app:hunter2@tcp(db:3306)/shop"},
		{"userinfo", "postgres://app:hunter2@db:5432/shop"},
		{"userinfo with an @", "postgres://app:p@hunter2@db/shop"},
		{"userinfo with a slash", "amqp://app:a/hunter2@mq/vhost"},
		{"userinfo without a user", "redis://:hunter2@cache:6379/0"},
		{"a token for a user", "https://hunter2@github.com/x/y.git"},
		{"a proxy", "http_proxy: app:hunter2@proxy:3128"},
		{"a termination message", "panic: dial postgres://app:hunter2@db:5432: connection refused"},
		{"an assignment in Go", `password := "hunter2"`},
		{"an assignment in Ruby", `password => "hunter2"`},
		{"a placeholder that is none", "password=‹hunter2›"},
		{"a placeholder of an unknown rule", "password=‹redacted: hunter2›"},
		{"an XML couple in capitals", `<add key="ApiKey" value="hunter2" />`},
		{"an XML couple the other way round", `<add value="hunter2" key="ApiKey" />`},
		{"a JSON couple the other way round", `[{"value":"hunter2","name":"DB_PASSWORD"}]`},
		{"a value below its key", "password:\n  value: hunter2"},
		{"a value below its key in JSON", `"password":{"value":"hunter2"}`},
		{"an escaped equals sign", `["--password\u003dhunter2"]`},
		{"escaped markup", `\u003cpassword\u003ehunter2\u003c/password\u003e`},
		{"an encoded parameter", "https://x/?next=%2Fy%3Fpassword%3Dhunter2"},
		{"a cookie", "Cookie: sid=hunter2; theme=dark"},
		{"netrc", "machine x login app password hunter2"},
		{"Redis' directive", "requirepass hunter2"},
		{"Redis' flag", "redis-cli -h x -a hunter2 ping"},
		{"sshpass", "sshpass -p hunter2 ssh x"},
		{"a default in a reference", "password=${DB:-hunter2}"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean, rule := redact.Text(tt.text)
			require.NotContains(t, clean, planted)
			require.NotEmpty(t, rule)
			require.Contains(t, clean, "‹redacted: "+rule+"›")
			again, rule := redact.Text(clean)
			require.Equal(t, clean, again)
			require.Empty(t, rule)
		})
	}
}

func TestTextKeepsWhatStandsAround(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"the scheme and the host of a URL", "postgres://app:hunter2@db:5432/shop?sslmode=require", "postgres://‹redacted: userinfo›@db:5432/shop?sslmode=require"},
		{"the rest of a connection string", "Server=db;Pwd=x9;Database=shop", "Server=db;Pwd=‹redacted: telling-name›;Database=shop"},
		{"the other flags", "run --password x9 --port 80", "run --password ‹redacted: telling-name› --port 80"},
		{"the other members", `{"password":"x9","port":1}`, `{"password":"‹redacted: telling-name›","port":1}`},
		{"the other lines", "a: 1\npassword: |\n  x\n  y\nb: 2", "a: 1\npassword: |\n  ‹redacted: telling-name›\nb: 2"},
		{"a numeric password's name", "PIN: 1234\nport: 80", "PIN: ‹redacted: telling-name›\nport: 80"},
		{"the text around a PEM block", "a -----BEGIN X-----\nabc\n-----END X----- b", "a ‹redacted: pem› b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean, _ := redact.Text(tt.text)
			require.Equal(t, tt.want, clean)
		})
	}
}

func TestTextLeavesAlone(t *testing.T) {
	tests := []struct{ name, text string }{
		{"a port", "port: 8080"},
		{"a port in a flag", "--port=8080"},
		{"a host name", "host=db.shop.svc.cluster.local"},
		{"an image with a digest", "registry.example.com:5000/shop/web:1.27.3@sha256:9b8e0a4f6d2c1b7a5e3f9d8c7b6a5948372615049f8e7d6c5b4a39281706f5e4"},
		{"an image that is called password", "docker.io/acme/password:1.2.3"},
		{"a revision as a tag", "ghcr.io/acme/web:3f2504e04f8941d39a0c0305e82c3301aabbccdd"},
		{"a revision beside a key", "key: 3f2504e04f8941d39a0c0305e82c3301aabbccdd"},
		{"a UID", "uid: 3f2504e0-4f89-41d3-9a0c-0305e82c3301"},
		{"a pod", "web-7d9f8b6c5d-x2k9p"},
		{"a ReplicaSet's hash", "pod-template-hash: 7d9f8b6c5d"},
		{"a monkey", "monkey: banana"},
		{"a monkey in JSON", `{"monkey": "banana"}`},
		{"a spinner", "spinner=true"},
		{"a resource version", "resourceVersion: \"123456789\""},
		{"a qualified name", "key: node.kubernetes.io/not-ready"},
		{"a date", "expires: 2026-11-22T10:00:00Z"},
		{"a reference to a Secret", "secretName: db"},
		{"a reference with digits", "secretName: db-credentials-v2"},
		{"a reference to a key", "secretKeyRef:\n  name: db\n  key: password"},
		{"a reference in JSON", `"valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}`},
		{"pull secrets", "imagePullSecrets:\n- name: regcred"},
		{"a Kubernetes reference", "--password=$(DB_PASSWORD)"},
		{"a reference in a URL", "postgres://app:$(DB_PASSWORD)@db/shop"},
		{"a shell reference", "password: ${DB_PASSWORD}"},
		{"a boolean", "passwordRequired: true"},
		{"an empty password", `password: ""`},
		{"stars", "password: ******"},
		{"an absent one", "password: <none>"},
		{"a lifetime", "tokenTTL: 3600"},
		{"an expiry", "tokenExpirationSeconds: 3607"},
		{"a missing Secret", `Error: secret "db" not found`},
		{"a missing key", "couldn't find key password in Secret shop/db"},
		{"a registry's refusal", `failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://auth.docker.io/token?scope=repository%3Ax: 401 Unauthorized`},
		{"a database's refusal", `pq: password authentication failed for user "app"`},
		{"an authentication scheme", `Bearer realm="https://auth.docker.io/token",service="registry.docker.io"`},
		{"basic authentication as words", "basic authentication is disabled"},
		{"a mention of PEM", "expected -----BEGIN CERTIFICATE----- at the start"},
		{"a mail address", "owner: alice@example.com"},
		{"a mail link", "mailto:alice@example.com"},
		{"an OIDC user", "oidc:alice@example.com"},
		{"a public user", "ssh://git@github.com/acme/web.git"},
		{"a path with an @", "https://example.com/@alice/x"},
		{"a host with a port and an @", "https://example.com:8080/@alice"},
		{"a file", "--password-file=/etc/x/password"},
		{"a file as the next word", "--password-file /etc/x/password"},
		{"numeric owners", "docker run -u 1000:1000 x"},
		{"an arrow", "a -> b"},
		{"a list of names", "secrets: [db, tls]"},
		{"prose", "the key: take the keyboard, author and passenger included"},
		{"another language", "clé: été, 密码学"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean, rule := redact.Text(tt.text)
			require.Empty(t, rule)
			require.Equal(t, tt.text, clean)
		})
	}
}

// letters makes the body of a key: mixed classes, no pattern.
func letters(n int) string {
	return strings.Repeat("aZ3xK9qLm2Rt7VbNc4Wy8PdHs6Jf1Gg0", 8)[:n]
}

func hexDigits(n int) string { return strings.Repeat("3f2504e04f8941d39a0c0305e82c3301", 8)[:n] }

func TestTextKnowsTheShapeOf(t *testing.T) {
	jwt := "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJpc3MiOiJrdWJlcm5ldGVzIn0.c2lnbmF0dXJl"
	tests := []struct{ name, secret, rule string }{
		{"a JWT", jwt, "jwt"},
		{"a Docker login", "eyJhdXRocyI6eyJyZWdpc3RyeSI6eyJhdXRoIjoiZFhObGNqcHdZWE56In19fQ==", "jwt"},
		{"AWS's access key", "AKIAIOSFODNN7EXAMPLE", "aws-access-key"},
		{"AWS's temporary key", "ASIAIOSFODNN7EXAMPLE", "aws-access-key"},
		{"Google's API key", "AIza" + letters(35), "google-api-key"},
		{"Google's OAuth token", "ya29." + letters(40), "google-oauth"},
		{"GitHub's personal token", "ghp_" + letters(36), "github-token"},
		{"GitHub's OAuth token", "gho_" + letters(36), "github-token"},
		{"GitHub's server token", "ghs_" + letters(36), "github-token"},
		{"GitHub's fine-grained token", "github_pat_" + letters(22) + "_" + letters(59), "github-token"},
		{"GitLab's token", "glpat-" + letters(20), "gitlab-token"},
		{"Slack's bot token", "xoxb-123456789012-" + letters(24), "slack-token"},
		{"Slack's app token", "xapp-1-A0123456789-" + letters(24), "slack-token"},
		{"Stripe's key", "sk_live_" + letters(24), "stripe-key"},
		{"Stripe's restricted key", "rk_live_" + letters(24), "stripe-key"},
		{"SendGrid's key", "SG." + letters(22) + "." + letters(43), "sendgrid-key"},
		{"npm's token", "npm_" + letters(36), "npm-token"},
		{"PyPI's token", "pypi-AgEIcHlwaS5vcmc" + letters(60), "pypi-token"},
		{"OpenAI's key", "sk-" + letters(48), "openai-key"},
		{"OpenAI's project key", "sk-proj-" + letters(48), "openai-key"},
		{"Anthropic's key", "sk-ant-api03-" + letters(80), "anthropic-key"},
		{"Hugging Face's token", "hf_" + letters(34), "huggingface-token"},
		{"DigitalOcean's token", "dop_v1_" + hexDigits(64), "digitalocean-token"},
		{"Vault's token", "hvs." + letters(90), "vault-token"},
		{"age's key", "AGE-SECRET-KEY-1" + strings.ToUpper(letters(58)), "age-key"},
		{"Telegram's token", "123456789:AA" + letters(33), "telegram-token"},
		{"Twilio's key", "SK" + hexDigits(32), "twilio-key"},
		{"Docker's token", "dckr_pat_" + letters(27), "docker-token"},
		{"Grafana's token", "glsa_" + letters(32) + "_1a2b3c4d", "grafana-token"},
		{"Databricks' token", "dapi" + hexDigits(32), "databricks-token"},
		{"Azure's client secret", "8Q~" + letters(34), "azure-client-secret"},
		{"a private JWK", `"d":"` + letters(43), "jwk"},
		{"a bcrypt hash", "$2y$05$" + letters(53), "password-hash"},
		{"an htpasswd hash", "$apr1$x7zu0v9k$" + letters(22), "password-hash"},
		{"a bearer token", "Bearer " + letters(40), "bearer"},
		{"basic credentials", "Basic dXNlcjpwYXNzd29yZA==", "basic-auth"},
		{"an OpenSSH key's body", "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ" + letters(40), "pem"},
		{"PEM in base64", "LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQ" + letters(40), "pem"},
	}
	for _, tt := range tests {
		for where, text := range map[string]string{"alone": "%", "in prose": "got % here", "in quotes": `x "%" y`, "at a line's end": `a\n%\nb`} {
			t.Run(tt.name+" "+where, func(t *testing.T) {
				clean, rule := redact.Text(strings.ReplaceAll(text, "%", tt.secret))
				require.Equal(t, tt.rule, rule)
				_, tail, _ := strings.Cut(tt.secret, " ")
				require.NotContains(t, clean, tt.secret)
				require.NotContains(t, clean, max(tail, tt.secret[8:]))
			})
		}
	}
}

const pemBody = "MIIEpAIBAAKCAQEA3Tz2mr7SZiAMfQyuvBjM9OiJjRazXBZ1BjP5CE/Wm/Rr500P\n" +
	"RK+Lh9x5eJPo5CAZ3/ANBE0sTK0ZsDGMak2m1g7CAwEAAQKCAQBkP5eJPo5CAZ3A"

func TestTextMasksPEM(t *testing.T) {
	tests := []struct{ name, text string }{
		{"as it is", "-----BEGIN RSA PRIVATE KEY-----\n" + pemBody + "\n-----END RSA PRIVATE KEY-----\n"},
		{"in one line", "-----BEGIN RSA PRIVATE KEY----- " + strings.ReplaceAll(pemBody, "\n", " ") + " -----END RSA PRIVATE KEY-----"},
		{"with escaped line ends", `-----BEGIN RSA PRIVATE KEY-----\n` + strings.ReplaceAll(pemBody, "\n", `\n`) + `\n-----END RSA PRIVATE KEY-----`},
		{"under a masked header", "***MASKED***\n" + pemBody + "\n"},
		{"under a header masked within its dashes", "-----BEGIN ***-----\n" + pemBody},
		{"with a footer only", "***\n" + strings.ReplaceAll(pemBody, "MII", "xyz") + "\n-----END RSA PRIVATE KEY-----"},
		{"cut off", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n" + pemBody},
		{"indented in YAML", "tls:\n  key: |\n    -----BEGIN RSA PRIVATE KEY-----\n    " + strings.ReplaceAll(pemBody, "\n", "\n    ") + "\n    -----END RSA PRIVATE KEY-----\nport: 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			clean, rule := redact.Text(tt.text)
			require.Equal(t, "pem", rule)
			for line := range strings.SplitSeq(pemBody, "\n") {
				require.NotContains(t, clean, line[4:24])
			}
		})
	}
}

func TestTextMasksTheAWSSecretNearItsKey(t *testing.T) {
	const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	for _, text := range []string{"AKIAIOSFODNN7EXAMPLE " + secret, secret + ",AKIAIOSFODNN7EXAMPLE"} {
		clean, rule := redact.Text(text)
		require.Equal(t, "aws-access-key", rule)
		require.NotContains(t, clean, secret)
	}
}

func TestTextKeepsTheHostOfAWebhook(t *testing.T) {
	clean, rule := redact.Text("url: https://hooks.slack.com/" + "services/T00000000/B00000000/" + letters(24))
	require.Equal(t, "webhook-url", rule)
	require.Equal(t, "url: https://hooks.slack.com/‹redacted: webhook-url›", clean)
}

func TestTextDoesNotAllocateOnCleanText(t *testing.T) {
	text := "Back-off restarting failed container web in pod web-7d9f8b6c5d-x2k9p_shop(3f2504e0-4f89-41d3-9a0c-0305e82c3301)"
	require.Zero(t, testing.AllocsPerRun(50, func() { redact.Text(text) }))
}

func FuzzText(f *testing.F) {
	f.Add("a ", " b")
	f.Add("postgres://u:", "@db")
	f.Add("{\"password\": \"", "\"}")
	f.Add("‹redacted: jwt", "›")
	f.Add("- name: x\n  value: ", "\n")
	secret := "ghp_" + letters(36)
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, text := range []string{before + secret + after, before + "\nDB_PASSWORD=" + secret + after, before + after} {
			clean, rule := redact.Text(text)
			require.NotContains(t, clean, secret)
			require.Equal(t, rule == "", clean == text)
			again, rule := redact.Text(clean)
			require.Empty(t, rule, "%q", clean)
			require.Equal(t, clean, again)
		}
	})
}

func BenchmarkTextClean(b *testing.B) {
	text := "Back-off restarting failed container web in pod web-7d9f8b6c5d-x2k9p_shop(3f2504e0-4f89-41d3-9a0c-0305e82c3301)"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		redact.Text(text)
	}
}

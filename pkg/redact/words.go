package redact

import "strings"

// stems tell of a secret wherever they stand in a name, even across its words.
var stems = stemsOf(
	"password", "passwd", "passphrase", "passcode", "passwort", "motdepasse", "kennwort",
	"secret", "credential", "apikey", "accesskey", "privatekey", "accountkey",
	"connectionstr", "connstr", "dockerconfigjson", "seedphrase",
)

// passwordStems is how many of the stems mean a password.
const passwordStems = 7

// stem is a piece of text with the set of its letters, by which most names are
// passed over without a search.
type stem struct {
	text    string
	letters uint32
}

func stemsOf(list ...string) []stem {
	stems := make([]stem, len(list))
	for i, text := range list {
		stems[i] = stem{text, lettersOf([]byte(text))}
	}
	return stems
}

func lettersOf(text []byte) (set uint32) {
	for _, c := range text {
		set |= 1 << (c & 31)
	}
	return set
}

// containsStem reports whether joined contains one of stems.
func containsStem(stems []stem, joined []byte) bool {
	letters := lettersOf(joined)
	for _, s := range stems {
		if s.letters&^letters == 0 && strings.Contains(view(joined), s.text) {
			return true
		}
	}
	return false
}

// words tell of a secret when they are one whole word of a name, also with
// digits or a plural s behind them.
var words = set("pass", "pw", "pwd", "mdp", "pin", "auth", "oauth", "authorization", "cred", "private",
	"salt", "sig", "signature", "session", "sessionid", "sess", "cookie", "dsn", "jwt", "bearer",
	"license", "licence", "pat", "sas", "otp", "totp", "mnemonic", "unseal", "hmac",
	"pgpass", "netrc", "kubeconfig", "dockercfg", "pem", "pfx", "key", "token")

// endings tell of a secret at the end of a word.
var endings = []string{"pass", "pwd", "pw", "token", "key", "auth"}

// innocent are the words that end so by chance.
var innocent = set("bypass", "compass", "encompass", "surpass", "trespass", "overpass", "underpass",
	"monkey", "donkey", "turkey", "whiskey", "hockey", "jockey", "lackey", "mickey", "hotkey", "flunkey")

// describing are last words that make a name speak about a secret instead of
// naming one: where it is, how long it lives, what it is called.
var describing = set("name", "names", "ref", "refs", "reference", "file", "files", "path", "paths", "dir",
	"mount", "selector", "namespace", "kind", "type", "version", "class", "ttl", "expiry", "expiration",
	"expires", "seconds", "minutes", "hours", "days", "duration", "timeout", "length", "size", "count",
	"limit", "min", "max", "policy", "mode", "format", "algorithm", "alg", "issuer", "audience", "url",
	"uri", "endpoint", "host", "port", "enabled", "required", "store", "provider", "review",
	"at", "age", "interval", "rotation", "template", "label", "index", "strength", "encoder", "from")

// neutral are last words that change nothing: DB_PASSWORD_PROD is a password.
var neutral = set("value", "plain", "text", "string", "data", "base64", "b64", "hash", "prod", "production",
	"dev", "test", "staging", "default", "env", "old", "new", "current", "previous", "primary", "secondary")

// keyKinds before the word key make it a secret: a sort key is none.
var keyKinds = set("api", "access", "secret", "private", "account", "encryption", "decryption", "signing",
	"master", "shared", "auth", "ssh", "license", "licence", "crypt", "aes", "rsa", "hmac", "storage",
	"service", "client", "admin", "root", "session", "jwt", "app", "write", "read")

// pointers before the word secret make it the name of a Kubernetes Secret.
var pointers = set("existing", "tls", "pull", "image", "registry", "ca", "cert", "certificate", "kubernetes",
	"k8s", "kube", "token", "password", "credentials", "auth", "basic", "key", "mounted", "external", "sealed")

func set(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, word := range list {
		m[word] = true
	}
	return m
}

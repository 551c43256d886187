package redact

import "strings"

// secretLetters are one-letter flags that take a password, a key, or a
// user:password in common programs (mysql -p, redis-cli -a, ldapsearch -w,
// curl -u, ab -P). A port behind -p is lost with them.
var secretLetters = charsOf("aAkKpPuUwW")

// flagName reports whether word may be kept as the name of a flag, with
// nothing glued to it.
func flagName(word string) bool {
	name := strings.TrimLeft(word, "-")
	dashes := len(word) - len(name)
	if dashes == 0 || dashes > 2 || name == "" {
		return word == "--"
	}
	if dashes == 2 || len(name) == 1 {
		return plainName(name)
	}
	return singleDash(name)
}

// singleDash accepts -config, -Dapp.name and clusters such as -xvf; of words
// like -pgarden, which may be mysql's -p with a password, only known ones.
func singleDash(name string) bool {
	if after, ok := strings.CutPrefix(name, "D"); ok {
		return plainName(after)
	}
	if after, ok := strings.CutPrefix(name, "XX:"); ok {
		return plainName(strings.TrimLeft(after, "+-"))
	}
	if secretLetters[name[0]] {
		head := name[:max(strings.IndexAny(name, "-_."), 0)]
		return dashWords[name] || dashWords[head] && plainName(name)
	}
	return plainName(name)
}

// dashWords are single-dash flags that begin like a secretLetter with a value.
var dashWords = set("port", "path", "prefix", "profile", "protocol", "proxy", "pprof", "period", "pid", "print",
	"probe", "provider", "plugin", "plugins", "address", "addr", "alsologtostderr", "api", "app", "all", "args",
	"alpn", "kubeconfig", "kube", "keepalive", "url", "user", "username", "usage", "watch", "workers", "wait",
	"web", "wal", "warn", "promscrape", "pass", "password", "password-file", "passwd", "pwd", "pin", "passphrase",
	"apikey", "auth", "access-key", "key", "keyfile", "keystore", "pe", "ap", "ax", "aux", "ec", "eux", "ae")

// plainName reports whether s reads like a name that people give: words of
// letters and digits, not encoded data.
func plainName(s string) bool {
	if len(s) > 64 || !nameSet.all(s) || scrambled(s) || dense(s) {
		return false
	}
	_, rule := Text(s)
	return rule == "" && !longHex(s)
}

// longHex reports whether s holds a row of hexadecimal digits too long, and
// too mixed, for a word.
func longHex(s string) bool {
	for i := 0; i < len(s); {
		n := hexSet.run(s, i)
		if n >= 12 && strings.ContainsAny(s[i:i+n], numbers) {
			return true
		}
		i += n + 1
	}
	return false
}

// bareFlag reports whether the word behind a telling flag is a flag of its own
// and not a password that begins with a dash.
func bareFlag(word string) bool {
	name := strings.TrimLeft(word, "-")
	dashes := len(word) - len(name)
	name, _, _ = strings.Cut(name, "=")
	if dashes == 1 {
		return len(name) == 1
	}
	return dashes == 2 && strings.Trim(name, lowers+"-") == "" && flagName("--"+name)
}

// programPath accepts the path or the name of a program.
func programPath(word string) bool {
	return word != "" && len(word) <= 128 && pathSet.all(word) && !scrambled(word) && !dense(word) && !longHex(word) && word[0] != '-'
}

var pathSet = charsOf(lowers, uppers, numbers, "/_-.")

// shells are programs that run the word behind a certain flag.
var shells = set("sh", "bash", "ash", "dash", "zsh", "ksh", "fish", "busybox", "su", "python", "python2", "python3",
	"perl", "ruby", "node", "nodejs", "php", "pwsh", "powershell", "powershell.exe", "cmd", "cmd.exe", "lua", "deno", "R")

// runsScript reports whether the word behind flag is a script. A cluster that
// ends in c counts whatever the program is, since an image may begin with any.
func runsScript(program, flag string) bool {
	name := strings.TrimLeft(flag, "-")
	switch name {
	case "e", "r", "Command", "command", "EncodedCommand", "eval":
		return shells[program]
	case "c":
		return program == "" || shells[program]
	}
	return !strings.HasPrefix(flag, "--") && len(name) <= 5 && strings.HasSuffix(name, "c") && strings.Trim(name, "ceiluxo") == ""
}

// subcommands are the first words of many programs' command lines.
var subcommands = set("server", "serve", "run", "start", "worker", "web", "agent", "controller", "scheduler",
	"migrate", "watch", "proxy", "daemon", "exec", "all", "master", "replica", "node", "manager", "operator",
	"webhook", "api", "api-server", "consumer", "producer", "exporter", "collector", "gateway", "sidecar", "init",
	"up", "apply", "sync", "backup", "restore", "standalone", "cluster", "leader", "version", "help", "start-dev")

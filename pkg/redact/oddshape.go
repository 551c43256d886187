package redact

import "strings"

// oddShapes are keys that a prefix and a length do not describe.
var oddShapes = []anchor{
	{text: "eyJ", rule: ruleJWT, find: findJWT},
	{text: ":AA", rule: "telegram-token", find: findTelegram},
	{text: "hooks.slack.com/", rule: ruleWebhook, find: findWebhook},
	{text: "discord.com/api/webhooks/", rule: ruleWebhook, find: findWebhook},
	{text: "webhook.office.com/", rule: ruleWebhook, find: findWebhook},
	{text: "$apr1$", rule: ruleHash, find: findHash},
	{text: "$2a$", rule: ruleHash, find: findHash},
	{text: "$2b$", rule: ruleHash, find: findHash},
	{text: "$2y$", rule: ruleHash, find: findHash},
	{text: "$1$", rule: ruleHash, find: findHash},
	{text: "$5$", rule: ruleHash, find: findHash},
	{text: "$6$", rule: ruleHash, find: findHash},
	{text: "$y$", rule: ruleHash, find: findHash},
	{text: "$argon2", rule: ruleHash, find: findHash},
	{text: "{SHA}", rule: ruleHash, find: findHash},
	{text: "{SSHA}", rule: ruleHash, find: findHash},
}

var jwtSet = charsOf(lowers, uppers, numbers, "_-.+/=")

// findJWT masks base64 that begins with an open brace and a quote: a JSON web
// token, a Docker login, a service account. Without its dots it must be long.
func findJWT(s string, at int) (from, to int) {
	head := s[at:min(len(s), at+window)]
	head = head[:jwtSet.run(head, 0)]
	if len(head) < 20 || !bounded(s, at) || strings.IndexByte(head, '.') < 10 && !mixedCase(head) {
		return 0, 0
	}
	return at, at + jwtSet.run(s, at)
}

// findTelegram masks digits:AA… as a whole.
func findTelegram(s string, at int) (from, to int) {
	before, n := digitSet.back(s, at, 12), tokenSet.run(s, at+1)
	if before < 8 || n < 30 {
		return 0, 0
	}
	return at - before, at + 1 + n
}

// findWebhook keeps the host of a URL that is a secret from its path on.
func findWebhook(s string, at int) (from, to int) {
	from = at + strings.IndexByte(s[at:], '/') + 1
	to = from + urlSet.run(s, from)
	if to-from < 16 {
		return 0, 0
	}
	return from, to
}

var urlSet = charsOf(lowers, uppers, numbers, "-._~:/?#[]@!$&*+,;=%")

// findHash masks a hashed password, which is there to be guessed at.
func findHash(s string, at int) (from, to int) {
	n := hashSet.run(s, at)
	if n < 20 {
		return 0, 0
	}
	return at, at + n
}

var hashSet = charsOf(lowers, uppers, numbers, "$./+={},_-")

// maskAWSSecrets masks what has the length and looks of an AWS secret key in a
// text that held an access key ID.
func maskAWSSecrets(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		n := base64s.run(s, i)
		if value := s[i : i+n]; n == 40 && dense(value) {
			b.WriteString(s[done:i])
			b.WriteString(redacted(ruleAWS))
			done = i + n
		}
		i += n + 1
	}
	return b.String() + s[done:]
}

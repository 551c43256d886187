package redact

import (
	"strings"
	"unsafe"
)

// Telling reports whether name, by its words, speaks of a secret: DB_PASSWORD,
// dbPasswd, api-key, oauth2.client.secret. It reads word by word, so that
// monkey, spinner, author and passenger tell nothing, and errs towards yes: a
// name such as TOKEN_TTL or PASSWORD_MIN_LENGTH tells.
func Telling(name string) bool {
	var buf, glue [96]byte
	spelled := spell(buf[:0], name)
	return containsStem(stems, join(glue[:0], spelled)) || anyTelling(spelled)
}

// spell appends name in lower case with one underscore between its words,
// whether these were camelCase, snake_case, kebab-case or dotted.
func spell(to []byte, name string) []byte {
	for i := range len(name) {
		c := name[i]
		if !alnum[c] && c < 0x80 {
			c = '_'
		} else if wordStarts(name, i) {
			to = separate(to)
		}
		if c == '_' {
			to = separate(to)
			continue
		}
		if isUpper(c) {
			c += 'a' - 'A'
		}
		to = append(to, c)
	}
	return to
}

func separate(to []byte) []byte {
	if len(to) == 0 || to[len(to)-1] == '_' {
		return to
	}
	return append(to, '_')
}

// wordStarts finds the humps of camelCase; of an acronym the last letter
// belongs to the next word, as in APIKey.
func wordStarts(name string, i int) bool {
	if i == 0 || !isUpper(name[i]) {
		return false
	}
	return !isUpper(name[i-1]) || i+1 < len(name) && isLower(name[i+1])
}

// join appends the words without what separates them: pAsSwOrD and PASS_WORD
// are read as password too.
func join(to, spelled []byte) []byte {
	for _, c := range spelled {
		if c != '_' {
			to = append(to, c)
		}
	}
	return to
}

func anyTelling(spelled []byte) bool {
	for from := 0; from < len(spelled); {
		to := from
		for to < len(spelled) && spelled[to] != '_' {
			to++
		}
		if tellingWord(trimDigits(spelled[from:to])) {
			return true
		}
		from = to + 1
	}
	return false
}

func trimDigits(word []byte) []byte {
	for len(word) > 1 && isDigit(word[len(word)-1]) {
		word = word[:len(word)-1]
	}
	return word
}

func tellingWord(word []byte) bool {
	if words[string(word)] || endsTelling(word) {
		return true
	}
	if n := len(word) - 1; n > 2 && word[n] == 's' && word[n-1] != 's' {
		return words[string(word[:n])] || endsTelling(word[:n])
	}
	return false
}

// endsTelling finds the secret in a word that was glued together: dbpass,
// authtoken, sshkey.
func endsTelling(word []byte) bool {
	for _, end := range endings {
		if strings.HasSuffix(view(word), end) {
			return !innocent[string(word)]
		}
	}
	return false
}

// view is b as a string, without a copy. It must not outlive the use of b, nor
// b change meanwhile.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

package redact

import (
	"bytes"
	"strings"
)

// grade is how surely a name says that the value beside it is a secret. The
// allow list asks only [Telling]; the net must not mask `key: app`, so it asks
// how much the value must look like a secret as well.
type grade uint8

const (
	silent  grade = iota // says nothing
	faint                // a value that looks random is masked
	weak                 // long hexadecimal as well
	likely               // all but a plain word is masked: it may be a reference
	certain              // all but nothing is masked
	blatant              // numbers are masked too
)

// gradeOf grades name by its last words, because these say what the value is:
// dbPassword is one, secretName and tokenTTL are not.
func gradeOf(name string) grade {
	var buf, glue [96]byte
	spelled := spell(buf[:0], name)
	joined := join(glue[:0], spelled)
	if !containsStem(stems, joined) && !anyTelling(spelled) {
		return silent
	}
	before, last := lastWord(spelled)
	if describing[string(last)] {
		return faint
	}
	for neutral[string(last)] && len(before) > 0 {
		before, last = lastWord(before)
	}
	return max(gradeStem(joined), gradeWord(before, trimDigits(last)))
}

// lastWord cuts the last word off.
func lastWord(spelled []byte) (before, last []byte) {
	spelled = bytes.TrimRight(spelled, "_")
	i := bytes.LastIndexByte(spelled, '_')
	return spelled[:max(i, 0)], spelled[i+1:]
}

// gradeStem grades the long words, which need not stand last.
func gradeStem(joined []byte) grade {
	if containsStem(stems[:passwordStems], joined) {
		return blatant
	}
	for _, end := range sureEndings {
		if strings.HasSuffix(view(joined), end) {
			return certain
		}
	}
	return faint
}

var sureEndings = []string{
	"apikey", "accesskey", "secretkey", "privatekey", "accountkey", "clientsecret",
	"connectionstring", "connstr", "authtoken", "accesstoken",
}

// gradeWord grades the last word by the one before it.
func gradeWord(before, last []byte) grade {
	_, qualifier := lastWord(before)
	switch string(last) {
	case "pwd", "pw", "mdp", "pin":
		return blatant
	case "pass", "secret", "token":
		return alone(qualifier, last)
	case "key", "keys":
		return pick(keyKinds[string(qualifier)], certain, faint)
	case "authorization":
		return certain
	case "secrets", "tokens", "credential", "credentials", "cred", "creds", "jwt", "bearer", "passes",
		"cookie", "cookies", "session", "sessionid":
		return likely
	}
	word := view(last)
	glued := strings.HasSuffix(word, "pwd") || strings.HasSuffix(word, "pw") || strings.HasSuffix(word, "pass") ||
		strings.HasSuffix(word, "secret") || strings.HasSuffix(word, "token")
	return pick(glued && !innocent[string(last)], certain, weak)
}

// alone grades a word that on its own may be prose or a reference: `secret: db`.
func alone(qualifier, last []byte) grade {
	if len(qualifier) == 0 || string(last) == "secret" && pointers[string(qualifier)] {
		return likely
	}
	return certain
}

func pick(ok bool, yes, no grade) grade {
	if ok {
		return yes
	}
	return no
}

package redact

import "strings"

// findFlag masks the word behind a telling --flag, on one line or as the next
// element of a list in quotes. With an equals sign findAssigned sees to it.
func findFlag(s string, at int) (from, to int) {
	name := at + len("--")
	n := nameSet.run(s[:min(len(s), name+64)], name)
	if n == 0 || gradeOf(s[name:name+n]) < likely {
		return 0, 0
	}
	return nextWord(s, name+n)
}

// findDashed masks the word behind -storepass and other single-dash flags, and
// behind a password in .netrc.
func findDashed(s string, at int) (from, to int) {
	end := at + strings.IndexByte(s[at:], ' ')
	name := s[end-nameSet.back(s, end, 64) : end]
	netrc := name == "password" && strings.Contains(s[max(0, end-128):end], "login ")
	if !netrc && (!strings.HasPrefix(name, "-") || gradeOf(name) < likely) {
		return 0, 0
	}
	return nextWord(s, end)
}

// findDirective masks the argument of a directive of Redis.
func findDirective(s string, at int) (from, to int) {
	return nextWord(s, at+strings.IndexByte(s[at:], ' '))
}

// nextWord returns the range of the next word of a command line, unless it is
// a flag, a reference, or masked.
func nextWord(s string, at int) (from, to int) {
	from = at
	for from < len(s) && strings.IndexByte(" \t\r\n,\"'\\", s[from]) >= 0 {
		from++
	}
	if from == at {
		return 0, 0
	}
	stops := " \t\r\n;|&"
	if strings.IndexByte("\"'", s[from-1]) >= 0 {
		stops = "\\" + s[from-1:from]
	}
	to = from + scalarLen(s[from:], stops)
	if word := s[from:to]; strings.HasPrefix(word, "-") || hidden(word) {
		return 0, 0
	}
	return from, to
}

// findLogin masks user:password behind curl's -u; numbers are a user and its
// group.
func findLogin(s string, at int) (from, to int) {
	from, to = nextWord(s, at+len(" -u"))
	user, password, ok := strings.Cut(s[from:to], ":")
	if !ok || user == "" || password == "" || digits(password) && digits(user) || reference(password) {
		return 0, 0
	}
	return from, to
}

// letterPrograms take a password with a flag of one letter, glued on or not.
var letterPrograms = []struct {
	name  string
	flag  byte
	glued bool
}{{"mysql", 'p', true}, {"mariadb", 'p', true}, {"sshpass", 'p', false}, {"redis-cli", 'a', false}}

// findLetter masks the password behind a one-letter flag of such a program.
func findLetter(s string, at int) (from, to int) {
	line := s[max(0, at-256):at]
	line = line[strings.LastIndexByte(line, '\n')+1:]
	from = at + len(" -p")
	for _, p := range letterPrograms {
		if p.flag != s[from-1] || !strings.Contains(line, p.name) {
			continue
		}
		if !p.glued {
			from += blankSet.run(s, from)
		}
		to = from + scalarLen(s[from:], " \t\r\n;|&")
		if !hidden(s[from:to]) {
			return from, to
		}
	}
	return 0, 0
}

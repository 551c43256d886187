package redact

import "strings"

// Command returns what may be kept of a container's command and arguments, as
// Kubernetes runs them: one after the other. Flag names and the program are
// kept, values only if they are harmless by type and no telling flag stands
// before them; a script is told by its length. The two are taken together
// because an image's command often ends in the flag whose value is the first
// argument. Neither slice is changed; a nil one stays nil.
func Command(command, args []string) (keptCommand, keptArgs []string) {
	var a argReader
	keptCommand = a.all(command, true)
	return keptCommand, a.all(args, false)
}

// Args is Command for arguments without a command.
func Args(args []string) []string {
	_, kept := Command(nil, args)
	return kept
}

// argReader remembers what the words before mean for the next one.
type argReader struct {
	program string // base name of the program, when it is known
	secret  bool   // the next word is the value of a telling flag
	script  bool   // the next word is a script
}

func (a *argReader) all(words []string, program bool) []string {
	if words == nil {
		return nil
	}
	kept := make([]string, len(words))
	for i, word := range words {
		if i == 0 && program && programPath(word) {
			a.program = base(word)
			kept[i] = word
			continue
		}
		kept[i] = a.word(word)
	}
	return kept
}

func (a *argReader) word(word string) string {
	secret, script := a.secret, a.script
	a.secret, a.script = false, false
	switch {
	case word == "" || masked(word):
		return word
	case script:
		return sized("script", word)
	case secret && !bareFlag(word):
		return valueOf(word, true)
	case len(word) > 1 && word[0] == '-':
		return a.flag(word)
	}
	return a.positional(word)
}

// valueOf types a value. References to the environment stay, whoever uses them.
func valueOf(value string, telling bool) string {
	switch {
	case reference(value) || value == "" || masked(value):
		return value
	case telling:
		return someString
	case harmless(value):
		return value
	}
	return kind(value)
}

// flag keeps the name of a flag and types its value.
func (a *argReader) flag(word string) string {
	if name, value, ok := strings.Cut(word, "="); ok && flagName(name) {
		return name + "=" + valueOf(value, tells(name))
	}
	if !flagName(word) {
		return a.attached(word)
	}
	a.script = runsScript(a.program, word)
	a.secret = !a.script && tells(word)
	return word
}

// attached is a flag with its value glued on: -pSecret, -Xmx512m, -n5.
func (a *argReader) attached(word string) string {
	if !isLower(word[1]|0x20) || len(word) < 3 {
		return kind(word)
	}
	if rest, ok := strings.CutPrefix(word, "-X"); ok {
		if n := strings.TrimLeft(rest, lowers); harmless(n) && len(rest)-len(n) <= 5 {
			return word
		}
	}
	value := word[2:]
	return word[:2] + valueOf(value, secretLetters[word[1]] || !harmless(value))
}

func (a *argReader) positional(word string) string {
	if a.program == "" && shells[base(word)] && programPath(word) {
		a.program = base(word)
		return word
	}
	if name, value, ok := strings.Cut(word, "="); ok && value != "" && value[0] != '=' && plainName(name) {
		return name + "=" + valueOf(value, Telling(name))
	}
	if subcommands[word] && !shells[a.program] {
		return word
	}
	return valueOf(word, false)
}

// base is the last element of a path.
func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// tells reports whether a flag announces a secret. One letter is not a name:
// those that commonly do are listed.
func tells(flag string) bool {
	name := strings.TrimLeft(flag, "-")
	return len(name) == 1 && secretLetters[name[0]] || Telling(name)
}

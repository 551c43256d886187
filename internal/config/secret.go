package config

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
)

// Secret is a setting that nobody else may read: the secret itself, or where it is to
// be had: env:NAME, file:PATH or command:PROGRAM ARGUMENTS. It shows itself as where,
// and as nothing else.
type Secret string

// patience is how long a program may take to tell a secret.
const patience = 10 * time.Second

// String implements fmt.Stringer.
func (s Secret) String() string {
	if how, _, ok := s.where(); ok && how != "" {
		return string(s)
	}
	if s == "" {
		return ""
	}
	return "(set)"
}

// GoString keeps the secret out of %#v too.
func (s Secret) GoString() string { return s.String() }

func (s Secret) where() (how, what string, ok bool) {
	how, what, ok = strings.Cut(string(s), ":")
	switch how {
	case "env", "file", "command":
		return how, what, ok
	}
	return "", "", false
}

// Read returns the secret, without the line's end that files and programs have. What
// names the setting in an error, which is a fault of kind Invalid and does not quote
// the secret.
func (s Secret) Read(ctx context.Context, what string) (string, error) {
	how, from, ok := s.where()
	if !ok {
		return string(s), nil
	}
	var secret string
	switch how {
	case "env":
		secret = os.Getenv(from)
	case "file":
		data, err := os.ReadFile(expandHome(from))
		if err != nil {
			return "", fault.New(fault.Invalid, "%s: %w", what, err).Hinted("Name a file that holds the secret and nothing else.")
		}
		secret = string(data)
	case "command":
		words := strings.Fields(from)
		if len(words) == 0 {
			break
		}
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		out, err := exec.CommandContext(ctx, words[0], words[1:]...).Output() //nolint:gosec // the user's own settings name it
		if err != nil {
			return "", fault.New(fault.Invalid, "%s: %s: %w", what, words[0], err).Hinted("Run it by hand: it must print the secret and nothing else.")
		}
		secret = string(out)
	}
	secret = strings.TrimRight(secret, "\r\n")
	if secret == "" {
		return "", fault.New(fault.Invalid, "%s: there is nothing at %s", what, s).Hinted("Set what it names, or leave the setting out.")
	}
	return secret, nil
}

package pseudonym

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/fredctl/fred/pkg/fault"
)

// Key is the random key of an installation. It prints as nothing, so that it gets
// into no log.
type Key [32]byte

// String hides the key.
func (Key) String() string { return "‹key›" }

// GoString hides the key.
func (Key) GoString() string { return "‹key›" }

// LoadKey returns the key in the file at path, which is made on first use. Nobody
// but its owner may read it; with another key all pseudonyms are others.
func LoadKey(path string) (Key, error) {
	key, err := readKey(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := createKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return Key{}, fault.New(fault.Invalid, "make the key of pseudonyms: %w", err).Hinted("Give yourself the right to write to %s.", filepath.Dir(path))
	}
	return readKey(path) // another process may have been first
}

// ReadKey returns the key in the file at path, and makes none.
func ReadKey(path string) (Key, error) {
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = fault.New(fault.Invalid, "there is no key of pseudonyms yet").
			Hinted("Make one on the machine that fred serves from: fred cache export --pseudonyms.")
	}
	return key, err
}

func readKey(path string) (key Key, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return key, err
	}
	if runtime.GOOS != "windows" && (!info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0) {
		return key, fault.New(fault.Invalid, "the key of pseudonyms in %s is not a file that you alone may read", path).
			Hinted("Others may know it: remove it to get new pseudonyms, or chmod 600 it.")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return key, fault.New(fault.Invalid, "read the key of pseudonyms: %w", err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(b) != len(key) {
		return key, fault.New(fault.Invalid, "the key of pseudonyms in %s is damaged", path).
			Hinted("Bring it back from a copy, or remove it to get new pseudonyms.")
	}
	return Key(b), nil
}

// createKey writes a new key next to path and gives it that name, as a whole and
// only where there is none: who reads it never sees a part, and of two processes
// one wins.
func createKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".pseudonym-*") // 0600, O_EXCL
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	var key Key
	_, _ = rand.Read(key[:]) // never fails, or ends the program
	_, err = fmt.Fprintln(temp, hex.EncodeToString(key[:]))
	if err := errors.Join(err, temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Link(temp.Name(), path)
}

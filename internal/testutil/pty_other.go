//go:build !linux

package testutil

import (
	"os"
	"testing"
)

// Terminal skips the test: a terminal is made on Linux alone.
func Terminal(t testing.TB) *os.File {
	t.Helper()
	t.Skip("terminals are made on Linux alone")
	return nil
}

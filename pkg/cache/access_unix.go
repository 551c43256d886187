//go:build unix

package cache

import (
	"os"

	"golang.org/x/sys/unix"
)

// mayChange says why the names in the folder d may not be changed; nil if they may.
func mayChange(d *os.File) error {
	return unix.Faccessat(int(d.Fd()), ".", unix.W_OK|unix.X_OK, unix.AT_EACCESS) //nolint:gosec // a descriptor fits an int
}

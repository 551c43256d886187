//go:build !unix

package cache

import "os"

// mayChange does not know here.
func mayChange(*os.File) error { return nil }

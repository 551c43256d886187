package cache

import (
	"io/fs"
	"syscall"
)

// identity returns the inode of a file and when it last changed (ns), which
// nobody can set.
func identity(info fs.FileInfo) (inode uint64, changed int64) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ino, s.Ctimespec.Nano()
	}
	return 0, 0
}

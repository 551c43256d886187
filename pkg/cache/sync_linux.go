package cache

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll makes the files in dir durable: thousands at once.
func syncAll(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return unix.Syncfs(int(d.Fd())) //nolint:gosec // a descriptor fits an int
}

// syncNames makes what a batch changed durable.
func syncNames(root *os.Root, _ record) error { return syncAll(root, ".") }

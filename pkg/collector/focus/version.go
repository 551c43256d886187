package focus

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"slices"

	"github.com/fredctl/fred/pkg/fault"
)

// Version tells two states of the files apart: by their paths, sizes and times of last
// change, without reading them. Its errors are faults of kind Invalid.
func (f *Files) Version() (string, error) {
	hash := sha256.New()
	for _, path := range slices.Sorted(slices.Values(f.paths)) {
		info, err := os.Stat(path)
		if err != nil {
			return "", fault.New(fault.Invalid, "read the bill: %w", err).Hinted("Name its files with --focus.")
		}
		_, _ = fmt.Fprintf(hash, "%q %d %d\n", identity(path), info.Size(), info.ModTime().UnixNano())
	}
	for _, p := range f.missing {
		_, _ = fmt.Fprintf(hash, "%s\n", p)
	}
	return hex.EncodeToString(hash.Sum(nil)[:16]), nil
}

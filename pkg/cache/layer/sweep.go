package layer

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/cache"
)

// leftAge is after what time a copy being made is taken for left behind.
const leftAge = time.Hour

// kept counts n bytes, and sweeps before they can be too many: with the first
// copy of a process, and whenever a sixteenth of the room was filled since.
func (c *copies) kept(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.since += n
	if c.swept && c.since < c.max/16 {
		return
	}
	c.swept, c.since = true, 0
	c.sweep()
}

// sweep deletes the copies that were used least lately, down to seven eighths of
// the room, and what killed processes left.
func (c *copies) sweep() {
	var whole []file
	var sum int64
	for _, f := range c.files() {
		if strings.HasPrefix(filepath.Base(f.path), tempPrefix) {
			if time.Since(f.used) > leftAge {
				_ = os.Remove(f.path)
			}
			continue
		}
		whole, sum = append(whole, f), sum+f.size
	}
	if sum <= c.max-c.max/16 {
		return
	}
	slices.SortFunc(whole, func(a, b file) int { return a.used.Compare(b.used) })
	for _, f := range whole {
		if sum <= c.max-c.max/8 {
			return
		}
		if os.Remove(f.path) == nil {
			sum -= f.size
		}
	}
}

// infos lists the copies whose names begin with prefix, sorted. Their bytes are
// not verified.
func (c *copies) infos(prefix string) []cache.Info {
	var all []cache.Info
	for _, f := range c.files() {
		if strings.HasPrefix(filepath.Base(f.path), tempPrefix) {
			continue
		}
		if info, err := infoOf(f.path); err == nil && strings.HasPrefix(info.Name, prefix) && c.path(info.Name) == f.path {
			all = append(all, info)
		}
	}
	slices.SortFunc(all, func(a, b cache.Info) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func infoOf(path string) (cache.Info, error) {
	file, err := os.Open(path)
	if err != nil {
		return cache.Info{}, err
	}
	defer file.Close()
	t, err := readTrailer(file)
	return t.Info, err
}

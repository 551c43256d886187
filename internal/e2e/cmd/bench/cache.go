package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// What the cache is filled with.
const (
	cached      = 50_000
	cacheRounds = 3
)

// cacheBoard is what the cache as a whole is measured on: one of many entries,
// and one of a tenth of them.
type cacheBoard struct {
	board
	size     int64 // of the entries, in bytes
	subjects []*subject
}

// newCacheBoard fills the caches and lays out what is measured.
func newCacheBoard(ctx context.Context, dir string, p programs) (*cacheBoard, error) {
	b := &cacheBoard{board: board{programs: p, dir: dir, home: filepath.Join(dir, "nobody")}}
	many, few, other := filepath.Join(dir, "many"), filepath.Join(dir, "few"), filepath.Join(dir, "other")
	for home, n := range map[string]int{many: cached, few: cached / 10} {
		say("filling a cache with %d entries", n)
		size, err := fill(ctx, filepath.Join(home, ".fred", "fred-backend-cache"), n)
		if err != nil {
			return nil, err
		}
		b.size = max(b.size, size)
	}
	zipped := filepath.Join(dir, "zip.zip")
	exported := filepath.Join(dir, "export.zip")
	fewExported := filepath.Join(dir, "few.zip")
	env := func(home string) []string {
		return []string{"HOME=" + home, "FRED_GRID_LIVE=false", "FRED_SERVER_RECORD=0s", "PATH=" + os.Getenv("PATH")}
	}
	fresh := func(paths ...string) func() error {
		return func() error {
			var errs []error
			for _, path := range paths {
				errs = append(errs, os.RemoveAll(path))
			}
			return errors.Join(append(errs, os.MkdirAll(other, 0o700))...)
		}
	}
	zip := &subject{
		name: "`zip -r -q -6`", env: env(many),
		argv: []string{"/bin/sh", "-c", `cd "$0" && exec "$@"`, filepath.Join(many, ".fred"), p.zip, "-r", "-q", "-6", zipped, "fred-backend-cache"}, before: fresh(zipped),
	}
	export := &subject{
		name: "`fred cache export`", argv: []string{p.fred, "cache", "export", "-o", exported}, env: env(many),
		yard: zip, within: 1, memory: 100 * mib, before: fresh(exported),
	}
	unzip := &subject{
		name: "`unzip -q`", argv: []string{p.unzip, "-q", exported, "-d", other}, env: env(other), before: fresh(other),
	}
	b.subjects = []*subject{
		zip, export,
		{
			name: "the same of a tenth of the entries", argv: []string{p.fred, "cache", "export", "-o", fewExported}, env: env(few),
			memory: 100 * mib, before: fresh(fewExported),
		},
		unzip,
		{
			name: "`fred cache import`, into nothing", argv: []string{p.fred, "cache", "import", exported, "-o", "name"}, env: env(other),
			yard: unzip, within: 1.5, memory: 100 * mib, before: fresh(other),
		},
		{
			name: "the same of a tenth of the entries", argv: []string{p.fred, "cache", "import", fewExported, "-o", "name"}, env: env(other),
			memory: 100 * mib, before: fresh(other),
		},
		{name: "`fred cache ls`", argv: []string{p.fred, "cache", "ls"}, env: env(many), most: 500 * time.Millisecond},
		{name: "`fred cache info`", argv: []string{p.fred, "cache", "info"}, env: env(many)},
	}
	b.board.subjects = b.subjects
	return b, nil
}

// measureCache measures the cache as a whole, and removes what it made.
func measureCache(ctx context.Context, dir string, p programs, rounds int) (b *cacheBoard, err error) {
	dir = filepath.Join(dir, "cache")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if b, err = newCacheBoard(ctx, dir, p); err != nil {
		return nil, err
	}
	return b, b.measure(ctx, rounds)
}

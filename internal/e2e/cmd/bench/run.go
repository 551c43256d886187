package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// measure runs every subject once for warming up, and then in turn, round by
// round, so that what else the machine does falls on all alike.
func (b *board) measure(ctx context.Context, rounds int) error {
	for round := range rounds + 1 {
		began := time.Now()
		for _, s := range b.subjects {
			if s.rounds > 0 && round > s.rounds {
				continue
			}
			c, err := b.once(ctx, s)
			if err != nil {
				return fmt.Errorf("%s: %w", s.name, err)
			}
			if round > 0 {
				s.costs = append(s.costs, c)
			}
		}
		name := "warm-up"
		if round > 0 {
			name = fmt.Sprintf("round %d of %d", round, rounds)
		}
		say("%s took %.1f s", name, time.Since(began).Seconds())
	}
	return nil
}

// once runs s, and sees to it that fred's cache was used as s says.
func (b *board) once(ctx context.Context, s *subject) (cost, error) {
	before, err := b.stamp()
	if err != nil {
		return cost{}, err
	}
	if s.before != nil {
		if err := s.before(); err != nil {
			return cost{}, err
		}
	}
	env := b.env
	if s.env != nil {
		env = s.env
	}
	p, err := start(ctx, s.argv, env, b.output(s), b.file("stderr"))
	if err != nil {
		return cost{}, err
	}
	c, err := p.wait()
	if err != nil {
		return c, err
	}
	after, err := b.stamp()
	switch {
	case err != nil:
		return c, err
	case s.cache == reads && before != after:
		return c, fmt.Errorf("it has asked the cluster, so it was not measured: %s", p.talk())
	case s.cache == writes && before == after:
		return c, fmt.Errorf("it has not asked the cluster, so it was not measured: %s", p.talk())
	}
	return c, nil
}

func (b *board) file(name string) string { return filepath.Join(b.dir, name) }

// output is where the output of s goes: nowhere, save that of the two whose few
// numbers are told.
func (b *board) output(s *subject) string {
	switch s {
	case b.bytes:
		return b.file("bytes")
	case b.bare:
		return b.file("counts")
	}
	return os.DevNull
}

// stamp tells one state of fred's cache from another: what is stored anew is a
// new file.
func (b *board) stamp() (string, error) {
	var s strings.Builder
	err := filepath.WalkDir(filepath.Join(b.home, ".fred"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fmt.Fprintln(&s, path, info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // before the first run there is none
		return "", fmt.Errorf("look at fred's cache: %w", err)
	}
	return s.String(), nil
}

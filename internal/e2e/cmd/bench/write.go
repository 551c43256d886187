package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// What is between the marks is written by this program, the rest by people.
const (
	beginMark = "<!-- bench:begin, written by internal/e2e/cmd/bench --write -->"
	endMark   = "<!-- bench:end -->"
)

// write puts text between the marks of the file at path, which is made if there
// is none.
func write(path, text string) error {
	page, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		page, err = []byte("# Benchmarks\n"), nil
	}
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	spliced, err := splice(string(page), text)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := os.WriteFile(path, []byte(spliced), 0o644); err != nil {
		return fmt.Errorf("write the page: %w", err)
	}
	say("%s is written", path)
	return nil
}

// splice returns page with text between the marks; a page without marks gets
// them at its end.
func splice(page, text string) (string, error) {
	block := beginMark + "\n\n" + strings.TrimSpace(text) + "\n\n" + endMark
	before, rest, begun := strings.Cut(page, beginMark)
	_, after, ended := strings.Cut(rest, endMark)
	switch {
	case begun && ended:
		return before + block + after, nil
	case begun || strings.Contains(page, endMark):
		return "", errors.New("it has one of the two marks alone: " + beginMark + " and " + endMark)
	}
	return strings.TrimRight(page, "\n") + "\n\n" + block + "\n", nil
}

package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Tools returns the folder that holds the servers: FRED_E2E_TOOLS when set,
// else what internal/e2e/tools/build.sh prints, which takes a quarter of an
// hour the first time and no time after that.
func Tools(ctx context.Context) (string, error) {
	if dir := os.Getenv("FRED_E2E_TOOLS"); dir != "" {
		return dir, nil
	}
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	root := filepath.Dir(string(bytes.TrimSpace(mod)))
	build := exec.CommandContext(ctx, filepath.Join(root, "internal", "e2e", "tools", "build.sh"))
	build.Stderr = os.Stderr
	out, err := build.Output()
	if err != nil {
		return "", fmt.Errorf("build the servers: %w", err)
	}
	dir := string(bytes.TrimSpace(out))
	if dir == "" {
		return "", errors.New("build the servers: build.sh printed no folder")
	}
	return dir, nil
}

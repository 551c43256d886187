package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// programs are the paths of what is run.
type programs struct {
	self, fred, kubectl, curl, wrk, zip, unzip string
	tools                                      string // folder of the servers, and of kubectl
}

// find looks up all programs, so that none is missed when half is measured.
func find(ctx context.Context, o options) (p programs, err error) {
	if p.self, err = os.Executable(); err != nil {
		return p, fmt.Errorf("find this program: %w", err)
	}
	if p.fred, err = filepath.Abs(cmp.Or(o.fred, filepath.Join("bin", "fred"))); err == nil {
		_, err = exec.LookPath(p.fred)
	}
	if err != nil {
		return p, fmt.Errorf("find fred: %w; make build, or set FRED_BIN", err)
	}
	if p.curl, err = onPath("curl"); err != nil {
		return p, err
	}
	if p.wrk, err = onPath("wrk"); err != nil {
		return p, err
	}
	if p.zip, err = onPath("zip"); err != nil {
		return p, err
	}
	if p.unzip, err = onPath("unzip"); err != nil {
		return p, err
	}
	if p.tools = o.tools; p.tools == "" {
		if p.tools, err = rig.Tools(ctx); err != nil {
			return p, err
		}
	}
	p.kubectl = filepath.Join(p.tools, "kubectl")
	if _, err = exec.LookPath(p.kubectl); err != nil {
		return p, fmt.Errorf("find kubectl: %w; FRED_TOOLS_DIR is what internal/e2e/tools/build.sh prints", err)
	}
	return p, nil
}

func onPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("find %s: %w; apt-get install %s", name, err, name)
	}
	return path, nil
}

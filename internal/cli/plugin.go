package cli

import (
	"context"
	"errors"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/pkg/fault"
)

// plugin returns the executable fred-NAME that args mean: their first word, if
// no command of fred has that name and PATH has the file.
func plugin(root *cobra.Command, args []string) (path string, ok bool) {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") || strings.ContainsAny(args[0], `/\`) || strings.HasPrefix(args[0], "__") {
		return "", false
	}
	if cmd, _, err := root.Find(args[:1]); err == nil && cmd != root || args[0] == "help" || args[0] == "completion" {
		return "", false
	}
	path, err := exec.LookPath("fred-" + args[0])
	return path, err == nil
}

// runPlugin runs path with fred's streams and environment, and returns its exit code.
func (f *Factory) runPlugin(ctx context.Context, path string, args []string) (int, error) {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f.In, f.Out, f.Err
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 0, fault.New(fault.Invalid, "run %s: %w", path, err)
	}
	return exitFine, nil
}

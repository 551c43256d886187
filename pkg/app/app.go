// Package app is the entry by which others build a fred of their own: fred's
// commands, with theirs beside them.
package app

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/cli"
	"github.com/fredctl/fred/internal/term"
)

// Option adds something to fred.
type Option func(*cli.Options)

// WithCommand adds a command beside fred's own.
func WithCommand(c *cobra.Command) Option {
	return func(o *cli.Options) { o.Commands = append(o.Commands, c) }
}

// WithVersion sets what fred version prints.
func WithVersion(v string) Option {
	return func(o *cli.Options) { o.Version = v }
}

// Main runs fred with the process's arguments, streams and signals, and returns
// the exit code.
func Main(options ...Option) int {
	o := cli.Options{Version: "dev"}
	for _, add := range options {
		add(&o)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return cli.Main(ctx, os.Args, term.System(), o)
}

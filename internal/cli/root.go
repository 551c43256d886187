// Package cli is the face that fred shows in a terminal: cobra's tree of
// commands. A command turns flags into a query, hands it to a use case and the
// report to a view; what it prints on stdout is data, on stderr talk.
package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/internal/wire"
	"github.com/fredctl/fred/pkg/fault"
)

// Options are what others may add to fred's commands.
type Options struct {
	Commands  []*cobra.Command
	Routes    []server.Extra
	Collector *wire.Collector // in the place of fred's own; nil keeps that
	Version   string
}

// Main runs fred with the arguments args, of which the first is its own name,
// and returns the exit code.
func Main(ctx context.Context, args []string, streams term.Streams, o Options) int {
	f := newFactory(streams, getenv, o)
	root := newRoot(f, args[0], o)
	if path, ok := plugin(root, args[1:]); ok {
		code, err := f.runPlugin(ctx, path, args[2:])
		if err != nil {
			f.complain(err)
			return exitCode(err)
		}
		return code
	}
	strict(root)
	root.SetArgs(args[1:])
	err := root.ExecuteContext(ctx)
	if f.built != nil {
		f.built.Close()
	}
	if ctx.Err() != nil && err != nil {
		err = fault.New(fault.Interrupted, "interrupted")
	}
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errPartial):
		return exitPartial
	}
	f.complain(err)
	return exitCode(err)
}

// complain says what went wrong, and what to do about it.
func (f *Factory) complain(err error) {
	f.say("error: " + err.Error())
	if hint := fault.HintOf(err); hint != "" {
		f.say("hint: " + hint)
	}
}

func newRoot(f *Factory, name string, o Options) *cobra.Command {
	root := &cobra.Command{
		Use:   "fred",
		Short: "What runs on your Kubernetes clusters, and what that means",
		Long: `fred tells what runs on your Kubernetes clusters: from a laptop, offline if
need be, and without asking the same question twice.

It reads the clusters of your kubeconfig, keeps what it read in one cache, and
answers in the terminal or, with fred serve, over REST. It never writes to a
cluster, never asks for Secrets, and keeps secrets it meets out of its cache.`,
		Example:       "  fred kube\n  fred kube workloads -A\n  fred kube workload deploy/web\n  fred --simulation kube",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          noWords,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	if strings.HasSuffix(strings.TrimSuffix(name, ".exe"), "kubectl-fred") {
		root.Annotations = map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl fred"}
	}
	root.SetIn(f.In)
	root.SetOut(f.Out)
	root.SetErr(f.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fault.New(fault.Invalid, "%w", err).Hinted("See %s --help.", cmd.CommandPath())
	})
	f.globalFlags(root.PersistentFlags())
	root.AddCommand(newKube(f), newFootprint(f), newFinOps(f), newServe(f), newConfig(f), newCache(f), newDoctor(f), newVersion(f))
	checkGroups(root)
	root.AddCommand(o.Commands...)
	return root
}

// checkGroups makes flags that exclude each other the mistake of whoever gave them: cobra
// itself finds out too late for that.
func checkGroups(cmd *cobra.Command) {
	words := cmd.Args
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := cmd.ValidateFlagGroups(); err != nil {
			return fault.New(fault.Invalid, "%w", err).Hinted("See %s --help.", cmd.CommandPath())
		}
		if words == nil {
			return nil
		}
		return words(cmd, args)
	}
	for _, sub := range cmd.Commands() {
		checkGroups(sub)
	}
}

// noWords accepts no arguments, and takes a word for a command that does not exist.
func noWords(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fault.New(fault.Invalid, "unknown command %q for %q", args[0], cmd.CommandPath())
	cmd.SuggestionsMinimumDistance = max(2, cmd.SuggestionsMinimumDistance) // cobra sets it only where it suggests itself
	if like := cmd.SuggestionsFor(args[0]); len(like) > 0 {
		return err.Hinted("Did you mean %s?", strings.Join(like, ", "))
	}
	return err.Hinted("See %s --help.", cmd.CommandPath())
}

// strict makes cobra's own commands refuse the words that they do not know, as
// fred's do.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				about, rest, err := root.Find(args)
				if err != nil {
					return fault.Wrap(fault.Invalid, err)
				}
				return noWords(about, rest)
			}
		case "completion":
			cmd.Args, cmd.RunE = noWords, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
			for _, shell := range cmd.Commands() {
				shell.Args = noWords
			}
		}
	}
}

// word accepts one argument, called what, and keeps it in value.
func word(what string, value *string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return fault.New(fault.Invalid, "%s takes one %s", cmd.CommandPath(), what).Hinted("See %s --help.", cmd.CommandPath())
		}
		*value = args[0]
		return nil
	}
}

func newVersion(f *Factory) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version of fred", Args: noWords,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(f.Out, "fred "+f.Version)
			return err
		},
	}
}

// Package app is the entry by which others build a fred of their own: fred's
// commands, routes and sources, with theirs beside or in place of them.
package app

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"syscall"

	"github.com/danielgtaylor/huma/v2"
	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/cli"
	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/internal/wire"
	"github.com/fredctl/fred/pkg/fred"
)

// Option adds something to fred.
type Option func(*cli.Options)

// WithCommand adds a command beside fred's own.
func WithCommand(c *cobra.Command) Option {
	return func(o *cli.Options) { o.Commands = append(o.Commands, c) }
}

// WithRoute adds a route to fred serve. Method and Path of op are required; Path
// begins with a slash and lies under the base path (/fred). The handler is made
// once, with the use cases it may ask, and passes the same guards as fred's own
// routes; op is what the OpenAPI document says of it. A pattern that fred has
// already panics at start, as net/http's ServeMux does.
func WithRoute(op huma.Operation, handler func(*fred.Fred) http.Handler) Option {
	return func(o *cli.Options) { o.Routes = append(o.Routes, server.Extra{Operation: op, Handler: handler}) }
}

// WithCollector puts a source called name in the place of the kubeconfig's
// clusters. What it collects passes the same cache and the same net for secrets.
func WithCollector(name string, clusters fred.Contexts, source fred.Kubernetes) Option {
	return func(o *cli.Options) {
		o.Collector = &wire.Collector{Name: name, Contexts: clusters, Kubernetes: source}
	}
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
	context.AfterFunc(ctx, stop) // who interrupts again means it: the process ends then and there
	return cli.Main(ctx, os.Args, term.System(), o)
}

package cli

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/internal/wire"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/redact"
	"github.com/fredctl/fred/pkg/report"
)

// Factory holds what all commands share: the streams, the global flags, and how
// to build a Fred of them. A Fred is built on first use, so that help opens
// nothing.
type Factory struct {
	term.Streams
	Options
	Env func(string) string

	kube       *genericclioptions.ConfigFlags
	configFile string
	cachePath  string
	logLevel   string
	timeout    time.Duration
	maxAge     time.Duration
	verbose    int
	offline    bool
	refresh    bool
	simulation bool
	noColor    bool
	settings   map[string][]*pflag.Flag // flags that stand for a setting, by its path
	built      *wire.Built
	progress   *progress
}

func newFactory(s term.Streams, env func(string) string, o Options) *Factory {
	kube := genericclioptions.NewConfigFlags(true)
	kube.ClusterName, kube.CacheDir, kube.Timeout = nil, nil, nil
	return &Factory{Streams: s, Env: env, Options: o, kube: kube, settings: map[string][]*pflag.Flag{}}
}

// globalFlags adds the flags that every command has.
func (f *Factory) globalFlags(flags *pflag.FlagSet) {
	flags.StringVar(&f.configFile, "config", f.Env("FRED_CONFIG"), "settings file (default ~/.fred/config.yaml)")
	flags.StringVar(&f.cachePath, "cache", "", "where the cache is: a path, file:///… or mem://")
	flags.BoolVar(&f.offline, "offline", false, "ask no source, answer from the cache")
	flags.BoolVar(&f.refresh, "refresh", false, "ask the sources first; what is cached is shown if they fail")
	flags.DurationVar(&f.maxAge, "max-age", 0, "refuse what is older, if the sources cannot be asked; 0s asks always")
	flags.BoolVar(&f.simulation, "simulation", false, "show a made-up world; needs no cluster and no network")
	flags.DurationVar(&f.timeout, "timeout", 0, "how long to wait for the sources (default 30s)")
	flags.BoolVar(&f.noColor, "no-color", false, "print without color")
	flags.CountVarP(&f.verbose, "verbose", "v", "tell on stderr what is done; -vv tells more")
	flags.StringVar(&f.logLevel, "log-level", "", "the same by name: debug, info, warn, error, off")
	f.setting(flags, "cache.url", "cache")
	f.setting(flags, "offline", "offline")
	f.setting(flags, "timeout", "timeout")
	f.setting(flags, "log.level", "log-level")
}

// setting notes that a flag, where it is given, stands for a setting.
func (f *Factory) setting(flags *pflag.FlagSet, path, name string) {
	f.settings[path] = append(f.settings[path], flags.Lookup(name))
}

// kubeFlags adds kubectl's own flags to flags, which are cmd's.
func (f *Factory) kubeFlags(cmd *cobra.Command, flags *pflag.FlagSet) {
	f.kube.AddFlags(flags)
	flags.Lookup("context").Usage = "cluster to ask about: a kubeconfig context or its alias; several with commas"
	flags.Lookup("namespace").Usage = "namespace to ask about; the context's own where a list is asked for and none is named"
	completeFlag(cmd, "context", f.words(f.contexts))
	completeFlag(cmd, "namespace", f.words(f.namespaces))
}

// Config returns the settings.
func (f *Factory) Config() (config.Config, error) { return config.Load(f.sources()) }

// sources returns what settings are read from.
func (f *Factory) sources() config.Sources {
	given := map[string]any{}
	for path, flags := range f.settings {
		for _, flag := range flags {
			if !flag.Changed {
				continue
			}
			given[path] = flag.Value.String()
			if list, ok := flag.Value.(pflag.SliceValue); ok {
				given[path] = list.GetSlice()
			}
		}
	}
	return config.Sources{File: f.configFile, Env: f.Env, Flags: given}
}

// Fred returns the use cases, built on first use.
func (f *Factory) Fred() (*fred.Fred, error) {
	b, err := f.build(false)
	if err != nil {
		return nil, err
	}
	return b.Fred, nil
}

// commandGC has a command, which reads a cluster once and ends, use a tenth less
// memory at no cost in time; a server keeps Go's default.
const commandGC = 60

func (f *Factory) build(server bool) (*wire.Built, error) {
	if !server && f.Env("GOGC") == "" {
		debug.SetGCPercent(commandGC)
	}
	if f.built != nil {
		return f.built, nil
	}
	c, err := f.Config()
	if err != nil {
		return nil, err
	}
	log, err := f.logger(c)
	if err != nil {
		return nil, err
	}
	if !server {
		f.progress = f.newProgress()
	}
	f.built, err = wire.Build(c, wire.Options{
		Progress: f.progress.tell,
		Kube:     f.kube, Settings: f.sources().Path(), Simulation: f.simulation, Server: server, Version: f.Version, Log: log, Collector: f.Collector,
	})
	if err != nil {
		return nil, err
	}
	for _, note := range f.built.Notes {
		f.say("warning: " + note)
	}
	return f.built, nil
}

// logger returns the logger that the flags and settings ask for.
func (f *Factory) logger(c config.Config) (*slog.Logger, error) {
	name := c.Log.Level
	if v := f.Env("LOG_LEVEL"); v != "" && !f.settings["log.level"][0].Changed {
		name = v
	}
	switch {
	case f.verbose == 1:
		name = "info"
	case f.verbose > 1:
		name = "debug"
	}
	if strings.EqualFold(name, "off") {
		return slog.New(slog.DiscardHandler), nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(name)); err != nil {
		return nil, fault.New(fault.Invalid, "no log level %q", name).Hinted("Use debug, info, warn, error or off.")
	}
	return slog.New(slog.NewTextHandler(safeWriter{f.Err}, &slog.HandlerOptions{Level: level})), nil
}

// safeWriter lets nothing through that could steer a terminal.
type safeWriter struct{ w io.Writer }

func (s safeWriter) Write(b []byte) (int, error) {
	_, err := io.WriteString(s.w, redact.TerminalBlock(string(b)))
	return len(b), err
}

// say writes one line of talk.
func (f *Factory) say(line string) {
	f.progress.clear()
	_, _ = fmt.Fprintln(f.Err, redact.Terminal(line))
}

// tell writes the warnings of an answer. It returns errPartial if they say that
// part of it is missing.
func (f *Factory) tell(ws []report.Warning) error {
	for _, w := range ws {
		prefix := "warning: "
		if w.Cluster != "" && !strings.Contains(w.Message, w.Cluster) {
			prefix += w.Cluster + ": "
		}
		f.say(prefix + w.Message)
	}
	if report.Partial(ws) {
		return errPartial
	}
	return nil
}

// output returns how to write a report in the given format.
func (f *Factory) output(format string) view.Output {
	f.progress.clear() // data comes now, perhaps on the same terminal
	now := time.Now()
	if f.simulation {
		now = now.UTC().Truncate(24 * time.Hour) // what is simulated is as of then, and so are ages
	}
	return view.Output{Format: format, Dress: term.For(f.Out, f.noColor, f.Env), Now: now}
}

// outputFlag adds -o to a command that reports.
func (f *Factory) outputFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVarP(format, "output", "o", "table", strings.Join(view.Formats, "|"))
	completeFlag(cmd, "output", cobra.FixedCompletions(view.Formats, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
}

// getenv is the environment of the process.
func getenv(name string) string { return os.Getenv(name) }

// Command bench measures fred beside curl and kubectl on one API server in one
// run, and writes what it saw as a table. It judges fred by the targets that
// docs/benchmarks.md names; a target that is missed is told, and is no failure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/fredctl/fred/internal/e2e/rig"
)

const usage = `usage: bench [--kubeconfig FILE] [--rounds N] [--write FILE] [--cache | --energy | --bill SIZE]

Starts a control plane, fills it with 22,000 objects, and measures on it, round
by round, curl, a bare list in Go, kubectl and fred; then fred serve with wrk;
then the cache as a whole beside zip and unzip; then a year of energy beside its
queries by curl.
The table goes to stdout and, with --write, between two marks into FILE.

  --kubeconfig FILE  measure on this cluster, which has its objects already
  --rounds N         how often each is run, after once for warming up (7)
  --write FILE       the Markdown file that the table is for
  --cache            measure the cache as a whole alone, to stdout
  --energy           measure a year of energy alone, to stdout
  --bill SIZE        measure a bill of so many MiB alone, beside DuckDB, to stdout

FRED_BIN is the fred to measure (bin/fred), FRED_TOOLS_DIR the folder of etcd,
kube-apiserver and kubectl (what internal/e2e/tools/build.sh prints).
`

// large is how many objects the cluster is filled with.
const large = 22_000

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run is the program: the benchmark, or the bare list that it runs itself for.
func run(ctx context.Context, args []string) error {
	if len(args) == 2 && args[0] == listCommand {
		return bareList(ctx, args[1], os.Stdout)
	}
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return bench(ctx, o)
}

type options struct {
	kubeconfig string
	rounds     int
	cache      bool
	energy     bool
	bill       int64 // MiB
	write      string
	fred       string
	tools      string
	command    string // the command line, for the reader of the table
}

func parse(args []string) (options, error) {
	o := options{
		fred: os.Getenv("FRED_BIN"), tools: os.Getenv("FRED_TOOLS_DIR"),
		command: strings.Join(append([]string{"go run -tags e2e ./internal/e2e/cmd/bench"}, args...), " "),
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.Usage = func() { _, _ = fmt.Fprint(flags.Output(), usage) }
	flags.StringVar(&o.kubeconfig, "kubeconfig", "", "")
	flags.IntVar(&o.rounds, "rounds", 7, "")
	flags.BoolVar(&o.cache, "cache", false, "")
	flags.BoolVar(&o.energy, "energy", false, "")
	flags.Int64Var(&o.bill, "bill", 0, "")
	flags.StringVar(&o.write, "write", "", "")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("no argument %q: see -h", flags.Arg(0))
	}
	if o.rounds < 1 {
		return o, fmt.Errorf("--rounds %d is less than one", o.rounds)
	}
	return o, nil
}

// bench measures, and writes the table.
func bench(ctx context.Context, o options) (err error) {
	load := loadAverage() // before anything adds to it
	p, err := find(ctx, o)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "fred-bench-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if o.cache {
		c, err := measureCache(ctx, dir, p, o.rounds)
		if err == nil {
			fmt.Print(c.table())
		}
		return err
	}
	if o.bill > 0 {
		b, err := measureBill(ctx, dir, p, o.bill*mib, min(o.rounds, billRounds))
		if err == nil {
			fmt.Print(b.table())
		}
		return err
	}
	kubeconfig, stop, err := cluster(ctx, o, p.tools)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()

	if o.energy {
		e, err := measureEnergy(ctx, dir, kubeconfig, p, o.rounds)
		if err == nil {
			fmt.Print(e.table())
		}
		return err
	}
	b, err := newBoard(dir, kubeconfig, p)
	if err != nil {
		return err
	}
	if err := b.measure(ctx, o.rounds); err != nil {
		return err
	}
	rest, err := b.rest(ctx, min(o.rounds, restRounds))
	if err != nil {
		return err
	}
	c, err := measureCache(ctx, dir, p, min(o.rounds, cacheRounds))
	if err != nil {
		return err
	}
	e, err := measureEnergy(ctx, dir, kubeconfig, p, min(o.rounds, energyRounds))
	if err != nil {
		return err
	}
	facts, err := b.facts(ctx, o, load)
	if err != nil {
		return err
	}
	text := render(facts, b.subjects, rest, c, e)
	fmt.Print(text)
	if o.write == "" {
		return nil
	}
	return write(o.write, text)
}

// cluster returns the kubeconfig of the cluster to measure on, started and
// filled here unless there is one, and what ends it.
func cluster(ctx context.Context, o options, tools string) (kubeconfig string, stop func() error, err error) {
	if o.kubeconfig != "" {
		path, err := filepath.Abs(o.kubeconfig)
		if err == nil {
			_, err = os.Stat(path)
		}
		return path, func() error { return nil }, err
	}
	say("starting a control plane")
	c, err := rig.Start(ctx, rig.Options{Tools: tools, NoControllers: true, NoMetrics: true})
	if err != nil {
		return "", nil, err
	}
	say("creating %d objects", large)
	path := filepath.Join(c.Dir, "bench.kubeconfig")
	err = rig.SeedLarge(ctx, c, large)
	if err == nil {
		err = c.Kubeconfig(path, rig.Admin, "rig", "")
	}
	if err != nil {
		return "", nil, errors.Join(err, c.Close())
	}
	return path, c.Close, nil
}

// say tells on stderr what is done.
func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }

package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/unit"
)

func newExport(f *Factory) *cobra.Command {
	var q fred.ExportQuery
	var file, names string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write what is cached to a zip, for a colleague, an archive or a CI job",
		Long: `Write a zip that fred cache import takes on another machine, or that is just
unpacked in ~/.fred: every command then answers there with --offline, without a
kubeconfig. No source is asked. The same cache gives the same bytes.

With -n, lists of the whole cluster become lists of the namespaces named, and
what belongs to no namespace is left out.

With --pseudonyms, the zip may leave the company: clusters, namespaces, objects,
images, hosts, labels and all other names are pseudonyms, the same for the same
name, and what people wrote is left out. Numbers, times and what is wired to what
stay. They are made with a random key, ~/.fred/pseudonym.key, that never leaves;
--names says, for your eyes, which pseudonym stands for which name.`,
		Example: "  fred cache export -o team.zip\n  fred cache export --context prod -n shop -o - | ssh host fred cache import -\n  fred cache export --pseudonyms --names names.csv -o outside.zip",
		Args:    noWords,
		RunE:    func(cmd *cobra.Command, _ []string) error { return export(cmd, f, q, file, names) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&file, "output", "o", "", "file to write, or - for stdout (default fred-export-DATE.zip)")
	flags.StringSliceVar(&q.Clusters, "context", nil, "only these clusters, by name or alias")
	flags.StringSliceVarP(&q.Namespaces, "namespace", "n", nil, "only what is in these namespaces")
	flags.StringSliceVar(&q.Kinds, "kind", nil, "only these kinds of entries: pods, deployments, facts…")
	flags.BoolVar(&q.Pseudonyms, "pseudonyms", false, "put pseudonyms in the place of all names, so that the zip may leave the company")
	flags.StringVar(&names, "names", "", "file to write which pseudonym stands for which name to; it stays with you")
	completeFlag(cmd, "context", f.words(f.contexts))
	completeFlag(cmd, "namespace", f.words(f.namespaces))
	return cmd
}

func export(cmd *cobra.Command, f *Factory, q fred.ExportQuery, file, names string) error {
	if file == "" {
		file = time.Now().Format("fred-export-2006-01-02.zip")
	}
	if file == "-" && term.For(f.Out, true, f.Env).Terminal {
		return fault.New(fault.Invalid, "a zip is not written to a terminal").Hinted("Name a file with -o, or pipe it on.")
	}
	f.lean()
	if err := checkNames(q, file, names); err != nil {
		return err
	}
	lib, err := f.Fred()
	if err != nil {
		return err
	}
	var t *fred.Transfer
	write := func(w io.Writer) error {
		t, err = lib.Export(cmd.Context(), q, w, f.Version)
		return err
	}
	if names == "" {
		err = to(file, f.Out, write)
	} else {
		err = whole(names, func(w io.Writer) error {
			q.Names = w
			return to(file, f.Out, write)
		})
	}
	if err != nil {
		return err
	}
	f.say(exportedSentence(file, t))
	return f.tell(t.Warnings)
}

// transferMemory is from how many bytes on Go's memory is collected more often
// while a cache moves: what it knows of each of thousands of entries adds up.
const transferMemory = 64 << 20

// lean has a command that moves the cache rather take longer than more memory.
func (f *Factory) lean() {
	if f.Env("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(transferMemory)
	}
}

func exportedSentence(file string, t *fred.Transfer) string {
	s := fmt.Sprintf("%s: %d entries, %s", file, t.Total.Actions[fred.Exported], unit.Bytes(t.Total.SizeBytes))
	if t.Total.Pseudonyms {
		s += ", under pseudonyms"
	}
	return s
}

// checkNames says what is wrong with the file that names are to be written to.
func checkNames(q fred.ExportQuery, file, names string) error {
	switch {
	case names == "":
		return nil
	case !q.Pseudonyms:
		return fault.New(fault.Invalid, "without --pseudonyms there is nothing to tell by --names").Hinted("Add --pseudonyms.")
	case names == "-" || filepath.Clean(names) == filepath.Clean(file):
		return fault.New(fault.Invalid, "the names go to a file of their own").Hinted("Name one, such as --names names.csv.")
	}
	return nil
}

// to writes to a file or, where that is "-", to out.
func to(file string, out io.Writer, write func(io.Writer) error) error {
	if file == "-" {
		return write(outfile{"-", out})
	}
	return whole(file, write)
}

// whole writes a file that is there as a whole or not at all, and that only its
// owner may read. A pipe or a device is written to as it is.
func whole(path string, write func(io.Writer) error) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return into(path, write)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".fred-export-*") // 0600
	if err != nil {
		return outfile{path: path}.failed(err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // nothing is there once it is renamed
	out := outfile{path, temp}
	err = write(out)
	if err == nil {
		err = out.failed(temp.Sync())
	}
	if err := errors.Join(err, out.failed(temp.Close())); err != nil {
		return err
	}
	return out.failed(os.Rename(temp.Name(), path))
}

// into writes to what is at path already.
func into(path string, write func(io.Writer) error) error {
	there, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return outfile{path: path}.failed(err)
	}
	out := outfile{path, there}
	return errors.Join(write(out), out.failed(there.Close()))
}

func newImport(f *Factory) *cobra.Command {
	var o fred.ImportOptions
	var path, merge, format string
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Take the entries of a zip that fred cache export wrote into the cache",
		Long: `Take what an export holds into the cache: all of it, or nothing when it is
refused or interrupted. Where both sides have an entry, the one that was read
from its source later stays, unless --merge says otherwise. What people wrote is
merged and never lost. A zip that the first Fred exported is taken too, as far as
it goes: see docs/migration.md. An archive is not trusted: it is checked before anything
is written, and secrets in it are kept out of the cache.`,
		Example: "  fred cache import team.zip\n  fred cache import team.zip --dry-run -o wide",
		Args:    word("file", &path),
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Merge = fred.Side(merge)
			if o.Replace && cmd.Flags().Changed("merge") {
				return fault.New(fault.Invalid, "--replace takes the archive's side, so there is nothing to --merge").Hinted("Give one of the two.")
			}
			return importFrom(cmd, f, path, o, format)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&merge, "merge", string(fred.Newer), "which side stays where both have an entry: newer, ours or theirs")
	flags.BoolVar(&o.Replace, "replace", false, "take the archive's side, and delete what it does not have; never facts")
	flags.BoolVar(&o.DryRun, "dry-run", false, "say what would change, and change nothing")
	f.outputFlag(cmd, &format)
	completeFlag(cmd, "merge", cobra.FixedCompletions([]string{"newer", "ours", "theirs"}, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func importFrom(cmd *cobra.Command, f *Factory, path string, o fred.ImportOptions, format string) error {
	if err := view.Check(format); err != nil {
		return err
	}
	f.lean()
	lib, err := f.Fred()
	if err != nil {
		return err
	}
	file, size, err := f.archive(cmd.Context(), path, lib.Limits.TotalBytes)
	if err != nil {
		return err
	}
	defer file.Close()
	t, err := lib.Import(cmd.Context(), file, size, o)
	if err != nil {
		return err
	}
	if err := view.Write(f.Out, f.output(format), t, view.Transfer(*t)); err != nil {
		return err
	}
	return f.tell(t.Warnings)
}

// archive opens the file at path, or a copy of stdin, of which at most most
// bytes are taken.
func (f *Factory) archive(ctx context.Context, path string, most int64) (*os.File, int64, error) {
	if path == "-" {
		in := interruptible(ctx, f.In)
		defer in.Close()
		return fred.Spool(in, most)
	}
	info, err := os.Stat(path) // first, because to open a pipe is to wait for whoever writes to it
	switch {
	case err != nil:
		return nil, 0, fault.New(fault.Invalid, "%w", err)
	case !info.Mode().IsRegular():
		return nil, 0, fault.New(fault.Invalid, "%s is no file", path).Hinted("A zip from a pipe is read with -.")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, fault.New(fault.Invalid, "%w", err)
	}
	if info, err = file.Stat(); err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// interruptible returns what r yields until ctx ends, however long r has nothing
// to yield.
func interruptible(ctx context.Context, r io.Reader) io.ReadCloser {
	in, w := io.Pipe()
	go func() {
		_, err := io.Copy(w, r)
		w.CloseWithError(err)
	}()
	context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })
	return in
}

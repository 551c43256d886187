package cli

import (
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/report"
)

func newCache(f *Factory) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "cache",
		Short:   "See what is cached, pass it on, take what others cached",
		Long:    "Show where the cache is and what it holds of which cluster, as fred cache info does.",
		Example: "  fred cache\n  fred cache ls\n  fred cache export -o cache.zip",
		Args:    noWords,
		RunE:    func(cmd *cobra.Command, _ []string) error { return info(cmd, f, format) },
	}
	f.outputFlag(cmd, &format)
	cmd.AddCommand(newExport(f), newImport(f), newEntries(f), newInfo(f), newVerify(f), newPrune(f))
	return cmd
}

// entryFlags adds the flags that select entries.
func (f *Factory) entryFlags(cmd *cobra.Command, q *fred.EntryQuery) {
	cmd.Flags().StringSliceVar(&q.Clusters, "context", nil, "only these clusters, by name or alias")
	cmd.Flags().StringSliceVar(&q.Kinds, "kind", nil, "only these kinds of entries: pods, deployments, facts…")
	completeFlag(cmd, "context", f.words(f.contexts))
}

func newEntries(f *Factory) *cobra.Command {
	var q fred.EntryQuery
	var format string
	cmd := &cobra.Command{
		Use:     "ls",
		Aliases: []string{"list"},
		Short:   "List what is cached: of what, how old, how large, from where",
		Example: "  fred cache ls\n  fred cache ls --kind pods -o wide",
		Args:    noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cached(f, format, func(lib *fred.Fred) (fred.EntryList, error) { return lib.Entries(cmd.Context(), q) },
				func(r fred.EntryList) view.Doc { return view.Entries(r, "nothing is cached") })
		},
	}
	f.entryFlags(cmd, &q)
	f.outputFlag(cmd, &format)
	return cmd
}

func newInfo(f *Factory) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:     "info",
		Short:   "Show where the cache is and what it holds of which cluster",
		Example: "  fred cache info\n  fred cache info -o json",
		Args:    noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return info(cmd, f, format)
		},
	}
	f.outputFlag(cmd, &format)
	return cmd
}

// info is what fred cache and fred cache info do.
func info(cmd *cobra.Command, f *Factory, format string) error {
	return cached(f, format, func(lib *fred.Fred) (fred.CacheInfo, error) { return lib.Info(cmd.Context()) }, view.CacheInfo)
}

func newVerify(f *Factory) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Read every entry to its end, and tell which are damaged",
		Long: `Read every entry to its end: its header, its size, its hash, that it lies where
its header says. What is being written is sound. Damaged entries count as missing
wherever fred reads; nothing is changed here. It ends with 1 if there are any.`,
		Example: "  fred cache verify",
		Args:    noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cached(f, format, func(lib *fred.Fred) (fred.EntryList, error) { return lib.Verify(cmd.Context()) }, view.Verified)
		},
	}
	f.outputFlag(cmd, &format)
	return cmd
}

func newPrune(f *Factory) *cobra.Command {
	var q fred.EntryQuery
	var o fred.PruneOptions
	var older, format string
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Delete what is old, and what is damaged",
		Long: `Delete entries that were read longer ago than --older-than, and damaged ones. A
source can give them again. What people wrote, and what a
model was paid for, is deleted only where --kind names it.`,
		Example: "  fred cache prune --dry-run\n  fred cache prune --older-than 30d",
		Args:    noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			age, err := model.ParseDuration(older)
			if err != nil {
				return fault.New(fault.Invalid, "--older-than: %w", err).Hinted("Give a duration such as 12h, 30d or 2w.")
			}
			o.OlderThan = time.Duration(age)
			return cached(f, format, func(lib *fred.Fred) (fred.EntryList, error) { return lib.Prune(cmd.Context(), q, o) },
				func(r fred.EntryList) view.Doc { return view.Entries(r, "nothing to delete") })
		},
	}
	f.entryFlags(cmd, &q)
	cmd.Flags().StringVar(&older, "older-than", "30d", "delete what was read longer ago than this: 12h, 30d, 2w")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "say what would be deleted, and delete nothing")
	f.outputFlag(cmd, &format)
	return cmd
}

// cached answers a question about the cache. What it has to say is written also
// where that is that something is wrong.
func cached[I, T any](f *Factory, format string, ask func(*fred.Fred) (report.Report[I, T], error), doc func(report.Report[I, T]) view.Doc) error {
	if err := view.Check(format); err != nil {
		return err
	}
	lib, err := f.Fred()
	if err != nil {
		return err
	}
	r, asked := ask(lib)
	if asked != nil && len(r.Items) == 0 {
		return asked
	}
	if err := view.Write(f.Out, f.output(format), r, doc(r)); err != nil {
		return err
	}
	if asked != nil {
		return asked
	}
	return f.tell(r.Warnings)
}

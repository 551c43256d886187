package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fred"
)

func newCollect(f *Factory) *cobra.Command {
	var m measuring
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Keep what meters know before they forget it",
		Long: `Read what the Prometheus of a cluster has of the last day, and what was
published of its grid, so that both stay when their sources forget them. It
asks only for what is not kept yet, and is made for cron and CI.

Of a cluster without a Prometheus it keeps what pods use at this moment, as
metrics-server says: asked every few minutes, that is a history, and energy is
computed from it hour by hour. fred serve does the same by itself every quarter
of an hour (server.record).`,
		Example: "  fred footprint collect --all-contexts\n  fred footprint collect --last 7d --by workload",
		Args:    noWords,
	}
	flags := cmd.Flags()
	flags.StringVar(&m.query.Window.Last, "last", "", "how far back to read: 24h, 7d, 2w, 1mo, 1y (default 1d)")
	flags.StringVar(&m.query.By, "by", fred.Groupings[0], "how fine meters are read: namespace, or workload, which is many times larger")
	completeFlag(cmd, "by", cobra.FixedCompletions(fred.Groupings[:2], cobra.ShellCompDirectiveNoFileComp))
	f.outputFlag(cmd, &m.format)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return answer(cmd, f, m.within(cmd), m.format, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.CollectReport, error) {
			return lib.Collect(ctx, m.of(q))
		}, view.Collected)
	}
	return cmd
}

package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

func newCostCompare(f *Factory) *cobra.Command {
	var s spending
	var first window.Asked
	cmd := &cobra.Command{
		Use:   "compare",
		Short: "Compare the costs of two windows",
		Long: `Compare what a cluster cost in a window with what it cost in another: the one just
before it, of the same length, or what --first-start, --first-end and
--first-last say.

What of a difference comes of usage is that more or less was used, at the first
window's prices; the rest comes of prices. What is new or gone is all usage. Of
charges without a quantity, such as taxes, it is not known (OTHER), nor of
namespaces and workloads. The three add up to the difference.`,
		Example: "  fred finops compare --focus bills/ --last 1mo\n  fred finops compare --focus bills/ --start 2026-10-01 --end 2026-11-01 --first-start 2026-09-01 --first-end 2026-10-01 --by region\n  fred finops compare --by namespace --fail-on 'increase>10%'",
		Args:    noWords,
	}
	s.groupFlags(cmd)
	s.flags(f, cmd)
	flags := cmd.Flags()
	lengthFlags(flags, &s.query.Window, lastMonth)
	flags.StringVar(&first.Last, "first-last", "", "how long the first window is: 24h, 7d, 2w, 1mo, 1y")
	flags.StringVar(&first.Start, "first-start", "", "when the first window starts")
	flags.StringVar(&first.End, "first-end", "", "when the first window ends")
	s.limits.flag(cmd, "cost>1000USD, increase>50USD, increase>10%")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		metric, err := s.settle(cmd)
		if err != nil {
			return err
		}
		var changes []finops.CostChange
		err = answer(cmd, f, s.selection, s.format, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.CostComparison, error) {
			all := s.query
			all.Query = q
			r, err := lib.CompareCost(ctx, fred.CompareCostQuery{CostQuery: all, First: first, Metric: metric})
			changes = r.Totals
			return r, err
		}, func(r fred.CostComparison) view.Doc { return view.CostComparison(r, s.cost, s.explain) })
		return s.limits.judgedOf(changes, err)
	}
	return cmd
}

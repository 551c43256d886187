package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fred"
)

func newMix(f *Factory) *cobra.Command {
	var m measuring
	cmd := &cobra.Command{
		Use:   "mix",
		Short: "Show what feeds the grid, and what that emits",
		Long: `Show what fed the grid that a cluster is on, or that --zone names, and what a
kilowatt-hour of it emitted, over the life of power plants and by what they
burned.

NESO publishes Great Britain's grid and RTE that of France, for everybody; with
a key, Electricity Maps most others and EIA those of the United States
(grid.electricityMapsKey and grid.eiaKey in the settings). Of any other grid
the mean of a year is known, and no mix. What was read of an hour is kept, and
asked for again only until its source says that it is final.`,
		Example: "  fred footprint mix\n  fred footprint mix --zone FR --last 7d --step 1d\n  fred footprint mix --zone GB -o json",
		Args:    noWords,
	}
	f.zoneFlag(cmd, &m)
	f.outputFlag(cmd, &m.format)
	windowFlags(cmd.Flags(), &m.query.Window, lastDay)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return answer(cmd, f, m.within(cmd), m.format, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.MixReport, error) {
			return lib.Mix(ctx, fred.MixQuery{Query: q, Window: m.query.Window, Grid: m.query.Grid})
		}, view.Mix)
	}
	return cmd
}

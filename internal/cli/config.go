package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/view"
)

func newConfig(f *Factory) *cobra.Command {
	cmd := &cobra.Command{
		Use: "config", Short: "Show fred's settings", Args: noWords,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigView(f))
	return cmd
}

func newConfigView(f *Factory) *cobra.Command {
	return &cobra.Command{
		Use:   "view",
		Short: "Print the settings that are in force, and where each comes from",
		Long: `Print every setting as it is in force, and where it comes from: a flag, the
environment, the settings file or fred's default, in this order of precedence.`,
		Example: "  fred config view\n  FRED_TIMEOUT=5s fred config view",
		Args:    noWords,
		RunE: func(*cobra.Command, []string) error {
			sources := f.sources()
			if _, err := config.Load(sources); err != nil {
				return err
			}
			effective, err := config.Effective(sources)
			if err != nil {
				return err
			}
			if _, err := fmt.Fprintf(f.Out, "# settings file: %s\n", sources.Path()); err != nil {
				return err
			}
			return view.Write(f.Out, f.output("table"), nil, view.Settings(effective))
		},
	}
}

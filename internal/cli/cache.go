package cli

import "github.com/spf13/cobra"

func newCache(f *Factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "See what is cached, pass it on, take what others cached",
		Args:  noWords,
	}
	cmd.AddCommand(newExport(f), newImport(f))
	return cmd
}

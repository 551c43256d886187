package cli

import (
	"context"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fred"
)

func newBillCheck(f *Factory) *cobra.Command {
	var format string
	var strict bool
	cmd := &cobra.Command{
		Use:   "check [FILE…]",
		Short: "Check a bill: what it holds, and what is wrong with it",
		Long: `Read a bill, and say what it holds, by category and currency, and what is wrong
with it: rows and files that cannot be read, costs that are not told or look
rounded, days without usage, what would tell of which cluster charges are and is
empty. No cluster is asked, and nothing is stored.

It ends with 3 if sums lack rows, with 2 at the first problem if --strict.`,
		Example: "  fred finops check bills/\n  fred finops check bill.parquet -o json\n  fred finops check --strict bill.csv.gz",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				if focus, ok := cmd.Flags().Lookup("focus").Value.(pflag.SliceValue); ok {
					if err := focus.Replace(args); err != nil {
						return err
					}
					cmd.Flags().Lookup("focus").Changed = true
				}
			}
			return answer(cmd, f, selection{}, format, func(lib *fred.Fred, ctx context.Context, _ fred.Query) (fred.BillCheck, error) {
				return lib.CheckBill(ctx, strict)
			}, view.BillCheck)
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "end at the first problem")
	f.outputFlag(cmd, &format)
	return cmd
}

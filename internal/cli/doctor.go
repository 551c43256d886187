package cli

import (
	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fred"
)

func newDoctor(f *Factory) *cobra.Command {
	var s selection
	var format string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what fred needs: what is reachable, what is missing, how to mend it",
		Long: `Look at fred's settings and cache, and at each cluster asked about: whether it
answers, what of it you may read, whether usage is measured, and where energy is
had from. Nothing is stored.

It ends with 3 if something is wrong that keeps fred from answering.`,
		Example: "  fred doctor\n  fred doctor --all-contexts",
		Args:    noWords,
		RunE:    func(cmd *cobra.Command, _ []string) error { return diagnose(cmd, f, s, format) },
	}
	f.kubeFlags(cmd, cmd.Flags())
	f.prometheusFlag(cmd.Flags())
	cmd.Flags().BoolVar(&s.allContexts, "all-contexts", false, "look at every context of the kubeconfig")
	f.outputFlag(cmd, &format)
	return cmd
}

func diagnose(cmd *cobra.Command, f *Factory, s selection, format string) error {
	if err := view.Check(format); err != nil {
		return err
	}
	q, err := f.query(cmd, s)
	if err != nil {
		return err
	}
	lib, err := f.Fred()
	if err != nil {
		return err
	}
	r, err := lib.Diagnose(cmd.Context(), q)
	if err != nil {
		return err
	}
	if err := view.Write(f.Out, f.output(format), r, view.Diagnosis(r)); err != nil {
		return err
	}
	for _, finding := range r.Items {
		if finding.Status == fred.Bad {
			return errPartial
		}
	}
	return nil
}

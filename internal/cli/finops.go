package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

// spending holds the flags of a question about costs.
type spending struct {
	selection
	format  string
	cost    string
	explain bool
	byStart bool
	query   fred.CostQuery
	limits  costLimits
}

// metrics are the costs that may be shown.
var metrics = map[string]bill.Metric{"effective": bill.Effective, "billed": bill.Billed, "list": bill.List, "contracted": bill.Contracted}

var metricWords = []string{"effective", "billed", "list", "contracted"}

func newFinOps(f *Factory) *cobra.Command {
	var s spending
	cmd := &cobra.Command{
		Use:   "finops",
		Short: "Show what clusters cost",
		Long: `Show what a cluster cost: over the last 30 days by service, or by what, and over
what window, you say.

--focus names the bill: files in FOCUS 1.0 to 1.4, which AWS, Azure, Google and
others export, as .csv, .csv.gz, .zip or .parquet, or folders of them. Its
charges are found to be of a cluster by the provider IDs of its nodes, then by the tags that
clouds put on what is of a cluster, then by its name: each row says how. What is
of no cluster that was asked about stands apart, and --whole-bill shows the bill
as it is. Without a bill, nodes are priced at list prices, which --prices can
replace.

Amounts are exact decimals, and of several currencies never added.`,
		Example: "  fred finops\n  fred finops --focus bills/ --last 3mo --step 1mo\n  fred finops --focus bill.csv.gz --by tag:team --cost billed -o csv",
		Args:    noWords,
	}
	persistent := cmd.PersistentFlags()
	f.kubeFlags(cmd, persistent)
	persistent.BoolVar(&s.allContexts, "all-contexts", false, "ask about every context of the kubeconfig")
	f.billFlags(persistent)
	f.prometheusFlag(persistent)
	flags := cmd.Flags()
	s.groupFlags(cmd)
	s.flags(f, cmd)
	windowFlags(flags, &s.query.Window, lastMonth)
	s.limits.flag(cmd, "cost>1000USD")
	cmd.RunE = s.run(f, (*fred.Fred).Cost)
	cmd.AddCommand(newAllocate(f), newCostCompare(f), newBillCheck(f))
	return cmd
}

func newAllocate(f *Factory) *cobra.Command {
	var s spending
	cmd := &cobra.Command{
		Use:   "allocate",
		Short: "Show whom costs are for: by namespace or workload",
		Long: `Show whom what a cluster costs is for. A node's cost is that of its cores and its
memory; a pod has the part of them that it requested or, where that is more,
used, hour by hour, and what nobody kept is idle. A Prometheus with the metrics
of kube-state-metrics and cAdvisor (--prometheus-url) knows that of the past;
without one, pods count as they are now. A volume is its claim's, a load
balancer its Service's. What is of the cluster and of none of these is
shared; of what is gone is not known whose it was: it is unallocated.

Rows add up to the bill, to the last digit: what they lack is printed.
--share idle,shared,controlPlane gives those to namespaces, as those cost.`,
		Example: "  fred finops allocate --focus bills/\n  fred finops allocate --by workload -n shop\n  fred finops allocate --share idle,shared,controlPlane -o csv",
		Args:    noWords,
	}
	cmd.Flags().StringVar(&s.query.By, "by", "namespace", "what to group by: namespace, workload")
	completeFlag(cmd, "by", cobra.FixedCompletions([]string{"namespace", "workload"}, cobra.ShellCompDirectiveNoFileComp))
	s.flags(f, cmd)
	windowFlags(cmd.Flags(), &s.query.Window, lastMonth)
	s.limits.flag(cmd, "cost>1000USD")
	cmd.RunE = s.run(f, (*fred.Fred).Allocate)
	return cmd
}

// groupFlags adds what says by what costs are shown.
func (s *spending) groupFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.query.By, "by", finops.Groupings[0], "what to group by: "+strings.Join(finops.Groupings, ", ")+", or tag:KEY")
	cmd.Flags().BoolVar(&s.query.Whole, "whole-bill", false, "the whole bill, whatever cluster it is of")
	completeFlag(cmd, "by", cobra.FixedCompletions(append([]string{finops.TagPrefix}, finops.Groupings...), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace))
}

// flags adds what every question about costs takes.
func (s *spending) flags(f *Factory, cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&s.cost, "cost", metricWords[0], "cost to show: "+strings.Join(metricWords, ", "))
	flags.StringVar(&s.query.Prorate, "prorate", fred.Prorations[0], "which charges count by the part of their period that is in the window: usage, all")
	flags.BoolVar(&s.byStart, "by-start", false, "count charges whole, at their start")
	flags.BoolVar(&s.query.Strict, "strict", false, "refuse a bill with a problem, rather than tell it and go on")
	flags.StringSliceVar(&s.query.Share, "share", nil, "costs to share among namespaces, as those cost: "+strings.Join(shareable(), ", "))
	flags.BoolVar(&s.explain, "explain", false, "print each price, with its source and date")
	f.outputFlag(cmd, &s.format)
	completeFlag(cmd, "share", cobra.FixedCompletions(shareable(), cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "cost", cobra.FixedCompletions(metricWords, cobra.ShellCompDirectiveNoFileComp))
	completeFlag(cmd, "prorate", cobra.FixedCompletions(fred.Prorations[:2], cobra.ShellCompDirectiveNoFileComp))
	cmd.MarkFlagsMutuallyExclusive("prorate", "by-start")
}

// run answers by ask.
func (s *spending) run(f *Factory, ask func(*fred.Fred, context.Context, fred.CostQuery) (fred.CostReport, error)) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		metric, err := s.settle(cmd)
		if err == nil {
			err = s.limits.ofCostAlone()
		}
		if err != nil {
			return err
		}
		var totals []costTotal
		err = answer(cmd, f, s.selection, s.format, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.CostReport, error) {
			all := s.query
			all.Query = q
			r, err := ask(lib, ctx, all)
			for i := range r.Totals {
				if t := &r.Totals[i]; t.Class == finops.Plain {
					totals = append(totals, costTotal{t.Of(metric), t.Currency})
				}
			}
			return r, err
		}, func(r fred.CostReport) view.Doc { return view.Cost(r, metric, s.explain) })
		return s.limits.judged(totals, err)
	}
}

// settle makes sense of flags together.
func (s *spending) settle(cmd *cobra.Command) (bill.Metric, error) {
	metric, ok := metrics[s.cost]
	if !ok {
		return 0, fault.New(fault.Invalid, "no cost is called %q", s.cost).Hinted("Take one of %s.", strings.Join(metricWords, ", "))
	}
	if s.byStart {
		s.query.Prorate = "none"
	}
	s.allContexts, _ = cmd.Flags().GetBool("all-contexts") // which is the parent's
	return metric, nil
}

func shareable() []string {
	words := make([]string, len(finops.Shareable))
	for i, class := range finops.Shareable {
		words[i] = string(class)
	}
	return words
}

// billFlags adds the flags that say where costs are read from.
func (f *Factory) billFlags(flags *pflag.FlagSet) {
	flags.StringSlice("focus", nil, "bill in FOCUS: a file, a folder or a pattern; may be given again")
	f.setting(flags, "finops.focus", "focus")
	flags.String("prices", "", "CSV file of prices of machines, in the place of list prices")
	f.setting(flags, "finops.prices", "prices")
}

// lastMonth is how long the window of costs is where nobody says.
const lastMonth = "30d"

// windowFlags adds the flags that say which window is meant, and its steps.
func windowFlags(flags *pflag.FlagSet, w *window.Asked, last string) {
	lengthFlags(flags, w, last)
	flags.StringVar(&w.Step, "step", "", "cut the window into steps: 1h, 1d, 1w, 1mo, 1y")
}

// lengthFlags adds the flags that say which window is meant.
func lengthFlags(flags *pflag.FlagSet, w *window.Asked, last string) {
	flags.StringVar(&w.Last, "last", "", "how long the window is: 24h, 7d, 2w, 1mo, 1y (default "+last+")")
	flags.StringVar(&w.Start, "start", "", "when it starts: 2026-11-01, 2026-11-01T08:00, with or without a zone")
	flags.StringVar(&w.End, "end", "", "when it ends; now if not said")
	flags.StringVar(&w.Zone, "tz", "", "time zone of days, and of times without one: Europe/Paris (default UTC)")
}

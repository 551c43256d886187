package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/factor"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

// measuring holds the flags of a question about energy or carbon.
type measuring struct {
	selection
	format  string
	explain bool
	query   fred.FootprintQuery
	first   window.Asked
	before  bool
	limits  limits
}

func newFootprint(f *Factory) *cobra.Command {
	var m measuring
	cmd := &cobra.Command{
		Use:   "footprint",
		Short: "Show what energy was used, and what that emitted",
		Long: `Show the energy and the carbon of a cluster: by namespace over the last day, or
by what, and over what window, you say.

Energy is at the machine, in watt-hours. It is measured where Kepler or
Scaphandre are found in a Prometheus (--prometheus-url), counted from CPU time
where that has cAdvisor's, and otherwise estimated from what runs now: the
answer says which, and in what range the truth may lie. Carbon is in grams of
CO2 equivalent: energy, times the data center's PUE, times the intensity of the
grid the cluster is on; what making the machines emitted stands apart.`,
		Example: "  fred footprint\n  fred footprint carbon --last 7d --step 1d\n  fred footprint energy --by workload -n shop\n  fred footprint carbon --zone DE --explain",
		Args:    noWords,
	}
	f.kubeFlags(cmd, cmd.PersistentFlags())
	cmd.PersistentFlags().BoolVar(&m.allContexts, "all-contexts", false, "ask about every context of the kubeconfig")
	f.prometheusFlag(cmd.PersistentFlags())
	f.footprintFlags(cmd, &m)
	windowFlags(cmd.Flags(), &m.query.Window, lastDay)
	m.limits.failOnFlag(cmd, "carbon>10kg, embodied>1kg, energy>20kWh, sci>2g")
	m.perFlag(cmd)
	cmd.RunE = m.carbon(f)
	cmd.AddCommand(newEnergy(f), newCarbon(f), newMix(f), newCollect(f))
	return cmd
}

func newEnergy(f *Factory) *cobra.Command {
	var m measuring
	cmd := &cobra.Command{
		Use:   "energy",
		Short: "Show what energy was used, and by whom",
		Long: `Show what energy was used in a window, in watt-hours at the machine: by
namespace, workload or node. Idle is what nodes use whatever runs on them.

Nothing known is "-", never 0. An estimate stands with the range in which the
truth may lie.`,
		Example: "  fred footprint energy\n  fred footprint energy --last 7d --step 1d --tz Europe/Paris\n  fred footprint energy --by workload -n shop -o json",
		Args:    noWords,
	}
	f.footprintFlags(cmd, &m)
	windowFlags(cmd.Flags(), &m.query.Window, lastDay)
	m.limits.failOnFlag(cmd, "energy>20kWh")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var t totals
		err := answer(cmd, f, m.within(cmd), m.format, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.EnergyReport, error) {
			r, err := lib.Energy(ctx, m.of(q))
			if r.Total != nil {
				t.energy = r.Total.Energy
			}
			return r, err
		}, func(r fred.EnergyReport) view.Doc { return view.Energy(r, m.explain) })
		return m.limits.judged(t, err)
	}
	cmd.AddCommand(newCompare(f, "energy", (*fred.Fred).CompareEnergy))
	return cmd
}

func newCarbon(f *Factory) *cobra.Command {
	var m measuring
	cmd := &cobra.Command{
		Use:   "carbon",
		Short: "Show what was emitted, and for whom",
		Long: `Show what the energy of a window emitted, in grams of CO2 equivalent: energy,
times the data center's PUE, times the intensity of the grid it is on, which is
found by the nodes' region or said with --zone: hour by hour where somebody
publishes it, else the mean of a year. It is location-based: certificates and
contracts count for nothing. What making the machines emitted is apart
(EMBODIED), spread over four years of use.

--explain prints each factor with its source and year.`,
		Example: "  fred footprint carbon\n  fred footprint carbon --last 30d --step 1w\n  fred footprint carbon --zone PL --pue 1.2 --explain",
		Args:    noWords,
	}
	f.footprintFlags(cmd, &m)
	windowFlags(cmd.Flags(), &m.query.Window, lastDay)
	m.limits.failOnFlag(cmd, "carbon>10kg, embodied>1kg, energy>20kWh, sci>2g")
	m.perFlag(cmd)
	cmd.RunE = m.carbon(f)
	cmd.AddCommand(newCompare(f, "carbon", (*fred.Fred).CompareCarbon))
	return cmd
}

// carbon answers with a CarbonReport.
func (m *measuring) carbon(f *Factory) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, _ []string) error {
		if m.query.Per == "" && m.limits.of("sci") {
			return fault.New(fault.Invalid, "--fail-on sci needs a functional unit").Hinted("Say what is counted with --per, such as --per users=1200.")
		}
		var t totals
		err := answer(cmd, f, m.within(cmd), m.format, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.CarbonReport, error) {
			r, err := lib.Carbon(ctx, m.of(q))
			if r.Total != nil {
				t = totals{r.Total.Energy, r.Total.Carbon, r.Total.Embodied, nil}
				if r.Total.SCI != nil {
					t.sci = r.Total.SCI.Grams
				}
			}
			return r, err
		}, func(r fred.CarbonReport) view.Doc { return view.Carbon(r, m.explain) })
		return m.limits.judged(t, err)
	}
}

func newCompare(f *Factory, of string, ask func(*fred.Fred, context.Context, fred.CompareQuery) (fred.Comparison, error)) *cobra.Command {
	var m measuring
	cmd := &cobra.Command{
		Use:   "compare",
		Short: "Compare the " + of + " of two windows",
		Long: `Compare the ` + of + ` of a window with that of another: the one just before it, of
the same length, or what --first-start, --first-end and --first-last say. Where
lengths differ, the difference is given per day too.

The difference is that of the second window to the first; its percentage is
unknown where the first is nothing.`,
		Example: "  fred footprint " + of + " compare --last 7d\n  fred footprint " + of + " compare --start 2026-11-01 --last 1w --first-start 2026-10-01 --first-last 1w",
		Args:    noWords,
	}
	f.footprintFlags(cmd, &m)
	lengthFlags(cmd.Flags(), &m.query.Window, lastDay)
	flags := cmd.Flags()
	flags.BoolVar(&m.before, "previous", false, "compare with the window just before, of the same length; the default")
	flags.StringVar(&m.first.Last, "first-last", "", "how long the first window is: 24h, 7d, 2w, 1mo, 1y")
	flags.StringVar(&m.first.Start, "first-start", "", "when the first window starts")
	flags.StringVar(&m.first.End, "first-end", "", "when the first window ends")
	for _, name := range []string{"first-last", "first-start", "first-end"} {
		cmd.MarkFlagsMutuallyExclusive("previous", name)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return answer(cmd, f, m.within(cmd), m.format, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.Comparison, error) {
			return ask(lib, ctx, fred.CompareQuery{FootprintQuery: m.of(q), First: m.first})
		}, func(r fred.Comparison) view.Doc { return view.Comparison(r, m.explain) })
	}
	return cmd
}

// lastDay is how long the window of a footprint is where nobody says.
const lastDay = "1d"

// perFlag adds the flag that asks for emissions by functional unit.
func (m *measuring) perFlag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&m.query.Per, "per", "", "functional unit and how many there were, for the Software Carbon Intensity: users=1200")
}

// prometheusFlag adds the flag that says where the past is read from.
func (f *Factory) prometheusFlag(flags *pflag.FlagSet) {
	flags.String("prometheus-url", "", "Prometheus to read the past from")
	f.setting(flags, "prometheus.url", "prometheus-url")
}

// footprintFlags adds what every question about energy or carbon takes.
func (f *Factory) footprintFlags(cmd *cobra.Command, m *measuring) {
	flags := cmd.Flags()
	m.namespacesFlag(cmd)
	flags.Lookup("all-namespaces").Usage = "all namespaces, which is the default"
	m.selectorFlag(cmd)
	flags.StringVar(&m.query.By, "by", fred.Groupings[0], "what to group by: "+strings.Join(fred.Groupings, ", "))
	flags.StringVar(&m.query.Rung, "source", "", "source of energy, in the place of the best there is: "+strings.Join(rungs(), ", "))
	flags.BoolVar(&m.query.Exact, "exact", false, "compute from raw samples, which takes longer")
	f.zoneFlag(cmd, m)
	flags.StringVar(&m.query.Intensity, "intensity", fred.Intensities[0], "grid intensity to count by: lifecycle, over the life of power plants, or direct, of what they burn")
	flags.Float64Var(&m.query.PUE, "pue", 0, "PUE of the data center, in the place of the region's")
	flags.BoolVar(&m.query.ShareIdle, "share-idle", false, "share what is idle among those who used something, as they used it")
	flags.BoolVar(&m.explain, "explain", false, "print each factor, with its source and year")
	f.outputFlag(cmd, &m.format)
	fixed := func(words []string) cobra.CompletionFunc {
		return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	}
	completeFlag(cmd, "by", fixed(fred.Groupings))
	completeFlag(cmd, "source", fixed(rungs()))
	completeFlag(cmd, "intensity", fixed(fred.Intensities))
}

// zoneFlag adds the flag that says which grid is meant.
func (f *Factory) zoneFlag(cmd *cobra.Command, m *measuring) {
	cmd.Flags().StringVar(&m.query.Grid, "zone", "", "grid zone such as FR, in the place of the cluster's own")
	completeFlag(cmd, "zone", func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return factor.Zones(), cobra.ShellCompDirectiveNoFileComp // read when asked for
	})
}

func rungs() []string {
	words := make([]string, len(footprint.Ladder))
	for i, r := range footprint.Ladder {
		words[i] = string(r)
	}
	return words
}

// within returns what is selected; --all-contexts is the parent's flag.
func (m *measuring) within(cmd *cobra.Command) selection {
	s := m.selection
	s.allContexts, _ = cmd.Flags().GetBool("all-contexts")
	return s
}

// of returns the question about q.
func (m *measuring) of(q fred.Query) fred.FootprintQuery {
	all := m.query
	all.Query = q
	return all
}

package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/report"
)

// selection holds the flags by which kube's commands select.
type selection struct {
	allContexts, allNamespaces bool
	selector                   string
}

func newKube(f *Factory) *cobra.Command {
	var s selection
	var format string
	cmd := &cobra.Command{
		Use:   "kube",
		Short: "Show what runs",
		Long: `Show one cluster at a glance: its nodes; per namespace the workloads, the pods
that are ready, CPU and memory requested (and used, where metrics.k8s.io
answers) against what nodes can allocate, restarts; and what is wrong.

CPU is in cores ("250m" is a quarter of one), memory in bytes (Ki, Mi, Gi).
The source is the Kubernetes API of the context; an answer that is younger than
a minute comes from the cache.`,
		Example: "  fred kube\n  fred kube -n shop\n  fred kube --context prod,staging -o json",
		Args:    noWords,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return answer(cmd, f, s, format, (*fred.Fred).Overview, view.Overview)
		},
	}
	f.kubeFlags(cmd, cmd.PersistentFlags())
	cmd.PersistentFlags().BoolVar(&s.allContexts, "all-contexts", false, "ask about every context of the kubeconfig")
	f.outputFlag(cmd, &format)
	cmd.AddCommand(newClusters(f, &s), newNamespaces(f, &s), newNamespace(f, &s), newWorkloads(f, &s), newWorkload(f, &s),
		newConfigMaps(f, &s), newServices(f, &s), newIngresses(f, &s), newNodes(f, &s))
	return cmd
}

func (s *selection) namespacesFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&s.allNamespaces, "all-namespaces", "A", false, "list the objects of all namespaces")
}

func (s *selection) selectorFlag(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&s.selector, "selector", "l", "", "label selector, such as app=web,tier!=cache")
}

func newWorkloads(f *Factory, s *selection) *cobra.Command {
	cmd := lister(f, s, &cobra.Command{
		Use:   "workloads",
		Short: "List workloads: Deployments, StatefulSets, DaemonSets, Jobs, CronJobs, and other owners of pods",
		Long: `List the workloads of the context's namespace, of another with -n, or of all with
-A: how many of their pods are ready, how they are, what they request and use.

Every pod counts at the top of its chain of owners. A Job that a CronJob owns is
a row of its own, but its pods count at the CronJob. Pods without a controller
and pods of other owners (an Argo Rollout, say) are rows of their own kind.`,
		Example: "  fred kube workloads\n  fred kube workloads -A -l app.kubernetes.io/part-of=shop\n  fred kube workloads -o name",
		Args:    noWords,
	}, (*fred.Fred).Workloads, view.Workloads)
	s.namespacesFlag(cmd)
	s.selectorFlag(cmd)
	return cmd
}

func newWorkload(f *Factory, s *selection) *cobra.Command {
	var w named
	return lister(f, s, &cobra.Command{
		ValidArgsFunction: f.workload,

		Use:   "workload KIND/NAME",
		Short: "Show one workload: containers, pods, ConfigMaps, Services, Ingresses",
		Long: `Show one workload: what it is made of, its pods and what they use, the ConfigMaps
it takes (by volume, variable or envFrom, in init containers too), the Services
that select its pods and the Ingresses that lead to those.

Values of ConfigMaps and of telling variables are never shown: fred does not
keep them.`,
		Example: "  fred kube workload deploy/web\n  fred kube workload sts db -n shop\n  fred kube workload cronjob/backup -o yaml",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fault.New(fault.Invalid, "no workload is named").Hinted("Write KIND/NAME, such as deploy/web.")
			}
			return w.read(cmd, args)
		},
	}, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.WorkloadDetail, error) {
		return lib.Workload(ctx, q, w.kind, w.name)
	}, view.Workload)
}

// answer runs one use case and writes its report: what every command that
// reports does.
func answer[I, T any](cmd *cobra.Command, f *Factory, s selection, format string,
	ask func(*fred.Fred, context.Context, fred.Query) (report.Report[I, T], error),
	look func(report.Report[I, T]) view.Doc,
) error {
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
	r, err := ask(lib, cmd.Context(), q)
	if err != nil {
		return err
	}
	if err := view.Write(f.Out, f.output(format), r, look(r)); err != nil {
		return err
	}
	return f.tell(r.Warnings)
}

// query turns flags into a query.
func (f *Factory) query(cmd *cobra.Command, s selection) (fred.Query, error) {
	q := fred.Query{
		AllClusters: s.allContexts, Namespace: *f.kube.Namespace, AllNamespaces: s.allNamespaces,
		Selector: s.selector, Refresh: f.refresh,
	}
	if *f.kube.Context != "" {
		q.Clusters = strings.Split(*f.kube.Context, ",")
	}
	if cmd.Flags().Changed("max-age") {
		if f.maxAge < 0 {
			return q, fault.New(fault.Invalid, "--max-age %s is negative", f.maxAge).Hinted("Give a duration such as 10m; 0s asks always.")
		}
		q.MaxAge = &f.maxAge
	}
	if q.AllClusters && len(q.Clusters) > 0 {
		return q, fault.New(fault.Invalid, "--context and --all-contexts exclude each other").Hinted("Give one of them.")
	}
	if q.AllNamespaces && q.Namespace != "" {
		q.Namespace = "" // as kubectl has it: -A wins
	}
	return q, nil
}

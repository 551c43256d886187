package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/report"
)

func newClusters(f *Factory, s *selection) *cobra.Command {
	return lister(f, s, &cobra.Command{
		Use:     "clusters",
		Aliases: []string{"contexts"},
		Short:   "List the clusters that can be asked about: the kubeconfig's contexts, or those in the cache",
		Example: "  fred kube clusters\n  fred kube clusters -o name",
		Args:    noWords,
	}, (*fred.Fred).Clusters, view.Clusters)
}

func newNamespaces(f *Factory, s *selection) *cobra.Command {
	cmd := lister(f, s, &cobra.Command{
		Use:     "namespaces",
		Aliases: []string{"ns"},
		Short:   "List namespaces with what runs in them",
		Example: "  fred kube namespaces\n  fred kube namespaces -o csv",
		Args:    noWords,
	}, (*fred.Fred).Namespaces, view.Namespaces)
	s.selectorFlag(cmd)
	return cmd
}

func newNamespace(f *Factory, s *selection) *cobra.Command {
	var name string
	return lister(f, s, &cobra.Command{
		ValidArgsFunction: f.words(f.namespaces),

		Use:     "namespace NAME",
		Short:   "Show one namespace: what runs, its quotas and limits, what is wrong",
		Example: "  fred kube namespace shop",
		Args:    word("namespace", &name),
	}, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.NamespaceList, error) {
		return lib.Namespace(ctx, q, name)
	}, view.Namespace)
}

func newNodes(f *Factory, s *selection) *cobra.Command {
	cmd := lister(f, s, &cobra.Command{
		Use:     "nodes",
		Short:   "List nodes: what pods request of them, what they have to give, what is used",
		Example: "  fred kube nodes\n  fred kube nodes -l topology.kubernetes.io/zone=eu-west-3a",
		Args:    noWords,
	}, (*fred.Fred).Nodes, view.Nodes)
	s.selectorFlag(cmd)
	return cmd
}

func newConfigMaps(f *Factory, s *selection) *cobra.Command {
	var w named
	return wiringList(f, s, &w, &cobra.Command{
		Use:     "configmaps [KIND/NAME]",
		Aliases: []string{"configmap", "cm"},
		Short:   "List ConfigMaps and their keys, or those that a workload uses",
		Example: "  fred kube configmaps\n  fred kube configmaps deploy/web",
	}, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.ConfigMapList, error) {
		return lib.ConfigMaps(ctx, q, w.kind, w.name)
	}, view.ConfigMaps)
}

func newServices(f *Factory, s *selection) *cobra.Command {
	var w named
	return wiringList(f, s, &w, &cobra.Command{
		Use:     "services [KIND/NAME]",
		Aliases: []string{"service", "svc"},
		Short:   "List Services, or those that select the pods of a workload",
		Example: "  fred kube services -A\n  fred kube services sts/db",
	}, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.ServiceList, error) {
		return lib.Services(ctx, q, w.kind, w.name)
	}, view.Services)
}

func newIngresses(f *Factory, s *selection) *cobra.Command {
	var w named
	return wiringList(f, s, &w, &cobra.Command{
		Use:     "ingresses [KIND/NAME]",
		Aliases: []string{"ingress", "ing"},
		Short:   "List Ingresses, a line for each path, or those that lead to a workload",
		Example: "  fred kube ingresses -A\n  fred kube ingresses deploy/web",
	}, func(lib *fred.Fred, ctx context.Context, q fred.Query) (fred.IngressList, error) {
		return lib.Ingresses(ctx, q, w.kind, w.name)
	}, view.Ingresses)
}

// named is a workload that a command may name.
type named struct{ kind, name string }

// read takes the workload from a command's words; none leaves it empty.
func (n *named) read(_ *cobra.Command, args []string) (err error) {
	if len(args) > 0 {
		n.kind, n.name, err = fred.ParseWorkload(args)
	}
	return err
}

// lister makes cmd answer with ask, shown as look says.
func lister[I, T any](f *Factory, s *selection, cmd *cobra.Command,
	ask func(*fred.Fred, context.Context, fred.Query) (report.Report[I, T], error), look func(report.Report[I, T]) view.Doc,
) *cobra.Command {
	var format string
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return answer(cmd, f, *s, format, ask, look) }
	f.outputFlag(cmd, &format)
	return cmd
}

func wiringList[I, T any](f *Factory, s *selection, w *named, cmd *cobra.Command,
	ask func(*fred.Fred, context.Context, fred.Query) (report.Report[I, T], error), look func(report.Report[I, T]) view.Doc,
) *cobra.Command {
	cmd.Args, cmd.ValidArgsFunction = w.read, f.workload
	lister(f, s, cmd, ask, look)
	s.namespacesFlag(cmd)
	return cmd
}

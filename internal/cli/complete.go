package cli

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// completeFor is how long a shell waits for words at the most.
const completeFor = 3 * time.Second

type complete = func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective)

// workload completes the KIND/NAME of a workload or, after a kind, the name alone.
func (f *Factory) workload(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	switch {
	case len(args) == 0:
		return f.words(f.workloads)(cmd, args, typed)
	case len(args) > 1 || strings.Contains(args[0], "/"):
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return f.words(func(lib *fred.Fred, cmd *cobra.Command) []string { return f.workloadsOf(lib, cmd, args[0]) })(cmd, args, typed)
}

// words makes a completion of what list returns; what fails completes nothing.
func (f *Factory) words(list func(lib *fred.Fred, cmd *cobra.Command) []string) complete {
	return func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		f.timeout = completeFor
		lib, err := f.Fred()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		lib.Timeout = completeFor
		fits := slices.DeleteFunc(list(lib, cmd), func(w string) bool { return !strings.HasPrefix(w, typed) })
		return fits, cobra.ShellCompDirectiveNoFileComp
	}
}

func (f *Factory) contexts(lib *fred.Fred, cmd *cobra.Command) []string {
	known, err := lib.Known(cmd.Context())
	if err != nil {
		return nil
	}
	var names []string
	for _, c := range known {
		names = append(names, c.Name)
		if c.Alias != c.Name {
			names = append(names, c.Alias)
		}
	}
	return names
}

func (f *Factory) namespaces(lib *fred.Fred, cmd *cobra.Command) []string {
	q, err := f.query(cmd, selection{})
	if err != nil {
		return nil
	}
	r, err := lib.Namespaces(cmd.Context(), q)
	if err != nil {
		return nil
	}
	var names []string
	for i := range r.Items {
		names = append(names, r.Items[i].Name)
	}
	return names
}

// workloads lists KIND/NAME in the words that people type.
func (f *Factory) workloads(lib *fred.Fred, cmd *cobra.Command) []string {
	q, err := f.query(cmd, selection{})
	if err != nil {
		return nil
	}
	r, err := lib.Workloads(cmd.Context(), q)
	if err != nil {
		return nil
	}
	var names []string
	for i := range r.Items {
		w := &r.Items[i]
		for _, kind := range append(typedKinds(w.Kind), strings.ToLower(w.Kind)) {
			names = append(names, kind+"/"+w.Name)
		}
	}
	return names
}

// workloadsOf lists the names of the workloads of a kind, as a person wrote it.
func (f *Factory) workloadsOf(lib *fred.Fred, cmd *cobra.Command, kind string) []string {
	if canonical, known := kube.ParseKind(kind); known {
		kind = canonical
	}
	var names []string
	for _, w := range f.workloads(lib, cmd) {
		if name, ok := strings.CutPrefix(w, strings.ToLower(kind)+"/"); ok {
			names = append(names, name)
		}
	}
	return names
}

// typedKinds are the short names of a kind.
func typedKinds(kind string) []string {
	var short []string
	for _, word := range kube.KindWords() {
		if k, _ := kube.ParseKind(word); k == kind && len(word) < len(kind) && word != strings.ToLower(kind) {
			short = append(short, word)
		}
	}
	return short
}

// completeFlag completes a flag of cmd; that it has the flag is a fact of the code.
func completeFlag(cmd *cobra.Command, name string, c complete) {
	if err := cmd.RegisterFlagCompletionFunc(name, c); err != nil {
		panic(err)
	}
}

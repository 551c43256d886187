package fred

import (
	"context"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// wired are the lists that tell what runs and what it is wired to.
var wired = append(slices.Clone(running), kube.Services, kube.Ingresses, kube.ConfigMaps)

// Workload shows all that is known of one workload: kind as kubectl understands
// it (deploy, sts, Deployment…) or that of another owner of pods, and its name.
func (f *Fred) Workload(ctx context.Context, q Query, kind, name string) (WorkloadDetail, error) {
	out := report.New[kube.WorkloadDetail, report.None]("WorkloadDetail")
	if _, err := f.one(ctx, q); err != nil {
		return out, err
	}
	q.AllNamespaces = false
	err := f.each(ctx, q, wired, oneNamespace(q), func(l *loaded, namespace string) error {
		if err := l.check(namespace); err != nil {
			return err
		}
		id, err := l.find(namespace, kind, name)
		if err != nil {
			return err
		}
		out.Items = append(out.Items, l.snapshot.Detail(id))
		return nil
	}, about(f, &out))
	return out, err
}

// find returns the workload that kind and name mean in namespace.
func (l *loaded) find(namespace, kind, name string) (kube.ID, error) {
	rows := l.snapshot.Workloads(namespace, nil)
	canonical, known := kube.ParseKind(kind)
	if !known {
		canonical = kind
	}
	var kinds, names []string
	for i := range rows {
		id := rows[i].ID()
		if strings.EqualFold(id.Kind, canonical) {
			known = true
			if id.Name == name {
				return id, nil
			}
			names = append(names, id.Name)
		}
		kinds = append(kinds, id.Kind)
	}
	if !known {
		slices.Sort(kinds)
		return kube.ID{}, unknownKind(kind, slices.Compact(append(kinds, kube.Kinds...)))
	}
	err := unknown(strings.ToLower(canonical), name, names, "in namespace "+namespace)
	switch in := l.elsewhere(canonical, name); {
	case len(in) == 1:
		err = fault.New(fault.NotFound, "%w", err).Hinted("There is one in namespace %s: name that with -n.", in[0])
	case len(in) > 1:
		err = fault.New(fault.NotFound, "%w", err).Hinted("There is one in each of %s: name the namespace with -n.", strings.Join(in, ", "))
	case fault.HintOf(err) == "":
		err = fault.New(fault.NotFound, "%w", err).Hinted("See what there is with fred kube workloads -n %s.", namespace)
	}
	return kube.ID{}, err
}

// elsewhere returns the namespaces that have a workload of that kind and name,
// as far as they are known.
func (l *loaded) elsewhere(kind, name string) []string {
	var in []string
	for _, row := range l.snapshot.Workloads("", func(w *kube.Workload) bool { return w.Name == name }) {
		if strings.EqualFold(row.Kind, kind) {
			in = append(in, row.Namespace)
		}
	}
	return in
}

func unknownKind(kind string, have []string) error {
	err := fault.New(fault.NotFound, "no kind of workload %q", kind)
	if like := closest(kind, append(have, kube.KindWords()...)); like != "" {
		return err.Hinted("Did you mean %q?", like)
	}
	return err.Hinted("The kinds are %s.", strings.Join(kube.Kinds, ", "))
}

// ParseWorkload reads what a person typed for one workload: KIND/NAME as one
// word, or the two apart.
func ParseWorkload(words []string) (kind, name string, err error) {
	switch len(words) {
	case 1:
		kind, name, _ = strings.Cut(words[0], "/")
	case 2:
		kind, name = words[0], words[1]
	}
	if kind == "" || name == "" {
		return "", "", fault.New(fault.Invalid, "%q is not a workload", strings.Join(words, " ")).
			Hinted("Write KIND/NAME, such as deploy/web.")
	}
	return kind, name, nil
}

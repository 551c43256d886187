package view

import (
	"cmp"
	"slices"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// listed lays out a report that is one table.
func listed[I, T any](r report.Report[I, T], what string, name func(*I) string, table func(p *Page, r report.Report[I, T]) Table) Doc {
	return Doc{
		Rows: r.Items,
		Names: func() []string {
			names := make([]string, 0, len(r.Items))
			for i := range r.Items {
				names = append(names, what+"/"+name(&r.Items[i]))
			}
			return names
		},
		Page: func(p *Page) {
			switch {
			case len(r.Items) > 0:
				p.Table(table(p, r))
			case report.Partial(r.Warnings):
				p.Line(text("no " + severalOf(what) + " known"))
			default:
				p.Line(text("no " + severalOf(what) + within(r.Namespace)))
			}
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

// within names the namespace that a list is of, so that nobody takes nothing
// there for nothing at all.
func within(namespace string) string {
	if namespace == "" {
		return ""
	}
	return " in namespace " + namespace
}

func severalOf(what string) string {
	if strings.HasSuffix(what, "s") {
		return what + "es"
	}
	return what + "s"
}

// ConfigMaps lays out a list of ConfigMaps.
func ConfigMaps(r fred.ConfigMapList) Doc {
	return listed(r, "configmap", func(i *kube.ConfigMapRow) string { return i.Name }, func(p *Page, r fred.ConfigMapList) Table {
		t := listTable(r.Cluster == "", r.Namespace == "", Column{Header: "NAME", Cut: Middle}, Column{Header: "USED BY", Wide: !used(r)}, Column{Header: "KEYS", Cut: End}, Column{Header: "AGE", Right: true, Spare: 2})
		for i := range r.Items {
			cm := &r.Items[i]
			keys := text(keyList(cm.Keys))
			if cm.Missing {
				keys = Cell{"missing", term.Bad}
			}
			t.add(cmp.Or(cm.Cluster, r.Cluster), cm.Namespace, text(cm.Name), text(cmp.Or(strings.Join(cm.Via, ", "), dash)), keys, text(p.ageShort(cm.Created)))
		}
		return t
	})
}

func used(r fred.ConfigMapList) bool {
	return slices.ContainsFunc(r.Items, func(cm kube.ConfigMapRow) bool { return len(cm.Via) > 0 })
}

// Services lays out a list of Services.
func Services(r fred.ServiceList) Doc {
	return listed(r, "service", func(i *kube.ServiceRow) string { return i.Name }, func(_ *Page, r fred.ServiceList) Table {
		t := listTable(r.Cluster == "", r.Namespace == "", serviceColumns...)
		for i := range r.Items {
			t.add(cmp.Or(r.Items[i].Cluster, r.Cluster), r.Items[i].Namespace, serviceCells(&r.Items[i].Service)...)
		}
		return t
	})
}

// Ingresses lays out a list of Ingresses, a line for each path.
func Ingresses(r fred.IngressList) Doc {
	return listed(r, "ingress", func(i *kube.IngressRow) string { return i.Name }, func(_ *Page, r fred.IngressList) Table {
		t := listTable(r.Cluster == "", r.Namespace == "", ingressColumns...)
		for i := range r.Items {
			for _, cells := range ingressCells(&r.Items[i].Ingress) {
				t.add(cmp.Or(r.Items[i].Cluster, r.Cluster), r.Items[i].Namespace, cells...)
			}
		}
		return t
	})
}

// listTable returns a table whose rows begin with cluster and namespace, which
// are shown where there are several.
func listTable(clusters, namespaces bool, columns ...Column) Table {
	return Table{Columns: append([]Column{{Header: "CLUSTER", Wide: !clusters}, {Header: "NAMESPACE", Wide: !namespaces, Cut: Middle}}, columns...)}
}

func (t *Table) add(cluster, namespace string, cells ...Cell) {
	t.Rows = append(t.Rows, append([]Cell{text(cmp.Or(cluster, dash)), text(namespace)}, cells...))
}

var serviceColumns = []Column{{Header: "NAME", Cut: Middle}, {Header: "TYPE"}, {Header: "PORTS"}, {Header: "ADDRESS", Spare: 2}, {Header: "SELECTOR", Cut: End}}

func serviceCells(s *kube.Service) []Cell {
	return []Cell{
		text(s.Name), text(s.Type), text(ports(s.Ports)),
		text(cmp.Or(s.ExternalName, s.ClusterIP, dash)), text(cmp.Or(pairs(s.Selector), dash)),
	}
}

func serviceTable(services []kube.Service) Table {
	t := Table{Columns: serviceColumns}
	for i := range services {
		t.Rows = append(t.Rows, serviceCells(&services[i]))
	}
	return t
}

var ingressColumns = []Column{{Header: "NAME", Cut: Middle}, {Header: "HOST", Cut: Middle}, {Header: "PATH"}, {Header: "BACKEND"}, {Header: "TLS"}, {Header: "CLASS", Spare: 1}}

// ingressCells returns a line for each path of in.
func ingressCells(in *kube.Ingress) [][]Cell {
	var lines [][]Cell
	add := func(host, path string, b kube.IngressBackend) {
		lines = append(lines, []Cell{
			text(in.Name), text(cmp.Or(host, "*")), text(cmp.Or(path, dash)), text(backend(b)), text(tls(in, host)), text(cmp.Or(in.Class, dash)),
		})
	}
	for _, r := range in.Rules {
		add(r.Host, r.Path, r.Backend)
	}
	if in.Default != nil {
		add("", "(default)", *in.Default)
	}
	if len(lines) == 0 {
		add("", "", kube.IngressBackend{})
	}
	return lines
}

func ingressTable(ingresses []kube.Ingress) Table {
	t := Table{Columns: ingressColumns}
	for i := range ingresses {
		t.Rows = append(t.Rows, ingressCells(&ingresses[i])...)
	}
	return t
}

func backend(b kube.IngressBackend) string {
	switch {
	case b.Service != "":
		return strings.TrimSuffix(b.Service+":"+b.Port, ":")
	case b.Resource != nil:
		return strings.ToLower(b.Resource.Kind) + "/" + b.Resource.Name
	default:
		return dash
	}
}

func tls(in *kube.Ingress, host string) string {
	for _, t := range in.TLS {
		if len(t.Hosts) == 0 || slices.Contains(t.Hosts, host) {
			return "yes"
		}
	}
	return "no"
}

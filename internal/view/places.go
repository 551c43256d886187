package view

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// Clusters lays out the known clusters.
func Clusters(r fred.ClusterList) Doc {
	return listed(r, "cluster", func(i *kube.Cluster) string { return i.Name }, func(_ *Page, r fred.ClusterList) Table {
		t := Table{Columns: []Column{{Header: ""}, {Header: "ALIAS"}, {Header: "PROVIDER", Spare: 2}, {Header: "REGION", Spare: 1}, {Header: "NAMESPACE", Spare: 3}, {Header: "NAME", Cut: Middle}}}
		for _, c := range r.Items {
			mark := ""
			if c.Current {
				mark = "*"
			}
			t.Rows = append(t.Rows, []Cell{text(mark), {c.Alias, term.Strong}, text(c.Provider), text(c.Region), text(cmp.Or(c.Namespace, dash)), text(c.Name)})
		}
		return t
	})
}

// Namespaces lays out a list of namespaces.
func Namespaces(r fred.NamespaceList) Doc {
	return listed(r, "namespace", func(i *kube.NamespaceRow) string { return i.Name }, func(p *Page, r fred.NamespaceList) Table {
		t := Table{Columns: []Column{
			{Header: "CLUSTER", Wide: r.Cluster != ""},
			{Header: "NAMESPACE", Cut: Middle},
			{Header: "STATUS", Spare: 1},
			{Header: "WORKLOADS", Right: true, Spare: 5},
			{Header: "READY", Right: true},
			{Header: "CPU REQ", Right: true},
			{Header: "USED", Right: true, Spare: 3},
			{Header: "MEM REQ", Right: true},
			{Header: "USED", Right: true, Spare: 2},
			{Header: "RESTARTS", Right: true, Spare: 4},
			{Header: "PROBLEMS", Right: true},
			{Header: "AGE", Right: true, Spare: 6},
		}}
		for i := range r.Items {
			ns := &r.Items[i]
			c := &ns.Counts
			t.Rows = append(t.Rows, []Cell{
				text(cmp.Or(ns.Cluster, r.Cluster)), text(ns.Name), text(cmp.Or(ns.Status, dash)), text(count(ns.Workloads)), ready(c, c.Pods),
				text(cores(c.CPURequest)), text(cores(c.CPUUsage)), text(bytesOf(c.MemoryRequest)), text(bytesOf(c.MemoryUsage)),
				restarts(c.Restarts), problemCount(len(ns.Problems), c.Pods), text(p.ageShort(ns.Created)),
			})
		}
		return t
	})
}

// Namespace lays out one namespace.
func Namespace(r fred.NamespaceList) Doc {
	doc := Namespaces(r)
	doc.Page = func(p *Page) {
		for i := range r.Items {
			p.namespace(&r.Items[i])
		}
		p.Footer(r.CollectedAt, r.Stale, r.Simulated)
	}
	return doc
}

func (p *Page) namespace(ns *kube.NamespaceRow) {
	p.Line(Cell{ns.Name, term.Strong}, text("  "+ns.Status))
	p.field("workloads", count(ns.Workloads))
	p.field("pods", fmt.Sprintf("%s of %s ready", count(ns.PodsReady), count(ns.Pods)))
	p.field("cpu", requestedUsed(cores(ns.CPURequest), cores(ns.CPUUsage)))
	p.field("memory", requestedUsed(bytesOf(ns.MemoryRequest), bytesOf(ns.MemoryUsage)))
	p.field("restarts", count(ns.Restarts))
	p.field("labels", pairs(ns.Labels))
	p.field("age", p.ageShort(ns.Created))
	if len(ns.Quotas) > 0 {
		p.section("resource quotas")
		p.Table(quotaTable(ns.Quotas))
	}
	if len(ns.LimitRanges) > 0 {
		p.section("limit ranges")
		p.Table(limitTable(ns.LimitRanges))
	}
	if len(ns.Problems) > 0 {
		p.Line()
		p.problems(ns.Problems)
	}
}

func quotaTable(quotas []kube.ResourceQuota) Table {
	t := Table{Columns: []Column{{Header: "NAME"}, {Header: "RESOURCE"}, {Header: "USED", Right: true}, {Header: "HARD", Right: true}}}
	for _, q := range quotas {
		for _, resource := range slices.Sorted(maps.Keys(q.Hard)) {
			t.Rows = append(t.Rows, []Cell{text(q.Name), text(resource), text(cmp.Or(q.Used[resource], dash)), text(q.Hard[resource])})
		}
	}
	return t
}

func limitTable(ranges []kube.LimitRange) Table {
	t := Table{Columns: []Column{{Header: "NAME"}, {Header: "LIMIT"}, {Header: "VALUE", Right: true}}}
	for _, l := range ranges {
		for _, limit := range slices.Sorted(maps.Keys(l.Limits)) {
			t.Rows = append(t.Rows, []Cell{text(l.Name), text(limit), text(l.Limits[limit])})
		}
	}
	return t
}

// Nodes lays out a list of nodes.
func Nodes(r fred.NodeList) Doc {
	return listed(r, "node", func(i *kube.NodeRow) string { return i.Name }, func(p *Page, r fred.NodeList) Table {
		t := Table{Columns: []Column{
			{Header: "CLUSTER", Wide: r.Cluster != ""},
			{Header: "NODE", Cut: Middle},
			{Header: "STATUS"},
			{Header: "PODS", Right: true, Spare: 3},
			{Header: "CPU REQ", Right: true},
			{Header: "OF", Right: true},
			{Header: "USED", Right: true, Spare: 2},
			{Header: "MEM REQ", Right: true},
			{Header: "OF", Right: true},
			{Header: "USED", Right: true, Spare: 1},
			{Header: "TYPE", Spare: 5},
			{Header: "ZONE", Spare: 4},
			{Header: "AGE", Right: true, Spare: 6},
			{Header: "ARCH", Wide: true},
			{Header: "VERSION", Wide: true},
			{Header: "ROLES", Wide: true},
			{Header: "PROVIDER ID", Wide: true},
		}}
		for i := range r.Items {
			t.Rows = append(t.Rows, p.nodeCells(r.Cluster, &r.Items[i]))
		}
		return t
	})
}

func (p *Page) nodeCells(cluster string, n *kube.NodeRow) []Cell {
	status := Cell{n.Status, term.Good}
	if n.Status != "Ready" {
		status.Tone = term.Bad
	}
	return []Cell{
		text(cmp.Or(n.Cluster, cluster)), text(n.Name), status, text(count(n.Pods)),
		text(cores(n.CPURequest)), text(n.CPUAllocatable.String()), text(cores(n.CPUUsage)),
		text(bytesOf(n.MemoryRequest)), text(n.MemoryAllocatable.String()), text(bytesOf(n.MemoryUsage)),
		text(cmp.Or(n.InstanceType, dash)), text(cmp.Or(n.Zone, dash)), text(p.ageShort(n.Created)),
		text(cmp.Or(n.Arch, dash)), text(cmp.Or(n.Version, dash)), text(cmp.Or(strings.Join(n.Roles, ","), dash)), text(cmp.Or(n.ProviderID, dash)),
	}
}

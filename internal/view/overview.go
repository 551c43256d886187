package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/unit"
)

// mostProblems is how many problems an overview shows; -o wide shows all.
const mostProblems = 10

// Overview lays out clusters at a glance.
func Overview(r fred.ClusterOverview) Doc {
	var rows []kube.NamespaceRow
	for _, o := range r.Items {
		for _, ns := range o.Namespaces {
			if len(r.Items) > 1 {
				ns.Cluster = o.Name
			}
			rows = append(rows, ns)
		}
	}
	return Doc{
		Rows:  rows,
		Names: func() []string { return namespaceNames(rows) },
		Page: func(p *Page) {
			for i := range r.Items {
				if i > 0 {
					p.Line()
				}
				p.overview(&r.Items[i])
			}
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

func namespaceNames(rows []kube.NamespaceRow) []string {
	names := make([]string, 0, len(rows))
	for _, r := range rows {
		names = append(names, "namespace/"+r.Name)
	}
	return names
}

func (p *Page) overview(o *kube.ClusterOverview) {
	p.title(o)
	if o.Nodes != nil {
		p.nodes(o)
	}
	p.Line()
	t, empty := p.namespaceTable(o)
	p.Table(t)
	if empty > 0 {
		p.Line(Cell{"and " + plural(empty, "empty namespace", "empty namespaces"), term.Faint})
	}
	if len(o.Problems) > 0 {
		p.Line()
		p.problems(o.Problems)
	}
}

func (p *Page) title(o *kube.ClusterOverview) {
	cells := []Cell{{o.Alias, term.Strong}}
	for _, s := range []string{providerAndRegion(o.Cluster), cmp.Or(o.Server.Version, "version unknown"), o.Server.URL} {
		if more := append(cells, Cell{"  " + s, term.Faint}); s != "" && p.fits(more) {
			cells = more
		}
	}
	p.Line(cells...)
}

func providerAndRegion(c kube.Cluster) string {
	if c.Provider == "unknown" {
		return ""
	}
	if c.Region == "unknown" {
		return c.Provider
	}
	return c.Provider + " " + c.Region
}

func (p *Page) nodes(o *kube.ClusterOverview) {
	n := o.Nodes
	tone := term.Plain
	if n.NodesReady < n.Nodes {
		tone = term.Bad
	}
	p.Line(text("nodes   "), Cell{fmt.Sprintf("%d of %d ready", n.NodesReady, n.Nodes), tone},
		text(fmt.Sprintf(" · pods %s of %d", count(o.Workloads.Pods), n.PodsAllocatable)))
	gauge(p, "cpu", n.CPURequest, n.CPUAllocatable, n.CPUUsage, o.Workloads.CPURequest, " cores")
	gauge(p, "memory", n.MemoryRequest, n.MemoryAllocatable, n.MemoryUsage, o.Workloads.MemoryRequest, "")
}

// quantity is what a gauge can show.
type quantity interface {
	~int64
	String() string
}

// gauge shows what pods on nodes request of what can be allocated, as a bar on a
// terminal, what is used, and what pods without a node wait for; as much of it
// as fits.
func gauge[T quantity](p *Page, name string, requested *T, allocatable T, used, wanted *T, unitName string) {
	label := text(fmt.Sprintf("%-8s", name))
	said := []Cell{
		text(fmt.Sprintf("%s of %s%s requested", orDash(requested, T.String), allocatable, unitName)),
		{bracket(percent(requested, allocatable)), term.Faint},
	}
	var use, wait, drawn []Cell
	if used != nil {
		use = []Cell{text(", " + (*used).String() + " used"), {bracket(percent(used, allocatable)), term.Faint}}
	}
	if requested != nil && wanted != nil && *wanted > *requested {
		wait = []Cell{{", " + (*wanted - *requested).String() + " pending", term.Odd}}
	}
	if share, ok := shareOf(requested, allocatable); ok && p.Dress.Terminal {
		drawn = bar(share)
	}
	p.widest(
		slices.Concat([]Cell{label}, drawn, said, use, wait),
		slices.Concat([]Cell{label}, said, use, wait),
		slices.Concat([]Cell{label}, said, wait),
	)
}

func shareOf[T ~int64](part *T, whole T) (float64, bool) {
	if part == nil {
		return 0, false
	}
	return unit.Share(*part, whole)
}

func bracket(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

const barWidth = 8

func bar(share float64) []Cell {
	full := int(math.Round(min(1, share) * barWidth))
	tone := term.Good
	switch {
	case share > 0.95:
		tone = term.Bad
	case share > 0.8:
		tone = term.Odd
	}
	return []Cell{{strings.Repeat("█", full), tone}, {strings.Repeat("░", barWidth-full) + " ", term.Faint}}
}

// namespaceTable leaves out empty namespaces, and says how many, save with -o wide.
func (p *Page) namespaceTable(o *kube.ClusterOverview) (t Table, empty int) {
	t = Table{Columns: []Column{
		{Header: "NAMESPACE", Cut: Middle},
		{Header: "WORKLOADS", Right: true, Spare: 5},
		{Header: "READY", Right: true},
		{Header: "CPU REQ", Right: true},
		{Header: "%", Right: true, Spare: 7},
		{Header: "USED", Right: true, Spare: 3},
		{Header: "MEM REQ", Right: true},
		{Header: "%", Right: true, Spare: 6},
		{Header: "USED", Right: true, Spare: 2},
		{Header: "RESTARTS", Right: true, Spare: 4},
		{Header: "PROBLEMS", Right: true},
	}}
	nodes := cmp.Or(o.Nodes, &kube.NodeTotal{})
	for i := range o.Namespaces {
		ns := &o.Namespaces[i]
		if ns.Workloads != nil && *ns.Workloads == 0 && len(ns.Problems) == 0 && !p.wide {
			empty++
			continue
		}
		t.Rows = append(t.Rows, countCells(ns.Name, &ns.WorkloadTotal, nodes, len(ns.Problems)))
	}
	if len(t.Rows) > 1 {
		t.Total = countCells("total", &o.Workloads, nodes, len(o.Problems))
	}
	return t, empty
}

func countCells(name string, t *kube.WorkloadTotal, nodes *kube.NodeTotal, problems int) []Cell {
	return []Cell{
		text(name), text(count(t.Workloads)), ready(&t.Counts, t.Pods),
		text(cores(t.CPURequest)),
		{percent(t.CPURequest, nodes.CPUAllocatable), term.Faint},
		text(cores(t.CPUUsage)),
		text(bytesOf(t.MemoryRequest)),
		{percent(t.MemoryRequest, nodes.MemoryAllocatable), term.Faint},
		text(bytesOf(t.MemoryUsage)),
		restarts(t.Restarts), problemCount(problems, t.Pods),
	}
}

// problemCount shows how many problems there are. Where pods are not known, that
// there is none is not either.
func problemCount(n int, pods *int) Cell {
	if n == 0 && pods == nil {
		return text(dash)
	}
	c := Cell{Text: strconv.Itoa(n), Tone: term.Faint}
	if n > 0 {
		c.Tone = term.Bad
	}
	return c
}

// ready shows how many pods are ready of how many.
func ready(c *kube.Counts, of *int) Cell {
	cell := text(count(c.PodsReady) + "/" + count(of))
	if c.PodsReady == nil {
		cell.Text = dash
	} else if of != nil && *c.PodsReady < *of {
		cell.Tone = term.Bad
	}
	return cell
}

func restarts(n *int) Cell {
	cell := Cell{Text: count(n)}
	switch {
	case n == nil:
	case *n == 0:
		cell.Tone = term.Faint
	case *n > 10:
		cell.Tone = term.Odd
	}
	return cell
}

func (p *Page) problems(all []kube.Problem) {
	shown := all
	if !p.wide && len(shown) > mostProblems {
		shown = shown[:mostProblems]
	}
	t := Table{Columns: []Column{
		{Header: "WHAT IS WRONG"}, {Header: "WHERE", Cut: Middle}, {Header: "SINCE", Right: true, Spare: 1}, {Header: "DETAIL", Cut: End},
	}}
	for i := range shown {
		t.Rows = append(t.Rows, p.problemCells(&shown[i]))
	}
	p.Table(t)
	if more := len(all) - len(shown); more > 0 {
		p.Line(Cell{fmt.Sprintf("and %s: -o wide shows all", plural(more, "problem more", "problems more")), term.Faint})
	}
}

func (p *Page) problemCells(pr *kube.Problem) []Cell {
	tone := term.Bad
	if pr.Severity == kube.Warning {
		tone = term.Odd
	}
	since := dash
	if !pr.Since.IsZero() {
		since = p.ageShort(pr.Since)
	}
	detail := pr.Detail
	if pr.Pods > 1 {
		detail = strings.TrimSuffix(fmt.Sprintf("%d pods, %s", pr.Pods, detail), ", ")
	}
	where := short(pr.Kind) + "/" + pr.Name
	if pr.Namespace != "" && pr.Kind != "Namespace" {
		where = pr.Namespace + " " + where
	}
	return []Cell{{pr.Reason, tone}, text(where), text(since), text(detail)}
}

package view

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/unit"
)

// Workload lays out one workload.
func Workload(r fred.WorkloadDetail) Doc {
	return Doc{
		Rows: r.Items,
		Names: func() []string {
			return []string{strings.ToLower(r.Items[0].Kind) + "/" + r.Items[0].Name}
		},
		Page: func(p *Page) {
			p.workload(&r.Items[0])
			p.Footer(r.CollectedAt, r.Stale, r.Simulated)
		},
	}
}

func (p *Page) workload(d *kube.WorkloadDetail) {
	p.Line(Cell{d.Namespace + " " + strings.ToLower(d.Kind) + "/" + d.Name, term.Strong}, text("  "), status(&d.WorkloadRow))
	p.essentials(d)
	if d.Spec.Containers != nil {
		p.section("containers")
		p.Table(containerTable(d.Spec.Containers))
	}
	if len(d.PodList) > 0 {
		p.section("pods")
		p.Table(podTable(d.PodList))
	}
	if len(d.ConfigMaps) > 0 {
		p.section("configmaps")
		p.Table(configMapLinkTable(d.ConfigMaps))
	}
	if len(d.Services) > 0 {
		p.section("services")
		p.Table(serviceTable(d.Services))
	}
	if len(d.Ingresses) > 0 {
		p.section("ingresses")
		p.Table(ingressTable(d.Ingresses))
	}
	if len(d.Problems) > 0 {
		p.Line()
		p.problems(d.Problems)
	}
}

func (p *Page) section(name string) {
	p.Line()
	p.Line(Cell{name, term.Strong})
}

func (p *Page) essentials(d *kube.WorkloadDetail) {
	readyText := ""
	if d.Replicas != nil {
		readyText = fmt.Sprintf("%s of %d ready", count(d.PodsReady), *d.Replicas)
	}
	p.field("replicas", readyText)
	p.field("schedule", d.Spec.Schedule)
	if d.Owner != nil {
		p.field("owner", strings.ToLower(d.Owner.Kind)+"/"+d.Owner.Name)
	}
	p.field("cpu", requestedUsed(cores(d.CPURequest), cores(d.CPUUsage)))
	p.field("memory", requestedUsed(bytesOf(d.MemoryRequest), bytesOf(d.MemoryUsage)))
	p.field("restarts", count(d.Restarts))
	p.field("strategy", d.Spec.Strategy)
	p.field("account", d.Spec.ServiceAccount)
	p.field("labels", pairs(d.Spec.Labels))
	p.field("age", p.ageShort(d.Created))
}

func requestedUsed(requested, used string) string {
	s := requested + " requested"
	if used != dash {
		s += ", " + used + " used"
	}
	return s
}

func pairs(m map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+m[k])
	}
	return strings.Join(parts, " ")
}

func containerTable(cs []kube.Container) Table {
	t := Table{Columns: []Column{
		{Header: "NAME"},
		{Header: "CPU", Right: true},
		{Header: "MEMORY", Right: true},
		{Header: "PORTS", Spare: 3},
		{Header: "PROBES", Spare: 2},
		{Header: "IMAGE", Cut: Middle},
		{Header: "ENV", Wide: true},
		{Header: "COMMAND", Wide: true},
	}}
	for i := range cs {
		c := &cs[i]
		name := c.Name
		switch {
		case c.Sidecar:
			name += " (sidecar)"
		case c.Init:
			name += " (init)"
		}
		t.Rows = append(t.Rows, []Cell{
			text(name), text(requestLimit(c.Resources.CPURequest, c.Resources.CPULimit)),
			text(requestLimit(c.Resources.MemoryRequest, c.Resources.MemoryLimit)),
			text(ports(c.Ports)), text(cmp.Or(strings.Join(c.Probes, ","), dash)), text(c.Image),
			text(env(c)), text(strings.Join(append(slices.Clone(c.Command), c.Args...), " ")),
		})
	}
	return t
}

// requestLimit shows a request and its limit; no limit is a dash.
func requestLimit[T interface {
	unit.CPU | unit.Bytes
	String() string
}](request, limit T) string {
	show := func(v T) string {
		if v == 0 {
			return dash
		}
		return v.String()
	}
	return show(request) + "/" + show(limit)
}

func ports(ps []kube.Port) string {
	var parts []string
	for _, p := range ps {
		s := strconv.Itoa(int(p.Port))
		if p.TargetPort != "" && p.TargetPort != s {
			s += "→" + p.TargetPort
		}
		if p.Protocol != "" && p.Protocol != "TCP" {
			s += "/" + p.Protocol
		}
		parts = append(parts, s)
	}
	return cmp.Or(strings.Join(parts, ","), dash)
}

func env(c *kube.Container) string {
	var parts []string
	for _, e := range c.Env {
		switch {
		case e.Value != nil:
			parts = append(parts, e.Name+"="+*e.Value)
		case e.From != nil:
			parts = append(parts, e.Name+"=‹"+e.From.Kind+" "+strings.Trim(e.From.Name+"/"+e.From.Key, "/")+"›")
		default:
			parts = append(parts, e.Name+"=‹kept out›")
		}
	}
	for _, e := range c.EnvFrom {
		parts = append(parts, e.Prefix+"*=‹"+e.Kind+" "+e.Name+"›")
	}
	return cmp.Or(strings.Join(parts, " "), dash)
}

func podTable(pods []kube.PodRow) Table {
	t := Table{Columns: []Column{
		{Header: "NAME", Cut: Middle},
		{Header: "STATUS"},
		{Header: "CPU REQ", Right: true, Spare: 3},
		{Header: "USED", Right: true, Spare: 2},
		{Header: "MEM REQ", Right: true, Spare: 5},
		{Header: "USED", Right: true, Spare: 4},
		{Header: "RESTARTS", Right: true, Spare: 1},
		{Header: "NODE", Spare: 6, Cut: Middle},
	}}
	for i := range pods {
		p := &pods[i]
		t.Rows = append(t.Rows, []Cell{
			text(p.Name), podStatus(p), text(p.CPURequest.String()), text(cores(p.CPUUsage)),
			text(p.MemoryRequest.String()), text(bytesOf(p.MemoryUsage)), restarts(new(int(p.Restarts))), text(cmp.Or(p.Node, dash)),
		})
	}
	return t
}

func podStatus(p *kube.PodRow) Cell {
	switch {
	case len(p.Issues) > 0 && !p.Ready:
		return Cell{p.Issues[0].Reason, term.Bad}
	case p.Ready:
		return Cell{"Ready", term.Good}
	case p.Phase == "Succeeded":
		return Cell{"Complete", term.Good}
	default:
		return Cell{p.Phase, term.Odd}
	}
}

func configMapLinkTable(links []kube.ConfigMapLink) Table {
	t := Table{Columns: []Column{{Header: "NAME"}, {Header: "USED BY"}, {Header: "KEYS", Cut: End}}}
	for _, l := range links {
		keys := text(keyList(l.Keys))
		if l.Missing {
			keys = Cell{"missing", term.Bad}
		}
		t.Rows = append(t.Rows, []Cell{text(l.Name), text(strings.Join(l.Via, ", ")), keys})
	}
	return t
}

func keyList(keys []kube.ConfigKey) string {
	var parts []string
	for _, k := range keys {
		parts = append(parts, fmt.Sprintf("%s (%s, %s)", k.Key, cmp.Or(k.Format, "text"), unit.Bytes(k.Size)))
	}
	return cmp.Or(strings.Join(parts, " "), dash)
}

package view

import (
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// Workloads lays out a list of workloads.
func Workloads(r fred.WorkloadList) Doc {
	doc := listed(r, "workload", func(w *kube.WorkloadRow) string { return w.Name }, (*Page).workloadTable)
	doc.Names = func() []string {
		names := make([]string, 0, len(r.Items))
		for i := range r.Items {
			names = append(names, strings.ToLower(r.Items[i].Kind)+"/"+r.Items[i].Name)
		}
		return names
	}
	return doc
}

func (p *Page) workloadTable(r fred.WorkloadList) Table {
	several := r.Cluster == ""
	t := Table{Columns: []Column{
		{Header: "CLUSTER", Wide: !several, Cut: Middle},
		{Header: "NAMESPACE", Wide: r.Namespace != "", Cut: Middle},
		{Header: "WORKLOAD", Cut: Middle},
		{Header: "READY", Right: true},
		{Header: "STATUS", Cut: End},
		{Header: "CPU REQ", Right: true, Spare: 4},
		{Header: "USED", Right: true, Spare: 7},
		{Header: "MEM REQ", Right: true, Spare: 5},
		{Header: "USED", Right: true, Spare: 8},
		{Header: "RESTARTS", Right: true, Spare: 6},
		{Header: "AGE", Right: true, Spare: 9},
		{Header: "OWNER", Wide: true},
		{Header: "IMAGES", Wide: true},
	}}
	for i := range r.Items {
		t.Rows = append(t.Rows, p.workloadCells(r.Cluster, &r.Items[i]))
	}
	return t
}

func (p *Page) workloadCells(cluster string, w *kube.WorkloadRow) []Cell {
	owner := dash
	if w.Owner != nil {
		owner = short(w.Owner.Kind) + "/" + w.Owner.Name
	}
	if w.Cluster != "" {
		cluster = w.Cluster
	}
	of := w.Pods
	if w.Replicas != nil && w.Kind != "Job" {
		of = w.Replicas
	}
	return []Cell{
		text(cluster), text(w.Namespace), text(short(w.Kind) + "/" + w.Name),
		ready(&w.Counts, of), status(w),
		text(cores(w.CPURequest)), text(cores(w.CPUUsage)), text(bytesOf(w.MemoryRequest)), text(bytesOf(w.MemoryUsage)),
		restarts(w.Restarts), text(p.ageShort(w.Created)), text(owner), text(strings.Join(w.Images, ",")),
	}
}

func status(w *kube.WorkloadRow) Cell {
	c := Cell{Text: w.Status, Tone: term.Good}
	switch w.Status {
	case "Ready", "Complete":
	case "Idle", "Suspended", "Unknown":
		c.Tone = term.Faint
	case "Progressing", "Pending", "Running":
		c.Tone = term.Odd
	default:
		c.Tone = term.Bad
	}
	return c
}

// short returns the name that people type for a kind.
func short(kind string) string {
	switch kind {
	case "Deployment":
		return "deploy"
	case "StatefulSet":
		return "sts"
	case "DaemonSet":
		return "ds"
	case "ReplicaSet":
		return "rs"
	case "CronJob":
		return "cj"
	default:
		return strings.ToLower(kind)
	}
}

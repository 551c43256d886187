package fred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// Finding is what one check of the doctor found.
type Finding struct {
	Cluster string `json:"cluster,omitempty" doc:"Full name of the cluster, where the check is about one"`
	Check   string `json:"check" doc:"What was looked at"`
	Status  Status `json:"status" enum:"ok,note,error"`
	Detail  string `json:"detail" doc:"What was found"`
	Hint    string `json:"hint,omitempty" doc:"How to mend it"`
}

// Status says how a check went.
type Status string

// The ways a check goes. A note is something that is missing and may well be.
const (
	OK   Status = "ok"
	Note Status = "note"
	Bad  Status = "error"
)

// Diagnosis is a Diagnosis report.
type Diagnosis = report.Report[Finding, report.None]

// prober is a source that can tell cheaply whether a list may be read.
type prober interface {
	Probe(ctx context.Context, cluster string, r kube.Resource, namespace string) error
}

// Diagnose looks at what fred needs: its own folders, and of each cluster that q
// means whether it answers, what of it may be read, and whether usage is
// measured. It stores nothing. What it finds wrong is in the report, not an error.
func (f *Fred) Diagnose(ctx context.Context, q Query) (Diagnosis, error) {
	out := report.New[Finding, report.None]("Diagnosis")
	out.Simulated = f.Simulated
	for _, check := range f.Checks {
		out.Items = append(out.Items, check(ctx))
	}
	clusters, err := f.choose(ctx, q)
	if err != nil {
		out.Items = append(out.Items, bad("", "clusters", err))
		return out, nil
	}
	for _, c := range clusters {
		out.Items = append(out.Items, f.examine(ctx, c)...)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
	}
	return out, nil
}

func bad(cluster, check string, err error) Finding {
	return Finding{Cluster: cluster, Check: check, Status: Bad, Detail: err.Error(), Hint: fault.HintOf(err)}
}

// examine checks one cluster.
func (f *Fred) examine(ctx context.Context, c kube.Cluster) []Finding {
	if f.Offline() {
		return []Finding{{Cluster: c.Name, Check: "cluster", Status: Note, Detail: "not asked: fred is offline"}}
	}
	ctx, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	server, err := f.Kubernetes.Identify(ctx, c.Name)
	if err != nil {
		return []Finding{bad(c.Name, "cluster", err)}
	}
	found := []Finding{{Cluster: c.Name, Check: "cluster", Status: OK, Detail: fmt.Sprintf("Kubernetes %s at %s", server.Version, server.URL)}}
	if server.UID == "" {
		found = append(found, Finding{
			Cluster: c.Name, Check: "identity", Status: Note, Detail: "namespace kube-system may not be read: the cluster is told by its address",
			Hint: "Ask for the right to get namespace kube-system, so that fred knows the cluster when its address changes.",
		})
	}
	found = append(found, f.rights(ctx, c)...)
	usage := slices.ContainsFunc(found, func(f Finding) bool { return f.Check == usageCheck && f.Status == OK })
	return append(found, f.energyFinding(ctx, c.Name, usage), f.gridFinding(ctx, c))
}

// gridFinding tells which grid the cluster is on, and who tells what that emits.
func (f *Fred) gridFinding(ctx context.Context, c kube.Cluster) Finding {
	is := func(status Status, detail, hint string) Finding {
		return Finding{Cluster: c.Name, Check: "grid", Status: status, Detail: detail, Hint: hint}
	}
	nodes, err := f.Kubernetes.List(ctx, c.Name, kube.Nodes, "")
	if err != nil {
		nodes = kube.Inventory{} // which rights says
	}
	s, err := f.site(&loaded{cluster: c, snapshot: kube.NewSnapshot(&nodes, map[kube.Resource]bool{kube.Nodes: true}, f.Now())}, &asking{})
	if err != nil {
		return bad(c.Name, "grid", err)
	}
	for _, source := range f.Grids {
		if s.liveZone != "" && source.Knows(s.liveZone) {
			return is(OK, fmt.Sprintf("%s, by the hour from %s", s.liveZone, source.Name()), "")
		}
	}
	if s.zone == "" {
		return is(Note, "the world's mean: the region of the nodes is in no table", "Set zone under clusters in the settings, such as FR.")
	}
	if len(f.Grids) == 0 {
		return is(Note, fmt.Sprintf("%s, by the mean of %d from %s: nobody is asked by the hour", s.zone, s.grid.Year, s.grid.Source), "Set grid.live to true to ask those who publish it.")
	}
	return is(Note, fmt.Sprintf("%s, by the mean of %d from %s", s.zone, s.grid.Year, s.grid.Source), "Set grid.electricityMapsKey to have it by the hour.")
}

const usageCheck = "usage"

// energyFinding tells which rung of the ladder energy is had from, and what would
// lift it.
func (f *Fred) energyFinding(ctx context.Context, cluster string, usage bool) Finding {
	is := func(s Status, detail, hint string) Finding {
		return Finding{Cluster: cluster, Check: "energy", Status: s, Detail: detail, Hint: hint}
	}
	now := f.Now().UTC()
	r, err := f.Meter.Read(ctx, cluster, footprint.Ask{
		Start: now.Truncate(time.Hour).Add(-time.Hour), End: now.Truncate(time.Hour).Add(time.Hour), Now: now, Grain: footprint.ByNamespace,
	})
	guess := "half of what pods request"
	if usage {
		guess = "what pods use at the moment of asking"
	}
	rung := footprint.Rung("")
	for _, had := range r.Rungs {
		rung = cmp.Or(had, rung)
	}
	switch {
	case errors.Is(err, footprint.ErrNoMeter):
		return is(Note, "estimated from "+guess+": no Prometheus is named",
			"Name one with prometheus.url: it knows CPU time over time and, where Kepler runs, what nodes measure. Without one, fred serve, or fred footprint collect every few minutes, keeps what pods use.")
	case err != nil:
		return bad(cluster, "energy", err)
	case rung == "":
		return is(Note, "estimated from "+guess+": the Prometheus has none of the metrics of Kepler, Scaphandre or cAdvisor",
			"Have it scrape the kubelets' /metrics/cadvisor and, to measure energy, run Kepler on the nodes.")
	case rung == footprint.CPUTime:
		return is(Note, "estimated from CPU time, sampled every "+r.Scrape.String(), "Run Kepler on the nodes to measure energy.")
	case rung == footprint.KeplerLegacy:
		return is(OK, meanings[rung]+", sampled every "+r.Scrape.String(), "Take Kepler 0.10 or later, which tells idle energy apart.")
	default:
		return is(OK, meanings[rung]+", sampled every "+r.Scrape.String(), "")
	}
}

// rights tells which lists may be read, and whether usage is measured.
func (f *Fred) rights(ctx context.Context, c kube.Cluster) []Finding {
	var may, mayNot []string
	var found []Finding
	for _, r := range kube.All {
		err := f.probe(ctx, c.Name, r)
		switch {
		case err == nil && !r.Optional():
			may = append(may, string(r))
		case r == kube.PodMetrics:
			found = append(found, usageFinding(c.Name, err))
		case r.Optional():
		case fault.KindOf(err) == fault.Forbidden:
			mayNot = append(mayNot, string(r))
		default:
			found = append(found, bad(c.Name, "list "+string(r), err))
		}
	}
	if len(mayNot) == 0 {
		return append(found, Finding{Cluster: c.Name, Check: "rights", Status: OK, Detail: fmt.Sprintf("all %d lists may be read", len(may))})
	}
	return append(found, Finding{
		Cluster: c.Name, Check: "rights", Status: Note, Detail: "may not list in all namespaces: " + strings.Join(mayNot, ", "),
		Hint: "Name namespaces that you may read with -n, or under clusters in the settings.",
	})
}

func (f *Fred) probe(ctx context.Context, cluster string, r kube.Resource) error {
	if p, ok := f.Kubernetes.(prober); ok {
		return p.Probe(ctx, cluster, r, "")
	}
	_, err := f.Kubernetes.List(ctx, cluster, r, "")
	return err
}

func usageFinding(cluster string, err error) Finding {
	if err == nil {
		return Finding{Cluster: cluster, Check: usageCheck, Status: OK, Detail: "metrics.k8s.io answers"}
	}
	f := Finding{
		Cluster: cluster, Check: usageCheck, Status: Note, Detail: "metrics.k8s.io does not answer: " + err.Error(),
		Hint: "Install metrics-server to see what is used beside what is requested.",
	}
	if fault.KindOf(err) == fault.Forbidden {
		f.Hint = "Ask for the right to list pods.metrics.k8s.io, to see what is used beside what is requested."
	}
	return f
}

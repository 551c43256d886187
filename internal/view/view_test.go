package view_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/charmbracelet/x/ansi"
	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/internal/view"
	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/window"
)

// morning is the moment that every golden file is of.
var morning = time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)

// world answers for the simulated clusters as of that day.
func world(t testing.TB) *fred.Fred {
	t.Helper()
	w := simulation.New(morning)
	c := cache.New(cache.NewMemory(), cache.Options{Now: func() time.Time { return morning }})
	t.Cleanup(c.Close)
	return fred.New(fred.Options{
		Cache: c, Contexts: w, Kubernetes: w, Source: simulation.Name, Simulated: true, Moment: w.Moment, Now: w.Moment, Age: 24 * time.Hour,
		Meter: w, MeterName: simulation.Name, Grids: []mix.Source{simulation.Grid{}},
		Bill: func() (fred.Bill, error) { return simulation.Bill{World: w}, nil },
	})
}

// plainCost lays out costs without explaining them.
func plainCost(m bill.Metric) func(fred.CostReport) view.Doc {
	return func(r fred.CostReport) view.Doc { return view.Cost(r, m, false) }
}

// page is a report and how it is laid out.
type page struct {
	name   string
	report any
	doc    func() view.Doc // a new one each time: to lay out a page may cut it
}

func made[R any](name string, look func(R) view.Doc, ask func() (R, error)) func(t testing.TB) page {
	return func(t testing.TB) page {
		t.Helper()
		r, err := ask()
		require.NoError(t, err)
		return page{name, r, func() view.Doc { return look(r) }}
	}
}

// pages are all that fred kube and fred footprint show, of the simulated clusters, and what fred
// cache does.
func pages(t testing.TB) []page {
	t.Helper()
	f, ctx := world(t), context.Background()
	all, everywhere := fred.Query{AllClusters: true, AllNamespaces: true}, fred.Query{AllNamespaces: true}
	borealis := fred.Query{Clusters: []string{"borealis"}}
	var list []page
	list = append(list, cachePages()...)
	for _, p := range []func(testing.TB) page{
		made("overview", view.Overview, func() (fred.ClusterOverview, error) { return f.Overview(ctx, fred.Query{}) }),
		made("overview-all", view.Overview, func() (fred.ClusterOverview, error) { return f.Overview(ctx, all) }),
		made("clusters", view.Clusters, func() (fred.ClusterList, error) { return f.Clusters(ctx, all) }),
		made("namespaces", view.Namespaces, func() (fred.NamespaceList, error) { return f.Namespaces(ctx, borealis) }),
		made("namespace", view.Namespace, func() (fred.NamespaceList, error) { return f.Namespace(ctx, fred.Query{}, "shop") }),
		made("nodes", view.Nodes, func() (fred.NodeList, error) { return f.Nodes(ctx, borealis) }),
		made("workloads", view.Workloads, func() (fred.WorkloadList, error) { return f.Workloads(ctx, everywhere) }),
		made("workloads-all", view.Workloads, func() (fred.WorkloadList, error) {
			return f.Workloads(ctx, fred.Query{AllClusters: true, Namespace: "kube-system"})
		}),
		made("workload", view.Workload, func() (fred.WorkloadDetail, error) { return f.Workload(ctx, fred.Query{}, "deploy", "web") }),
		made("workload-failing", view.Workload, func() (fred.WorkloadDetail, error) {
			return f.Workload(ctx, fred.Query{Namespace: "payments"}, "deploy", "ledger")
		}),
		made("configmaps", view.ConfigMaps, func() (fred.ConfigMapList, error) { return f.ConfigMaps(ctx, everywhere, "", "") }),
		made("configmaps-of", view.ConfigMaps, func() (fred.ConfigMapList, error) { return f.ConfigMaps(ctx, fred.Query{}, "deploy", "web") }),
		made("services", view.Services, func() (fred.ServiceList, error) { return f.Services(ctx, fred.Query{}, "", "") }),
		made("ingresses", view.Ingresses, func() (fred.IngressList, error) { return f.Ingresses(ctx, everywhere, "", "") }),
		made("carbon", explained(view.Carbon), func() (fred.CarbonReport, error) { return f.Carbon(ctx, fred.FootprintQuery{}) }),
		made("carbon-all-days", plainly(view.Carbon), func() (fred.CarbonReport, error) {
			return f.Carbon(ctx, fred.FootprintQuery{Query: all, By: "cluster", Window: window.Asked{Last: "3d", Step: "1d"}})
		}),
		made("energy-workloads", plainly(view.Energy), func() (fred.EnergyReport, error) {
			return f.Energy(ctx, fred.FootprintQuery{Query: fred.Query{Namespace: "shop"}, By: "workload", Rung: "snapshot"})
		}),
		made("carbon-compare", plainly(view.Comparison), func() (fred.Comparison, error) {
			return f.CompareCarbon(ctx, fred.CompareQuery{FootprintQuery: fred.FootprintQuery{Window: window.Asked{Last: "1w"}}, First: window.Asked{Start: "2026-10-01", Last: "1d"}})
		}),
		made("cost", plainCost(bill.Effective), func() (fred.CostReport, error) { return f.Cost(ctx, fred.CostQuery{}) }),
		made("cost-nodes-all", plainCost(bill.Billed), func() (fred.CostReport, error) {
			return f.Cost(ctx, fred.CostQuery{Query: all, By: "node", Window: window.Asked{Last: "2d", Step: "1d"}})
		}),
		made("cost-whole", plainCost(bill.List), func() (fred.CostReport, error) {
			return f.Cost(ctx, fred.CostQuery{By: "tag:team", Whole: true})
		}),
		made("allocation", plainCost(bill.Effective), func() (fred.CostReport, error) {
			return f.Allocate(ctx, fred.CostQuery{By: "workload", Share: []string{"controlPlane"}})
		}),
		made("cost-compare", func(r fred.CostComparison) view.Doc { return view.CostComparison(r, "effective", false) }, func() (fred.CostComparison, error) {
			return f.CompareCost(ctx, fred.CompareCostQuery{CostQuery: fred.CostQuery{Window: window.Asked{Last: "1mo"}}, Metric: bill.Effective})
		}),
		made("mix", view.Mix, func() (fred.MixReport, error) { return f.Mix(ctx, fred.MixQuery{}) }),
		made("mix-all-days", view.Mix, func() (fred.MixReport, error) {
			return f.Mix(ctx, fred.MixQuery{Query: all, Window: window.Asked{Last: "2d", Step: "1d"}})
		}),
		made("mix-yearly", view.Mix, func() (fred.MixReport, error) { return f.Mix(ctx, fred.MixQuery{Grid: "PL"}) }),
		made("nothing", view.Ingresses, func() (fred.IngressList, error) {
			return f.Ingresses(ctx, fred.Query{Namespace: "kube-system"}, "", "")
		}),
	} {
		list = append(list, p(t))
	}
	return list
}

func explained[R any](lay func(R, bool) view.Doc) func(R) view.Doc {
	return func(r R) view.Doc { return lay(r, true) }
}

func plainly[R any](lay func(R, bool) view.Doc) func(R) view.Doc {
	return func(r R) view.Doc { return lay(r, false) }
}

// terminal is a terminal without color, that many columns wide.
func terminal(width int) term.Dress { return term.Dress{Terminal: true, Width: width} }

func written(t testing.TB, p page, format string, d term.Dress) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, view.Write(&b, view.Output{Format: format, Dress: d, Now: morning}, p.report, p.doc()))
	return b.String()
}

func TestPagesLookAsTheirGoldenFilesSay(t *testing.T) {
	for _, p := range pages(t) {
		t.Run(p.name, func(t *testing.T) {
			var b strings.Builder
			for _, d := range []struct {
				head, format string
				dress        term.Dress
			}{
				{"into a pipe", "table", term.Dress{}},
				{"80 columns", "table", terminal(80)},
				{"60 columns", "table", terminal(60)},
				{"wide", "wide", terminal(80)},
				{"name", "name", term.Dress{}},
				{"csv", "csv", term.Dress{}},
			} {
				fmt.Fprintf(&b, "===== %s\n%s", d.head, written(t, p, d.format, d.dress))
			}
			testutil.Golden(t, p.name+".txt", b.String())
		})
	}
}

func TestColorsAreGivenToATerminalAlone(t *testing.T) {
	env := map[string]string{"TERM": "xterm-256color", "COLUMNS": "100"}
	tty := testutil.Terminal(t)
	t.Setenv("CI", "true")
	t.Setenv("TERM", "dumb")
	dress := term.For(tty, false, func(k string) string { return env[k] })
	require.Equal(t, 100, dress.Width)
	for _, p := range pages(t) {
		if p.name == "cache-verify-sound" || p.name == "nothing" {
			continue // they have nothing to color
		}
		colored := written(t, p, "table", dress)
		require.Contains(t, colored, "\x1b[", p.name)
		require.Equal(t, written(t, p, "table", terminal(100)), ansi.Strip(colored), "color changes the dress, never the content")
		if p.name == "overview" || p.name == "workload-failing" {
			testutil.Golden(t, p.name+".color.txt", strings.ReplaceAll(colored, "\x1b", "␛"))
		}
	}
	for name, plain := range map[string]term.Dress{
		"--no-color": term.For(tty, true, func(k string) string { return env[k] }),
		"NO_COLOR":   term.For(tty, false, func(k string) string { return map[string]string{"NO_COLOR": "1", "COLUMNS": "100"}[k] }),
		"TERM=dumb":  term.For(tty, false, func(k string) string { return map[string]string{"TERM": "dumb", "COLUMNS": "100"}[k] }),
	} {
		require.NotContains(t, written(t, pages(t)[0], "table", plain), "\x1b", name)
	}
}

func TestNoLineIsLongerThanTheTerminal(t *testing.T) {
	for _, p := range pages(t) {
		for _, width := range []int{60, 72, 80, 100, 132, 200} {
			for line := range strings.SplitSeq(written(t, p, "table", terminal(width)), "\n") {
				require.LessOrEqual(t, ansi.StringWidth(line), width, "%s at %d: %s", p.name, width, line)
			}
		}
	}
}

func TestColumnsGiveWayOnANarrowTerminalAndThePageSaysSo(t *testing.T) {
	for _, p := range pages(t) {
		if p.name != "workloads" {
			continue
		}
		wide, narrow := written(t, p, "table", terminal(200)), written(t, p, "table", terminal(60))
		require.Contains(t, wide, "RESTARTS")
		require.NotContains(t, wide, "hidden")
		require.NotContains(t, narrow, "RESTARTS")
		require.Contains(t, narrow, "STATUS")
		require.Contains(t, narrow, "columns hidden")
		require.Contains(t, narrow, "-o wide")
		require.Equal(t, strings.Count(wide, "/"), strings.Count(narrow, "/"), "rows never give way")
		require.NotContains(t, written(t, p, "wide", terminal(60)), "hidden")
	}
}

func TestNoLineEndsInABlank(t *testing.T) {
	for _, p := range pages(t) {
		for _, format := range []string{"table", "wide"} {
			for line := range strings.SplitSeq(written(t, p, format, terminal(80)), "\n") {
				require.Equal(t, strings.TrimRight(line, " "), line, p.name)
			}
		}
	}
}

func TestYAMLPathsAndTemplatesUseTheNamesThatJSONHas(t *testing.T) {
	for _, p := range pages(t) {
		switch p.name {
		case "workload":
			testutil.Golden(t, "workload.yaml", written(t, p, "yaml", term.Dress{}))
			testutil.Golden(t, "workload.json", written(t, p, "json", term.Dress{}))
		case "workloads":
			require.Equal(t, "cart catalog", written(t, p, "jsonpath={.items[?(@.namespace=='shop')].name}", term.Dress{})[:12])
			require.Equal(t, "22", written(t, p, "go-template={{len .items}}", term.Dress{}), "20 workloads, and a Job of each CronJob")
			require.Equal(t, "WorkloadList", written(t, p, "jsonpath=.kind", term.Dress{}))
			require.Empty(t, written(t, p, "jsonpath={.nothing.there}", term.Dress{}))
		}
	}
}

func TestAFormatThatIsNoneIsAMistakeOfTheCaller(t *testing.T) {
	for _, good := range []string{"table", "wide", "json", "yaml", "csv", "name", "jsonpath={.items}", "jsonpath=.items", "go-template={{.kind}}"} {
		require.NoError(t, view.Check(good), good)
	}
	for _, bad := range []string{"", "xml", "JSON", "json=x", "jsonpath", "jsonpath={", "go-template", "go-template={{", "custom-columns=A:.b"} {
		err := view.Check(bad)
		require.Equal(t, fault.Invalid, fault.KindOf(err), "%q: %v", bad, err)
		require.NotEmpty(t, fault.HintOf(err), bad)
	}
	err := view.Write(&strings.Builder{}, view.Output{Format: "go-template={{index .items 99}}"}, report.New[int, int]("X"), view.Doc{})
	require.Equal(t, fault.Invalid, fault.KindOf(err), "%v", err)
}

// evil could steer a terminal: color, a title, a clear screen, an overwritten
// line, a reordered one, an invisible letter, a C1 sequence.
const evil = "a\x1b[31mb\x1b]0;title\x07c\x1b[2Jd\re\u202ef\u200bg\u009b31mh\x08i\x7fj\nk"

// hostile is everything that fred kube shows, with evil wherever a name, a label
// or a text may come from outside.
func hostile() []page {
	meta := kube.Meta{Namespace: evil, Name: evil, Labels: map[string]string{evil: evil}, Annotations: map[string]string{evil: evil}, Owner: &kube.Ref{Kind: evil, Name: evil}}
	problem := kube.Problem{Severity: kube.Error, Namespace: evil, Kind: evil, Name: evil, Reason: evil, Detail: evil, Cluster: evil}
	row := kube.WorkloadRow{Cluster: evil, Namespace: evil, Kind: evil, Name: evil, Owner: meta.Owner, Status: evil, Images: []string{evil}, Problems: []kube.Problem{problem}}
	port := kube.Port{Name: evil, Protocol: evil, Port: 80, TargetPort: evil}
	value := evil
	container := kube.Container{
		Name: evil, Image: evil, Command: []string{evil}, Args: []string{evil}, Ports: []kube.Port{port}, Probes: []string{evil},
		Env:     []kube.EnvVar{{Name: evil, Value: &value}, {Name: evil, From: &kube.EnvRef{Kind: evil, Name: evil, Key: evil}}, {Name: evil}},
		EnvFrom: []kube.EnvFrom{{Kind: evil, Name: evil, Prefix: evil}},
	}
	service := kube.Service{Meta: meta, Type: evil, ClusterIP: evil, Selector: meta.Labels, Ports: []kube.Port{port}}
	backend := kube.IngressBackend{Service: evil, Port: evil}
	ingress := kube.Ingress{
		Meta: meta, Class: evil, Rules: []kube.IngressRule{{Host: evil, Path: evil, Backend: backend}},
		Default: &kube.IngressBackend{Resource: meta.Owner}, TLS: []kube.IngressTLS{{Hosts: []string{evil}, Secret: evil}},
	}
	cm := kube.ConfigMap{Meta: meta, Keys: []kube.ConfigKey{{Key: evil, Format: evil, Paths: []string{evil}}}}
	namespace := kube.NamespaceRow{
		Cluster: evil, Name: evil, Status: evil, Labels: meta.Labels, Problems: []kube.Problem{problem},
		Quotas:      []kube.ResourceQuota{{Meta: meta, Hard: map[string]string{evil: evil}, Used: map[string]string{evil: evil}}},
		LimitRanges: []kube.LimitRange{{Meta: meta, Limits: map[string]string{evil: evil}}},
	}
	node := kube.NodeRow{
		Cluster: evil, Name: evil, Status: evil, Roles: []string{evil}, InstanceType: evil, Zone: evil, Region: evil, ProviderID: evil,
		Arch: evil, OS: evil, Version: evil, Taints: []string{evil}, Labels: meta.Labels,
	}
	cluster := kube.Cluster{Name: evil, Alias: evil, Provider: evil, Region: evil, Namespace: evil}
	detail := kube.WorkloadDetail{
		WorkloadRow: row,
		Spec:        kube.WorkloadSpec{Labels: meta.Labels, Strategy: evil, Schedule: evil, ServiceAccount: evil, Containers: []kube.Container{container}},
		PodList:     []kube.PodRow{{Name: evil, Node: evil, Phase: evil}, {Name: evil, Issues: []kube.Issue{{Container: evil, Reason: evil, Detail: evil}}}},
		ConfigMaps:  []kube.ConfigMapLink{{Name: evil, Via: []string{evil}, Keys: cm.Keys}, {Name: evil, Missing: true}},
		Services:    []kube.Service{service}, Ingresses: []kube.Ingress{ingress},
	}
	overview := kube.ClusterOverview{
		Cluster: cluster, Server: kube.Server{Version: evil, URL: evil, Platform: evil}, Nodes: &kube.NodeTotal{},
		Namespaces: []kube.NamespaceRow{namespace, namespace}, Problems: []kube.Problem{problem},
	}
	return []page{
		of("overview", view.Overview, overview), of("clusters", view.Clusters, cluster), of("namespaces", view.Namespaces, namespace),
		of("namespace", view.Namespace, namespace), of("nodes", view.Nodes, node), of("workloads", view.Workloads, row),
		of("workload", view.Workload, detail), of("configmaps", view.ConfigMaps, kube.ConfigMapRow{Cluster: evil, ConfigMap: cm, Via: []string{evil}}),
		of("services", view.Services, kube.ServiceRow{Cluster: evil, Service: service}), of("ingresses", view.Ingresses, kube.IngressRow{Cluster: evil, Ingress: ingress}),
		of("diagnosis", view.Diagnosis, fred.Finding{Cluster: evil, Check: evil, Status: fred.Bad, Detail: evil, Hint: evil}),
	}
}

// of makes a page of one row.
func of[I, T any](name string, look func(report.Report[I, T]) view.Doc, item I) page {
	r := report.New[I, T](name)
	r.Items = append(r.Items, item)
	return page{name, r, func() view.Doc { return look(r) }}
}

func TestNothingFromOutsideCanSteerATerminal(t *testing.T) {
	for _, p := range hostile() {
		for _, format := range []string{"table", "wide", "name", "csv", "yaml", "jsonpath={.items}", "jsonpath={..name}", "go-template={{.items}}"} {
			for _, width := range []int{0, 60} {
				out := written(t, p, format, terminal(width))
				for _, r := range out {
					safe := r == '\n' || (!unicode.IsControl(r) && !unicode.Is(unicode.Cf, r))
					require.True(t, safe, "%s as %s: %q in %q", p.name, format, r, out)
				}
			}
		}
	}
}

func TestAValueIsNoFormulaInASpreadsheet(t *testing.T) {
	for _, name := range []string{"=cmd()", "+1", "@x"} {
		out := written(t, of("workloads", view.Workloads, kube.WorkloadRow{Namespace: "a", Kind: "Pod", Name: name}), "csv", term.Dress{})
		require.Contains(t, out, "'"+name)
	}
}

func TestCSVHasAColumnForEachMemberAndALineForEachRow(t *testing.T) {
	out := written(t, of("workloads", view.Workloads, kube.WorkloadRow{
		Namespace: "a", Kind: "Job", Name: "x,\"y\"", Owner: &kube.Ref{Kind: "CronJob", Name: "n"}, Images: []string{"i", "j"},
		Counts: kube.Counts{Pods: new(0)}, Problems: []kube.Problem{{Reason: "Failed"}},
	}), "csv", term.Dress{})
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[0], "namespace,kind,name,owner.kind,owner.name")
	require.Contains(t, lines[1], `a,Job,"x,""y""",CronJob,n`)
	require.Contains(t, lines[1], "i;j")
	require.Contains(t, lines[1], ",0,,,", "unknown is empty, zero is 0")
	require.NotContains(t, lines[1], "Failed")
}

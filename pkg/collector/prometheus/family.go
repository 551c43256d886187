package prometheus

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/fredctl/fred/pkg/footprint"
)

// kind says what the samples of a metric are.
type kind int

const (
	counter kind = iota // a total that grows, and starts again from 0
	level               // watts, of something that is always there
	share               // watts, of something that comes and goes
)

// part is a metric and whose figures it has.
type part struct {
	kind   kind
	metric string // a selector
	class  footprint.Class
	labels []model.LabelName // what tells rows apart
	pod    model.LabelName   // by the finer grain: what tells pods apart; "" where there are none
	per    float64           // what a counter's unit or a watt-second of a level is, in the unit of Values
	bound  float64           // by how much a counter can grow in a second, or a level can be
	name   func(labels model.Metric) footprint.Series
	tells  bool              // of the end of what comes and goes, once
	key    []model.LabelName // what names the thing metered, whichever exporter told of it
}

// family is the metrics of one rung.
type family struct {
	rung     footprint.Rung
	presence string            // a selector of series of nodes: where they are, the rung is
	node     []model.LabelName // what tells nodes, that is their exporters, apart
	parts    func(ctx context.Context, r *reader, s segment) ([]part, error)
}

// maxWatts is the most that a node is believed to draw: two sockets of 2 kW. What
// is beyond is a counter that ran over or a driver that went astray.
const maxWatts = 4000

// maxCores is the most that a node is believed to keep busy.
const maxCores = 2048

// families are the rungs, the best first.
var families = []family{
	{footprint.Kepler, "kepler_node_cpu_joules_total", labels("node_name"), keplerParts},
	{footprint.KeplerLegacy, "kepler_container_joules_total", labels("instance"), legacyParts},
	{footprint.Scaphandre, "scaph_host_power_microwatts", labels("instance"), scaphandreParts},
	{footprint.CPUTime, `container_cpu_usage_seconds_total{container!="",image!=""}`, labels("node", "instance"), cpuParts},
}

const wattHour = 3600 // joules

// keplerParts are those of Kepler 0.10 and later. Its zones overlap: psys is the
// whole machine, on machines that have it; on others package and dram are apart from
// each other.
func keplerParts(ctx context.Context, r *reader, s segment) ([]part, error) {
	const metric = "kepler_node_cpu_joules_total"
	whole, err := r.values(ctx, s, metric+`{zone="psys"}`, "node_name")
	if err != nil || len(whole) == 0 {
		return keplerZone(r, `zone=~"package|dram"`), err
	}
	for i, node := range whole {
		whole[i] = regexp.QuoteMeta(node)
	}
	rest := fmt.Sprintf(`zone=~"package|dram",node_name!~%q`, strings.Join(whole, "|"))
	others, err := r.values(ctx, s, metric+"{"+rest+"}", "node_name")
	if err != nil || len(others) == 0 {
		return keplerZone(r, `zone="psys"`), err
	}
	r.out.note(fmt.Sprintf("%d nodes are metered whole (zone psys) and %d by processor and memory alone", len(whole), len(others)))
	return append(keplerZone(r, `zone="psys"`), keplerZone(r, rest)...), nil
}

// keplerZone are the parts of some zones.
func keplerZone(r *reader, zone string) []part {
	states := zone
	if !r.ask.Exact { // one sample of what has ended grows by nothing
		states += `,state="running"`
	}
	node := part{counter, "kepler_node_cpu_joules_total{" + zone + "}", footprint.NodeTotal, labels("node_name"), "", 1. / wattHour, maxWatts, byNode("node_name"), false, labels("zone", "path", "node_name")}
	idle := node
	idle.metric, idle.class = "kepler_node_cpu_idle_joules_total{"+zone+"}", footprint.NodeIdle
	return []part{node, idle, {
		counter, "kepler_pod_cpu_joules_total{" + states + "}", footprint.Consumer, labels("pod_namespace"), "pod_name", 1. / wattHour, maxWatts,
		byPod("pod_namespace", "pod_name"), true, labels("pod_id", "zone", "node_name", "pod_namespace", "pod_name"),
	}}
}

// legacyParts are those of Kepler 0.9 and earlier, whose containers hold their
// share of idle energy, and what is no container under the names of namespaces.
func legacyParts(context.Context, *reader, segment) ([]part, error) {
	var parts []part
	for _, of := range []string{"package", "dram", "other", "gpu"} { // one by one: increase drops the name, by which alone they differ
		parts = append(parts, part{counter, "kepler_node_" + of + "_joules_total", footprint.NodeTotal, labels("instance"), "", 1. / wattHour, maxWatts, byNode("instance"), false, labels("package", "instance", "mode", "source")})
	}
	container := labels("container_id", "pod_name", "container_name", "container_namespace", "mode", "source", "instance")
	return append(parts, []part{
		{counter, `kepler_container_joules_total{mode="idle"}`, footprint.NodeIdle, nil, "", 1. / wattHour, maxWatts, byNode(""), false, container},
		{counter, `kepler_container_joules_total{mode!="idle",container_namespace!~"kernel|system"}`, footprint.Consumer, labels("container_namespace"), "pod_name", 1. / wattHour, maxWatts, byPod("container_namespace", "pod_name"), false, container},
		{counter, `kepler_container_joules_total{mode!="idle",container_namespace=~"kernel|system"}`, footprint.System, nil, "", 1. / wattHour, maxWatts, byNode(""), false, container},
	}...), nil
}

const microwattHour = 3600 * 1e6 // microwatt-seconds in a watt-hour

// scaphandreParts are Scaphandre's gauges: its counters of hosts are sums of
// counters that run over one by one.
func scaphandreParts(context.Context, *reader, segment) ([]part, error) {
	return []part{
		{level, "scaph_host_power_microwatts", footprint.NodeTotal, labels("instance"), "", 1. / microwattHour, maxWatts * 1e6, byNode("instance"), false, labels("instance")},
		{share, `scaph_process_power_consumption_microwatts{kubernetes_pod_namespace!=""}`, footprint.Consumer, labels("kubernetes_pod_namespace"), "kubernetes_pod_name", 1. / microwattHour, maxWatts * 1e6, byPod("kubernetes_pod_namespace", "kubernetes_pod_name"), false, labels("pid", "exe", "cmdline", "container_id", "instance", "kubernetes_pod_namespace", "kubernetes_pod_name")},
	}, nil
}

// cpuParts are cAdvisor's CPU time: of containers, and of nodes, which are the root
// of all their groups.
func cpuParts(context.Context, *reader, segment) ([]part, error) {
	onNode := func(class func(model.Metric) footprint.Series) func(model.Metric) footprint.Series {
		return func(m model.Metric) footprint.Series {
			s := class(m)
			if s.Node = string(m["node"]); s.Node == "" {
				s.Node = string(m["instance"])
			}
			return s
		}
	}
	cgroup := labels("id", "cpu", "node", "instance", "namespace", "pod", "container")
	return []part{
		{counter, `container_cpu_usage_seconds_total{id="/"}`, footprint.NodeTotal, labels("node", "instance"), "", 1. / wattHour, maxCores, onNode(byNode("")), false, cgroup},
		{counter, `container_cpu_usage_seconds_total{container!="",image!=""}`, footprint.Consumer, labels("namespace", "node", "instance"), "pod", 1. / wattHour, maxCores, onNode(byPod("namespace", "pod")), false, cgroup},
	}, nil
}

func labels[T ~string](names ...T) []model.LabelName {
	all := make([]model.LabelName, len(names))
	for i, n := range names {
		all[i] = model.LabelName(n)
	}
	return all
}

func byNode(label model.LabelName) func(model.Metric) footprint.Series {
	return func(m model.Metric) footprint.Series { return footprint.Series{Node: string(m[label])} }
}

func byPod(namespace, pod model.LabelName) func(model.Metric) footprint.Series {
	return func(m model.Metric) footprint.Series {
		return footprint.Series{Namespace: string(m[namespace]), Pod: string(m[pod])}
	}
}

// rows are the labels that tell the rows of p apart, at the grain asked for.
func (p *part) rows(grain footprint.Grain) []model.LabelName {
	if grain == footprint.ByPod && p.pod != "" {
		return append(slices.Clone(p.labels), p.pod)
	}
	return p.labels
}

// series returns the row of p that labels name.
func (p *part) series(m model.Metric, grain footprint.Grain) footprint.Series {
	s := p.name(m)
	s.Class = p.class
	if grain != footprint.ByPod {
		s.Pod = ""
	}
	return s
}

// selector returns a selector with the target's own matchers in it.
func (r *reader) selector(metric string) string {
	if r.target.Selector == "" {
		return metric
	}
	if name, rest, ok := strings.Cut(metric, "{"); ok {
		return name + "{" + r.target.Selector + "," + rest
	}
	return metric + "{" + r.target.Selector + "}"
}

// seconds writes d as PromQL has it.
func seconds(d time.Duration) string {
	return fmt.Sprintf("%ds", int64(d.Round(time.Second).Seconds()))
}

func joined[T ~string](names []T) string {
	words := make([]string, len(names))
	for i, n := range names {
		words[i] = string(n)
	}
	return strings.Join(words, ",")
}

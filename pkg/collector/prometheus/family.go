package prometheus

import (
	"context"
	"fmt"
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
	tells  bool // of the end of what comes and goes, once
}

// family is the metrics of one rung.
type family struct {
	rung     footprint.Rung
	presence string // a selector of series of nodes: where they are, the rung is
	parts    func(ctx context.Context, r *reader, s segment) ([]part, error)
}

// maxWatts is the most that a node is believed to draw: two sockets of 2 kW. What
// is beyond is a counter that ran over or a driver that went astray.
const maxWatts = 4000

// maxCores is the most that a node is believed to keep busy.
const maxCores = 2048

// families are the rungs, the best first.
var families = []family{
	{footprint.Kepler, "kepler_node_cpu_joules_total", keplerParts},
	{footprint.KeplerLegacy, "kepler_node_package_joules_total", legacyParts},
	{footprint.Scaphandre, "scaph_host_power_microwatts", scaphandreParts},
	{footprint.CPUTime, `container_cpu_usage_seconds_total{container!="",image!=""}`, cpuParts},
}

const wattHour = 3600 // joules

// keplerParts are those of Kepler 0.10 and later. Its zones overlap: psys is the
// whole machine, where it is there; else package and dram are apart from each other.
func keplerParts(ctx context.Context, r *reader, s segment) ([]part, error) {
	zones, err := r.values(ctx, s, `kepler_node_cpu_joules_total`, "zone")
	if err != nil {
		return nil, err
	}
	zone := "package|dram"
	if slices.Contains(zones, "psys") {
		zone = "psys"
	}
	in := fmt.Sprintf(`{zone=~"%s"}`, zone)
	states := in
	if !r.ask.Exact { // one sample of what has ended grows by nothing
		states = fmt.Sprintf(`{zone=~"%s",state="running"}`, zone)
	}
	return []part{
		{counter, "kepler_node_cpu_joules_total" + in, footprint.NodeTotal, labels("node_name"), "", 1. / wattHour, maxWatts, byNode("node_name"), false},
		{counter, "kepler_node_cpu_idle_joules_total" + in, footprint.NodeIdle, labels("node_name"), "", 1. / wattHour, maxWatts, byNode("node_name"), false},
		{counter, "kepler_pod_cpu_joules_total" + states, footprint.Consumer, labels("pod_namespace"), "pod_name", 1. / wattHour, maxWatts, byPod("pod_namespace", "pod_name"), true},
	}, nil
}

// legacyParts are those of Kepler 0.9 and earlier, whose containers hold their
// share of idle energy, and what is no container under the names of namespaces.
func legacyParts(context.Context, *reader, segment) ([]part, error) {
	var parts []part
	for _, of := range []string{"package", "dram", "other", "gpu"} { // one by one: increase drops the name, by which alone they differ
		parts = append(parts, part{counter, "kepler_node_" + of + "_joules_total", footprint.NodeTotal, labels("instance"), "", 1. / wattHour, maxWatts, byNode("instance"), false})
	}
	return append(parts, []part{
		{counter, `kepler_container_joules_total{mode="idle"}`, footprint.NodeIdle, nil, "", 1. / wattHour, maxWatts, byNode(""), false},
		{counter, `kepler_container_joules_total{mode!="idle",container_namespace!~"kernel|system"}`, footprint.Consumer, labels("container_namespace"), "pod_name", 1. / wattHour, maxWatts, byPod("container_namespace", "pod_name"), false},
		{counter, `kepler_container_joules_total{mode!="idle",container_namespace=~"kernel|system"}`, footprint.System, nil, "", 1. / wattHour, maxWatts, byNode(""), false},
	}...), nil
}

const microwattHour = 3600 * 1e6 // microwatt-seconds in a watt-hour

// scaphandreParts are Scaphandre's gauges: its counters of hosts are sums of
// counters that run over one by one.
func scaphandreParts(context.Context, *reader, segment) ([]part, error) {
	return []part{
		{level, "scaph_host_power_microwatts", footprint.NodeTotal, labels("instance"), "", 1. / microwattHour, maxWatts * 1e6, byNode("instance"), false},
		{share, `scaph_process_power_consumption_microwatts{kubernetes_pod_namespace!=""}`, footprint.Consumer, labels("kubernetes_pod_namespace"), "kubernetes_pod_name", 1. / microwattHour, maxWatts * 1e6, byPod("kubernetes_pod_namespace", "kubernetes_pod_name"), false},
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
	return []part{
		{counter, `container_cpu_usage_seconds_total{id="/"}`, footprint.NodeTotal, labels("node", "instance"), "", 1. / wattHour, maxCores, onNode(byNode("")), false},
		{counter, `container_cpu_usage_seconds_total{container!="",image!=""}`, footprint.Consumer, labels("namespace", "node", "instance"), "pod", 1. / wattHour, maxCores, onNode(byPod("namespace", "pod")), false},
	}, nil
}

func labels(names ...model.LabelName) []model.LabelName { return names }

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

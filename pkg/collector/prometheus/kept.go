package prometheus

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"github.com/fredctl/fred/pkg/footprint"
)

// Metrics of kube-state-metrics and cAdvisor that say what pods keep of nodes.
const (
	podsOfNodes = `kube_pod_info{node!=""}`
	activePods  = `kube_pod_status_phase{phase=~"Running|Pending"}`
	requests    = `kube_pod_container_resource_requests{resource=~"cpu|memory",node!=""}`
	capacity    = `kube_node_status_capacity{resource=~"cpu|memory"}`
	cpuUsed     = `container_cpu_usage_seconds_total{container!="",image!=""}`
	memoryUsed  = `container_memory_working_set_bytes{container!="",image!=""}`
)

// gibibyte is one, in bytes.
const gibibyte = 1 << 30

// mostMemory is the most bytes that a pod is believed to use.
const mostMemory = 64 << 40

// Kept returns what pods kept of nodes, hour by hour: what they requested as long as they
// were pending or running or, where that is more, used, in core-hours and GiB-hours; and
// what nodes had of both. An hour has the rung Kept where kube-state-metrics was heard in
// it. Of an hour that it was heard in for a part, the rest is taken to be as that part.
func (m *Meter) Kept(ctx context.Context, cluster string, ask footprint.Ask) (footprint.Reading, error) {
	ask.Grain = footprint.ByPod
	r, err := m.reader(cluster, ask)
	if err != nil {
		return footprint.Reading{}, err
	}
	if !r.begin() {
		return r.out.reading(), nil
	}
	k := &keeping{reader: r, pods: map[podHour][]place{}, active: map[podHour]float64{}}
	if err := k.places(ctx); err != nil || len(k.pods) == 0 {
		return r.out.reading(), err
	}
	for _, step := range []func(context.Context) error{k.phases, k.requested, k.used, k.sizes} {
		if err := step(ctx); err != nil {
			return footprint.Reading{}, err
		}
	}
	if err := r.owners(ctx, segment{start: r.out.Start, end: r.out.Until}); err != nil {
		return footprint.Reading{}, err
	}
	return r.out.reading(), nil
}

// keeping is one Kept under way.
type keeping struct {
	*reader
	scrape time.Duration // of kube-state-metrics
	pods   map[podHour][]place
	active map[podHour]float64 // the part of its time that a pod was pending or running; 1 if not there
}

// podHour is a pod in an hour.
type podHour struct {
	namespace, pod model.LabelValue
	hour           int
}

// place is where a pod was for some samples of an hour.
type place struct {
	node    model.LabelValue
	samples float64
	request kept // core-samples and byte-samples
}

// kept is an amount of cores and one of memory.
type kept struct{ cpu, memory float64 }

func (k *keeping) of(m model.Metric, hour int) podHour {
	return podHour{m["namespace"], m["pod"], hour}
}

// figure is expr of the samples of an hour, one replica of each series.
func (k *keeping) figure(function, selector, d string) string {
	if d == "1h" && function != "increase" {
		d = "59m59s999ms" // Prometheus 2 would count a sample on the hour in both hours
	}
	figure := fmt.Sprintf("%s(%s[%s])", function, k.selector(selector), d)
	if k.replicated {
		figure = fmt.Sprintf("max without (%s) (%s)", joined(k.target.Replicas), figure)
	}
	return figure
}

// sums asks for sums of figures, and hands out what is there.
func (k *keeping) sums(ctx context.Context, by, function, selector string, each func(m model.Metric, hour int, v float64)) error {
	got, err := k.hourly(ctx, k.out.Start, k.out.Until, func(d string) string {
		return fmt.Sprintf("sum by (%s) (%s)", by, k.figure(function, selector, d))
	})
	for _, series := range got {
		for i, v := range series.values {
			if h := series.first + i; !math.IsNaN(v) && !math.IsInf(v, 0) && v >= 0 && h < len(k.out.Rungs) {
				each(series.labels, h, v)
			}
		}
	}
	return err
}

// places finds out which pods were on which nodes, and which hours are known.
func (k *keeping) places(ctx context.Context) error {
	found, err := k.hourly(ctx, k.out.Start, k.out.Until, func(d string) string {
		return fmt.Sprintf("count by (%s) (count_over_time(%s[%s]))", joined(k.target.Replicas), k.selector(podsOfNodes), d)
	})
	if err != nil || len(found) == 0 {
		return err
	}
	for _, s := range found {
		k.replicated = k.replicated || len(s.labels) > 0
	}
	if k.scrape, err = k.apart(ctx, podsOfNodes, k.out.Start, k.out.Until); err != nil {
		return err
	}
	k.out.Scrape = footprint.Every(k.scrape)
	most := make([]float64, len(k.out.Rungs))
	err = k.sums(ctx, "namespace,pod,node", "count_over_time", podsOfNodes, func(m model.Metric, h int, v float64) {
		id := k.of(m, h)
		k.pods[id] = append(k.pods[id], place{node: m["node"], samples: v})
		most[h] = max(most[h], v)
	})
	for h, n := range most {
		if n > 0 {
			k.out.Rungs[h] = footprint.Kept
			k.out.Coverage[h] = min(1, math.Round(n*k.scrape.Seconds()/k.length(h).Seconds()*1e4)/1e4)
		}
	}
	return err
}

// phases finds out for what part of its time a pod kept anything: what has ended stays
// known, with its requests.
func (k *keeping) phases(ctx context.Context) error {
	told := map[int]bool{}
	err := k.sums(ctx, "namespace,pod", "sum_over_time", activePods, func(m model.Metric, h int, v float64) {
		told[h] = true
		all := 0.
		for _, p := range k.pods[k.of(m, h)] {
			all += p.samples
		}
		if all > 0 {
			k.active[k.of(m, h)] = min(1, v/all)
		}
	})
	for id := range k.pods {
		if _, known := k.active[id]; !known && !told[id.hour] {
			k.active[id] = 1 // nobody tells phases
		}
	}
	return err
}

// requested finds out what pods requested on each node.
func (k *keeping) requested(ctx context.Context) error {
	return k.sums(ctx, "namespace,pod,node,resource", "sum_over_time", requests, func(m model.Metric, h int, v float64) {
		all := k.pods[k.of(m, h)]
		for i := range all {
			if all[i].node != m["node"] {
				continue
			}
			if m["resource"] == "cpu" {
				all[i].request.cpu = v
			} else {
				all[i].request.memory = v
			}
		}
	})
}

// used finds out what pods used, and books what they kept.
func (k *keeping) used(ctx context.Context) error {
	used := map[podHour]kept{}
	err := k.sums(ctx, "namespace,pod", "increase", cpuUsed, func(m model.Metric, h int, v float64) {
		if v <= maxCores*k.length(h).Seconds() {
			used[k.of(m, h)] = kept{cpu: v / time.Hour.Seconds()}
		}
	})
	if err != nil {
		return err
	}
	apart, err := k.apart(ctx, memoryUsed, k.out.Start, k.out.Until)
	if err != nil {
		return err
	}
	err = k.sums(ctx, "namespace,pod", "sum_over_time", memoryUsed, func(m model.Metric, h int, v float64) {
		if v *= apart.Seconds(); v <= mostMemory*k.length(h).Seconds() {
			u := used[k.of(m, h)]
			u.memory = v / gibibyte / time.Hour.Seconds()
			used[k.of(m, h)] = u
		}
	})
	if err == nil {
		k.book(used)
	}
	return err
}

// book books what pods kept, given what they used.
func (k *keeping) book(used map[podHour]kept) {
	cpu, memory := map[identity][]float64{}, map[identity][]float64{}
	for id, places := range k.pods {
		if k.out.Rungs[id.hour] == "" {
			continue
		}
		all := 0.
		for _, p := range places {
			all += p.samples
		}
		seen := k.scrape.Hours() * k.active[id] / k.out.Coverage[id.hour]
		for _, p := range places {
			part, of := p.samples/all, identity{"", string(p.node), string(id.namespace), string(id.pod)}
			put(cpu, of, id.hour, len(k.out.Rungs), max(p.request.cpu*seen, used[id].cpu*part))
			put(memory, of, id.hour, len(k.out.Rungs), max(p.request.memory*seen/gibibyte, used[id].memory*part))
		}
	}
	for class, all := range map[footprint.Class]map[identity][]float64{footprint.KeptCPU: cpu, footprint.KeptMemory: memory} {
		for of, values := range all {
			k.out.add(footprint.Series{Class: class, Node: of.node, Namespace: of.namespace, Pod: of.pod}, 0, values)
		}
	}
}

// put sets the value of an hour, of n.
func put(all map[identity][]float64, of identity, hour, n int, v float64) {
	values := all[of]
	if values == nil {
		values = make([]float64, n)
		for i := range values {
			values[i] = math.NaN()
		}
		all[of] = values
	}
	values[hour] = v
}

// sizes finds out how large nodes were.
func (k *keeping) sizes(ctx context.Context) error {
	got, err := k.hourly(ctx, k.out.Start, k.out.Until, func(d string) string {
		return fmt.Sprintf("max by (node,resource) (max_over_time(%s[%s]))", k.selector(capacity), d)
	})
	for _, series := range got {
		s, per := footprint.Series{Class: footprint.NodeCPU, Node: string(series.labels["node"])}, 1.
		if series.labels["resource"] == "memory" {
			s.Class, per = footprint.NodeMemory, 1./gibibyte
		}
		for i := range series.values {
			series.values[i] *= per * k.length(series.first+i).Hours()
		}
		k.out.add(s, series.first, series.values)
	}
	return err
}

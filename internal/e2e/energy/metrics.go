package energy

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
)

// Both writes two families of one world.
func Both(a, b Family) Family {
	return func(w *World, t *Writer) {
		a(w, t)
		b(w, t)
	}
}

// From writes a family from a time on.
func From(at time.Time, f Family) Family {
	return func(w *World, t *Writer) {
		t.from = at
		defer func() { t.from = time.Time{} }()
		f(w, t)
	}
}

// Family writes the metrics of one kind of probe.
type Family func(*World, *Writer)

// Writer writes OpenMetrics text with timestamps.
type Writer struct {
	b       *bufio.Writer
	replica string // a label more, or empty
	from    time.Time
}

// Write writes what a family says of w.
func Write(out io.Writer, w *World, f Family) error {
	t := &Writer{b: bufio.NewWriter(out)}
	f(w, t)
	_, _ = t.b.WriteString("# EOF\n") // Flush says if it failed
	return t.b.Flush()
}

func (t *Writer) sample(name, labels string, value float64, at time.Time) {
	if at.Before(t.from) {
		return
	}
	labels = strings.TrimPrefix(labels+t.replica, ",")
	_, _ = fmt.Fprintf(t.b, "%s{%s} %g %.3f\n", name, labels, value, float64(at.UnixMilli())/1000)
}

// by says by which replica the samples that follow were scraped.
func (t *Writer) by(w *World, replica int) {
	t.replica = ""
	if w.Replicas > 1 {
		t.replica = fmt.Sprintf(`,prometheus_replica="p%d"`, replica)
	}
}

// spike is the value that some drivers give on virtual machines.
const spike = 9.22e14

// zone is a part of a machine that energy is metered of.
type zone struct {
	name  string
	share float64 // of the machine's energy
}

// zones of a machine: core and uncore lie within package, psys is all of it.
func (w *World) zones(node int) []zone {
	if w.Lean {
		return []zone{{"psys", 1}}
	}
	all := []zone{{"package", 0.8}, {"core", 0.5}, {"uncore", 0.1}, {"dram", 0.2}}
	if node < w.Psys {
		all = append(all, zone{"psys", 1})
		all[0].share, all[3].share = 0.6, 0.1
	}
	return all
}

// Kepler writes what Kepler 0.10 and later says.
func Kepler(w *World, t *Writer) {
	w.scrapes(func(node, replica int, at time.Time) {
		t.by(w, replica)
		began := w.since(node, at)
		active, idle := w.active(node, began, at), IdleWatts*at.Sub(began).Seconds()
		for _, z := range w.zones(node) {
			of := fmt.Sprintf(`zone="%s",path="/sys/%s",node_name="%s",%s`, z.name, z.name, w.Name(node), w.kepler(node, at))
			t.sample("kepler_node_cpu_joules_total", of, z.share*(active+idle), at)
			t.sample("kepler_node_cpu_idle_joules_total", of, z.share*idle, at)
			t.sample("kepler_node_cpu_active_joules_total", of, z.share*active, at)
		}
		for i := range w.Pods {
			if p := &w.Pods[i]; p.Node == node {
				w.keplerPod(t, p, i, began, at)
			}
		}
	})
}

// kepler is the labels of Kepler's own pod on a node, another after each restart.
func (w *World) kepler(node int, at time.Time) string {
	n := w.restarts(node, at)
	return fmt.Sprintf(`instance="10.0.%d.%d:28282",namespace="kepler",pod="kepler-%d"`, n, node, n)
}

func (w *World) keplerPod(t *Writer, p *Pod, id int, began, at time.Time) {
	state := "running"
	if at.Before(p.born(w)) {
		return
	}
	if died := p.died(w); !at.Before(died) {
		if state = "terminated"; !at.Add(-w.Scrape / time.Duration(max(1, w.Replicas))).Before(died) {
			return // told once, to whoever asks first
		}
	}
	for _, z := range w.zones(p.Node) {
		v := w.value(p.Node, at, z.share*p.energy(w, began, at))
		t.sample("kepler_pod_cpu_joules_total", fmt.Sprintf(`pod_id="id-%d",pod_name="%s",pod_namespace="%s",state="%s",zone="%s",node_name="%s",%s`,
			id, p.Name, p.Namespace, state, z.name, w.Name(p.Node), w.kepler(p.Node, at)), v, at)
	}
}

// KeplerLegacy writes what Kepler 0.9 and earlier says.
func KeplerLegacy(w *World, t *Writer) {
	w.scrapes(func(node, replica int, at time.Time) {
		t.by(w, replica)
		began := w.since(node, at)
		active, idle := w.active(node, began, at), IdleWatts*at.Sub(began).Seconds()
		instance := w.Name(node)
		for _, z := range []zone{{"package", 0.8}, {"dram", 0.2}, {"core", 0.5}} {
			for mode, v := range map[string]float64{"dynamic": active, "idle": idle} {
				t.sample("kepler_node_"+z.name+"_joules_total", fmt.Sprintf(`package="0",instance="%s",mode="%s",source="intel_rapl"`, instance, mode), z.share*v, at)
			}
		}
		alive := 0
		for i := range w.Pods {
			if p := &w.Pods[i]; p.Node == node && p.Born.IsZero() {
				alive++
			}
		}
		for i := range w.Pods {
			p := &w.Pods[i]
			if p.Node != node || at.Before(p.born(w)) || at.After(p.died(w)) {
				continue
			}
			of := fmt.Sprintf(`container_id="c%d",pod_name="%s",container_name="main",container_namespace="%s",instance="%s"`, i, p.Name, p.Namespace, instance)
			v := w.value(node, at, p.energy(w, began, at))
			t.sample("kepler_container_joules_total", of+`,mode="dynamic"`, v, at)
			if p.Born.IsZero() {
				t.sample("kepler_container_joules_total", of+`,mode="idle"`, idle/float64(alive), at)
			}
		}
		t.sample("kepler_container_joules_total", fmt.Sprintf(`container_id="system",pod_name="system_processes",container_name="system_processes",container_namespace="system",instance="%s",mode="dynamic"`, instance),
			OtherWatts*at.Sub(began).Seconds(), at)
	})
}

// Scaphandre writes what Scaphandre says: levels, in microwatts, of the time since
// the scrape before.
func Scaphandre(w *World, t *Writer) {
	w.scrapes(func(node, replica int, at time.Time) {
		t.by(w, replica)
		before := at.Add(-w.Scrape)
		of := fmt.Sprintf(`instance="%s"`, w.Name(node))
		host := (w.active(node, before, at) + IdleWatts*w.Scrape.Seconds()) / w.Scrape.Seconds()
		t.sample("scaph_host_power_microwatts", of, w.value(node, at, host*1e6), at)
		for i := range w.Pods {
			if p := &w.Pods[i]; p.Node == node {
				if j := p.energy(w, before, at); j > 0 {
					t.sample("scaph_process_power_consumption_microwatts", fmt.Sprintf(`exe="app",pid="%d",cmdline="app",%s,kubernetes_pod_name="%s",kubernetes_pod_namespace="%s"`, 100+i, of, p.Name, p.Namespace), j/w.Scrape.Seconds()*1e6, at)
				}
			}
		}
	})
}

// CPUTime writes what cAdvisor and kube-state-metrics say: a pod of n watts keeps n
// cores busy.
func CPUTime(w *World, t *Writer) {
	w.scrapes(func(node, replica int, at time.Time) {
		t.by(w, replica)
		began := w.since(node, at)
		on := fmt.Sprintf(`node="%s",instance="10.0.0.%d:10250"`, w.Name(node), node)
		t.sample("container_cpu_usage_seconds_total", on+`,id="/",cpu="total"`, w.active(node, began, at), at)
		for i := range w.Pods {
			p := &w.Pods[i]
			if p.Node != node || at.Before(p.born(w)) || at.After(p.died(w)) {
				continue
			}
			v := w.value(node, at, p.energy(w, began, at))
			t.sample("container_cpu_usage_seconds_total", fmt.Sprintf(`%s,id="/kubepods/%d",cpu="total",container="main",image="registry.example/app",namespace="%s",pod="%s"`, on, i, p.Namespace, p.Name), v, at)
			if node == 0 {
				w.owners(t, p, at)
			}
		}
	})
}

// owners writes whose a pod is: a Deployment's by way of a ReplicaSet, or a Job's.
func (w *World) owners(t *Writer, p *Pod, at time.Time) {
	kind, owner := "ReplicaSet", strings.TrimSuffix(p.Name, p.Name[strings.LastIndex(p.Name, "-"):])
	if p.Owner == "night" {
		kind, owner = "Job", p.Name
		t.sample("kube_job_owner", fmt.Sprintf(`namespace="%s",job_name="%s",owner_kind="CronJob",owner_name="night",owner_is_controller="true"`, p.Namespace, owner), 1, at)
	} else {
		t.sample("kube_replicaset_owner", fmt.Sprintf(`namespace="%s",replicaset="%s",owner_kind="Deployment",owner_name="%s",owner_is_controller="true"`, p.Namespace, owner, p.Owner), 1, at)
	}
	t.sample("kube_pod_owner", fmt.Sprintf(`namespace="%s",pod="%s",owner_kind="%s",owner_name="%s",owner_is_controller="true"`, p.Namespace, p.Name, kind, owner), 1, at)
}

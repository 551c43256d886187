//go:build e2e

package e2e_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
	"github.com/fredctl/fred/pkg/footprint"
)

// past writes what kube-state-metrics and cAdvisor were scraped for on a day, every half
// minute.
type past struct {
	text     strings.Builder
	start    time.Time
	replicas int
}

// hour is a moment of the day.
func hour(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }

// series writes one from a moment up to another. kube-state-metrics is silent from 15:00
// to 16:30.
func (p *past) series(name, labels string, from, to float64, value func(at time.Duration) float64) {
	for replica := range max(1, p.replicas) {
		of := labels
		if p.replicas > 0 {
			of += fmt.Sprintf(`,prometheus_replica="p%d"`, replica)
		}
		for at := 7 * time.Second; at < 24*time.Hour; at += 30 * time.Second {
			if at < hour(from) || at >= hour(to) || strings.HasPrefix(name, "kube_") && at >= hour(15) && at < hour(16.5) {
				continue
			}
			fmt.Fprintf(&p.text, "%s{%s} %g %d\n", name, of, value(at), p.start.Add(at).Unix())
		}
	}
}

func always(v float64) func(time.Duration) float64 {
	return func(time.Duration) float64 { return v }
}

// pod writes where a pod is, what it requests, and in which phase.
func (p *past) pod(namespace, name, node string, from, to, ends, cores, gib float64) {
	id := fmt.Sprintf(`namespace="%s",pod="%s",uid="%s"`, namespace, name, name+node)
	p.series("kube_pod_info", id+fmt.Sprintf(`,node="%s",pod_ip=""`, node), from, from+0.1, always(1))
	p.series("kube_pod_info", id+fmt.Sprintf(`,node="%s",pod_ip="10.0.0.1"`, node), from+0.1, to, always(1))
	for phase, runs := range map[string]bool{"Running": true, "Succeeded": false} {
		p.series("kube_pod_status_phase", id+fmt.Sprintf(`,phase="%s"`, phase), from, to, func(at time.Duration) float64 {
			if (at < hour(ends)) == runs {
				return 1
			}
			return 0
		})
	}
	for resource, v := range map[string]float64{"cpu": cores, "memory": gib * gibibyte} {
		if v > 0 {
			p.series("kube_pod_container_resource_requests", id+fmt.Sprintf(`,container="main",node="%s",resource="%s"`, node, resource), from, to, always(v))
		}
	}
}

const gibibyte = 1 << 30

// uses writes what a pod uses: cores before noon and after, and memory.
func (p *past) uses(namespace, name string, before, after, gib float64) {
	id := fmt.Sprintf(`namespace="%s",pod="%s",container="main",image="registry.example/app",id="/kubepods/%s"`, namespace, name, name)
	p.series("container_cpu_usage_seconds_total", id+`,cpu="total"`, 0, 24, func(at time.Duration) float64 {
		return 1000 + before*min(at, hour(12)).Seconds() + after*max(0, at-hour(12)).Seconds()
	})
	p.series("container_memory_working_set_bytes", id, 0, 24, always(gib*gibibyte))
}

func (p *past) owner(namespace, kind, name, ownerKind, owner string) {
	metric, label := map[string]string{"Pod": "kube_pod_owner", "ReplicaSet": "kube_replicaset_owner", "Job": "kube_job_owner"}[kind], map[string]string{"Pod": "pod", "ReplicaSet": "replicaset", "Job": "job_name"}[kind]
	p.series(metric, fmt.Sprintf(`namespace="%s",%s="%s",owner_kind="%s",owner_name="%s"`, namespace, label, name, ownerKind, owner), 0, 24, always(1))
}

// day is a day of five pods on two nodes.
func day(start time.Time, replicas int) *past {
	p := &past{start: start, replicas: replicas}
	for resource, v := range map[string]float64{"cpu": 1, "memory": 4 * gibibyte} {
		p.series("kube_node_status_capacity", fmt.Sprintf(`node="n1",resource="%s"`, resource), 0, 24, always(4*v))
		p.series("kube_node_status_capacity", fmt.Sprintf(`node="n2",resource="%s"`, resource), 0, 12, always(8*v))
	}
	p.pod("shop", "web-5d-1", "n1", 0, 24, 24, 1, 4)
	p.uses("shop", "web-5d-1", 0.5, 2, 1)
	p.owner("shop", "Pod", "web-5d-1", "ReplicaSet", "web-5d")
	p.owner("shop", "ReplicaSet", "web-5d", "Deployment", "web")
	p.pod("batch", "night-1-a", "n1", 5, 20, 6.5, 2, 2) // it ends, and is kept
	p.owner("batch", "Pod", "night-1-a", "Job", "night-1")
	p.owner("batch", "Job", "night-1", "CronJob", "night")
	p.pod("data", "db-0", "n2", 0, 10.25, 24, 0.5, 8) // it moves
	p.pod("data", "db-0", "n1", 10.25, 24, 24, 0.5, 8)
	p.owner("data", "Pod", "db-0", "StatefulSet", "db")
	p.pod("free", "alone", "n1", 0, 24, 24, 0, 0)
	p.uses("free", "alone", 0.3, 0.3, 1)
	p.owner("free", "Pod", "alone", "<none>", "<none>")
	return p
}

// keptBy returns the row of a workload on a node.
func keptBy(r *footprint.Reading, class footprint.Class, node, who string) footprint.Values {
	for _, s := range r.Series {
		if s.Class == class && s.Node == node && (s.Name == "" && s.Pod == who || s.Kind+"/"+s.Name == who) {
			return s.Values
		}
	}
	return nil
}

// keeps requires that a server tells what pods kept on that day.
func keeps(t *testing.T, server *rig.Prometheus, start time.Time) {
	t.Helper()
	r, err := meterOf(server).Kept(t.Context(), "any", footprint.Ask{Start: start, End: start.Add(24 * time.Hour), Now: time.Now()})
	require.NoError(t, err)
	for h, rung := range r.Rungs {
		require.Equal(t, h != 15, rung == footprint.Kept, "hour %d: nobody was heard in the fifteenth", h)
	}
	require.InDelta(t, 0.5, r.Coverage[16], 0.01)
	hourly := func(class footprint.Class, node, who string, want func(h int) float64) {
		t.Helper()
		values := keptBy(&r, class, node, who)
		require.NotNil(t, values, who)
		for h, v := range values {
			if w := want(h); h == 15 || math.IsNaN(w) {
				require.True(t, math.IsNaN(v), "%s in hour %d: %g", who, h, v)
			} else {
				require.InDelta(t, w, v, 0.01*w+1e-9, "%s in hour %d", who, h)
			}
		}
	}
	pick := func(in func(h int) bool, v, other float64) func(int) float64 {
		return func(h int) float64 {
			if in(h) {
				return v
			}
			return other
		}
	}
	missing := math.NaN()
	hourly(footprint.KeptCPU, "n1", "Deployment/web", pick(func(h int) bool { return h < 12 }, 1, 2))
	hourly(footprint.KeptMemory, "n1", "Deployment/web", func(int) float64 { return 4 })
	night := map[int]float64{5: 2, 6: 1}
	hourly(footprint.KeptCPU, "n1", "CronJob/night", func(h int) float64 {
		if h < 5 || h > 19 {
			return missing
		}
		return night[h] // what has ended keeps nothing
	})
	hourly(footprint.KeptCPU, "n2", "StatefulSet/db", func(h int) float64 {
		return []float64{0.5, 0.125, missing}[min(2, max(0, h-9))]
	})
	hourly(footprint.KeptMemory, "n1", "StatefulSet/db", func(h int) float64 {
		return []float64{missing, 6, 8}[min(2, max(0, h-9))]
	})
	hourly(footprint.KeptCPU, "n1", "alone", func(int) float64 { return 0.3 })
	hourly(footprint.KeptMemory, "n1", "alone", func(int) float64 { return 1 })
	for h, v := range keptBy(&r, footprint.NodeMemory, "n2", "") {
		require.True(t, h < 12 && v == 32 || h >= 12 && math.IsNaN(v), "hour %d: %g", h, v)
	}
}

func TestWhatPodsKeptIsReadByTheHour(t *testing.T) {
	start := time.Now().UTC().Truncate(24 * time.Hour).Add(-48 * time.Hour)
	for name, replicas := range map[string]int{"one": 0, "two replicas": 2} {
		p := day(start, replicas)
		text := filepath.Join(t.TempDir(), "past.om")
		require.NoError(t, os.WriteFile(text, []byte(p.text.String()+"# EOF\n"), 0o600))
		data := t.TempDir()
		require.NoError(t, rig.Backfill(t.Context(), text, data))
		for version, path := range prometheuses(t) {
			t.Run(name+" on Prometheus "+version, func(t *testing.T) { keeps(t, history(t, path, data), start) })
		}
		t.Run(name+" on VictoriaMetrics", func(t *testing.T) {
			server, err := rig.StartVictoria(t.Context(), t.TempDir())
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, server.Close()) })
			require.NoError(t, server.Import(t.Context(), text))
			keeps(t, server, start)
		})
	}
}

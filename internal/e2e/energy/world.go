// Package energy makes up machines and pods whose energy is known for certain, and
// writes what probes would have said of them: the truth that what is read from a
// Prometheus is held against. It knows nothing of fred's own arithmetic.
package energy

import (
	"fmt"
	"math"
	"time"
)

// World is machines and pods over a time. Their power is known at every instant.
type World struct {
	Start, End time.Time
	Scrape     time.Duration
	Nodes      int
	Resets     []Event // of a node's exporter: its counters begin again at 0
	Gaps       []Event // of a node's samples
	Spikes     []Event // of one sample of a node's pods, of 9.22e14 J
	Replicas   int     // Prometheus servers that scrape the same
	Psys       int     // as many machines have the zone psys
	Lean       bool    // machines have no zone but psys
	Broken     []Event // of one sample of a node's pods, that is no number
	Pods       []Pod
	Names      []string // of nodes; node-0 and so on when nil
}

// Name returns the name of a node.
func (w *World) Name(node int) string {
	if node < len(w.Names) {
		return w.Names[node]
	}
	return fmt.Sprintf("node-%d", node)
}

// Event is something that happens to a node.
type Event struct {
	Node int
	At   time.Time
	For  time.Duration
}

// Pod is a pod. Its power is Watts and a wave of a day of Swing watts on top.
type Pod struct {
	Namespace, Name, Owner string
	Node                   int
	Watts, Swing           float64
	Born, Died             time.Time // of World's own when zero
}

// IdleWatts and OtherWatts are what a node draws beside its pods.
const (
	IdleWatts  = 40.0
	OtherWatts = 5.0
)

// Busy is a world in which all that is odd happens.
func Busy(start time.Time, length, scrape time.Duration) *World {
	w := &World{Start: start, End: start.Add(length), Scrape: scrape, Nodes: 3, Replicas: 1}
	for i := range 12 {
		w.Pods = append(w.Pods, Pod{
			Namespace: []string{"shop", "payments", "kube-system"}[i%3], Name: fmt.Sprintf("app%d-7c9d8b6f5-x%04d", i, i), Owner: fmt.Sprintf("app%d", i),
			Node: i % 3, Watts: 3 + float64(i), Swing: 1 + float64(i%4)/2,
		})
	}
	for at := start.Add(3*time.Hour + 17*time.Minute); at.Add(time.Hour).Before(w.End); at = at.Add(6 * time.Hour) { // born and dead within an hour
		w.Pods = append(w.Pods, Pod{
			Namespace: "batch", Name: fmt.Sprintf("night-%d", at.Unix()), Owner: "night", Node: len(w.Pods) % 3, Watts: 25,
			Born: at, Died: at.Add(max(20*time.Minute, 2*scrape) + time.Duration(len(w.Pods)*97%300)*time.Second), // at any moment between scrapes
		})
	}
	middle := start.Add(length / 2).Truncate(time.Hour)
	w.Resets = []Event{{Node: 0, At: middle.Add(25*time.Minute + 3*time.Second)}, {Node: 2, At: middle.Add(11*time.Hour + time.Minute)}}
	w.Gaps = []Event{
		{Node: 1, At: middle.Add(-10*time.Hour + 12*time.Minute), For: 40 * time.Minute},
		{Node: 0, At: middle.Add(-20*time.Hour - 70*time.Minute), For: 150 * time.Minute}, // over midnight, and a whole hour
	}
	w.Spikes = []Event{{Node: 2, At: middle.Add(-30 * time.Hour), For: scrape}, {Node: 1, At: middle.Add(-40*time.Hour - scrape), For: scrape}}
	w.Broken = []Event{{Node: 0, At: middle.Add(-35*time.Hour + 21*time.Minute), For: scrape}}
	return w
}

// Year is a world of a year, in which nothing is odd: one pod in each namespace.
func Year(end time.Time, namespaces int) *World {
	w := &World{Start: end.AddDate(-1, 0, 0), End: end, Scrape: 10 * time.Minute, Nodes: 10, Lean: true}
	for i := range namespaces {
		name := fmt.Sprintf("team-%03d", i)
		w.Pods = append(w.Pods, Pod{Namespace: name, Name: name + "-app", Node: i % w.Nodes, Watts: 2 + float64(i%7), Swing: 1})
	}
	return w
}

// energy is what p used from a up to b, in joules.
func (p *Pod) energy(w *World, a, b time.Time) float64 {
	if born := p.born(w); a.Before(born) {
		a = born
	}
	if died := p.died(w); b.After(died) {
		b = died
	}
	if !a.Before(b) {
		return 0
	}
	t0, t1 := a.Sub(w.Start).Seconds(), b.Sub(w.Start).Seconds()
	const turn = 2 * math.Pi / 86400
	return p.Watts*(t1-t0) + p.Swing/turn*(math.Cos(turn*t0)-math.Cos(turn*t1))
}

func (p *Pod) born(w *World) time.Time {
	if p.Born.IsZero() {
		return w.Start.Add(-20 * 24 * time.Hour)
	}
	return p.Born
}

func (p *Pod) died(w *World) time.Time {
	if p.Died.IsZero() {
		return w.End.Add(20 * 24 * time.Hour)
	}
	return p.Died
}

// Namespaces returns what each namespace used from a up to b, in watt-hours.
func (w *World) Namespaces(a, b time.Time) map[string]float64 {
	sum := map[string]float64{}
	for i := range w.Pods {
		sum[w.Pods[i].Namespace] += w.Pods[i].energy(w, a, b) / 3600
	}
	return sum
}

// Total returns what all nodes used from a up to b, in watt-hours.
func (w *World) Total(a, b time.Time) float64 {
	sum := float64(w.Nodes) * (IdleWatts + OtherWatts) * b.Sub(a).Hours()
	for _, v := range w.Namespaces(a, b) {
		sum += v
	}
	return sum
}

// active is what the pods of a node used from a up to b, in joules.
func (w *World) active(node int, a, b time.Time) float64 {
	sum := OtherWatts * b.Sub(a).Seconds()
	for i := range w.Pods {
		if w.Pods[i].Node == node {
			sum += w.Pods[i].energy(w, a, b)
		}
	}
	return sum
}

// since is when the counters of a node at at began.
func (w *World) since(node int, at time.Time) time.Time {
	began := w.Start.Add(-10 * 24 * time.Hour)
	for _, r := range w.Resets {
		if r.Node == node && !r.At.After(at) && r.At.After(began) {
			began = r.At
		}
	}
	return began
}

// silent reports whether a node has no samples at at.
func (w *World) silent(node int, at time.Time) bool { return during(w.Gaps, node, at) }

// value is what a node's exporter says of a pod at at: v, if nothing is odd.
func (w *World) value(node int, at time.Time, v float64) float64 {
	switch {
	case during(w.Spikes, node, at):
		return spike
	case during(w.Broken, node, at):
		return math.NaN()
	default:
		return v
	}
}

// restarts is how often the exporter of a node began again up to at.
func (w *World) restarts(node int, at time.Time) (n int) {
	for _, r := range w.Resets {
		if r.Node == node && !r.At.After(at) {
			n++
		}
	}
	return n
}

func during(events []Event, node int, at time.Time) bool {
	for _, e := range events {
		if e.Node == node && !at.Before(e.At) && at.Before(e.At.Add(e.For)) {
			return true
		}
	}
	return false
}

// scrapes hands every scrape of every node by every replica to take.
func (w *World) scrapes(take func(node, replica int, at time.Time)) {
	for node := range w.Nodes {
		for replica := range max(1, w.Replicas) {
			offset := time.Duration(node)*700*time.Millisecond + time.Duration(replica)*w.Scrape/2
			for at := w.Start.Add(-w.Scrape*4 + offset); at.Before(w.End.Add(w.Scrape * 4)); at = at.Add(w.Scrape) {
				if !w.silent(node, at) {
					take(node, replica, at)
				}
			}
		}
	}
}

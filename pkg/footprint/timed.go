package footprint

import (
	"maps"
	"math"
	"slices"
)

// timed turns CPU time into energy: busy cores by the machine's work, and its base
// as long as it was there.
type timed struct {
	*Site
	r       *Reading
	byNode  bool
	present map[string][]float64 // by node, what its pods or it itself used; NaN where it was not seen
	pods    map[string][]float64 // by node, what its pods used
}

func (s *Site) timed(r *Reading, byNode bool) *timed {
	return &timed{Site: s, r: r, byNode: byNode, present: map[string][]float64{}, pods: map[string][]float64{}}
}

func (t *timed) lines() []Line {
	var lines []Line
	for i := range t.r.Series {
		if s := &t.r.Series[i]; s.Class != NodeTotal && s.Class != NodeIdle {
			lines = append(lines, t.consumer(s))
		}
	}
	system := t.line(System, t.r.Hours())
	for i := range t.r.Series {
		if s := &t.r.Series[i]; s.Class == NodeTotal {
			lines = t.put(lines, &system, s.Node, t.beyondPods(s))
		}
	}
	idle := t.line(NodeIdle, t.r.Hours())
	for _, node := range slices.Sorted(maps.Keys(t.present)) { // in one order: sums of floats depend on it
		lines = t.put(lines, &idle, node, t.base(node))
	}
	if t.byNode {
		return lines
	}
	return append(lines, system, idle)
}

// put adds what a node used to sum or, where nodes are asked about, to lines.
func (t *timed) put(lines []Line, sum *Line, node string, l Line) []Line {
	if t.byNode {
		l.Who = Who{Node: node}
		return append(lines, l)
	}
	for h := range l.Wh {
		add(sum.Wh, h, l.Wh[h])
		add(sum.Low, h, l.Low[h])
		add(sum.High, h, l.High[h])
	}
	return lines
}

// consumer returns the line of a consumer on one node.
func (t *timed) consumer(s *Series) Line {
	l := t.line(s.Class, t.r.Hours())
	l.Who = s.who()
	if t.byNode {
		l.Who = Who{Node: s.Node}
	}
	work := t.machine(s.Node).work()
	for h, v := range t.r.of(s.Values, true) {
		l.add(h, work, v)
		add(t.of(t.pods, s.Node), h, v)
		add(t.of(t.present, s.Node), h, v)
	}
	return l
}

// beyondPods returns the line of what a node used beside its pods.
func (t *timed) beyondPods(s *Series) Line {
	l := t.line(System, t.r.Hours())
	work, pods := t.machine(s.Node).work(), t.of(t.pods, s.Node)
	for h, v := range t.r.of(s.Values, true) {
		add(t.of(t.present, s.Node), h, v)
		if !math.IsNaN(pods[h]) {
			v = max(0, v-pods[h])
		}
		l.add(h, work, v)
	}
	return l
}

// base returns the line of what a node draws as long as it is there.
func (t *timed) base(node string) Line {
	l := t.line(NodeIdle, t.r.Hours())
	watts := t.machine(node).base()
	for h, v := range t.present[node] {
		if !math.IsNaN(v) {
			l.add(h, watts, t.r.length(h))
		}
	}
	return l
}

// of returns the hours of a node in m.
func (t *timed) of(m map[string][]float64, node string) []float64 {
	if m[node] == nil {
		m[node] = missing(t.r.Hours())
	}
	return m[node]
}

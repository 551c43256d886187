package fred

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/report"
	"github.com/fredctl/fred/pkg/window"
)

// usageKind is the kind of an entry that holds what pods kept of nodes on one day.
const usageKind = "usage"

// tenancy returns what pods kept of the nodes of b in the window, as far as anybody knows,
// by workload.
func (c *costing) tenancy(ctx context.Context, b *billed) (finops.Tenancy, error) {
	t := finops.Tenancy{Nodes: map[string]*finops.Past{}}
	if c.Past == nil || b.loaded == nil {
		return t, nil
	}
	h := c.remembered(b.loaded, c.Query, c.Resolved.Window, footprint.Ask{Grain: footprint.ByPod})
	h.meter, h.longest = c.Past.Kept, 1 // pods come and go: a month of them at once is gigabytes
	h.key = func(day time.Time) cache.Key {
		return clusterKey(b.cluster.Name).Join(usageKind, "workload", day.UTC().Format(time.DateOnly))
	}
	if err := h.have(ctx, c.Resolved.Window); err != nil {
		return t, err
	}
	known, why := h.known()
	switch {
	case why == nil || isNoMeter(why):
	case fault.KindOf(why) == fault.Interrupted, fault.KindOf(why) == fault.Invalid:
		return t, asFault(why)
	case !known:
		c.warn(report.Missing, b.cluster.Name, "%v: pods count as they are now", why)
	default:
		c.tellDays(h, b)
	}
	if !known {
		return t, nil
	}
	t.Start = h.days[0].start
	t.Known = make([]bool, 24*len(h.days))
	past := tenants{to: &t, index: map[tenant]int{}}
	for i, d := range h.days {
		if d.err == nil {
			past.add(24*i, &d.entry.Value)
		}
	}
	return t, nil
}

// tellDays says which days are not known, or not as they should be.
func (c *costing) tellDays(h *history, b *billed) {
	if n, why := h.gaps(); n > 0 && !errors.Is(why, footprint.ErrNoMeter) {
		c.warn(report.Missing, b.cluster.Name, "of %s nobody told what pods requested and used (%v): they count as they are now", amountOf(float64(n), "day"), why)
	}
	for _, d := range h.days {
		switch {
		case d.err != nil:
		case d.entry.Value.Partial != "":
			c.warn(report.Missing, b.cluster.Name, "%s", d.entry.Value.Partial)
			return
		case d.entry.Cause != nil && !isNoMeter(d.entry.Cause):
			c.report.Stale = true
			c.warn(report.Stale, b.cluster.Name, "%v: what pods kept is as read at %s", d.entry.Cause, d.entry.Header.CollectedAt.Format(time.RFC3339))
			return
		}
	}
}

// tenants adds readings to a tenancy.
type tenants struct {
	to    *finops.Tenancy
	index map[tenant]int // of the rows of nodes
}

// tenant is a workload on a node.
type tenant struct {
	node string
	who  finops.Who
}

// add adds a reading whose hours begin with that one of the tenancy.
func (t *tenants) add(first int, r *footprint.Reading) {
	for h, rung := range r.Rungs {
		t.to.Known[first+h] = rung != ""
	}
	for i := range r.Series {
		s := &r.Series[i]
		node := t.to.Nodes[s.Node]
		if node == nil {
			node = &finops.Past{}
			t.to.Nodes[s.Node] = node
		}
		switch s.Class {
		case footprint.NodeCPU:
			t.put(&node.CPUs, first, r, s.Values, 1)
		case footprint.NodeMemory:
			t.put(&node.Memory, first, r, s.Values, gibibyte)
		case footprint.KeptCPU:
			t.put(&t.row(node, s).CPUs, first, r, s.Values, 1)
		case footprint.KeptMemory:
			t.put(&t.row(node, s).Memory, first, r, s.Values, gibibyte)
		}
	}
}

const gibibyte = 1 << 30

// row returns the row of a node that a series is of.
func (t *tenants) row(node *finops.Past, s *footprint.Series) *finops.PastLoad {
	id := tenant{s.Node, finops.Who{Namespace: s.Namespace, Kind: s.Kind, Name: s.Name}}
	i, known := t.index[id]
	if !known {
		i = len(node.Loads)
		t.index[id] = i
		node.Loads = append(node.Loads, finops.PastLoad{Who: id.who})
	}
	return &node.Loads[i]
}

// put sets what values say: amounts times hours become amounts.
func (t *tenants) put(to *[]float64, first int, r *footprint.Reading, values footprint.Values, unit float64) {
	if *to == nil {
		*to = make([]float64, len(t.to.Known))
		for i := range *to {
			(*to)[i] = math.NaN()
		}
	}
	for h, v := range values {
		if length := min(time.Hour, r.Until.Sub(r.Start.Add(time.Duration(h)*time.Hour))); length > 0 {
			(*to)[first+h] = v * unit / length.Hours()
		}
	}
}

// lately says of how much of the window, up to now, it is not known what pods kept.
func (c *costing) lately(t *finops.Tenancy) time.Duration {
	var unknown time.Duration
	past := c.past()
	for at := past.Start.Truncate(time.Hour); at.Before(past.End); at = at.Add(time.Hour) {
		h := int(at.Sub(t.Start) / time.Hour)
		if h < 0 || h >= len(t.Known) || !t.Known[h] {
			unknown += past.Overlap(at, at.Add(time.Hour))
		}
	}
	return unknown
}

// past is the part of the window that has been.
func (c *costing) past() window.Window {
	return window.Window{Start: c.Start, End: c.Start.Add(c.Overlap(c.Start, c.now))}
}

// howKept says in the provenance how it is known what pods kept.
func (c *costing) howKept(unknown time.Duration) string {
	const now = "they request or, where that is more, use at this moment, as if they had always been there"
	switch whole := c.past().Length(); {
	case unknown >= whole:
		return "pods have the part of their node that " + now
	case unknown == 0:
		return "pods have the part of their node that they requested or, where that is more, used, hour by hour"
	default:
		return fmt.Sprintf("pods have the part of their node that they requested or, where that is more, used, hour by hour; for %.0f of %.0f hours that %s", unknown.Hours(), whole.Hours(), now)
	}
}

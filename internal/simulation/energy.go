package simulation

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
)

// months is how far back the energy of the world is known.
const months = 13

// What machines draw beside their pods, in watts.
const (
	idlePerCore  = 0.9
	otherPerNode = 2.5
)

// Read implements footprint.Meter: the world has Kepler on every node.
func (w *World) Read(_ context.Context, cluster string, ask footprint.Ask) (footprint.Reading, error) {
	i := slices.IndexFunc(plans, func(p plan) bool { return p.context == cluster })
	if i < 0 {
		return footprint.Reading{}, fault.New(fault.NotFound, "no simulated cluster %q", cluster)
	}
	r := footprint.Reading{Start: ask.Start, Until: ask.End, Scrape: footprint.Every(30 * time.Second)}
	if w.day.Before(r.Until) {
		r.Until = w.day
	}
	if ask.Rung != "" && ask.Rung != footprint.Kepler {
		r.Rungs, r.Coverage = make([]footprint.Rung, hoursOf(ask)), make(footprint.Values, hoursOf(ask))
		return r, nil
	}
	e := &energy{plan: plans[i], world: w, reading: &r, ask: ask}
	e.fill()
	return r, nil
}

func hoursOf(ask footprint.Ask) int { return int(ask.End.Sub(ask.Start) / time.Hour) }

// energy makes one reading.
type energy struct {
	plan
	world   *World
	reading *footprint.Reading
	ask     footprint.Ask
}

func (e *energy) fill() {
	n := hoursOf(e.ask)
	pods := make([]float64, n)
	first := e.world.day.AddDate(0, -months, 0)
	e.reading.Rungs, e.reading.Coverage = make([]footprint.Rung, n), make(footprint.Values, n)
	for h := range n {
		if at := e.at(h); !at.Before(first) && at.Before(e.world.day) {
			e.reading.Rungs[h], e.reading.Coverage[h] = footprint.Kepler, 1
		}
	}
	rows := map[[3]string]int{}
	for _, s := range e.workloads {
		id := [3]string{s.namespace}
		if e.ask.Grain == footprint.ByPod {
			id = [3]string{s.namespace, s.kind, s.name}
		}
		if _, ok := rows[id]; !ok {
			rows[id] = len(e.reading.Series)
			e.reading.Series = append(e.reading.Series, footprint.Series{Namespace: id[0], Kind: id[1], Name: id[2], Values: e.unknown()})
		}
		values := e.reading.Series[rows[id]].Values
		for h, rung := range e.reading.Rungs {
			if rung == "" {
				continue
			}
			v := e.watts(s, e.at(h))
			pods[h] += v
			if math.IsNaN(values[h]) {
				values[h] = 0
			}
			values[h] += v
		}
	}
	e.nodeRows(pods)
}

// nodeRows adds what nodes used: their pods' energy, what is idle, and a little more.
func (e *energy) nodeRows(pods []float64) {
	for i, name := range e.names() {
		total := footprint.Series{Class: footprint.NodeTotal, Node: name, Values: e.unknown()}
		idle := footprint.Series{Class: footprint.NodeIdle, Node: name, Values: e.unknown()}
		part := (1 + 0.1*float64(i)) / (float64(e.nodes) * (1 + 0.05*float64(e.nodes-1))) // of all pods
		for h, rung := range e.reading.Rungs {
			if rung != "" {
				idle.Values[h] = idlePerCore * float64(e.nodeCPU)
				total.Values[h] = idle.Values[h] + otherPerNode + part*pods[h]
			}
		}
		e.reading.Series = append(e.reading.Series, total, idle)
	}
}

func (e *energy) names() []string {
	var names []string
	for _, n := range e.world.clusters[e.context]().Nodes {
		names = append(names, n.Name)
	}
	return names
}

func (e *energy) at(h int) time.Time { return e.reading.Start.Add(time.Duration(h) * time.Hour) }

func (e *energy) unknown() footprint.Values {
	v := make(footprint.Values, hoursOf(e.ask))
	for h := range v {
		v[h] = footprint.Missing
	}
	return v
}

// watts is what a workload draws in the hour from at: more by day than by night,
// less at weekends, a little more each month, and never quite the same.
func (e *energy) watts(s sketch, at time.Time) float64 {
	pods := float64(s.replicas)
	if s.kind == "DaemonSet" {
		pods = float64(e.nodes)
	}
	cores := pods * float64(s.cpu) / 1000 * 0.45
	if s.kind == "CronJob" {
		if at.Hour() != 2 || strings.EqualFold(s.trouble, "Suspended") {
			return 0
		}
		return cores
	}
	day := 1 + 0.35*math.Sin(2*math.Pi*(float64(at.Hour())-9)/24)
	if wd := at.Weekday(); wd == time.Saturday || wd == time.Sunday {
		day *= 0.8
	}
	trend := 1 - 0.015*e.world.day.Sub(at).Hours()/24/30
	return cores * 3 * day * trend * (0.92 + 0.16*noise(seed(e.context+s.namespace+s.name), at))
}

// noise is a number from 0 to 1 that is the same for the same thing and hour.
func noise(of uint64, at time.Time) float64 {
	x := of ^ uint64(at.Unix())*0x9e3779b97f4a7c15 //nolint:gosec // any bits will do
	x ^= x >> 31
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 29
	return float64(x>>11) / (1 << 53)
}

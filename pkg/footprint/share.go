package footprint

import (
	"math"
	"slices"
)

// ShareIdle gives what is idle to the consumers of a, hour by hour: to each in
// proportion to what it used itself. What nodes used in an hour in which no consumer
// used anything stays idle. Sums stay what they were.
func (a *Account) ShareIdle() {
	a.Lines = slices.Clone(a.Lines)
	var idle, consumers []*Line
	for i := range a.Lines {
		l := &a.Lines[i]
		switch l.Who.Class {
		case NodeIdle:
			idle = append(idle, l)
		case Consumer, Departed:
			consumers = append(consumers, l)
		default:
			continue
		}
		l.own()
	}
	for _, from := range idle {
		for h, wh := range from.Wh {
			used := 0.
			for _, c := range consumers {
				if v := c.Wh[h]; !math.IsNaN(v) {
					used += v
				}
			}
			if math.IsNaN(wh) || used <= 0 {
				continue
			}
			for _, c := range consumers {
				if v := c.Wh[h]; !math.IsNaN(v) {
					c.take(h, from, v/used)
				}
			}
			from.Wh[h], from.Low[h], from.High[h] = 0, 0, 0
		}
	}
}

// own gives l figures and ranges of its own, which may be changed: a reading's are
// shared by all who ask about it.
func (l *Line) own() {
	low, high := l.Low, l.High
	if low == nil {
		low, high = l.Wh, l.Wh
	}
	l.Wh, l.Low, l.High = slices.Clone(l.Wh), slices.Clone(low), slices.Clone(high)
}

// take adds share of what another line has of hour h to l.
func (l *Line) take(h int, from *Line, share float64) {
	l.Wh[h] += share * from.Wh[h]
	l.Low[h] += share * from.Low[h]
	l.High[h] += share * from.High[h]
}

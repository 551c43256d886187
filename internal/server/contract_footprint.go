package server

import (
	"context"
	"math"
	"time"

	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

// The units of the web client, which prints them as they are.
const (
	uiWh    = "wh"
	uiGrams = "gco2"
	uiUSD   = "USD"
)

// precisions are the steps that the web client asks for. No figure is of less than an
// hour.
var precisions = map[string]window.Step{
	"T": window.Hour, "H": window.Hour, "D": window.Day, "W": window.Week, "M": window.Month, "Y": window.Year, "NONE": window.Hour,
}

var precisionNames = []string{"T", "H", "D", "W", "M", "Y", "NONE"}

// uiSeries is a figure over time. A bucket of which nothing is known is not in it.
type uiSeries struct {
	Timestamps []time.Time `json:"timestamps" doc:"Starts of the buckets, UTC"`
	Values     []float64   `json:"values" doc:"Totals of the buckets"`
	Sum        float64     `json:"auc" doc:"Sum of values"`
	Unit       string      `json:"unit" enum:"wh,gco2,mix"`
	Details    []uiDetail  `json:"details"`
}

type uiDetail struct {
	Name   string    `json:"name" doc:"Name of the namespace, or what else it is, in parentheses"`
	Kind   string    `json:"kind" doc:"namespace, idle, system or unattributed; mix"`
	Values []float64 `json:"values"`
}

// uiFigure is one consumer's figure in one bucket; nil where it is not known.
type uiFigure struct {
	row   footprint.EnergyRow
	value *float64
}

func (s *Server) uiEnergy(ctx context.Context, q uiQuery) (uiSeries, string, error) {
	if s.isToCome(q) {
		return seriesOf(nil, q, uiWh), "", nil
	}
	r, err := s.Fred.Energy(ctx, q.footprint())
	figures := make([]uiFigure, 0, len(r.Items))
	for i := range r.Items {
		figures = append(figures, uiFigure{r.Items[i], number(r.Items[i].Energy)})
	}
	return seriesOf(figures, q, uiWh), r.Version, err
}

func (s *Server) uiCarbon(ctx context.Context, q uiQuery) (uiSeries, string, error) {
	if s.isToCome(q) {
		return seriesOf(nil, q, uiGrams), "", nil
	}
	r, err := s.Fred.Carbon(ctx, q.footprint())
	figures := make([]uiFigure, 0, len(r.Items))
	for i := range r.Items {
		figures = append(figures, uiFigure{r.Items[i].EnergyRow, number(r.Items[i].Carbon)})
	}
	return seriesOf(figures, q, uiGrams), r.Version, err
}

// isToCome reports whether the whole window of q is in the future, of which nothing is
// known.
func (s *Server) isToCome(q uiQuery) bool {
	start, err := time.Parse(time.RFC3339, q.Start)
	end, err2 := time.Parse(time.RFC3339, q.End)
	return err == nil && err2 == nil && start.Before(end) && !start.Before(s.Fred.Now())
}

func (q uiQuery) step() window.Step {
	if step, ok := precisions[q.Precision]; ok {
		return step
	}
	return window.Hour
}

// footprint is the question that q asks about its cluster.
func (q uiQuery) footprint() fred.FootprintQuery {
	return fred.FootprintQuery{
		Query:  fred.Query{Clusters: []string{q.Cluster}, AllNamespaces: true},
		Window: window.Asked{Start: q.Start, End: q.End, Step: string(q.step())},
	}
}

func number[T ~float64](v *T) *float64 {
	if v == nil {
		return nil
	}
	return new(rounded(float64(*v)))
}

// rounded keeps a millionth, so that sums of what is sent are what is sent of sums.
func rounded(v float64) float64 { return math.Round(v*1e6) / 1e6 }

// seriesOf puts figures, bucket by bucket as they come, side by side.
func seriesOf(figures []uiFigure, q uiQuery, unit string) uiSeries {
	out := uiSeries{Timestamps: []time.Time{}, Values: []float64{}, Unit: unit, Details: []uiDetail{}}
	index := map[uiDetailKey]int{}
	for _, f := range figures {
		if f.value == nil {
			continue
		}
		start := q.step().Floor(*f.row.Start, time.UTC)
		last := len(out.Timestamps) - 1
		if last < 0 || !out.Timestamps[last].Equal(start) {
			last++
			out.Timestamps, out.Values = append(out.Timestamps, start), append(out.Values, 0)
		}
		key := detailKey(f.row)
		i, ok := index[key]
		if !ok {
			i = len(out.Details)
			index[key] = i
			out.Details = append(out.Details, uiDetail{Name: key.name, Kind: key.kind})
		}
		d := &out.Details[i]
		d.Values = append(d.Values, make([]float64, last+1-len(d.Values))...)
		d.Values[last] = *f.value
		out.Values[last] = rounded(out.Values[last] + *f.value)
	}
	for i := range out.Details {
		d := &out.Details[i]
		d.Values = append(d.Values, make([]float64, len(out.Timestamps)-len(d.Values))...)
	}
	for _, v := range out.Values {
		out.Sum = rounded(out.Sum + v)
	}
	return out
}

type uiDetailKey struct{ name, kind string }

func detailKey(r footprint.EnergyRow) uiDetailKey {
	if r.Class != footprint.Consumer {
		return uiDetailKey{"(" + string(r.Class) + ")", string(r.Class)}
	}
	return uiDetailKey{r.Namespace, "namespace"}
}

// uiComparison says how two windows differ.
type uiComparison struct {
	Cluster    string   `json:"cluster" doc:"As it was asked for"`
	Unit       string   `json:"unit" enum:"wh,gco2,USD"`
	First      uiTotal  `json:"window_1"`
	Second     uiTotal  `json:"window_2"`
	Difference uiChange `json:"difference"`
	Note       string   `json:"note,omitempty" doc:"What a 0 stands for that is none"`
}

type uiTotal struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Total float64   `json:"total" doc:"0 where nothing is known"`
}

type uiChange struct {
	Value      float64 `json:"value"`
	Percentage float64 `json:"percentage" doc:"Of window_1; 0 where that is 0 or not known"`
}

// compared makes a route's question of a use case that compares two windows.
func compared(ask func(context.Context, fred.CompareQuery) (fred.Comparison, error), unit string) func(context.Context, uiQuery) (uiComparison, string, error) {
	return func(ctx context.Context, q uiQuery) (uiComparison, string, error) {
		c := fred.CompareQuery{FootprintQuery: q.footprint(), First: window.Asked{Start: q.First.Start, End: q.First.End}}
		c.Window.Step = ""
		r, err := ask(ctx, c)
		out := uiComparison{Cluster: q.Named, Unit: unit}
		if err != nil && r.Total == nil {
			return out, "", err
		}
		a, b := r.Total.First, r.Total.Second
		out.First, out.Second = total(a), total(b)
		switch {
		case a.Value == nil && b.Value == nil:
			out.Note = "nothing is known of the two windows"
		case a.Value == nil:
			out.Note = "nothing is known of window_1"
		case b.Value == nil:
			out.Note = "nothing is known of window_2"
		default:
			out.Difference.Value = rounded(out.Second.Total - out.First.Total)
			if r.Total.Percentage == nil {
				out.Note = "window_1 is 0, so there is no percentage"
			} else {
				out.Difference.Percentage = rounded(float64(*r.Total.Percentage))
			}
		}
		return out, r.Version, err
	}
}

func total(a *footprint.Amount) uiTotal {
	t := uiTotal{Start: a.Start.UTC(), End: a.End.UTC()}
	if v := number(a.Value); v != nil {
		t.Total = *v
	}
	return t
}

// uiFootprint is what a cluster cost, emitted and used. What is not known is null,
// which the web client shows as nothing.
type uiFootprint struct {
	Cluster uiCluster     `json:"cluster"`
	Cost    uiObservation `json:"cost"`
	Carbon  uiObservation `json:"carbon"`
	Energy  uiObservation `json:"energy"`
}

type uiObservation struct {
	Value *float64 `json:"value" doc:"null where it is not known"`
	Unit  string   `json:"unit"`
}

func (s *Server) uiFootprints(ctx context.Context, q uiQuery) ([]uiFootprint, string, error) {
	list := []uiFootprint{}
	clusters, version, err := s.uiClusters(ctx, uiQuery{})
	if err != nil || len(clusters) == 0 {
		return list, version, err
	}
	var r fred.CarbonReport
	if !s.isToCome(q) {
		ask := q.footprint()
		ask.Clusters, ask.AllClusters, ask.By, ask.Window.Step = nil, true, "cluster", ""
		r, err = s.Fred.Carbon(ctx, ask)
	}
	var spent map[string]*float64
	if err == nil && !s.isToCome(q) {
		spent = s.uiSpent(ctx, q)
	}
	of := map[string]footprint.CarbonRow{}
	for i := range r.Items {
		of[r.Items[i].Cluster] = r.Items[i]
	}
	for _, c := range clusters {
		row, ok := of[c.FullName]
		if !ok && len(clusters) == 1 {
			row = of[""] // the only one is not named
		}
		cost, ok := spent[c.FullName]
		if !ok && len(clusters) == 1 {
			cost = spent[""]
		}
		list = append(list, uiFootprint{
			Cluster: c, Cost: uiObservation{cost, uiUSD},
			Carbon: uiObservation{number(row.Carbon), uiGrams}, Energy: uiObservation{number(row.Energy), uiWh},
		})
	}
	return list, r.Version, err
}

package server

import (
	"context"
	"time"

	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/mix"
	"github.com/fredctl/fred/pkg/window"
)

// uiMixPrecision is how long a bucket of the mix is where the client does not say.
const uiMixPrecision = "D"

// uiCurves are what the web client draws of a grid, by the names it looks for.
var uiCurves = []struct {
	name string
	of   func(*mix.Row) *float64
}{
	{"Renewable Percentage", func(r *mix.Row) *float64 { return number(r.Renewable) }},
	{"Low Carbon Percentage", func(r *mix.Row) *float64 { return number(r.LowCarbon) }},
	{"Carbon Intensity gCO₂eq/kWh (direct)", func(r *mix.Row) *float64 { return number(r.Direct) }},
	{"Carbon Intensity gCO₂eq/kWh (LCA)", func(r *mix.Row) *float64 { return number(r.Lifecycle) }},
}

// uiMix answers with the curves of the grid that a cluster is on. Their sum would mean
// nothing: the totals are 0.
func (s *Server) uiMix(ctx context.Context, q uiQuery) (uiSeries, string, error) {
	out := uiSeries{Timestamps: []time.Time{}, Values: []float64{}, Unit: "mix", Details: []uiDetail{}}
	if q.Precision == "" {
		q.Precision = uiMixPrecision
	}
	if s.isToCome(q) {
		return out, "", nil
	}
	ask := fred.MixQuery{Window: window.Asked{Start: q.Start, End: q.End, Step: string(q.step())}}
	if q.Cluster != "" {
		c, err := s.uiFind(ctx, q.Cluster)
		if err != nil {
			return out, "", err
		}
		ask.Clusters = []string{c}
	}
	r, err := s.Fred.Mix(ctx, ask)
	if err != nil {
		return out, "", err
	}
	for i := range r.Items {
		out.Timestamps = append(out.Timestamps, q.step().Floor(*r.Items[i].Start, time.UTC))
		out.Values = append(out.Values, 0)
	}
	for _, curve := range uiCurves {
		if values, known := curveOf(r.Items, curve.of); known {
			out.Details = append(out.Details, uiDetail{Name: curve.name, Kind: "mix", Values: values})
		}
	}
	return out, r.Version, nil
}

// curveOf returns a figure of every row; that of one which is not known is the last
// that is or, at the start, the first: the client cannot draw a gap.
func curveOf(rows []mix.Row, of func(*mix.Row) *float64) (values []float64, known bool) {
	last := 0.
	for i := range rows {
		v := of(&rows[i])
		if v != nil && !known {
			known = true
			for j := range values {
				values[j] = *v
			}
		}
		if v != nil {
			last = *v
		}
		values = append(values, last)
	}
	return values, known
}

package server

import (
	"context"
	"strconv"

	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

// Measured is the input of a route about energy or carbon, beside its window.
type Measured struct {
	Listing
	By     string  `query:"by" default:"namespace" enum:"namespace,workload,node,cluster" doc:"What to group by"`
	Source string  `query:"source" doc:"Source of energy, in the place of the best there is" enum:"kepler,kepler-legacy,scaphandre,cpu-time,samples,snapshot,requests,machines"`
	Exact  bool    `query:"exact" doc:"Compute from raw samples, which takes longer"`
	Zone   string  `query:"zone" doc:"Grid zone, in the place of the cluster's own" example:"FR"`
	PUE    float64 `query:"pue" doc:"PUE of the data center, in the place of the region's" example:"1.2"`
	Factor string  `query:"intensity" default:"lifecycle" enum:"lifecycle,direct" doc:"Grid intensity to count by: over the life of power plants, or of what they burned"`
	Share  bool    `query:"share-idle" doc:"Share what is idle among those who used something, as they used it"`
	Per    string  `query:"per" doc:"Functional unit and how many there were, for the Software Carbon Intensity of emissions" example:"users=1200"`
	Timed
}

// Timed says what time a question is about.
type Timed struct {
	Last  string `query:"last" doc:"How long the window is: 24h, 7d, 2w, 1mo, 1y; 1d where neither it nor start is given" example:"7d"`
	Start string `query:"start" doc:"When the window starts: RFC 3339, a date, a date and time, or Unix seconds" example:"2026-11-01T00:00:00Z"`
	End   string `query:"end" doc:"When it ends; now if not given"`
	TZ    string `query:"tz" doc:"Time zone of days, and of times without one; UTC if not given" example:"Europe/Paris"`
}

func (t *Timed) asked(step string) window.Asked {
	return window.Asked{Last: t.Last, Start: t.Start, End: t.End, Step: step, Zone: t.TZ}
}

// OfGrid is the input of the route about grids.
type OfGrid struct {
	Where
	Zone string `query:"zone" doc:"Grid zone, in the place of those that clusters are on" example:"FR"`
	Timed
	Step string `query:"step" doc:"Cut the window into steps" enum:"none,1h,1d,1w,1mo,1y"`
}

func (o *OfGrid) place() []string { return []string{o.Zone, o.Last, o.Start, o.End, o.TZ, o.Step} }

func (o *OfGrid) mix(q fred.Query) fred.MixQuery {
	return fred.MixQuery{Query: q, Window: o.asked(o.Step), Grid: o.Zone}
}

// Windowed is the input of a route about energy or carbon over time.
type Windowed struct {
	Measured
	Step string `query:"step" doc:"Cut the window into steps" enum:"none,1h,1d,1w,1mo,1y"`
}

// Compared is the input of a route that compares two windows.
type Compared struct {
	Measured
	FirstLast  string `query:"first-last" doc:"How long the first window is; the one just before the second, of its length, where none of these is given"`
	FirstStart string `query:"first-start" doc:"When the first window starts"`
	FirstEnd   string `query:"first-end" doc:"When the first window ends"`
	Previous   bool   `query:"previous" doc:"Compare with the window just before, which is the default"`
}

func (m *Measured) place() []string {
	return []string{m.By, m.Source, strconv.FormatBool(m.Exact), m.Zone, strconv.FormatFloat(m.PUE, 'g', -1, 64), m.Factor, strconv.FormatBool(m.Share), m.Per, m.Last, m.Start, m.End, m.TZ}
}

func (w *Windowed) place() []string { return append(w.Measured.place(), w.Step) }

func (c *Compared) place() []string {
	return append(c.Measured.place(), c.FirstLast, c.FirstStart, c.FirstEnd)
}

// footprint is the question that m asks about q.
func (m *Measured) footprint(q fred.Query, step string) fred.FootprintQuery {
	return fred.FootprintQuery{
		Query: q, By: m.By, Rung: m.Source, Exact: m.Exact, Grid: m.Zone, PUE: m.PUE, Intensity: m.Factor, ShareIdle: m.Share, Per: m.Per,
		Window: m.asked(step),
	}
}

// overTime makes a route's question of a use case about energy or carbon.
func overTime[R any](ask func(context.Context, fred.FootprintQuery) (R, error)) func(context.Context, fred.Query, *Windowed) (R, error) {
	return func(ctx context.Context, q fred.Query, in *Windowed) (R, error) {
		return ask(ctx, in.footprint(q, in.Step))
	}
}

// ofTwo makes a route's question of a use case that compares two windows.
func ofTwo[R any](ask func(context.Context, fred.CompareQuery) (R, error)) func(context.Context, fred.Query, *Compared) (R, error) {
	return func(ctx context.Context, q fred.Query, in *Compared) (R, error) {
		return ask(ctx, fred.CompareQuery{
			FootprintQuery: in.footprint(q, ""), First: window.Asked{Last: in.FirstLast, Start: in.FirstStart, End: in.FirstEnd},
		})
	}
}

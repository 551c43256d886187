package server

import (
	"context"
	"time"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/finops"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/money"
	"github.com/fredctl/fred/pkg/window"
)

// The web client knows one currency. What a bill has in others is not told to it: amounts
// are never converted, and never added.
const uiCurrency money.Currency = uiUSD

// uiCosts is a cost over time.
type uiCosts struct {
	Timestamps []time.Time `json:"timestamps" doc:"Starts of the buckets, UTC"`
	Values     []float64   `json:"values" doc:"Effective costs of the buckets"`
	Sum        float64     `json:"auc" doc:"Sum of values"`
	Unit       string      `json:"unit" enum:"USD"`
}

// cost is the question that q asks about its cluster.
func (q uiQuery) cost() fred.CostQuery {
	return fred.CostQuery{
		Query: fred.Query{Clusters: []string{q.Cluster}}, By: "cluster",
		Window: window.Asked{Start: q.Start, End: wholeHour(q.End), Step: string(q.step())},
	}
}

// wholeHour returns the end of a window: the client takes the last second of an hour for
// the end of it, and bills are of whole hours.
func wholeHour(end string) string {
	t, err := time.Parse(time.RFC3339Nano, end)
	if next := t.Truncate(time.Second).Add(time.Second); err == nil && next.Truncate(time.Hour).Equal(next) {
		return next.Format(time.RFC3339)
	}
	return end
}

func (s *Server) uiCost(ctx context.Context, q uiQuery) (uiCosts, string, error) {
	out := uiCosts{Timestamps: []time.Time{}, Values: []float64{}, Unit: uiUSD}
	if s.isToCome(q) {
		return out, "", nil
	}
	r, err := s.Fred.Cost(ctx, q.cost())
	for i := range r.Items {
		row := &r.Items[i]
		if row.Class == finops.Unmatched || row.Currency != uiCurrency || row.Effective == nil {
			continue
		}
		start := q.step().Floor(*row.Start, time.UTC)
		last := len(out.Timestamps) - 1
		if last < 0 || !out.Timestamps[last].Equal(start) {
			last++
			out.Timestamps, out.Values = append(out.Timestamps, start), append(out.Values, 0)
		}
		out.Values[last] = rounded(out.Values[last] + row.Effective.Float())
	}
	for _, v := range out.Values {
		out.Sum = rounded(out.Sum + v)
	}
	return out, "", err
}

func (s *Server) uiCompareCost(ctx context.Context, q uiQuery) (uiComparison, string, error) {
	c := q.cost()
	c.Window.Step = ""
	r, err := s.Fred.CompareCost(ctx, fred.CompareCostQuery{CostQuery: c, First: window.Asked{Start: q.First.Start, End: wholeHour(q.First.End)}, Metric: bill.Effective})
	out := uiComparison{Cluster: q.Named, Unit: uiUSD, Note: "no cost of the two windows is known in USD"}
	if err != nil {
		return out, "", err
	}
	for _, w := range []struct {
		asked window.Asked
		to    *uiTotal
	}{{window.Asked{Start: q.First.Start, End: q.First.End}, &out.First}, {window.Asked{Start: q.Start, End: q.End}, &out.Second}} {
		meant, err := w.asked.Resolve(s.Fred.Now(), "")
		if err != nil {
			return out, "", err
		}
		w.to.Start, w.to.End = meant.Start.UTC(), meant.End.UTC()
	}
	for i := range r.Totals {
		t := &r.Totals[i]
		if t.Class != finops.Unmatched && t.Currency == uiCurrency {
			out.tell(t)
		}
	}
	return out, "", nil
}

// tell tells what is known of c.
func (u *uiComparison) tell(c *finops.CostChange) {
	for i, of := range []finops.CostAmount{c.First, c.Second} {
		if of.Cost != nil {
			[]*uiTotal{&u.First, &u.Second}[i].Total = rounded(of.Cost.Float())
		}
	}
	switch {
	case c.First.Cost == nil && c.Second.Cost == nil:
	case c.First.Cost == nil:
		u.Note = "nothing is known of window_1"
	case c.Second.Cost == nil:
		u.Note = "nothing is known of window_2"
	default:
		u.Note = ""
		u.Difference.Value = rounded(u.Second.Total - u.First.Total)
		if c.Percentage == nil {
			u.Note = "window_1 is 0, so there is no percentage"
		} else {
			u.Difference.Percentage = rounded(float64(*c.Percentage))
		}
	}
}

// uiSpent returns what each cluster cost in USD in the window of q, by its full name, as
// far as that is known.
func (s *Server) uiSpent(ctx context.Context, q uiQuery) map[string]*float64 {
	ask := q.cost()
	ask.Clusters, ask.AllClusters, ask.Window.Step = nil, true, ""
	r, err := s.Fred.Cost(ctx, ask)
	if err != nil { // of cost alone; the others are told
		s.log.Info("costs of clusters", "err", err)
		return nil
	}
	of := map[string]*float64{}
	for i := range r.Items {
		if row := &r.Items[i]; row.Class == finops.Plain && row.Currency == uiCurrency && row.Effective != nil {
			of[row.Cluster] = new(rounded(row.Effective.Float()))
		}
	}
	return of
}

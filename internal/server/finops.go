package server

import (
	"context"
	"strconv"
	"strings"

	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/window"
)

// Spent is the input of a route about costs.
type Spent struct {
	Within
	Last      string   `query:"last" doc:"How long the window is: 24h, 7d, 2w, 1mo, 1y; 30d where neither it nor start is given. It is widened to whole days" example:"7d"`
	Start     string   `query:"start" doc:"When the window starts: RFC 3339, a date, a date and time, or Unix seconds" example:"2026-11-01T00:00:00Z"`
	End       string   `query:"end" doc:"When it ends; now if not given"`
	TZ        string   `query:"tz" doc:"Time zone of days, and of times without one; UTC if not given" example:"Europe/Paris"`
	Step      string   `query:"step" doc:"Cut the window into steps" enum:"none,1h,1d,1w,1mo,1y"`
	Prorate   string   `query:"prorate" default:"usage" enum:"usage,all,none" doc:"Which charges count by the part of their period that is in the window; others count whole at their start"`
	Share     []string `query:"share,explode" doc:"Costs that are shared among namespaces, as those cost: idle, shared, controlPlane; repeated, or with commas"`
	By        string   `query:"by" doc:"What to group by: service, namespace, workload, node, region, account, category, cluster, or tag: and a key; by service, or namespace where costs are allocated, if not given" example:"tag:team"`
	WholeBill bool     `query:"whole-bill" doc:"The whole bill, whatever cluster it is of"`
}

func (s *Spent) place() []string {
	return append([]string{s.By, strconv.FormatBool(s.WholeBill), s.Last, s.Start, s.End, s.TZ, s.Step, s.Prorate}, strings.Join(s.Share, ","))
}

// SpentTwice is the input of the route that compares what two windows cost.
type SpentTwice struct {
	Spent
	FirstLast  string `query:"first-last" doc:"How long the first window is; the one just before the second, of its length, where none of these is given"`
	FirstStart string `query:"first-start" doc:"When the first window starts"`
	FirstEnd   string `query:"first-end" doc:"When the first window ends"`
	Cost       string `query:"cost" default:"effective" enum:"effective,billed,list,contracted" doc:"Cost to compare"`
}

func (s *SpentTwice) place() []string {
	return append(s.Spent.place(), s.FirstLast, s.FirstStart, s.FirstEnd, s.Cost)
}

// costMetrics are the costs by their words.
var costMetrics = map[string]bill.Metric{"effective": bill.Effective, "billed": bill.Billed, "list": bill.List, "contracted": bill.Contracted}

func (s *SpentTwice) compare(q fred.Query) fred.CompareCostQuery {
	return fred.CompareCostQuery{
		CostQuery: s.ask(q), First: window.Asked{Last: s.FirstLast, Start: s.FirstStart, End: s.FirstEnd}, Metric: costMetrics[s.Cost],
	}
}

// ask returns the question that s asks about q.
func (s *Spent) ask(q fred.Query) fred.CostQuery {
	return fred.CostQuery{
		Query: q, By: s.By, Whole: s.WholeBill, Prorate: s.Prorate, Share: words(s.Share),
		Window: window.Asked{Last: s.Last, Start: s.Start, End: s.End, Step: s.Step, Zone: s.TZ},
	}
}

// spent makes a route's question of a use case about costs.
func spent(ask func(context.Context, fred.CostQuery) (fred.CostReport, error)) func(context.Context, fred.Query, *Spent) (fred.CostReport, error) {
	return func(ctx context.Context, q fred.Query, in *Spent) (fred.CostReport, error) {
		return ask(ctx, in.ask(q))
	}
}

package server

import (
	"context"
	"time"

	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
)

// uiFacts is never without its list: the web client's page goes blank without.
type uiFacts struct {
	Facts []uiFact `json:"facts"`
}

type uiFact struct {
	User    string  `json:"user"`
	Date    string  `json:"date" format:"date-time" doc:"In UTC, in whole seconds or with six digits more"`
	Content string  `json:"content"`
	Title   string  `json:"title" doc:"Unique among the facts about one thing"`
	Type    *string `json:"type" doc:"domain, requirement, goal, compliance, security, cost or null"`
}

func uiFactOf(f fact.Fact) uiFact {
	out := uiFact{User: f.User, Date: uiDate(f.Date), Content: f.Content, Title: f.Title}
	if f.Type != "" {
		out.Type = new(string(f.Type))
	}
	return out
}

// uiDate writes t as the first Fred did: a fraction is there only if it is not
// zero, and then has six digits.
func uiDate(t time.Time) string {
	t = t.UTC().Truncate(time.Microsecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000000Z")
}

func (s *Server) uiClusterFacts(ctx context.Context, q uiQuery) (uiFacts, string, error) {
	return s.uiFacts(ctx, q, fact.Scope{})
}

func (s *Server) uiNamespaceFacts(ctx context.Context, q uiQuery) (uiFacts, string, error) {
	if err := q.check(); err != nil {
		return uiFacts{}, "", err
	}
	return s.uiFacts(ctx, q, fact.Scope{Namespace: q.Namespace})
}

func (s *Server) uiWorkloadFacts(ctx context.Context, q uiQuery) (uiFacts, string, error) {
	if err := q.check(); err != nil {
		return uiFacts{}, "", err
	}
	if q.Workload == "" {
		return uiFacts{}, "", fault.New(fault.NotFound, "no workload %q", "")
	}
	return s.uiFacts(ctx, q, fact.Scope{Namespace: q.Namespace, Kind: q.Kind, Name: q.Workload})
}

func (s *Server) uiFacts(ctx context.Context, q uiQuery, scope fact.Scope) (uiFacts, string, error) {
	out := uiFacts{Facts: []uiFact{}}
	r, err := s.Fred.Facts(ctx, fred.Query{Clusters: []string{q.Cluster}}, scope)
	for i := range r.Items {
		out.Facts = append(out.Facts, uiFactOf(r.Items[i].Fact))
	}
	return out, r.Version, err
}

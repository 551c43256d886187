package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fredctl/fred/pkg/fred"
)

// Everything is the input of a route that selects nothing.
type Everything struct{}

// Where are the parameters that every question about clusters takes.
type Where struct {
	Context     []string `query:"context,explode" doc:"Clusters to ask about, by full name (kubeconfig context) or alias; repeated, or with commas. The current context if there is none"`
	AllContexts bool     `query:"all-contexts" doc:"Ask about every known cluster"`
	MaxAge      string   `query:"max-age" doc:"Ask the source where what is cached is older, and refuse older data if that fails. A Go duration; 0 always asks" example:"5m"`
	Refresh     bool     `query:"refresh" doc:"Ask the source first, whatever is cached"`
}

// Selected adds a label selector.
type Selected struct {
	Where
	Selector string `query:"selector" doc:"Label selector, as kubectl has it" example:"app=web,tier!=cache"`
}

// Within adds one namespace.
type Within struct {
	Where
	Namespace string `query:"namespace" doc:"Only this namespace"`
}

// Spread adds one namespace, or all.
type Spread struct {
	Within
	AllNamespaces bool `query:"all-namespaces" doc:"All namespaces, rather than the context's own"`
}

// Listing adds what workloads are selected by.
type Listing struct {
	Spread
	Selector string `query:"selector" doc:"Label selector, as kubectl has it" example:"app=web,tier!=cache"`
}

// Named is about one thing of a cluster.
type Named struct {
	Where
	Name string `path:"name" doc:"Its name" example:"shop"`
}

// Owned is about one workload.
type Owned struct {
	Within
	Kind string `path:"kind" doc:"Kind of the workload, as kubectl understands it" example:"deploy"`
	Name string `path:"name" doc:"Name of the workload" example:"web"`
}

// Cached selects entries of the cache.
type Cached struct {
	Context []string `query:"context,explode" doc:"Only these clusters, by full name or alias; repeated, or with commas"`
	Kind    []string `query:"kind,explode" doc:"Only these kinds of entries: pods, deployments, facts…; repeated, or with commas" example:"pods"`
}

func (c *Cached) query() (fred.Query, error) { return fred.Query{Clusters: words(c.Context)}, nil }

func (c *Cached) place() []string { return c.Kind }

func (*Everything) query() (fred.Query, error) { return fred.Query{}, nil }

func (*Everything) place() []string { return nil }

func (*Where) place() []string { return nil }

func (n *Named) place() []string { return []string{n.Name} }

func (o *Owned) place() []string { return []string{o.Kind, o.Name} }

func (w *Where) query() (fred.Query, error) {
	q := fred.Query{Clusters: words(w.Context), AllClusters: w.AllContexts, Refresh: w.Refresh}
	age, err := parseAge(w.MaxAge)
	q.MaxAge = age
	return q, err
}

// parseAge reads a max-age; there is none in an empty one.
func parseAge(s string) (*time.Duration, error) {
	if s == "" {
		return nil, nil
	}
	age, err := time.ParseDuration(s)
	if err != nil || age < 0 {
		return nil, newError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{
			Message: "expected a duration such as 90s, 5m or 0", Location: "query.max-age", Value: s,
		})
	}
	return &age, nil
}

func (s *Selected) query() (fred.Query, error) {
	q, err := s.Where.query()
	q.Selector = s.Selector
	return q, err
}

func (w *Within) query() (fred.Query, error) {
	q, err := w.Where.query()
	q.Namespace = w.Namespace
	return q, err
}

func (s *Spread) query() (fred.Query, error) {
	q, err := s.Within.query()
	q.AllNamespaces = s.AllNamespaces
	return q, err
}

func (l *Listing) query() (fred.Query, error) {
	q, err := l.Spread.query()
	q.Selector = l.Selector
	return q, err
}

// key is the canonical form of a question: two that differ differ in it. How old
// the answer may be is no part of it.
func key(route string, q fred.Query, place []string) string {
	b := make([]byte, 0, 128)
	b = append(b, route...)
	b = strconv.AppendBool(append(b, '?'), q.AllClusters)
	b = strconv.AppendBool(append(b, '&'), q.AllNamespaces)
	b = strconv.AppendQuote(append(b, '&'), q.Namespace)
	b = strconv.AppendQuote(append(b, '&'), q.Selector)
	for _, p := range place {
		b = strconv.AppendQuote(append(b, '/'), p)
	}
	for _, c := range q.Clusters {
		b = strconv.AppendQuote(append(b, ','), c)
	}
	return string(b)
}

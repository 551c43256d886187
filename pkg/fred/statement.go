package fred

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/finops"
)

// billKind is the kind of an entry that holds what a bill says of a cluster, or of what
// is of none.
const billKind = "bill"

// keptStatement is what is cached of a bill: a statement, and what was asked for it.
type keptStatement struct {
	finops.Statement
	Cut string `json:"cut"`
}

// statements returns what the bill says of each cluster and, last, of none: what is
// cached where it was made from the same bill and clusters, or else what is read now.
func (c *costing) statements(ctx context.Context) ([]*finops.Statement, error) {
	all := make([]finops.Cluster, len(c.clusters))
	for i, b := range c.clusters {
		all[i] = b.cluster
	}
	m := finops.NewMatcher(all)
	version, err := c.bill.Version()
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "%s %s %s %s", version, m.Version(), c.cut, c.proration()))
	input := hex.EncodeToString(hash[:])
	if !c.Refresh && !c.Strict {
		for _, kind := range c.kindsOfCut() {
			if found := c.cached(ctx, kind, input); found != nil {
				return found, nil
			}
		}
	}
	read, err := c.bills.Do(ctx, fmt.Sprintf("%s %q %t %t", input, c.By, c.Strict, c.units), func(ctx context.Context) (any, error) {
		return finops.Condense(ctx, c.bill, m, finops.Question{Cut: c.cut, Spread: c.spread, By: c.By, Strict: c.Strict, Units: c.units})
	})
	if err != nil {
		return nil, asFault(err)
	}
	statements, _ := read.(map[string]*finops.Statement)
	return c.keep(ctx, statements, input)
}

// kindOfCut is what entries are called: what they can be grouped by, and whether they
// count what was used.
type kindOfCut struct {
	by    string
	units bool
}

// kindsOfCut are those that may answer the question: that can be grouped by anything but
// a tag, and those of its own grouping.
func (c *costing) kindsOfCut() []kindOfCut {
	kinds := []kindOfCut{{c.By, true}}
	if !strings.HasPrefix(c.By, finops.TagPrefix) {
		kinds = []kindOfCut{{"all", true}, {c.By, true}}
	}
	if c.units && c.bill != nil { // else costs alone are better than list prices
		return kinds
	}
	for _, k := range kinds {
		kinds = append(kinds, kindOfCut{k.by, false})
	}
	return kinds
}

// keys returns the keys of the entries of every cluster, and of the rest.
func (c *costing) keys(kind kindOfCut) []cache.Key {
	every := "piece"
	switch c.cut.Every {
	case aDay:
		every = "day"
	case time.Hour:
		every = "hour"
	}
	every += "-" + c.proration()
	if kind.units {
		every += "-items"
	}
	what := []string{kind.by, every}
	var keys []cache.Key
	for _, b := range c.clusters {
		keys = append(keys, clusterKey(b.cluster.Name).Join(billKind).Join(what...))
	}
	return append(keys, cache.NewKey(billKind).Join(what...))
}

func (c *costing) proration() string {
	for name, s := range spreads {
		if s == c.spread {
			return name
		}
	}
	return Prorations[0]
}

// cached returns the statements that were made from input; nil where one is missing.
func (c *costing) cached(ctx context.Context, kind kindOfCut, input string) []*finops.Statement {
	var found []*finops.Statement
	for _, key := range c.keys(kind) {
		e, err := cache.Read[keptStatement](ctx, c.Cache, key)
		if err != nil || e.Header.InputHash != input {
			return nil
		}
		found = append(found, &e.Value.Statement)
	}
	return found
}

// keep stores what was read, and returns it in the order of the clusters.
func (c *costing) keep(ctx context.Context, read map[string]*finops.Statement, input string) ([]*finops.Statement, error) {
	rest := read[""]
	by := c.By
	if !rest.Folded && !strings.HasPrefix(c.By, finops.TagPrefix) {
		by = "all"
	}
	var out []*finops.Statement
	for i, key := range c.keys(kindOfCut{by, c.units}) {
		s, uid := rest, ""
		if i < len(c.clusters) {
			b := c.clusters[i]
			if s, uid = read[b.cluster.Name], b.uid; s == nil {
				empty := *rest
				empty.Lines, empty.Charges = []finops.Line{}, 0
				s = &empty
			}
		}
		out = append(out, s)
		if c.Offline() {
			continue // nothing is collected then, though files can be read
		}
		_, err := cache.Fetch(ctx, c.Cache, cache.Request{Key: key, TTL: cache.Forever, Source: "focus", InputHash: input, ClusterUID: uid, Refresh: true},
			func(context.Context) (cache.Collected[keptStatement], error) {
				return collected(c.Fred, keptStatement{*s, c.cut.String()}, uid), nil
			})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// hasOther reports whether a statement about b is cached that is cut by the day, of
// whatever proration.
func (c *costing) hasOther(ctx context.Context, b *billed) bool {
	for _, s := range spreads {
		one := &costing{Fred: c.Fred, CostQuery: c.CostQuery, cut: finops.Cut{Every: aDay}, spread: s, clusters: []*billed{b}}
		h, _, err := c.Cache.Peek(ctx, one.keys(kindOfCut{by: "all"})[0])
		if err == nil && (b.uid == "" || h.ClusterUID == b.uid) {
			return true
		}
	}
	return false
}

// kept returns what is cached of a bill about b, whatever it was made from; nil where
// nothing fits the question.
func (c *costing) kept(ctx context.Context, b *billed) *finops.Statement {
	one := &costing{Fred: c.Fred, CostQuery: c.CostQuery, cut: c.cut, spread: c.spread, clusters: []*billed{b}}
	var newest cache.Entry[keptStatement]
	for _, kind := range c.kindsOfCut() {
		e, err := cache.Read[keptStatement](ctx, c.Cache, one.keys(kind)[0])
		if err != nil || b.uid != "" && e.Header.ClusterUID != "" && e.Header.ClusterUID != b.uid {
			continue
		}
		if e.Value.Cut == c.cut.String() && e.Header.CollectedAt.After(newest.Header.CollectedAt) {
			newest = e
		}
	}
	if newest.Header.CollectedAt.IsZero() {
		return nil
	}
	return &newest.Value.Statement
}

package fred_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

var (
	aboutShop = fact.Scope{Namespace: "shop"}
	aboutWeb  = fact.Scope{Namespace: "shop", Kind: "Deployment", Name: "web"}
)

// note writes facts about cluster into the cache, as of the cluster with that UID.
func (s *stand) note(t *testing.T, cluster, uid string, facts ...fact.Fact) {
	t.Helper()
	type entry struct {
		Facts []fact.Fact `json:"facts"`
	}
	c := cache.New(s.store, cache.Options{Now: s.clock.Now})
	defer c.Close()
	request := cache.Request{Key: cache.NewKey("clusters", cluster, "facts"), TTL: cache.Forever, ClusterUID: uid, Refresh: true}
	_, err := cache.Fetch(t.Context(), c, request, func(context.Context) (cache.Collected[entry], error) {
		return cache.Collected[entry]{Value: entry{facts}}, nil
	})
	require.NoError(t, err)
}

// damage cuts the entry of cluster's facts short, and returns what is left of it.
func (s *stand) damage(t *testing.T, cluster string) []byte {
	t.Helper()
	name := "clusters/" + cluster + "/facts.jsonl"
	whole, _, err := cache.ReadBlob(t.Context(), s.store, name)
	require.NoError(t, err)
	left := whole[:len(whole)-9]
	_, err = s.store.Put(t.Context(), name, left)
	require.NoError(t, err)
	return left
}

func wrote(s fact.Scope, title string) fact.Fact {
	return fact.Fact{User: "ann", Date: noon, Title: title, Content: "about " + title, Type: fact.Domain, Scope: s}
}

func (s *stand) facts(t *testing.T, q fred.Query, scope fact.Scope) fred.FactList {
	t.Helper()
	r, err := s.Facts(t.Context(), q, scope)
	require.NoError(t, err)
	return r
}

func factTitles(r fred.FactList) string {
	var list []string
	for _, f := range r.Items {
		list = append(list, strings.TrimSpace(f.Cluster+" "+f.Title))
	}
	return strings.Join(list, ", ")
}

func TestFactsAreThoseOfTheScopeAskedAboutInTheOrderWritten(t *testing.T) {
	s := dev(t)
	s.note(t, "dev", "", wrote(fact.Scope{}, "z"), wrote(aboutShop, "n"), wrote(fact.Scope{}, "a"), wrote(aboutWeb, "w"))
	s.clock.pass(365 * 24 * time.Hour)
	tests := []struct {
		name  string
		scope fact.Scope
		want  string
	}{
		{"the cluster", fact.Scope{}, "z, a"},
		{"a namespace", aboutShop, "n"},
		{"a workload", aboutWeb, "w"},
		{"a workload that nobody wrote about", fact.Scope{Namespace: "shop", Kind: "Job", Name: "web"}, ""},
		{"a namespace that no cluster has", fact.Scope{Namespace: "gone"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := s.facts(t, fred.Query{}, test.scope)
			require.Equal(t, test.want, factTitles(r))
			require.Equal(t, "FactList", r.Kind)
			require.Equal(t, "dev", r.Cluster)
			require.Equal(t, test.scope.Namespace, r.Namespace)
			require.Equal(t, noon, *r.CollectedAt)
			require.False(t, r.Stale, "what people wrote does not expire")
			require.Empty(t, r.Warnings)
		})
	}
	require.Empty(t, s.world.requests(), "no cluster is asked about facts")
}

func TestNoFactsAreAnEmptyList(t *testing.T) {
	r := dev(t).facts(t, fred.Query{Refresh: true, MaxAge: new(time.Duration)}, fact.Scope{})
	require.Contains(t, body(t, r), `"items": []`)
	require.Nil(t, r.CollectedAt)
	require.NotEmpty(t, r.Version)
}

func TestFactsAreThereOfflineAndWithoutAKubeconfig(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.note(t, "dev", "uid-dev", wrote(fact.Scope{}, "a"))
	require.Equal(t, "a", factTitles(s.offline(t).facts(t, fred.Query{}, fact.Scope{})))
	s.world.change(func() { s.world.contexts = nil })
	require.Equal(t, "a", factTitles(s.facts(t, fred.Query{}, fact.Scope{})))
}

func TestDamagedFactsAreAnErrorAndLeftAsTheyAre(t *testing.T) {
	s := dev(t)
	s.note(t, "dev", "", wrote(fact.Scope{}, "a"))
	left := s.damage(t, "dev")
	for range 2 {
		_, err := s.Facts(t.Context(), fred.Query{}, aboutShop)
		fails(t, err, fault.BadAnswer, `the facts of cluster "dev" cannot be read`, "Bring the entry back")
	}
	now, _, err := cache.ReadBlob(t.Context(), s.store, "clusters/dev/facts.jsonl")
	require.NoError(t, err)
	require.Equal(t, left, now)
}

func TestFactsOfANewerFredAreNotTakenForNone(t *testing.T) {
	s := dev(t)
	_, err := s.store.Put(t.Context(), "clusters/dev/facts.jsonl", []byte(`{"schema":99,"key":["clusters","dev","facts"]}`+"\n{}\n"))
	require.NoError(t, err)
	_, err = s.Facts(t.Context(), fred.Query{}, fact.Scope{})
	fails(t, err, fault.BadAnswer, "written by a newer fred", "Use the newer fred")
}

func TestFactsOfSeveralClustersSayWhichTheyAreOf(t *testing.T) {
	p, q := shop("uid-dev"), shop("uid-prod")
	prod := contextOf("prod", q, "shop")
	prod.Current = false
	s := newStand(t, &world{contexts: []kube.Cluster{contextOf("dev", p, "shop"), prod}, places: map[string]*place{"dev": p, "prod": q}})
	s.note(t, "dev", "", wrote(fact.Scope{}, "a"))
	s.note(t, "prod", "", wrote(fact.Scope{}, "a"), wrote(fact.Scope{}, "b"))
	all := fred.Query{AllClusters: true}
	r := s.facts(t, all, fact.Scope{})
	require.Equal(t, "dev a, prod a, prod b", factTitles(r))
	require.Empty(t, r.Cluster)
	s.damage(t, "prod")
	r = s.facts(t, all, fact.Scope{})
	require.Equal(t, "dev a", factTitles(r))
	require.Equal(t, []report.Code{report.Missing}, codes(r.Warnings))
	require.Empty(t, r.Version)
	s.damage(t, "dev")
	_, err := s.Facts(t.Context(), all, fact.Scope{})
	require.Equal(t, fault.BadAnswer, fault.KindOf(err))
}

func TestFactsAboutAnotherClusterOfThatNameAreNotShown(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.note(t, "dev", "uid-dev", wrote(fact.Scope{}, "a"))
	mine := s.facts(t, fred.Query{}, fact.Scope{})
	require.Equal(t, "a", factTitles(mine))
	s.note(t, "dev", "uid-old", wrote(fact.Scope{}, "b"))
	r := s.facts(t, fred.Query{}, fact.Scope{})
	require.Empty(t, r.Items)
	require.Equal(t, []report.Code{report.Replaced}, codes(r.Warnings))
}

func TestFactsHaveAnotherVersionWheneverTheirBytesDiffer(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	seen := map[string]string{}
	for _, step := range []func(){
		func() {},
		func() { s.clock.pass(time.Hour) },
		func() { s.note(t, "dev", "", wrote(fact.Scope{}, "a")) },
		func() { s.clock.pass(time.Hour) },
		func() { s.note(t, "dev", "", wrote(fact.Scope{}, "b")) },
		func() { s.note(t, "dev", "uid-old", wrote(fact.Scope{}, "b")) },
	} {
		step()
		r := s.facts(t, fred.Query{}, fact.Scope{})
		b := body(t, r)
		if have, ok := seen[r.Version]; ok {
			require.Equal(t, have, b)
		}
		seen[r.Version] = b
	}
	require.Len(t, seen, 4)
}

func TestAScopeThatCannotBeMeantIsRefused(t *testing.T) {
	_, err := dev(t).Facts(t.Context(), fred.Query{}, fact.Scope{Kind: "Job", Name: "x"})
	fails(t, err, fault.Invalid, "a workload has a namespace", "Name the namespace")
	_, err = dev(t).Facts(t.Context(), fred.Query{Clusters: []string{"prod"}}, fact.Scope{})
	fails(t, err, fault.NotFound, `no context "prod"`, "dev")
}

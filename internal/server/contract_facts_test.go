package server_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
)

// writeFacts keeps facts about a cluster where f looks for them.
func writeFacts(t *testing.T, f *fred.Fred, cluster string, facts ...fact.Fact) {
	t.Helper()
	type entry struct {
		Facts []fact.Fact `json:"facts"`
	}
	request := cache.Request{Key: cache.NewKey("clusters", cluster, "facts"), TTL: cache.Forever, Refresh: true}
	_, err := cache.Fetch(t.Context(), f.Cache, request, func(context.Context) (cache.Collected[entry], error) {
		return cache.Collected[entry]{Value: entry{facts}}, nil
	})
	require.NoError(t, err)
}

const (
	factsOfCluster   = "/fred/ai/cluster/facts?cluster_name=dev"
	factsOfNamespace = "/fred/ai/namespace/facts?cluster_name=dev&namespace=shop"
	factsOfWorkload  = "/fred/ai/workload/facts?cluster_name=dev&namespace=shop&workload_name=web&kind=deployment"
)

func TestTheWebClientFindsWhatPeopleWrote(t *testing.T) {
	peak := fact.Fact{
		User: "current_user", Date: time.Date(2026, 11, 2, 10, 30, 0, 250e6, time.FixedZone("", 3600)),
		Content: "Peak load every Monday 08:00.", Title: "Monday peak", Type: fact.Requirement,
	}
	in := func(s fact.Scope, title string) fact.Fact {
		return fact.Fact{User: "ann", Date: time.Date(2026, 11, 2, 9, 30, 0, 999, time.UTC), Content: "<b>", Title: title, Scope: s}
	}
	s := shop()
	s.err = errDown // facts are there although no cluster answers
	f := newFred(s)
	h := newServer(t, server.Options{Fred: f})
	writeFacts(
		t, f, "dev", peak, in(fact.Scope{Namespace: "shop"}, "n"), in(fact.Scope{}, "c"),
		in(fact.Scope{Namespace: "shop", Kind: "Deployment", Name: "web"}, "w"),
	)
	row := func(title string) string {
		return `{"user":"ann","date":"2026-11-02T09:30:00Z","content":"<b>","title":"` + title + `","type":null}`
	}
	tests := []struct{ name, path, want string }{
		{
			"a cluster's, in the order written", factsOfCluster,
			`{"facts":[{"user":"current_user","date":"2026-11-02T09:30:00.250000Z","content":"Peak load every Monday 08:00.","title":"Monday peak","type":"requirement"},` + row("c") + `]}`,
		},
		{"a namespace's", factsOfNamespace, `{"facts":[` + row("n") + `]}`},
		{"a workload's, however its kind is written", factsOfWorkload, `{"facts":[` + row("w") + `]}`},
		{"none about another kind of that name", "/fred/ai/workload/facts?cluster_name=dev&namespace=shop&workload_name=web&kind=Job", `{"facts":[]}`},
		{"none about a namespace that nobody knows", "/fred/ai/namespace/facts?cluster_name=dev&namespace=gone", `{"facts":[]}`},
		{"none about another cluster", "/fred/ai/cluster/facts?cluster_name=aurora-lab", `{"facts":[]}`},
		{"a plus that came as a space", "/fred/ai/cluster/facts?cluster_name=a+b", `{"facts":[]}`},
		{"with a slash at the end", "/fred/ai/namespace/facts/?cluster_name=dev&namespace=shop", `{"facts":[` + row("n") + `]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ask(t, h, http.MethodGet, test.path)
			require.Equal(t, http.StatusOK, got.Code, got.Body)
			require.Equal(t, "application/json", got.Header().Get("Content-Type"))
			require.Equal(t, test.want, compact(t, got.Body.Bytes()))
		})
	}
}

func TestBothFormsOfTheRoutesOfFactsAnswerWithoutARedirect(t *testing.T) {
	h := newServer(t, server.Options{Fred: newFred(shop())})
	for _, path := range []string{"cluster", "namespace", "workload"} {
		for _, slash := range []string{"", "/"} {
			got := ask(t, h, http.MethodGet, "/fred/ai/"+path+"/facts"+slash+"?cluster_name=dev&namespace=shop&workload_name=web&kind=Deployment")
			require.Equal(t, http.StatusOK, got.Code, path+slash)
			require.JSONEq(t, `{"facts":[]}`, got.Body.String())
		}
	}
}

func TestTheWebClientIsToldWhyThereAreNoFacts(t *testing.T) {
	tests := []struct {
		name, path string
		status     int
	}{
		{"an unknown cluster", "cluster/facts?cluster_name=prod", 404},
		{"a page opened without a cluster", "cluster/facts?cluster_name=undefined", 404},
		{"an empty namespace", "namespace/facts?cluster_name=dev&namespace=", 404},
		{"an empty workload", "workload/facts?cluster_name=dev&namespace=shop&workload_name=&kind=Job", 404},
		{"no cluster named", "cluster/facts", 422},
		{"no namespace named", "namespace/facts?cluster_name=dev", 422},
		{"no workload named", "workload/facts?cluster_name=dev&namespace=shop&kind=Job", 422},
		{"a kind that is none", "workload/facts?cluster_name=dev&namespace=shop&workload_name=web&kind=x", 422},
	}
	h := newServer(t, server.Options{Fred: newFred(shop())})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ask(t, h, http.MethodGet, "/fred/ai/"+test.path)
			require.Equal(t, test.status, got.Code, got.Body)
			require.Equal(t, "application/json", got.Header().Get("Content-Type"))
			require.Contains(t, got.Body.String(), `"message"`)
		})
	}
}

func TestFactsThatChangedHaveAnotherTag(t *testing.T) {
	f := newFred(shop())
	h := newServer(t, server.Options{Fred: f})
	none := ask(t, h, http.MethodGet, factsOfCluster).Header().Get("ETag")
	require.Equal(t, http.StatusNotModified, ask(t, h, http.MethodGet, factsOfCluster, "If-None-Match", none).Code)
	writeFacts(t, f, "dev", fact.Fact{Title: "t", Content: "c", Date: time.Unix(1, 0)})
	require.Eventually(t, func() bool { // an answer is taken as it is for a moment
		return ask(t, h, http.MethodGet, factsOfCluster, "If-None-Match", none).Code == http.StatusOK
	}, 5*time.Second, 5*time.Millisecond)
}

func TestDamagedFactsAreNotTakenForNone(t *testing.T) {
	store := cache.NewMemory()
	src := shop()
	f := fred.New(fred.Options{Cache: cache.New(store, cache.Options{}), Contexts: src, Kubernetes: src})
	_, err := store.Put(t.Context(), "clusters/dev/facts.jsonl", []byte("{}\n"))
	require.NoError(t, err)
	got := ask(t, newServer(t, server.Options{Fred: f}), http.MethodGet, factsOfCluster)
	require.Equal(t, server.Status(fault.BadAnswer), got.Code, got.Body)
	require.Contains(t, got.Body.String(), `the facts of cluster \"dev\" cannot be read`)
}

func TestFactsAreThereOffline(t *testing.T) {
	store := cache.NewMemory()
	src := shop()
	online := fred.New(fred.Options{Cache: cache.New(store, cache.Options{}), Contexts: src, Kubernetes: src})
	_, err := online.Overview(t.Context(), fred.Query{})
	require.NoError(t, err)
	writeFacts(t, online, "dev", fact.Fact{Title: "t", Content: "c", Date: time.Unix(1, 0)})
	gone := &source{broken: errors.New("no kubeconfig is read offline")}
	offline := func() bool { return true }
	f := fred.New(fred.Options{Cache: cache.New(store, cache.Options{Offline: offline}), Contexts: gone, Kubernetes: gone, Offline: offline})
	got := ask(t, newServer(t, server.Options{Fred: f}), http.MethodGet, factsOfCluster)
	require.Equal(t, http.StatusOK, got.Code, got.Body)
	require.Contains(t, got.Body.String(), `"1970-01-01T00:00:01Z"`)
}

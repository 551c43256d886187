package fred_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

const eks = "arn:aws:eks:eu-north-1:000011112222:cluster/aurora-lab"

// three is dev, a second cluster, and dev again under another name.
func three(t *testing.T) *stand {
	t.Helper()
	p, q := shop("uid-dev"), shop("uid-eks").deploy("shop", "extra", 5)
	w := &world{
		contexts: []kube.Cluster{contextOf("dev", p, "shop"), contextOf(eks, q, "shop"), contextOf("dev-admin", p, "shop")},
		places:   map[string]*place{"dev": p, eks: q, "dev-admin": p},
	}
	w.contexts[1].Current, w.contexts[2].Current = false, false
	return newStand(t, w)
}

func TestSeveralClustersStandSideBySideAndSumUp(t *testing.T) {
	s := three(t)
	r := s.workloads(t, fred.Query{Clusters: []string{"dev", "aurora-lab", "dev"}})
	require.Equal(t, []string{"shop/cart", "shop/web", "shop/cart", "shop/extra", "shop/web"}, names(r.Items))
	require.Equal(t, []string{"dev", "dev", eks, eks, eks}, clusterOf(r.Items))
	require.Equal(t, 11, *r.Total.Pods)
	require.Empty(t, r.Cluster)
	require.Empty(t, r.Warnings)
	require.Len(t, r.Provenance, 2)
}

func clusterOf(rows []kube.WorkloadRow) []string {
	var list []string
	for _, r := range rows {
		list = append(list, r.Cluster)
	}
	return list
}

func TestTwoContextsOfOneClusterCountOnceInTotals(t *testing.T) {
	s := three(t)
	all := fred.Query{AllClusters: true}
	r := s.workloads(t, all)
	require.Len(t, r.Items, 7)
	require.Equal(t, 11, *r.Total.Pods)
	require.Equal(t, 5, *r.Total.Workloads)
	require.Equal(t, []report.Code{report.Note}, codes(r.Warnings))
	require.Equal(t, "dev-admin", r.Warnings[0].Cluster)
	o := s.overview(t, all)
	require.Len(t, o.Items, 3)
	require.Equal(t, 13, *o.Total.Pods)
	nodes, err := s.Nodes(t.Context(), all)
	require.NoError(t, err)
	require.Len(t, nodes.Items, 3)
	require.Equal(t, 2, nodes.Total.Nodes)
	namespaces, err := s.Namespaces(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, 13, *namespaces.Total.Pods)
}

func TestOneOfSeveralClustersThatDoesNotAnswerIsAWarning(t *testing.T) {
	s := three(t)
	s.world.places[eks].silent = errDown
	r := s.workloads(t, fred.Query{Clusters: []string{"dev", eks}})
	require.Equal(t, []string{"dev", "dev"}, clusterOf(r.Items))
	require.Equal(t, []report.Warning{{Code: report.Missing, Cluster: eks, Message: "connection refused"}}, r.Warnings)
	require.True(t, report.Partial(r.Warnings))
	require.Empty(t, r.Cluster, "an answer that was to be of two clusters is not of one")
	_, err := s.Workloads(t.Context(), fred.Query{Clusters: []string{eks}})
	fails(t, err, fault.Unreachable, "connection refused", "Check that the API server is up.")
	s.world.change(func() { s.world.places["dev"].silent = errDown })
	s.clock.pass(time.Hour)
	r = s.workloads(t, fred.Query{Clusters: []string{"dev", eks}})
	require.True(t, r.Stale)
}

func TestWhenNoneOfSeveralClustersAnswersTheGravestReasonIsGiven(t *testing.T) {
	s := three(t)
	s.world.places["dev"].silent = errDown
	s.world.places[eks].silent = fault.New(fault.Unauthorized, "who are you").Hinted("Log in again.")
	_, err := s.Workloads(t.Context(), fred.Query{AllClusters: true})
	fails(t, err, fault.Unauthorized, "who are you", "Log in again.")
}

func TestANamespaceThatOnlyOneOfTheClustersHasIsAWarningForTheOther(t *testing.T) {
	s := three(t)
	s.world.places[eks].deploy("only-here", "x", 1)
	r := s.workloads(t, fred.Query{Clusters: []string{"dev", eks}, Namespace: "only-here"})
	require.Equal(t, []string{"only-here/x"}, names(r.Items))
	require.Equal(t, "dev", r.Warnings[0].Cluster)
	_, err := s.Workloads(t.Context(), fred.Query{Clusters: []string{"dev", eks}, Namespace: "nowhere"})
	fails(t, err, fault.NotFound, `no namespace "nowhere"`, "")
}

func TestWhatIsNotThereIsSaidWithWhatMayHaveBeenMeant(t *testing.T) {
	ask := func(q fred.Query) error { _, err := three(t).Workloads(t.Context(), q); return err }
	detail := func(kind, name string) error {
		_, err := three(t).Workload(t.Context(), fred.Query{}, kind, name)
		return err
	}
	tests := []struct {
		name, says, hint string
		err              error
		kind             fault.Kind
	}{
		{"a context", `no context "devv"`, `Did you mean "dev"?`, ask(fred.Query{Clusters: []string{"devv"}}), fault.NotFound},
		{"a context by its alias", `no context "aurora-lav"`, `Did you mean "aurora-lab"?`, ask(fred.Query{Clusters: []string{"aurora-lav"}}), fault.NotFound},
		{"a context unlike all", `no context "zzzzzz"`, "There is dev, " + eks + ", dev-admin.", ask(fred.Query{Clusters: []string{"zzzzzz"}}), fault.NotFound},
		{"a namespace", `no namespace "shpo"`, `Did you mean "shop"?`, ask(fred.Query{Namespace: "shpo"}), fault.NotFound},
		{"a kind", `no kind of workload "deplyment"`, `Did you mean "Deployment"?`, detail("deplyment", "web"), fault.NotFound},
		{"a kind unlike all", `no kind of workload "zzzzzzzz"`, "The kinds are Deployment,", detail("zzzzzzzz", "web"), fault.NotFound},
		{"a name", `no deployment "wbe" in namespace shop`, `Did you mean "web"?`, detail("deploy", "wbe"), fault.NotFound},
		{"a name of another namespace", `no deployment "log" in namespace shop`, "There is one in namespace ops: name that with -n.", detail("deploy", "log"), fault.NotFound},
		{"a name of a kind there is none of", `no statefulset "web" in namespace shop`, "See what there is with fred kube workloads -n shop.", detail("sts", "web"), fault.NotFound},
		{"a selector", `selector "a in ("`, "-l app=web", ask(fred.Query{Selector: "a in ("}), fault.Invalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fails(t, tt.err, tt.kind, tt.says, tt.hint)
		})
	}
}

func TestANamespaceThatDoesNotExistIsAnErrorEvenIfItIsTheContextsOwn(t *testing.T) {
	s := dev(t)
	s.world.contexts[0].Namespace = "planned"
	require.Empty(t, s.workloads(t, fred.Query{}).Items, "a list of the context's own namespace is empty, as with kubectl")
	_, err := s.Namespace(t.Context(), fred.Query{}, "planned")
	fails(t, err, fault.NotFound, `no namespace "planned"`, "")
}

func TestADetailOfSeveralClustersIsRefused(t *testing.T) {
	_, err := three(t).Workload(t.Context(), fred.Query{AllClusters: true}, "deploy", "web")
	fails(t, err, fault.Invalid, "one cluster at a time", "--context")
}

func TestWordsForAWorkloadAreReadOrRefused(t *testing.T) {
	for _, words := range [][]string{{"deploy/web"}, {"deploy", "web"}} {
		kind, name, err := fred.ParseWorkload(words)
		require.NoError(t, err)
		require.Equal(t, [2]string{"deploy", "web"}, [2]string{kind, name})
	}
	for _, words := range [][]string{nil, {""}, {"web"}, {"/"}, {"deploy/"}, {"/web"}, {"a", "b", "c"}, {"deploy", ""}} {
		_, _, err := fred.ParseWorkload(words)
		fails(t, err, fault.Invalid, "is not a workload", "KIND/NAME")
	}
}

func TestWithoutAnyClusterTheAnswerSaysWhatToDo(t *testing.T) {
	s := newStand(t, &world{})
	_, err := s.Overview(t.Context(), fred.Query{})
	fails(t, err, fault.Invalid, "there is no kubeconfig, and nothing is cached", "KUBECONFIG")
	r, err := s.Clusters(t.Context(), fred.Query{})
	require.NoError(t, err)
	require.Contains(t, body(t, r), `"items": []`)
}

func TestAKubeconfigThatCannotBeReadIsAnErrorUnlessOffline(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.world.change(func() { s.world.broken = fault.Wrap(fault.Invalid, errors.New("yaml: line 3")) })
	_, err := s.Workloads(t.Context(), fred.Query{})
	fails(t, err, fault.Invalid, "yaml: line 3", "")
	require.Len(t, s.offline(t).workloads(t, fred.Query{}).Items, 2)
}

func TestOfflineSeveralCachedClustersAreListedAndOneAloneIsTheDefault(t *testing.T) {
	s := three(t)
	s.workloads(t, fred.Query{Clusters: []string{eks}})
	off := s.offline(t)
	r := off.workloads(t, fred.Query{})
	require.Len(t, r.Items, 3, "the one cached cluster, in the namespace its context had")
	s.workloads(t, fred.Query{})
	off = s.offline(t)
	_, err := off.Workloads(t.Context(), fred.Query{})
	fails(t, err, fault.Invalid, "no current context", "Name one with --context: "+eks+", dev.")
	require.Len(t, off.workloads(t, fred.Query{Clusters: []string{"aurora-lab"}}).Items, 3)
	list, err := off.Clusters(t.Context(), fred.Query{})
	require.NoError(t, err)
	require.Len(t, list.Items, 2)
}

func TestWithoutAKubeconfigTheCachedClusterIsShownStale(t *testing.T) {
	s := dev(t)
	before := s.workloads(t, fred.Query{})
	s.clock.pass(time.Hour)
	s.world.change(func() {
		s.world.contexts = nil
		s.world.places["dev"].silent = fault.New(fault.Invalid, "no context dev")
	})
	r := s.workloads(t, fred.Query{})
	require.True(t, r.Stale)
	require.Equal(t, before.Items, r.Items)
}

package fred_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// viewer makes p refuse everything outside of namespaces, as RBAC does.
func (p *place) viewer(namespaces ...string) {
	p.refuse = func(r kube.Resource, ns string) error {
		if r.Namespaced() && slices.Contains(namespaces, ns) {
			return nil
		}
		return fault.New(fault.Forbidden, "%s is forbidden in %q", r, ns)
	}
}

func TestAViewerWhoAsksForWhatHeMaySeeGetsItWithoutAWarning(t *testing.T) {
	for name, q := range map[string]fred.Query{"the context's namespace": {}, "that namespace by name": {Namespace: "shop"}} {
		t.Run(name, func(t *testing.T) {
			s := dev(t)
			s.world.places["dev"].viewer("shop")
			r := s.workloads(t, q)
			require.Equal(t, []string{"shop/cart", "shop/web"}, names(r.Items))
			require.Equal(t, 3, *r.Total.Pods)
			require.Empty(t, r.Warnings)
			services, err := s.Services(t.Context(), q, "", "")
			require.NoError(t, err)
			require.Len(t, services.Items, 1)
			require.Empty(t, services.Warnings)
			detail, err := s.Workload(t.Context(), q, "deploy", "web")
			require.NoError(t, err)
			require.Len(t, detail.Items[0].PodList, 2)
			require.Empty(t, detail.Warnings)
		})
	}
}

func TestAViewerWhoAsksForTheWholeClusterIsToldWhatIsMissing(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].viewer("shop")
	r := s.overview(t, fred.Query{})
	require.Nil(t, r.Items[0].Nodes)
	require.Equal(t, 2, *r.Items[0].Workloads.Workloads)
	require.True(t, report.Partial(r.Warnings))
	all := body(t, r.Warnings)
	require.Contains(t, all, "no nodes: nodes is forbidden")
	require.Contains(t, all, "only these namespaces may be read: [shop]")
	for _, c := range codes(r.Warnings) {
		require.Equal(t, report.Forbidden, c)
	}
	r = s.overview(t, fred.Query{Namespace: "shop"})
	require.Equal(t, 2, *r.Items[0].Workloads.Workloads)
	require.Empty(t, r.Warnings, "an overview of one namespace is what he may see")
}

func TestAViewerWhoNamesANamespaceThatHeMayNotReadIsToldOfThatNamespace(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].refuse = func(r kube.Resource, namespace string) error {
		return fault.New(fault.Forbidden, "%s is forbidden in %q", r, namespace)
	}
	_, err := s.Workloads(t.Context(), fred.Query{Namespace: "ops"})
	fails(t, err, fault.Forbidden, `is forbidden in "ops"`, "")
}

func TestWhereWholeListsAreForbiddenTheNamespacesOfTheSettingsAreReadToo(t *testing.T) {
	s := dev(t, func(o *fred.Options) { o.NamespacesOf = func(string) []string { return []string{"ops", "gone"} } })
	s.world.places["dev"].viewer("shop", "ops")
	r := s.workloads(t, everywhere)
	require.Equal(t, []string{"ops/log", "shop/cart", "shop/web"}, names(r.Items))
	require.Contains(t, body(t, r.Warnings), "only these namespaces may be read: [ops shop]")
	require.NotContains(t, body(t, r.Warnings), "<nil>")
}

func TestTheNamespacesOfTheSettingsStandInForADefaultNamespaceThatNobodyNamed(t *testing.T) {
	s := dev(t, func(o *fred.Options) { o.NamespacesOf = func(string) []string { return []string{"shop"} } })
	s.world.contexts[0].Namespace = ""
	s.world.places["dev"].viewer("shop")
	require.Len(t, s.workloads(t, everywhere).Items, 2)
	s.world.requests()
	require.Len(t, s.workloads(t, everywhere).Items, 2)
	for _, asked := range s.world.requests() {
		require.NotContains(t, asked, "pods", "namespace default, which nobody named, does not keep fresh lists from being fresh")
	}
}

func TestASecondQuestionOfAViewerAsksNothingAgainThatHeHas(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].viewer("shop")
	first := s.workloads(t, fred.Query{})
	s.world.requests()
	second := s.workloads(t, fred.Query{})
	require.Empty(t, s.world.requests(), "all was answered, or refused, a moment ago")
	require.Equal(t, body(t, first), body(t, second))
	require.Equal(t, first.Version, second.Version)
	whole := s.overview(t, fred.Query{})
	s.world.requests()
	require.Equal(t, body(t, whole), body(t, s.overview(t, fred.Query{})))
	require.Empty(t, s.world.requests())
	s.clock.pass(2 * time.Minute)
	s.overview(t, fred.Query{})
	require.Contains(t, s.world.requests(), "dev nodes", "rights may have been given meanwhile")
}

func TestWhatOneMayNotReadHidesNothingFromAnother(t *testing.T) {
	s := dev(t)
	s.world.contexts[0].Asker = "viewer"
	s.world.places["dev"].viewer("shop")
	require.Len(t, s.workloads(t, everywhere).Items, 2)
	s.world.change(func() {
		s.world.contexts[0].Asker = "admin"
		s.world.places["dev"].refuse = nil
	})
	r := s.overview(t, fred.Query{})
	require.Equal(t, 3, *r.Items[0].Workloads.Workloads)
	require.NotNil(t, r.Items[0].Nodes)
	require.Empty(t, r.Warnings)
}

func TestNothingButRefusalsIsNoAnswerToRemember(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].viewer()
	_, err := s.Workloads(t.Context(), everywhere)
	fails(t, err, fault.Forbidden, "forbidden", "")
	s.world.places["dev"].refuse = nil
	require.Len(t, s.workloads(t, everywhere).Items, 3)
}

func TestARefusalIsAskedAgainOnRequest(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].viewer("shop")
	s.workloads(t, everywhere)
	s.world.places["dev"].refuse = nil
	require.Len(t, s.workloads(t, everywhere).Items, 2)
	require.Len(t, s.workloads(t, fred.Query{AllNamespaces: true, Refresh: true}).Items, 3)
}

func TestAViewerIsServedHisRowsStaleWhenTheClusterIsDownAndOffline(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].viewer("shop")
	before := s.workloads(t, fred.Query{})
	s.clock.pass(time.Hour)
	s.world.change(func() { s.world.places["dev"].silent = errDown })
	down := s.workloads(t, fred.Query{})
	require.True(t, down.Stale)
	require.Equal(t, before.Items, down.Items)
	require.Equal(t, []report.Code{report.Stale}, codes(down.Warnings))
	off := s.offline(t).workloads(t, fred.Query{})
	require.True(t, off.Stale)
	require.Equal(t, before.Items, off.Items)
	require.Equal(t, []report.Code{report.Stale}, codes(off.Warnings))
	everything, err := s.offline(t).Workloads(t.Context(), everywhere)
	require.NoError(t, err)
	require.Equal(t, before.Items, everything.Items)
}

func TestWholeListsThatWereReadWithMoreRightsGiveWayToWhatMayBeReadNow(t *testing.T) {
	s := dev(t)
	require.Len(t, s.workloads(t, everywhere).Items, 3)
	s.clock.pass(time.Hour)
	s.world.change(func() { s.world.places["dev"].deploy("shop", "new", 1).viewer("shop") })
	r := s.workloads(t, fred.Query{})
	require.Equal(t, []string{"shop/cart", "shop/new", "shop/web"}, names(r.Items))
}

func TestSomebodyWhoMayReadNothingIsRefused(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].viewer()
	for _, q := range []fred.Query{{}, everywhere, {Namespace: "ops"}} {
		_, err := s.Workloads(t.Context(), q)
		fails(t, err, fault.Forbidden, "forbidden", "")
	}
	_, err := s.Nodes(t.Context(), fred.Query{})
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	_, err = s.Services(t.Context(), fred.Query{}, "", "")
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
}

func TestACredentialThatHasExpiredIsSaidBeforeAnythingElse(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].refuse = func(r kube.Resource, _ string) error {
		if r == kube.Nodes {
			return fault.New(fault.Unauthorized, "token expired").Hinted("Log in again.")
		}
		return fault.New(fault.Forbidden, "no")
	}
	_, err := s.Overview(t.Context(), fred.Query{})
	fails(t, err, fault.Unauthorized, "token expired", "Log in again.")
}

func TestANamespaceThatIsDeletedBetweenTwoListsLosesNoPod(t *testing.T) {
	s := dev(t)
	p := s.world.places["dev"]
	p.inv.Namespaces = only(p.inv.Namespaces, func(n kube.Namespace) bool { return n.Name != "ops" })
	p.inv.Workloads = only(p.inv.Workloads, func(w kube.Workload) bool { return w.Namespace != "ops" })
	r := s.overview(t, fred.Query{})
	require.Equal(t, 4, *r.Items[0].Workloads.Pods)
	require.Len(t, r.Items[0].Namespaces, 2)
	sum := 0
	for _, ns := range r.Items[0].Namespaces {
		sum += *ns.Pods
	}
	require.Equal(t, 4, sum, "the total is the sum of its parts")
}

func TestListsOfSomeNamespacesBesideListsOfAllDoNotMakeWrongNumbers(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].refuse = func(r kube.Resource, ns string) error {
		if r == kube.Pods && ns != "shop" {
			return fault.New(fault.Forbidden, "pods is forbidden")
		}
		return nil
	}
	r := s.workloads(t, everywhere)
	require.Equal(t, []string{"shop/cart", "shop/web"}, names(r.Items), "a workload whose pods may not be read has not none")
	require.Contains(t, body(t, r.Warnings), "only these namespaces may be read: [shop]")
	for _, q := range []fred.Query{{}, {Namespace: "shop"}} {
		o := s.overview(t, q)
		require.Nil(t, o.Items[0].Nodes.CPURequest, "pods of other namespaces run on the nodes too")
		require.Equal(t, 3, *o.Items[0].Workloads.Pods)
		for _, ns := range o.Items[0].Namespaces {
			require.Equal(t, ns.Name == "shop", ns.Pods != nil, ns.Name)
		}
	}
}

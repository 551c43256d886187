package fred_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// other is another cluster than shop's, at the same address.
func other(uid, url string) *place {
	p := &place{server: kube.Server{Version: "v1.36.0", URL: url, UID: uid}}
	return p.deploy("shop", "theirs", 1)
}

func TestAnotherClusterUnderOneNameIsSetAsideSaidAndBroughtBack(t *testing.T) {
	s := dev(t)
	ours := s.world.places["dev"]
	before := s.workloads(t, fred.Query{})

	s.clock.pass(2 * time.Minute)
	s.world.change(func() { s.world.places["dev"] = other("uid-other", ours.server.URL) })
	r := s.workloads(t, fred.Query{})
	require.Equal(t, []string{"shop/theirs"}, names(r.Items))
	require.Equal(t, []report.Code{report.Replaced}, codes(r.Warnings))
	require.Contains(t, r.Warnings[0].Message, "another cluster answers under this name")
	require.False(t, report.Partial(r.Warnings))
	require.Empty(t, s.workloads(t, fred.Query{}).Warnings, "it is said once, not for ever")
	require.Equal(t, []string{"shop/theirs"}, names(s.offline(t).workloads(t, fred.Query{}).Items))

	s.clock.pass(2 * time.Minute)
	s.world.change(func() {
		ours.refuse = func(kube.Resource, string) error { return errDown }
		s.world.places["dev"] = ours
	})
	back := s.workloads(t, fred.Query{})
	require.Equal(t, before.Items, back.Items, "what was set aside serves again when its cluster answers again")
	require.True(t, back.Stale)
	require.Equal(t, *before.CollectedAt, *back.CollectedAt)
	require.Contains(t, codes(back.Warnings), report.Replaced)

	info, err := s.Info(t.Context())
	require.NoError(t, err)
	sum := info.Items[0].Aside
	require.NotZero(t, sum)
	for _, n := range info.Items[0].States {
		sum += n
	}
	require.Equal(t, info.Items[0].Entries, sum, "what is set aside is not fresh or stale as well")
}

func TestListsOfAnotherClusterAreNeverMixedInWhenOneListFails(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.clock.pass(2 * time.Minute)
	s.world.change(func() {
		p := other("uid-other", s.world.places["dev"].server.URL)
		p.refuse = func(r kube.Resource, _ string) error {
			if r == kube.Pods {
				return errDown
			}
			return nil
		}
		s.world.places["dev"] = p
	})
	r := s.workloads(t, fred.Query{})
	require.Equal(t, []string{"shop/theirs"}, names(r.Items))
	require.Nil(t, r.Items[0].Pods, "the pods of the old cluster are not those of the new one")
	require.False(t, r.Stale)
	require.Equal(t, []report.Code{report.Replaced, report.Missing}, codes(r.Warnings))
}

func TestAUserWhoMayNotReadTheUIDIsTakenToBeAtTheClusterOfThatAddress(t *testing.T) {
	s := dev(t)
	before := s.workloads(t, fred.Query{})
	s.clock.pass(2 * time.Minute)
	s.world.change(func() { s.world.places["dev"].server.UID = "" })
	r := s.workloads(t, fred.Query{})
	require.Equal(t, before.Items, r.Items)
	require.Empty(t, r.Warnings)
	s.clock.pass(2 * time.Minute)
	s.world.change(func() { s.world.places["dev"].refuse = func(kube.Resource, string) error { return errDown } })
	r = s.workloads(t, fred.Query{})
	require.True(t, r.Stale, "what was read with the UID known still serves")
	require.Equal(t, before.Items, r.Items)
}

func TestAContextThatPointsElsewhereIsNotAnsweredWithTheRowsOfTheOtherCluster(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.world.change(func() {
		s.world.contexts[0].URL = "https://elsewhere.example"
		s.world.places["dev"] = other("uid-other", "https://elsewhere.example")
		s.world.places["dev"].silent = errDown
	})
	_, err := s.Workloads(t.Context(), fred.Query{})
	fails(t, err, fault.Unreachable, `context "dev" now points to https://elsewhere.example, which does not say whether it is the cluster that is cached`, "")
	require.Contains(t, err.Error(), "connection refused")
	require.NotContains(t, fault.HintOf(err), "--max-age", "nobody gave that flag")
	s.world.change(func() { s.world.places["dev"].silent = nil })
	r := s.workloads(t, fred.Query{})
	require.Equal(t, []string{"shop/theirs"}, names(r.Items), "fresh rows of the other cluster are not taken for this one's")
	require.Equal(t, []report.Code{report.Replaced}, codes(r.Warnings))
}

func TestAClusterThatMovesToAnotherAddressKeepsWhatIsCached(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.world.requests()
	s.world.change(func() {
		s.world.contexts[0].URL, s.world.places["dev"].server.URL = "https://new.example", "https://new.example"
	})
	r := s.workloads(t, fred.Query{})
	require.Len(t, r.Items, 2)
	require.Empty(t, r.Warnings)
	require.Equal(t, []string{"dev identify"}, s.world.requests())
}

func TestAContextMayBeCalledAnything(t *testing.T) {
	for _, name := range []string{
		"arn:aws:eks:eu-north-1:000011112222:cluster/aurora-lab", "../../etc", "/", "a b", "", "ünï/cöde", "con", "\x1b[31mred", "x\x00y",
	} {
		p := shop("uid-any")
		c := contextOf(name, p, "shop")
		s := newStand(t, &world{contexts: []kube.Cluster{c}, places: map[string]*place{name: p}})
		before := s.workloads(t, fred.Query{})
		require.Len(t, before.Items, 2, "%q", name)
		off := s.offline(t)
		known, err := off.Known(t.Context())
		require.NoError(t, err)
		require.Len(t, known, 1)
		require.Equal(t, name, known[0].Name)
		require.Equal(t, before.Items, off.workloads(t, fred.Query{}).Items, "%q", name)
	}
}

package fred_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

func TestAFirstQuestionReadsEveryListOnceAndFreshOnesAreNotAskedAgain(t *testing.T) {
	s := dev(t)
	first := s.workloads(t, fred.Query{})
	want := []string{"dev identify"}
	for _, r := range kube.All {
		want = append(want, "dev "+string(r))
	}
	require.ElementsMatch(t, want, s.world.requests())
	s.clock.pass(59 * time.Second)
	require.Equal(t, body(t, first), body(t, s.workloads(t, fred.Query{})))
	_, err := s.Services(t.Context(), fred.Query{}, "", "")
	require.NoError(t, err)
	_, err = s.Namespace(t.Context(), fred.Query{}, "shop")
	require.NoError(t, err)
	require.Empty(t, s.world.requests())
	require.Equal(t, []string{"shop/cart", "shop/web"}, names(first.Items))
	require.Equal(t, 3, *first.Total.Pods)
	require.Equal(t, "dev", first.Cluster)
	require.False(t, first.Stale)
	require.Empty(t, first.Warnings)
	require.Equal(t, noon, *first.CollectedAt)
}

func TestWhatIsOldIsReadAgainWithEveryOtherListThatIsNotFresh(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.world.requests()
	s.clock.pass(time.Minute)
	s.world.change(func() { s.world.places["dev"].deploy("shop", "new", 1) })
	r := s.workloads(t, fred.Query{})
	require.Equal(t, []string{"shop/cart", "shop/new", "shop/web"}, names(r.Items))
	require.Len(t, s.world.requests(), 1+len(kube.All))
}

func TestASourceThatFailsLeavesTheSameRowsMarkedStale(t *testing.T) {
	s := dev(t)
	before := s.workloads(t, fred.Query{})
	s.clock.pass(time.Hour)
	s.world.change(func() { s.world.places["dev"].silent = errDown })
	s.world.requests()
	after := s.workloads(t, fred.Query{})
	require.Equal(t, []string{"dev identify"}, s.world.requests(), "a cluster that does not answer is asked once")
	require.True(t, after.Stale)
	require.Equal(t, before.Items, after.Items)
	require.Equal(t, before.Total, after.Total)
	require.Equal(t, before.CollectedAt, after.CollectedAt)
	require.Equal(t, []report.Code{report.Stale}, codes(after.Warnings))
	require.Contains(t, after.Warnings[0].Message, "connection refused")
	require.Contains(t, after.Warnings[0].Message, "2026-11-01T12:00:00Z")
	require.False(t, report.Partial(after.Warnings))

	s.world.change(func() { s.world.places["dev"].silent = nil })
	require.Equal(t, before.Items, s.workloads(t, fred.Query{}).Items)
	require.False(t, s.workloads(t, fred.Query{}).Stale)
}

func TestASourceThatFailsWithNothingCachedIsAnErrorOfItsKind(t *testing.T) {
	for _, err := range []*fault.Error{
		errDown, fault.New(fault.Unauthorized, "who are you").Hinted("Log in again."),
		fault.New(fault.Timeout, "too slow").Hinted("Give it longer."), fault.New(fault.BadAnswer, "gibberish").Hinted("Look."),
	} {
		s := dev(t)
		s.world.places["dev"].silent = err
		_, got := s.Workloads(t.Context(), fred.Query{})
		fails(t, got, err.Kind, err.Error(), err.Hint)
	}
}

func TestOfflineServesWhatIsCachedHoweverOldAndAsksNobody(t *testing.T) {
	s := dev(t)
	before := s.workloads(t, fred.Query{})
	s.world.requests()
	s.clock.pass(1000 * time.Hour)
	off := s.offline(t)
	r := off.workloads(t, fred.Query{})
	require.Equal(t, before.Items, r.Items)
	require.True(t, r.Stale)
	require.Equal(t, []report.Code{report.Stale}, codes(r.Warnings))
	require.Contains(t, r.Warnings[0].Message, "offline: shown as read at 2026-11-01T12:00:00Z")
	require.Empty(t, s.world.requests())
	_, err := off.Workloads(t.Context(), fred.Query{Refresh: true})
	require.NoError(t, err, "a refresh that cannot be had serves what is cached")
	require.Empty(t, s.world.requests())
}

func TestOfflineWithNothingCachedSaysSo(t *testing.T) {
	_, err := dev(t).offline(t).Overview(t.Context(), fred.Query{})
	fails(t, err, fault.Offline, "no cluster is cached", "--simulation")
	s := dev(t)
	s.workloads(t, fred.Query{})
	_, err = s.offline(t).Overview(t.Context(), fred.Query{Clusters: []string{"prod"}})
	fails(t, err, fault.NotFound, `no context "prod"`, "dev")
}

func TestARefreshAsksFirstAndServesStaleIfThatFails(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.world.requests()
	s.world.change(func() { s.world.places["dev"].deploy("shop", "new", 1) })
	require.Len(t, s.workloads(t, fred.Query{Refresh: true}).Items, 3)
	require.Len(t, s.world.requests(), 1+len(kube.All))
	s.world.change(func() { s.world.places["dev"].silent = errDown })
	r := s.workloads(t, fred.Query{Refresh: true})
	require.Len(t, r.Items, 3)
	require.True(t, r.Stale)
}

func TestMaxAgeAsksIfOlderAndRefusesIfThatFails(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.clock.pass(10 * time.Minute)
	s.world.requests()
	s.workloads(t, fred.Query{MaxAge: new(time.Hour)})
	require.Empty(t, s.world.requests(), "what is younger than --max-age is fresh, whatever its own age allows")
	s.world.change(func() { s.world.places["dev"].silent = errDown })
	for _, age := range []time.Duration{0, 9 * time.Minute} {
		_, err := s.Workloads(t.Context(), fred.Query{MaxAge: &age})
		fails(t, err, fault.Unreachable, "older than asked for", "--max-age")
	}
	_, err := s.offline(t).Workloads(t.Context(), fred.Query{MaxAge: new(time.Minute)})
	fails(t, err, fault.Unreachable, "older than asked for", "--max-age")
	s.world.change(func() { s.world.places["dev"].silent = nil })
	require.Equal(t, noon.Add(10*time.Minute), *s.workloads(t, fred.Query{MaxAge: new(time.Duration)}).CollectedAt)
}

func TestOneListThatFailsLeavesTheOthersAndItsNumbersUnknown(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].refuse = func(r kube.Resource, _ string) error {
		if r == kube.Pods {
			return fault.New(fault.BadAnswer, "etcd says no")
		}
		return nil
	}
	r := s.workloads(t, fred.Query{})
	require.Equal(t, []string{"shop/cart", "shop/web"}, names(r.Items))
	require.Nil(t, r.Items[0].Pods)
	require.Nil(t, r.Total.Pods)
	require.Nil(t, r.Total.CPURequest)
	require.Equal(t, "Unknown", r.Items[0].Status)
	require.Contains(t, body(t, r), `"pods": null`)
	require.Equal(t, []report.Code{report.Missing}, codes(r.Warnings))
	require.Equal(t, "no pods: etcd says no", r.Warnings[0].Message)
	require.True(t, report.Partial(r.Warnings))
}

func TestOneListThatFailsLaterIsServedStaleBesideTheFreshOnes(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.clock.pass(time.Hour)
	s.world.change(func() {
		p := s.world.places["dev"]
		p.deploy("shop", "new", 1)
		p.refuse = func(r kube.Resource, _ string) error {
			if r == kube.Pods {
				return fault.New(fault.BadAnswer, "etcd says no")
			}
			return nil
		}
	})
	r := s.workloads(t, fred.Query{})
	require.True(t, r.Stale)
	require.Equal(t, noon, *r.CollectedAt, "an answer is as old as the oldest list it rests on")
	require.Equal(t, []string{"shop/cart", "shop/new", "shop/web"}, names(r.Items))
	require.Equal(t, 0, *r.Items[1].Pods)
	require.Equal(t, []report.Code{report.Stale}, codes(r.Warnings))
	require.Contains(t, r.Warnings[0].Message, "etcd says no")
}

func TestAListThatAnswerIsAboutAndCannotBeHadIsAnErrorThatSaysWhy(t *testing.T) {
	s := dev(t)
	s.world.places["dev"].refuse = func(r kube.Resource, _ string) error {
		switch r {
		case kube.ConfigMaps:
			return fault.New(fault.BadAnswer, "etcd says no")
		case kube.Nodes:
			return fault.New(fault.Forbidden, "nodes is forbidden")
		}
		return nil
	}
	_, err := s.ConfigMaps(t.Context(), fred.Query{}, "", "")
	fails(t, err, fault.BadAnswer, `no configmaps of cluster "dev": etcd says no`, "")
	_, err = s.Nodes(t.Context(), fred.Query{})
	fails(t, err, fault.Forbidden, "nodes is forbidden", "Ask for the right to list nodes.")
}

func TestACallerWhoLeavesInterruptsAndIsNotServedAnythingStale(t *testing.T) {
	s := dev(t)
	s.workloads(t, fred.Query{})
	s.clock.pass(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	s.world.places["dev"].before = func(ctx context.Context) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}
	_, err := s.Workloads(ctx, fred.Query{})
	require.Equal(t, fault.Interrupted, fault.KindOf(err))
}

func TestASourceThatIsTooSlowIsServedStaleAfterTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := dev(t, func(o *fred.Options) { o.Timeout = 5 * time.Second })
		before := s.workloads(t, fred.Query{})
		s.clock.pass(time.Hour)
		s.world.change(func() {
			s.world.places["dev"].before = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		})
		began := time.Now()
		r := s.workloads(t, fred.Query{})
		require.Equal(t, 5*time.Second, time.Since(began))
		require.True(t, r.Stale)
		require.Equal(t, before.Items, r.Items)
		_, err := dev(t).offline(t).Workloads(t.Context(), fred.Query{})
		require.Error(t, err)
	})
}

func TestWithPatienceASlowSourceIsLeftToFinishBehindTheStaleAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := dev(t, func(o *fred.Options) { o.Patience = time.Second })
		s.workloads(t, fred.Query{})
		s.clock.pass(time.Hour)
		slow := func(ctx context.Context) error {
			select {
			case <-time.After(3 * time.Second):
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s.world.change(func() { s.world.places["dev"].before = slow })
		require.True(t, s.workloads(t, fred.Query{}).Stale)
		time.Sleep(10 * time.Second)
		s.workloads(t, fred.Query{}) // it is known who answers; the lists are asked now
		time.Sleep(10 * time.Second)
		require.False(t, s.workloads(t, fred.Query{}).Stale)
	})
}

func TestWithPatienceAListThatIsNotCachedIsATimeoutNotAnInternalError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := dev(t, func(o *fred.Options) { o.Patience = time.Second })
		s.world.places["dev"].refuse = func(r kube.Resource, _ string) error {
			return fault.New(fault.Unreachable, "no %s today", r)
		}
		_, err := s.Workloads(t.Context(), fred.Query{}) // who it is gets cached, no list does
		require.Equal(t, fault.Unreachable, fault.KindOf(err))
		s.clock.pass(time.Hour)
		s.world.change(func() {
			s.world.places["dev"].before = func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
		})
		_, err = s.Workloads(t.Context(), fred.Query{})
		require.Equal(t, fault.Timeout, fault.KindOf(err), "%v", err)
		time.Sleep(2 * time.Minute)
	})
}

func TestThoseWhoAskAtOnceShareOneCollectionOfEachList(t *testing.T) {
	s := dev(t)
	var wg sync.WaitGroup
	bodies := make([]string, 32)
	for i := range bodies {
		wg.Go(func() {
			r, err := s.Overview(t.Context(), fred.Query{})
			if err == nil {
				bodies[i] = body(t, r)
			}
		})
	}
	wg.Wait()
	asked := s.world.requests()
	slices.Sort(asked)
	require.Equal(t, slices.Compact(slices.Clone(asked)), asked, "each list is collected once")
	require.Len(t, asked, 1+len(kube.All))
	require.NotEmpty(t, bodies[0])
	for _, b := range bodies {
		require.Equal(t, bodies[0], b)
	}
}

// full is a store that keeps nothing, as a full disk or a read-only folder does.
type full struct{ cache.Store }

func (full) Put(context.Context, string, ...[]byte) (cache.Info, error) {
	return cache.Info{}, errors.New("no space left on device")
}

func TestACacheThatCannotKeepAnythingStillAnswersAndNeverRepeatsAnOldAnswer(t *testing.T) {
	w := dev(t).world
	s := on(t, w, &clock{now: noon}, full{cache.NewMemory()})
	first := s.workloads(t, fred.Query{})
	require.Len(t, first.Items, 2)
	require.Contains(t, body(t, first.Warnings), "no space left on device")
	require.False(t, report.Partial(first.Warnings))
	w.change(func() { w.places["dev"].deploy("shop", "new", 1) })
	second := s.workloads(t, fred.Query{})
	require.Len(t, second.Items, 3, "what was read just now is shown, not what was indexed before")
	require.NotEqual(t, first.Version, second.Version)
}

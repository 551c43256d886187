package fred_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

func TestAnswersToOneQuestionHaveEqualVersionsIfAndOnlyIfTheirBytesAreEqual(t *testing.T) {
	s := three(t)
	q := fred.Query{Clusters: []string{"dev", eks}}
	p := func() *place { return s.world.places["dev"] }
	refuse := func(message string) {
		p().refuse = func(r kube.Resource, _ string) error {
			if r == kube.Nodes {
				return fault.New(fault.BadAnswer, "%s", message)
			}
			return nil
		}
	}
	steps := []struct {
		name string
		do   func()
	}{
		{"at first", func() {}},
		{"asked again", func() {}},
		{"a minute later, read again", func() { s.clock.pass(time.Minute) }},
		{"a workload more", func() { s.clock.pass(time.Minute); p().deploy("shop", "new", 1) }},
		{"the API server is upgraded", func() { s.clock.pass(time.Minute); p().server.Version = "v1.38.0" }},
		{"the source fails", func() { s.clock.pass(time.Minute); p().silent = errDown }},
		{"the source fails again alike", func() {}},
		{"the source fails for another reason", func() { p().silent = fault.New(fault.Timeout, "too slow") }},
		{"the source answers again", func() { p().silent = nil }},
		{"a list fails that is still cached", func() { s.clock.pass(time.Minute); refuse("etcd says no") }},
		{"it fails for another reason", func() { refuse("etcd says never") }},
		{"another cluster takes the name", func() {
			s.clock.pass(time.Minute)
			s.world.places["dev"] = other("uid-other", p().server.URL)
		}},
		{"and has it", func() {}},
		{"a list fails that was never had", func() {
			s.clock.pass(time.Minute)
			s.world.places["dev"] = other("uid-third", p().server.URL)
			refuse("etcd says no")
		}},
		{"and for another reason", func() { refuse("etcd says never") }},
		{"the second cluster is another one that is down", func() {
			s.world.contexts[1].URL = "https://x.example"
			s.world.places[eks] = other("uid-x", "https://x.example")
			s.world.places[eks].silent = errDown
		}},
		{"and for another reason down", func() { s.world.places[eks].silent = fault.New(fault.Timeout, "too slow") }},
	}
	byVersion, byBody := map[string]string{}, map[string]string{}
	for _, step := range steps {
		s.world.change(step.do)
		r := s.overview(t, q)
		b := body(t, r)
		if r.Version == "" {
			continue // it is not known, so nobody relies on it
		}
		if have, ok := byVersion[r.Version]; ok {
			require.Equal(t, have, b, "%s: a version that was seen before has the bytes it had", step.name)
		}
		if have, ok := byBody[b]; ok {
			require.Equal(t, have, r.Version, "%s: the same bytes have the version they had", step.name)
		}
		byVersion[r.Version], byBody[b] = b, r.Version
	}
	require.Greater(t, len(byBody), 10, "the steps change what they say they do")
}

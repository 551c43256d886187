package server_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fred"
)

func TestAServerRecordsWhatPeopleAskAbout(t *testing.T) {
	w := simulation.New(time.Now())
	c := cache.New(cache.NewMemory(), cache.Options{})
	t.Cleanup(c.Close)
	f := fred.New(fred.Options{Cache: c, Contexts: w, Kubernetes: w, Meter: w, Now: w.Moment, Moment: w.Moment, Age: time.Hour})
	t.Cleanup(f.Close)
	s := newServer(t, server.Options{Fred: f, Record: 50 * time.Millisecond})
	url, stop := running(t, s)
	power := regexp.MustCompile(`(?m)^fred_power_watts\{cluster="([^"]+)",kind="([a-z]+)",namespace="([a-z]*)"\} ([0-9.]+)$`)
	clusters := func(body string) map[string]int {
		n := map[string]int{}
		for _, m := range power.FindAllStringSubmatch(body, -1) {
			n[m[1]]++
		}
		return n
	}
	body := ""
	require.Eventually(t, func() bool {
		_, body, _ = get(t.Context(), url+"/metrics")
		return len(clusters(body)) == 1
	}, 20*time.Second, 20*time.Millisecond, "the current context alone: to ask others might have people log in")
	require.Regexp(t, `fred_emissions_grams_per_hour\{cluster="arn:[^"]+",kind="namespace",namespace="shop"\} [0-9.]+`, body)
	require.Regexp(t, `fred_power_watts\{[^}]*kind="idle",namespace=""\} 43`, body, "six nodes of eight cores, 0.9 W each")
	require.Regexp(t, `fred_record_timestamp_seconds 1\.\d+e\+09`, body)
	require.Contains(t, body, "fred_record_errors_total 0")

	list, err := f.Entries(t.Context(), fred.EntryQuery{Kinds: []string{"energy"}})
	require.NoError(t, err)
	require.NotEmpty(t, list.Items, "and it is kept")

	require.Equal(t, http.StatusOK, ask(t, s, http.MethodGet, "/fred/v1/kube?context=borealis").Code)
	require.Eventually(t, func() bool {
		_, body, _ = get(t.Context(), url+"/metrics")
		return len(clusters(body)) == 2
	}, 20*time.Second, 20*time.Millisecond)
	require.NoError(t, stop())
}

func TestAServerThatRecordsNothingHasNoGauges(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	url, stop := running(t, s)
	_, body, err := get(t.Context(), url+"/metrics")
	require.NoError(t, err)
	require.NotContains(t, body, "fred_power_watts{")
	require.NotContains(t, body, "fred_record_timestamp_seconds")
	require.NoError(t, stop())
}

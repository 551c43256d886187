package server_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/bill"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/money"
)

func TestTheWebClientFindsCostsOverTime(t *testing.T) {
	source := shop()
	source.inv.Nodes[0].ProviderID, source.inv.Nodes[0].Labels = "aws:///eu-west-1a/i-0123456789abcdef0", map[string]string{"node.kubernetes.io/instance-type": "m5.large"}
	s := newServer(t, server.Options{Fred: newFred(source)})
	w := window(50*time.Hour, time.Hour)
	for _, path := range []string{"finops/cloud-cost", "finops/cloud-cost/"} {
		got := decoded[series](t, s, path+"?"+w+"&cluster=dev&precision=H")
		require.Equal(t, "USD", got.Unit)
		require.Nil(t, got.Details)
		require.Len(t, got.Values, len(got.Timestamps))
		require.NotEmpty(t, got.Values)
		sum := 0.
		for i, at := range got.Timestamps {
			require.Equal(t, at.Truncate(time.Hour), at, "buckets are the calendar's")
			sum += got.Values[i]
		}
		require.InDelta(t, sum, got.Sum, 1e-6)
		require.InDelta(t, 0.096, got.Values[1], 1e-6, "an hour of m5.large at its list price")
	}
	daily := decoded[series](t, s, "finops/cloud-cost?"+w+"&cluster=dev&precision=D")
	hourly := decoded[series](t, s, "finops/cloud-cost?"+w+"&cluster=dev")
	require.InDelta(t, hourly.Sum, daily.Sum, 1e-4)

	of := decoded[[]struct {
		Cost struct {
			Value *float64
			Unit  string
		}
	}](t, s, "clusters/footprints?"+w)
	require.InDelta(t, hourly.Sum, *of[0].Cost.Value, 1e-4)
	require.Equal(t, "USD", of[0].Cost.Unit)
}

func TestTheWebClientComparesCosts(t *testing.T) {
	source := shop()
	source.inv.Nodes[0].ProviderID, source.inv.Nodes[0].Labels = "aws:///eu-west-1a/i-0123456789abcdef0", map[string]string{"node.kubernetes.io/instance-type": "m5.large"}
	s := newServer(t, server.Options{Fred: newFred(source)})
	now := time.Now().UTC().Truncate(time.Hour)
	at := func(hours int) string { return now.Add(-time.Duration(hours) * time.Hour).Format(time.RFC3339) }
	type comparison struct {
		Cluster, Unit, Note string
		Window1             struct {
			Start, End time.Time
			Total      float64
		} `json:"window_1"`
		Window2 struct {
			Start, End time.Time
			Total      float64
		} `json:"window_2"`
		Difference struct{ Value, Percentage float64 }
	}
	got := decoded[comparison](t, s, "finops/cloud-cost/compare?cluster=dev&start_window_1="+at(40)+"&end_window_1="+at(30)+"&start_window_2="+at(30)+"&end_window_2="+at(10))
	require.Equal(t, "dev", got.Cluster)
	require.Equal(t, "USD", got.Unit)
	require.InDelta(t, 0.96, got.Window1.Total, 1e-6)
	require.InDelta(t, 1.92, got.Window2.Total, 1e-6)
	require.InDelta(t, 0.96, got.Difference.Value, 1e-6)
	require.InDelta(t, 100, got.Difference.Percentage, 1e-6)
	require.Equal(t, now.Add(-40*time.Hour), got.Window1.Start)
}

// october is a bill in memory: each day of October 2026, and no other, a cluster cost 2.4
// USD and 7 EUR, and what is of no cluster 100 USD.
type october struct{}

func (october) Version() (string, error) { return "1", nil }
func (october) Skipped() []string        { return nil }

func (october) Read(_ context.Context, _ bill.Question, each func(*bill.Charge) error) (bill.Summary, error) {
	for day := range 31 {
		at := time.Date(2026, 10, 1+day, 0, 0, 0, 0, time.UTC)
		for _, of := range []struct {
			cost     money.Amount
			currency money.Currency
			tags     bill.Tags
		}{
			{money.New(24, -1), "USD", bill.Tags{"eks:cluster-name": "dev"}},
			{money.New(7, 0), "EUR", bill.Tags{"eks:cluster-name": "dev"}},
			{money.New(100, 0), "USD", nil},
		} {
			c := bill.Charge{Start: at, End: at.AddDate(0, 0, 1), Category: bill.Usage, Currency: of.currency, Tags: of.tags}
			c.Costs[bill.Effective] = bill.Value{Amount: of.cost, Known: true}
			c.Costs[bill.Billed] = bill.Value{Amount: money.New(99, 0), Known: true}
			if err := each(&c); err != nil {
				return bill.Summary{}, err
			}
		}
	}
	return bill.Summary{Rows: 93}, nil
}

func TestTheWebClientIsToldTheDollarsOfABill(t *testing.T) {
	f := newFred(shop())
	f.Bill = func() (fred.Bill, error) { return october{}, nil }
	s := newServer(t, server.Options{Fred: f})
	const compare = "finops/cloud-cost/compare?cluster=dev&"
	tests := []struct{ name, path, want string }{
		{
			"by the day", "finops/cloud-cost?cluster=dev&start=2026-10-30&end=2026-11-01&precision=D",
			`{"timestamps":["2026-10-30T00:00:00Z","2026-10-31T00:00:00Z"],"values":[2.4,2.4],"auc":4.8,"unit":"USD"}`,
		},
		{
			"the last second of a day ends it", "finops/cloud-cost/?cluster=dev&start=2026-10-31T00:00:00.000Z&end=2026-10-31T23:59:59.999Z&precision=D",
			`{"timestamps":["2026-10-31T00:00:00Z"],"values":[2.4],"auc":2.4,"unit":"USD"}`,
		},
		{
			"of another time", "finops/cloud-cost?cluster=dev&start=2026-08-01&end=2026-08-02",
			`{"timestamps":[],"values":[],"auc":0,"unit":"USD"}`,
		},
		{
			"two windows", compare + "start_window_1=2026-10-01&end_window_1=2026-10-01T23:59:59Z&start_window_2=2026-10-02&end_window_2=2026-10-03T23:59:59Z",
			`{"cluster":"dev","unit":"USD","window_1":{"start":"2026-10-01T00:00:00Z","end":"2026-10-01T23:59:59Z","total":2.4},"window_2":{"start":"2026-10-02T00:00:00Z","end":"2026-10-03T23:59:59Z","total":4.8},"difference":{"value":2.4,"percentage":100}}`,
		},
		{
			"two windows, of one of which nothing is known", compare + "start_window_1=2026-09-01&end_window_1=2026-09-02&start_window_2=2026-10-02&end_window_2=2026-10-03",
			`{"cluster":"dev","unit":"USD","window_1":{"start":"2026-09-01T00:00:00Z","end":"2026-09-02T00:00:00Z","total":0},"window_2":{"start":"2026-10-02T00:00:00Z","end":"2026-10-03T00:00:00Z","total":2.4},"difference":{"value":0,"percentage":0},"note":"nothing is known of window_1"}`,
		},
		{
			"two windows, of which nothing is known", compare + "start_window_1=2026-08-01&end_window_1=2026-08-02&start_window_2=2026-08-02&end_window_2=2026-08-03",
			`{"cluster":"dev","unit":"USD","window_1":{"start":"2026-08-01T00:00:00Z","end":"2026-08-02T00:00:00Z","total":0},"window_2":{"start":"2026-08-02T00:00:00Z","end":"2026-08-03T00:00:00Z","total":0},"difference":{"value":0,"percentage":0},"note":"no cost of the two windows is known in USD"}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ask(t, s, http.MethodGet, "/fred/"+tt.path)
			require.Equal(t, http.StatusOK, got.Code, got.Body)
			require.Equal(t, tt.want, compact(t, got.Body.Bytes()))
		})
	}
}

func TestCostsThatCannotBeHadAreNoSeries(t *testing.T) {
	const asked = "cluster=dev&start=2026-10-01&end=2026-10-02"
	const two = "cluster=dev&start_window_1=2026-10-01&end_window_1=2026-10-02&start_window_2=2026-10-02&end_window_2=2026-10-03"
	dead := newServer(t, server.Options{Fred: newFred(failing(errDown))})
	alive := newServer(t, server.Options{Fred: newFred(shop())})
	for path, status := range map[string]int{
		"finops/cloud-cost?" + asked: 503, "finops/cloud-cost/?" + asked: 503, "finops/cloud-cost/compare?" + two: 503, "finops/cloud-cost/compare/?" + two: 503,
	} {
		require.Equal(t, status, ask(t, dead, http.MethodGet, "/fred/"+path).Code, path)
		require.Equal(t, http.StatusOK, ask(t, alive, http.MethodGet, "/fred/"+path).Code, path)
	}
	for path, status := range map[string]int{
		"finops/cloud-cost?cluster=prod&start=2026-10-01&end=2026-10-02": 404, "finops/cloud-cost?cluster=dev": 422, "finops/cloud-cost?" + asked + "&precision=d": 422,
		"finops/cloud-cost?cluster=dev&start=2026-10-02&end=2026-10-01": 400, "finops/cloud-cost/compare?" + asked: 422,
	} {
		require.Equal(t, status, ask(t, alive, http.MethodGet, "/fred/"+path).Code, path)
	}
}

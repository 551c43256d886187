package server_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
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

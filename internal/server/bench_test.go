package server_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
)

// BenchmarkWorkloads is one namespace's workloads out of 2,000, warm.
func BenchmarkWorkloads(b *testing.B) {
	s := newServer(b, server.Options{Fred: newFred(town(50, 2000, 6000))})
	const target = "/fred/v1/kube/workloads?namespace=ns-007"
	first := ask(b, s, http.MethodGet, target)
	require.Equal(b, http.StatusOK, first.Code, first.Body)
	b.Run("whole", func(b *testing.B) { hammer(b, s, target, http.StatusOK) })
	b.Run("not modified", func(b *testing.B) {
		hammer(b, s, target, http.StatusNotModified, "If-None-Match", first.Header().Get("ETag"))
	})
}

func hammer(b *testing.B, s http.Handler, target string, want int, headers ...string) {
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if got := ask(b, s, http.MethodGet, target, headers...).Code; got != want {
				b.Errorf("status %d", got)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

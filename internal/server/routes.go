package server

import (
	"context"
	"net/http"

	"github.com/fredctl/fred/pkg/fred"
)

// routes registers every route: each of v1 is one line.
func (s *Server) routes() {
	f := s.Fred
	v1(s, "kube", "Clusters at a glance", of[*Within](f.Overview))
	v1(s, "kube/clusters", "The clusters that can be asked about", of[*Everything](f.Clusters))
	v1(s, "kube/namespaces", "The namespaces of a cluster, with what runs in them", of[*Selected](f.Namespaces))
	v1(s, "kube/namespace/{name}", "One namespace, with its quotas and limit ranges", named(f.Namespace))
	v1(s, "kube/workloads", "The workloads of a namespace, or of all", of[*Listing](f.Workloads))
	v1(s, "kube/workload/{kind}/{name}", "All that is known of one workload", owned(f.Workload))
	v1(s, "kube/configmaps", "The ConfigMaps of a namespace: their keys, never a value", wired(f.ConfigMaps))
	v1(s, "kube/configmaps/{kind}/{name}", "The ConfigMaps that a workload uses", owned(f.ConfigMaps))
	v1(s, "kube/services", "The Services of a namespace", wired(f.Services))
	v1(s, "kube/services/{kind}/{name}", "The Services that lead to a workload", owned(f.Services))
	v1(s, "kube/ingresses", "The Ingresses of a namespace", wired(f.Ingresses))
	v1(s, "kube/ingresses/{kind}/{name}", "The Ingresses that lead to a workload", owned(f.Ingresses))
	v1(s, "kube/nodes", "The nodes of a cluster", of[*Selected](f.Nodes))
	v1(s, "footprint", "What was emitted, and for whom", overTime(f.Carbon))
	v1(s, "footprint/energy", "What energy was used, and by whom", overTime(f.Energy))
	v1(s, "footprint/carbon", "What was emitted, and for whom", overTime(f.Carbon))
	v1(s, "footprint/energy/compare", "How the energy of two windows differs", ofTwo(f.CompareEnergy))
	v1(s, "footprint/carbon/compare", "How the emissions of two windows differ", ofTwo(f.CompareCarbon))
	v1(s, "footprint/mix", "What feeds the grids that clusters are on, and what that emits", func(ctx context.Context, q fred.Query, in *OfGrid) (fred.MixReport, error) {
		return f.Mix(ctx, in.mix(q))
	})
	v1(s, "finops", "What clusters cost", spent(f.Cost))
	v1(s, "finops/compare", "How what clusters cost differs between two windows", func(ctx context.Context, q fred.Query, in *SpentTwice) (fred.CostComparison, error) {
		return f.CompareCost(ctx, in.compare(q))
	})
	v1(s, "finops/allocate", "Whom what clusters cost is for", spent(f.Allocate))
	v1(s, "cache/ls", "What is cached: of what, how old, how large, from where", entries(f.Entries))
	v1(s, "cache/info", "Where the cache is and what it holds of which cluster", of[*Everything](func(ctx context.Context, _ fred.Query) (fred.CacheInfo, error) {
		return f.Info(ctx)
	}))
	s.contract()
	s.transfers()
	if s.Offline != nil {
		s.offline()
	}
	s.extras()
	s.system()
	s.docs()
	s.mux.HandleFunc("/", s.lost)
}

// system registers what tells of the process itself, at the root.
func (s *Server) system() {
	s.mux.HandleFunc("GET /healthz", s.healthz)
	s.mux.HandleFunc("GET /readyz", s.readyz)
	s.mux.Handle("GET /metrics", s.metrics)
	s.documentSystem()
}

// redirect sends a person who opens the server to its documentation.
func (s *Server) redirect(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, s.Base+"/docs", http.StatusTemporaryRedirect)
}

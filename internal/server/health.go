package server

import (
	"net/http"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// health says that the process lives.
type health struct {
	Status string `json:"status" doc:"ok" example:"ok"`
}

// readiness says what the server can answer about.
type readiness struct {
	Status    string         `json:"status" doc:"ready, or not ready with the reason in note" enum:"ready,not ready"`
	Version   string         `json:"version" doc:"Of fred"`
	Offline   bool           `json:"offline" doc:"No source is asked"`
	Simulated bool           `json:"simulated" doc:"Everything is made up by --simulation"`
	Clusters  []readyCluster `json:"clusters" doc:"Clusters that can be asked about"`
	Note      string         `json:"note,omitempty" doc:"What is odd, in one sentence"`
	Hint      string         `json:"hint,omitempty" doc:"What to do about it"`
}

type readyCluster struct {
	Name    string `json:"name" doc:"Full name: the kubeconfig context"`
	Alias   string `json:"alias" doc:"Short name"`
	Current bool   `json:"current,omitempty" doc:"The one that is used when none is named"`
}

func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	sendJSON(w, http.StatusOK, jsonType, health{Status: "ok"})
}

// readyz says whether questions can be answered. That there is no cluster yet is
// no reason why not; a kubeconfig that cannot be read is.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	out := readiness{
		Status: "ready", Version: s.Version, Clusters: []readyCluster{},
		Offline: s.Fred.Offline(), Simulated: s.Fred.Simulated,
	}
	known, err := s.Fred.Known(r.Context())
	status := http.StatusOK
	switch {
	case err != nil:
		status = http.StatusServiceUnavailable
		out.Status, out.Note, out.Hint = "not ready", failureOf(err).Detail, fault.HintOf(err)
	case len(known) == 0:
		out.Note = "there is no kubeconfig, and nothing is cached"
		out.Hint = "Point KUBECONFIG or --kubeconfig at one, or try --simulation."
	}
	out.Clusters = append(out.Clusters, readyClusters(known)...)
	sendJSON(w, status, jsonType, out)
}

func readyClusters(known []kube.Cluster) []readyCluster {
	list := make([]readyCluster, 0, len(known))
	for _, c := range known {
		list = append(list, readyCluster{Name: c.Name, Alias: c.Alias, Current: c.Current})
	}
	return list
}

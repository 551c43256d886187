package server

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// contractError is an error as the web client reads it: message in a toast, and
// detail as the first Fred had it.
type contractError struct {
	Detail  any    `json:"detail" doc:"The same sentence; a list of what is wrong where parameters are"`
	Message string `json:"message" doc:"What went wrong"`
}

// contract registers the routes of the web client of the first Fred, which
// finds there what it knows, to the key.
func (s *Server) contract() {
	ui(s, "kube/clusters", "The known clusters", nil, s.uiClusters)
	ui(s, "kube/namespaces", "The names of a cluster's namespaces", ofCluster, s.uiNamespaces)
	ui(s, "kube/namespace", "One namespace", ofNamespace, s.uiNamespace)
	ui(s, "kube/workloads", "The names of a namespace's workloads", ofKind, s.uiWorkloads)
	ui(s, "kube/workload", "One workload", ofWorkload, s.uiWorkload)
	ui(s, "kube/configmaps", "The ConfigMaps of a workload, without values", ofWorkload, s.uiConfigMaps)
	ui(s, "kube/services", "The Services of a workload", ofWorkload, s.uiServices)
	ui(s, "kube/ingresses", "The Ingresses of a workload", ofWorkload, s.uiIngresses)
	ui(s, "energy/consumption", "The energy of a cluster over time, and of its namespaces", ofWindow, s.uiEnergy)
	ui(s, "energy/consumption/compare", "How the energy of two windows differs", ofTwoTimes, compared(s.Fred.CompareEnergy, uiWh))
	ui(s, "carbon/consumption", "The emissions of a cluster over time, and of its namespaces", ofWindow, s.uiCarbon)
	ui(s, "carbon/consumption/compare", "How the emissions of two windows differ", ofTwoTimes, compared(s.Fred.CompareCarbon, uiGrams))
	ui(s, "finops/cloud-cost", "What a cluster cost over time, in USD", ofWindow, s.uiCost)
	ui(s, "finops/cloud-cost/compare", "How the costs of two windows differ", ofTwoTimes, s.uiCompareCost)
	ui(s, "energy/mix", "What feeds the grid that a cluster is on, over time", ofGrid, s.uiMix)
	ui(s, "clusters/footprints", "What every cluster cost, emitted and used", ofClusters, s.uiFootprints)
	ui(s, "ai/cluster/facts", "What people wrote about a cluster", ofCluster, s.uiClusterFacts)
	ui(s, "ai/namespace/facts", "What people wrote about a namespace", ofNamespace, s.uiNamespaceFacts)
	ui(s, "ai/workload/facts", "What people wrote about a workload", ofWorkload, s.uiWorkloadFacts)
	ui(s, "config/frontend_settings", "What the client shows of itself", nil, s.uiSettings)
}

// ui registers GET {base}/{path} with the parameters in takes; ask returns the
// body and, as a report has it, its version.
func ui[Body any](s *Server, path, summary string, takes []uiParam, ask func(context.Context, uiQuery) (Body, string, error)) {
	pattern := s.Base + "/" + path
	s.documentUI(pattern, summary, takes, reflect.TypeFor[Body]())
	s.mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) {
		q, wrong := readUI(r.URL.Query(), takes)
		if len(wrong) > 0 {
			sendJSON(w, http.StatusUnprocessableEntity, jsonType, contractError{wrong, wrong.sentence()})
			return
		}
		a, err := s.uiAnswer(r.Context(), pattern, q, ofOneCluster(takes), func(ctx context.Context, q uiQuery) (any, string, error) { return ask(ctx, q) })
		if err != nil {
			s.send(w, r, failureOf(err))
			return
		}
		a.send(w, r)
	})
}

// ofOneCluster reports whether a cluster is the first of the parameters.
func ofOneCluster(takes []uiParam) bool {
	return len(takes) > 0 && strings.HasPrefix(takes[0].name, "cluster")
}

// uiAnswer asks, after it has found the cluster that is meant.
func (s *Server) uiAnswer(ctx context.Context, route string, q uiQuery, clustered bool,
	ask func(context.Context, uiQuery) (any, string, error),
) (*answer, error) {
	if clustered {
		c, err := s.uiFind(ctx, q.Cluster)
		if err != nil {
			return nil, s.failure(route, err)
		}
		q.Named, q.Cluster = q.Cluster, c
	}
	return s.answer(ctx, route, q.selection(), q.place(), func(ctx context.Context) (any, string, error) { return ask(ctx, q) })
}

// uiFind returns the full name of the cluster that name means. An unknown one
// is 404, also where no cluster is known at all.
func (s *Server) uiFind(ctx context.Context, name string) (string, error) {
	known, err := s.Fred.Known(ctx)
	if err != nil {
		return "", err
	}
	if c, ok := kube.Find(known, name); ok {
		return c.Name, nil
	}
	if len(known) == 0 && s.Fred.Offline() {
		return "", fault.New(fault.Offline, "no cluster is cached")
	}
	return "", fault.New(fault.NotFound, "no cluster %q", name)
}

func (s *Server) uiSettings(context.Context, uiQuery) (uiFrontend, string, error) {
	out := uiFrontend{}
	out.Flags.K8Features, out.Flags.ElecWarfare = s.Frontend.K8Features, s.Frontend.ElecWar
	out.Properties.LogoName = s.Frontend.Logo
	return out, "", nil
}

// documentUI describes a route of the web client.
func (s *Server) documentUI(path, summary string, takes []uiParam, body reflect.Type) {
	var params []*huma.Param
	for _, p := range takes {
		params = append(params, &huma.Param{
			Name: p.name, In: "query", Required: p.required, Description: p.doc, Schema: &huma.Schema{Type: huma.TypeString},
		})
	}
	id := "ui" + strings.NewReplacer("/", "-", "_", "-").Replace(strings.TrimPrefix(path, s.Base))
	s.document(path, summary, "web client", id, body, params...)
}

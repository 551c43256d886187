package server

import (
	"net/url"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
)

// uiParam is a query parameter of the web client.
type uiParam struct {
	name     string
	required bool
	doc      string
}

var (
	ofCluster   = []uiParam{{"cluster_name", true, "Full name or alias of the cluster"}}
	ofNamespace = append(slices.Clone(ofCluster), uiParam{"namespace", true, "Name of the namespace"})
	ofKind      = append(slices.Clone(ofNamespace), uiParam{"kind", false, kindDoc + "; every kind where there is none"})
	ofWorkload  = append(slices.Clone(ofNamespace), uiParam{"workload_name", true, "Name of the workload"}, uiParam{"kind", true, kindDoc})
)

const kindDoc = "Deployment, StatefulSet, DaemonSet, Job or CronJob, in any case"

// uiQuery is what the web client asks about.
type uiQuery struct{ Cluster, Namespace, Workload, Kind string }

func (q uiQuery) selection() fred.Query {
	return fred.Query{Clusters: []string{q.Cluster}, Namespace: q.Namespace}
}

// uiWrong says what is wrong with parameters, as the first Fred did.
type uiWrong []uiFlaw

type uiFlaw struct {
	Type    string      `json:"type"`
	Loc     []string    `json:"loc"`
	Message string      `json:"msg"`
	Input   *string     `json:"input"`
	Context *uiExpected `json:"ctx,omitempty"`
}

type uiExpected struct {
	Expected string `json:"expected"`
}

// sentence says all of it in one.
func (w uiWrong) sentence() string {
	var parts []string
	for _, f := range w {
		parts = append(parts, f.Loc[len(f.Loc)-1]+": "+f.Message)
	}
	return strings.Join(parts, "; ")
}

// readUI reads the parameters in takes. Others are ignored: the client sends some.
func readUI(values url.Values, takes []uiParam) (q uiQuery, wrong uiWrong) {
	into := map[string]*string{"cluster_name": &q.Cluster, "namespace": &q.Namespace, "workload_name": &q.Workload, "kind": &q.Kind}
	for _, p := range takes {
		given := values[p.name]
		if len(given) == 0 {
			if p.required {
				wrong = append(wrong, uiFlaw{Type: "missing", Loc: []string{"query", p.name}, Message: "Field required"})
			}
			continue
		}
		value := given[len(given)-1]
		if p.name == "kind" {
			kind, ok := uiKind(value)
			if !ok {
				wrong = append(wrong, flawedKind(value))
			}
			value = kind
		}
		*into[p.name] = value
	}
	return q, wrong
}

// uiKind returns the canonical form of a workload kind.
func uiKind(s string) (string, bool) {
	for _, k := range kube.Kinds {
		if strings.EqualFold(k, s) {
			return k, true
		}
	}
	return "", false
}

func flawedKind(value string) uiFlaw {
	quoted := make([]string, 0, len(kube.Kinds))
	for _, k := range kube.Kinds {
		quoted = append(quoted, "'"+k+"'")
	}
	last := len(quoted) - 1
	expected := strings.Join(quoted[:last], ", ") + " or " + quoted[last]
	return uiFlaw{
		Type: "enum", Loc: []string{"query", "kind"}, Message: "Input should be " + expected,
		Input: &value, Context: &uiExpected{expected},
	}
}

package server

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/window"
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
	ofClusters  = []uiParam{
		{"start", true, "When the window starts: ISO 8601, a date, or Unix time; UTC without a zone"},
		{"end", true, "When it ends"},
		{"precision", false, "How long a bucket is: T, H, D, W, M, Y, or NONE. None is shorter than an hour, and those are the default"},
	}
	ofWindow   = append([]uiParam{{"cluster", true, "Alias or full name of the cluster"}}, ofClusters...)
	ofGrid     = append(slices.Clone(ofClusters), uiParam{"cluster", false, "Alias or full name of the cluster; the current context's where there is none"})
	ofTwoTimes = []uiParam{
		ofWindow[0],
		{"start_window_1", true, "When the first window starts, as start elsewhere"},
		{"end_window_1", true, "When the first window ends"},
		{"start_window_2", true, "When the second window starts"},
		{"end_window_2", true, "When the second window ends"},
	}
)

const kindDoc = "Deployment, StatefulSet, DaemonSet, Job or CronJob, in any case"

// uiQuery is what the web client asks about.
type uiQuery struct {
	Cluster, Namespace, Workload, Kind string
	Named                              string // the cluster, as the client did
	Start, End, Precision              string
	First                              struct{ Start, End string } // of a comparison
}

func (q uiQuery) selection() fred.Query {
	return fred.Query{Clusters: []string{q.Cluster}, Namespace: q.Namespace}
}

// place is what tells q from other questions about the same objects.
func (q uiQuery) place() []string {
	return []string{q.Named, q.Kind, q.Workload, q.Start, q.End, q.Precision, q.First.Start, q.First.End}
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
	Expected string `json:"expected,omitempty"`
	Error    string `json:"error,omitempty"`
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
	into := map[string]*string{
		"cluster_name": &q.Cluster, "cluster": &q.Cluster, "namespace": &q.Namespace, "workload_name": &q.Workload, "kind": &q.Kind,
		"start": &q.Start, "end": &q.End, "precision": &q.Precision,
		"start_window_1": &q.First.Start, "end_window_1": &q.First.End, "start_window_2": &q.Start, "end_window_2": &q.End,
	}
	for _, p := range takes {
		given := values[p.name]
		if len(given) == 0 {
			if p.required {
				wrong = append(wrong, uiFlaw{Type: "missing", Loc: []string{"query", p.name}, Message: "Field required"})
			}
			continue
		}
		value, flaw := readUIValue(p.name, given[len(given)-1])
		if flaw != nil {
			flaw.Loc = []string{"query", p.name}
			wrong = append(wrong, *flaw)
		}
		*into[p.name] = value
	}
	return q, wrong
}

// readUIValue returns the canonical form of what a parameter was given, or what is
// wrong with it.
func readUIValue(name, value string) (string, *uiFlaw) {
	switch name {
	case "kind":
		if kind, ok := uiKind(value); ok {
			return kind, nil
		}
		return "", noneOf(value, kube.Kinds)
	case "precision":
		if _, ok := precisions[value]; ok {
			return value, nil
		}
		return "", noneOf(value, precisionNames)
	case "cluster", "cluster_name", "namespace", "workload_name":
		return value, nil
	default:
		t, err := window.ParseTime(value, time.UTC)
		if err != nil {
			return "", &uiFlaw{
				Type: "datetime_parsing", Message: "Input should be a valid datetime, " + err.Error(),
				Input: &value, Context: &uiExpected{Error: err.Error()},
			}
		}
		return t.Format(time.RFC3339Nano), nil
	}
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

// noneOf says that value is none of words.
func noneOf(value string, words []string) *uiFlaw {
	quoted := make([]string, 0, len(words))
	for _, w := range words {
		quoted = append(quoted, "'"+w+"'")
	}
	last := len(quoted) - 1
	expected := strings.Join(quoted[:last], ", ") + " or " + quoted[last]
	return &uiFlaw{Type: "enum", Message: "Input should be " + expected, Input: &value, Context: &uiExpected{Expected: expected}}
}

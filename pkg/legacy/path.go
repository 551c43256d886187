package legacy

import (
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/kube"
)

// place is what the path of a file says.
type place struct {
	cluster string // the full name, as far as a path can hold it; "" for all
	scope   fact.Scope
	kind    string // where it is about a kind of workloads
	file    string // the type of what is in it
}

// clusterList is the one file that is of no cluster.
const clusterList = "kube/ClusterList.json"

// Where the files of each tree lie: about a cluster, a namespace of it, a kind of
// workloads in that, a workload.
var files = map[string][4][]string{
	"kube": {
		{"NamespacesList"},
		{"Namespace"},
		{"WorkloadNameList"},
		{"Workload", "ConfigMapsList", "ServicesList", "IngressesList"},
	},
	"ai": {
		{"ClusterSummary", "Facts"},
		{"NamespaceSummary", "Facts"},
		nil,
		{
			"WorkloadId", "WorkloadEssentials", "WorkloadSummary", "WorkloadAdvanced", "WorkloadScores",
			"ServicesEssentials", "IngressesEssentials", "Facts",
		},
	},
}

// Layout knows a zip of the first Fred by the name of one of its files: in the
// folder that it returns, "" or one that wraps them all, lie kube and ai.
func Layout(name string) (folder string, ok bool) {
	if _, ok := parse(name); ok {
		return "", true
	}
	wrap, rest, _ := strings.Cut(name, "/")
	if _, ok := parse(rest); ok {
		return wrap + "/", true
	}
	return "", false
}

// parse reads the name of a file below the folder with kube and ai. A cluster's
// name may have slashes: what follows it is recognized from the end.
func parse(name string) (p place, ok bool) {
	if name == clusterList {
		return place{file: "ClusterList"}, true
	}
	name, isJSON := strings.CutSuffix(name, ".json")
	s := strings.Split(name, "/")
	levels, known := files[s[0]]
	if !isJSON || !known || len(s) < 4 || s[1] != "clusters" {
		return p, false
	}
	p.file, s = s[len(s)-1], s[2:len(s)-1]
	level := 0
	if rest, workload, ok := cutLast(s, "workloads"); ok {
		s, p.scope.Name, level = rest, workload, 3
	}
	if rest, kind, ok := cutLast(s, "kinds"); ok && (level == 3 || slices.Contains(levels[2], p.file)) {
		s, p.kind, level = rest, kindOf(kind), max(level, 2)
	}
	if rest, namespace, ok := cutLast(s, "namespaces"); ok && (level > 0 || slices.Contains(levels[1], p.file)) {
		s, p.scope.Namespace, level = rest, namespace, max(level, 1)
	}
	p.cluster = strings.Join(s, "/")
	switch {
	case !slices.Contains(levels[level], p.file), p.cluster == "":
		return p, false
	case level > 0 && !named(p.scope.Namespace), level > 1 && p.kind == "", level > 2 && !named(p.scope.Name):
		return p, false
	}
	if level == 3 {
		p.scope.Kind = p.kind
	}
	return p, true
}

// cutLast cuts word and the one segment behind it off the end of a path.
func cutLast(s []string, word string) (rest []string, last string, ok bool) {
	n := len(s)
	if n < 2 || s[n-2] != word {
		return s, "", false
	}
	return s[:n-2], s[n-1], true
}

// kindOf returns the kind that the name of a folder means: Deployment, or
// WorkloadKind.DEPLOYMENT, as Python printed it. It is "" for what is none.
func kindOf(folder string) string {
	word := strings.ToLower(strings.TrimPrefix(folder, "WorkloadKind."))
	word = strings.ReplaceAll(word, "_", "")
	for _, kind := range kube.Kinds {
		if strings.ToLower(kind) == word {
			return kind
		}
	}
	return ""
}

// lists of workloads by their kind.
var listOf = map[string]kube.Resource{
	"Deployment": kube.Deployments, "StatefulSet": kube.StatefulSets, "DaemonSet": kube.DaemonSets,
	"Job": kube.Jobs, "CronJob": kube.CronJobs,
}

// named reports whether a name can be that of an object.
func named(name string) bool {
	return name != "" && len(name) <= fact.MaxName && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '/' })
}

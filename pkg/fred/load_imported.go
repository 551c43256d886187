package fred

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// importedSource is the source of what a zip of the first Fred held.
const importedSource = "imported"

// imported reports whether a part is of some namespaces, and of a zip of the first
// Fred alone. Such a zip holds what somebody happened to look at: that it lacks a
// namespace must not hide what others know of it.
func (p part) imported() bool {
	return p.namespaces != nil && !slices.ContainsFunc(p.entries, func(e cache.Entry[kube.Inventory]) bool {
		return e.Header.Source != importedSource
	})
}

// limits returns, for each list that is not whole, the namespaces in which it is.
func limits(parts map[kube.Resource]part) map[kube.Resource][]string {
	found := map[kube.Resource][]string{}
	for r, p := range parts {
		if p.err != nil {
			continue
		}
		limited, whole := p.imported(), []string{}
		for i, e := range p.entries {
			switch {
			case e.Value.Partial:
				limited = true
			case p.namespaces != nil:
				whole = append(whole, p.namespaces[i])
			}
		}
		if limited {
			found[r] = whole
		}
	}
	return found
}

// importedGaps says what a zip of the first Fred did not hold of the lists in need.
func (l *loading) importedGaps(need []kube.Resource, parts map[kube.Resource]part) []report.Warning {
	var lack []string
	for _, r := range need {
		if err := parts[r].err; err != nil && isMissing(err) && !r.Optional() && (l.namespace == "" || r.Namespaced()) {
			lack = append(lack, string(r))
		}
	}
	note := "imported from the first Fred"
	if len(lack) > 0 {
		note += ", without " + strings.Join(lack, ", ")
	}
	ws := []report.Warning{{Code: report.Missing, Cluster: l.cluster.Name, Message: note + "; what it did not keep is not known, and shown as -"}}
	byPlace := map[string][]string{}
	found := limits(parts)
	for _, r := range need {
		if where, ok := found[r]; ok && (l.namespace == "" || !slices.Contains(where, l.namespace)) {
			byPlace[strings.Join(where, ", ")] = append(byPlace[strings.Join(where, ", ")], string(r))
		}
	}
	for _, where := range slices.Sorted(maps.Keys(byPlace)) {
		what := strings.Join(byPlace[where], ", ")
		message := fmt.Sprintf("imported from the first Fred: %s are whole in these namespaces alone: %s", what, where)
		if where == "" {
			message = fmt.Sprintf("imported from the first Fred: there may be more %s than it looked at", what)
		}
		ws = append(ws, report.Warning{Code: report.Missing, Cluster: l.cluster.Name, Message: message})
	}
	return ws
}

// isMissing reports whether err says that nothing is cached, rather than that
// somebody refused to tell.
func isMissing(err error) bool { return isOffline(err) && fault.KindOf(err) != fault.Forbidden }

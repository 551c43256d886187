package fred

import (
	"slices"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/legacy"
)

// place is what the key of an entry says: whose it is, and of what. It is the
// reading of the layout in key.go.
type place struct {
	cluster   string // "" where it is of none
	namespace string // where the entry is of one namespace
	zone      string // of the grid that the entry is of
	kind      string // the resource, "server", "facts", "refused", "ai-summary", …
	aside     string // the identity of the cluster that it was set aside for
}

// placeOfArtifact reads what follows "ai" in a key.
func placeOfArtifact(s []string) (namespace, kind string) {
	if len(s) > 2 && s[0] == "in" {
		namespace, s = s[1], s[2:]
		if len(s) == 3 {
			s = s[2:] // of a workload
		}
	}
	if len(s) == 1 && slices.Contains(legacy.Artifacts, s[0]) {
		return namespace, artifactKind(s[0])
	}
	return namespace, ""
}

// placeOf reads a key. What is not laid out as fred does it has no kind.
func placeOf(key cache.Key) place {
	var p place
	s := key.Segments()
	if len(s) > 2 && s[0] == "aside" {
		p.aside, s = s[1], s[2:]
	}
	if len(s) == 4 && s[0] == gridKind {
		p.kind, p.zone = gridKind, s[1]
		return p
	}
	if len(s) == 3 && s[0] == billKind {
		p.kind = billKind
		return p
	}
	if len(s) < 3 || s[0] != "clusters" {
		return p
	}
	p.cluster, s = s[1], s[2:]
	switch s[0] {
	case "kube":
	case "ai":
		p.namespace, p.kind = placeOfArtifact(s[1:])
		return p
	default:
		p.kind = s[0]
		return p
	}
	switch s = s[1:]; {
	case len(s) == 1:
		p.kind = s[0]
	case s[0] == "in" && len(s) == 3:
		p.namespace, p.kind = s[1], s[2]
	case len(s) > 0 && s[0] == "refused":
		p.kind = s[0]
	}
	return p
}

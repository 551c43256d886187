package legacy

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/redact"
)

// The shapes of artifacts are those that the web client knows, without what is not
// known: the first Fred wrote "None" for it.

// Text is a summary, in markdown.
type Text struct {
	Text string `json:"text"`
}

// ID is what software a workload is, as a model guessed.
type ID struct {
	ID string `json:"workload_id"`
}

// Essentials are what a model found essential of a workload.
type Essentials struct {
	Name      string `json:"name,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Images    string `json:"container_images,omitempty"`
	Version   string `json:"version,omitempty"`
	Replicas  *int   `json:"replicas,omitempty"`
}

// Score is one score, 10 being the best, and why.
type Score struct {
	Score  float64 `json:"score"`
	Reason string  `json:"reason"`
}

// ServiceEssentials are what a model found essential of a Service. Annotations are
// not kept: they are somebody's own text.
type ServiceEssentials struct {
	Name      string `json:"name,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Kind      string `json:"kind,omitempty"`
	Ports     string `json:"ports,omitempty"`
	Selector  string `json:"selector,omitempty"`
	Labels    string `json:"labels,omitempty"`
}

// IngressEssentials are what a model found essential of an Ingress, without its
// annotations.
type IngressEssentials struct {
	Name      string `json:"name,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Hosts     string `json:"hosts,omitempty"`
	TLS       string `json:"tls_enabled,omitempty"`
	Paths     string `json:"paths,omitempty"`
	Services  string `json:"service_names,omitempty"`
	Labels    string `json:"labels,omitempty"`
}

// artifacts read the files of models' answers: of what kind each is, and how.
var artifacts = map[string]struct {
	kind string
	read func(data []byte) (any, error) // nil for what says nothing
}{
	"ClusterSummary":      {"summary", readText("cluster_summary")},
	"NamespaceSummary":    {"summary", readText("namespace_summary")},
	"WorkloadSummary":     {"summary", readText("workload_summary")},
	"WorkloadId":          {"id", readID},
	"WorkloadEssentials":  {"essentials", readEssentials},
	"WorkloadAdvanced":    {"advanced", readAdvanced},
	"WorkloadScores":      {"scores", readScores},
	"ServicesEssentials":  {"services", readEach[ServiceEssentials]("services_essentials")},
	"IngressesEssentials": {"ingresses", readEach[IngressEssentials]("ingresses_essentials")},
}

func (c *cluster) artifact(p place, at time.Time, data []byte) error {
	reader := artifacts[p.file]
	v, err := reader.read(data)
	if err != nil || v == nil {
		return err
	}
	a := Artifact{Scope: p.scope, Kind: reader.kind, Value: v, At: at}
	for i, have := range c.artifacts { // both spellings of a kind
		if have.Scope == a.Scope && have.Kind == a.Kind {
			if at.After(have.At) {
				c.artifacts[i] = a
			}
			return nil
		}
	}
	c.artifacts = append(c.artifacts, a)
	return nil
}

// said returns what a text says: nothing where it is the text None.
func said(s string) string {
	if strings.EqualFold(strings.TrimSpace(s), "none") {
		return ""
	}
	return redact.TerminalBlock(s)
}

// saidIn returns a shape with every text in it read by said.
func saidIn[T any](v T) T {
	v, _ = rewritten(v, said)
	return v
}

// rewritten returns v with every text in it, save keys, replaced.
func rewritten[T any](v T, replace func(string) string) (out T, ok bool) {
	data, err := json.Marshal(v)
	var tree any
	if err == nil {
		err = json.Unmarshal(data, &tree)
	}
	if err == nil {
		data, err = json.Marshal(walk(tree, replace))
	}
	if err != nil || json.Unmarshal(data, &out) != nil {
		return out, false
	}
	return out, true
}

func walk(v any, replace func(string) string) any {
	switch v := v.(type) {
	case string:
		return replace(v)
	case []any:
		for i := range v {
			v[i] = walk(v[i], replace)
		}
	case map[string]any:
		for key := range v {
			v[key] = walk(v[key], replace)
		}
	}
	return v
}

// masked returns the value of an artifact without the secrets that masker knows.
func masked(v any, masker *strings.Replacer) any {
	out, _ := rewritten(v, masker.Replace)
	return out
}

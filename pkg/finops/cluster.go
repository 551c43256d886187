package finops

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/fredctl/fred/pkg/bill"
)

// Cluster is what is known of a cluster by which its charges are found.
type Cluster struct {
	Name      string   // of its context
	Names     []string // by which clouds may know it
	Nodes     []Thing  // by provider ID
	Volumes   []Thing  // by what the provider calls them
	Balancers []Thing  // of Services, by address
}

// Thing is a part of a cluster that is billed: what a provider calls it, and what the
// cluster does.
type Thing struct{ ID, Name string }

// Rule says by what a charge was found to be of a cluster.
type Rule string

// The rules, the surest first. A charge that one says is of a cluster is not tried by
// the next.
const (
	ByResource Rule = "resource" // it is of a node or a volume that the cluster has
	ByTag      Rule = "tag"      // it bears a tag that clouds and their tools put on what is of a cluster
	ByName     Rule = "name"     // the ID of what it is of holds the cluster's name where such IDs do
)

// Part says what part of a cluster a charge is of.
type Part string

// The parts. Other is what is not known to be one of them.
const (
	Node         Part = "node"
	Volume       Part = "volume"
	Balancer     Part = "loadBalancer"
	ControlPlane Part = "controlPlane"
	Other        Part = ""
)

// Match is how a charge is of a cluster. Its zero value is that it is of none.
type Match struct {
	Cluster string `json:"cluster,omitempty"`
	Rule    Rule   `json:"rule,omitempty"`
	Part    Part   `json:"part,omitempty"`
	Name    string `json:"name,omitempty"` // of the node or volume, namespace/name of the Service; of all nodes of a scale set, that of the set
}

// Matcher finds out which charges are of which clusters. It is safe for concurrent use.
type Matcher struct {
	things   map[string]Match // by the keys of what providers call them
	names    map[string]string
	clusters []string          // of names, the longest first
	owned    map[string]string // names as tags spell them
	places   map[string]string // of clusters, where their names tell them
	version  string
}

// NewMatcher returns a matcher of clusters. What several claim is of the first.
func NewMatcher(clusters []Cluster) *Matcher {
	m := &Matcher{things: map[string]Match{}, names: map[string]string{}, owned: map[string]string{}, places: map[string]string{}}
	hash := sha256.New()
	for i := range clusters {
		m.add(&clusters[i], hash)
	}
	for name := range m.names {
		m.clusters = append(m.clusters, name)
	}
	slices.SortFunc(m.clusters, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	m.version = hex.EncodeToString(hash.Sum(nil)[:12])
	return m
}

func (m *Matcher) add(c *Cluster, hash io.Writer) {
	_, _ = fmt.Fprintf(hash, "%q %q\n", c.Name, c.Names)
	for _, part := range []struct {
		of     Part
		things []Thing
	}{{Node, c.Nodes}, {Volume, c.Volumes}, {Balancer, c.Balancers}} {
		sorted := slices.SortedFunc(slices.Values(part.things), func(a, b Thing) int {
			return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Name, b.Name))
		})
		for _, t := range sorted {
			_, _ = fmt.Fprintf(hash, "%s %q %q\n", part.of, t.ID, t.Name)
			match := Match{Cluster: c.Name, Rule: ByResource, Part: part.of, Name: t.Name}
			keys := resourceKeys(t.ID)
			if part.of == Balancer {
				match.Rule, keys = ByName, balancerKeys(t.ID)
			}
			m.claim(keys, match)
			if part.of == Volume {
				m.share(fileSystem(t.ID), match)
			}
			if set := setKey(t.ID); set != "" && part.of == Node {
				match.Name = ScaleSet(t.ID)
				m.claim([]string{set}, match)
			}
		}
	}
	m.places[c.Name] = placeOf(strings.ToLower(c.Name))
	for _, name := range c.Names {
		if _, taken := m.owned[name]; !taken && name != "" {
			m.owned[name] = c.Name
		}
		name = strings.ToLower(name)
		if _, taken := m.names[name]; !taken && name != "" {
			m.names[name] = c.Name
		}
	}
}

// claim says that what bears one of keys is match's, unless it is another's already.
func (m *Matcher) claim(keys []string, match Match) {
	for _, key := range keys {
		if _, taken := m.things[key]; !taken {
			m.things[key] = match
		}
	}
}

// share says that a file system that several volumes may lie on is match's or, where it
// is of several, of their cluster.
func (m *Matcher) share(key string, match Match) {
	if taken, ok := m.things[key]; ok && taken.Cluster == match.Cluster && taken.Name != match.Name {
		m.things[key] = Match{Cluster: match.Cluster, Rule: ByResource}
	} else if key != "" {
		m.claim([]string{key}, match)
	}
}

// Version tells two matchers apart: equal versions find the same.
func (m *Matcher) Version() string { return m.version }

// Fields are what Match looks at.
const matched = bill.Resource | bill.Service | bill.ChargeTags

// Match says which cluster c is of, and by which rule.
func (m *Matcher) Match(c *bill.Charge) Match {
	if len(m.names) == 0 && len(m.things) == 0 {
		return Match{}
	}
	resource, service := strings.ToLower(c.Resource), strings.ToLower(c.Service)
	found, ok := m.thing(resource)
	if ok && found.Rule == ByResource {
		return found
	}
	if cluster := m.tagged(c.Tags); cluster != "" {
		return Match{Cluster: cluster, Rule: ByTag, Part: m.part(resource, service)}
	}
	if ok {
		return found
	}
	if cluster, part := m.named(resource, service); cluster != "" {
		return Match{Cluster: cluster, Rule: ByName, Part: part}
	}
	return Match{}
}

func (m *Matcher) thing(resource string) (Match, bool) {
	if resource == "" {
		return Match{}, false
	}
	for _, key := range chargeKeys(resource) {
		if found, ok := m.things[key]; ok {
			return found, true
		}
	}
	return Match{}, false
}

// clusterTags are the tags whose value is the name of a cluster.
var clusterTags = []string{
	"aws:eks:cluster-name", "eks:cluster-name", "alpha.eksctl.io/cluster-name", "eks:eks-cluster-name",
	"elbv2.k8s.aws/cluster", "karpenter.sh/discovery", "KubernetesCluster",
	"goog-k8s-cluster-name", "aks-managed-cluster-name",
}

// tagPrefixes are what exports put before the keys of tags.
var tagPrefixes = []string{"", "user:", "aws:"}

// ownedTag is what a tag begins with whose key ends with the name of a cluster.
const ownedTag = "kubernetes.io/cluster/"

func (m *Matcher) tagged(tags bill.Tags) string {
	if len(tags) == 0 {
		return ""
	}
	for _, prefix := range tagPrefixes {
		for _, key := range clusterTags {
			if value, ok := tags[prefix+key]; ok {
				if cluster, ok := m.names[strings.ToLower(value)]; ok {
					return cluster
				}
			}
		}
		if cluster := m.owner(tags, prefix+ownedTag); cluster != "" {
			return cluster
		}
	}
	return ""
}

// owner returns the cluster whose name ends the key of a tag that begins so: of several
// that which owns what it is on, then the first by name.
func (m *Matcher) owner(tags bill.Tags, begins string) string {
	var first, cluster string
	for key, value := range tags {
		name, ok := strings.CutPrefix(key, begins)
		if !ok {
			continue
		}
		found := cmp.Or(m.owned[name], m.names[name])
		if value == "owned" {
			name = "" // before all names
		}
		if found != "" && (cluster == "" || name < first) {
			first, cluster = name, found
		}
	}
	return cluster
}

// named says which cluster's name an ID holds, in lower case, where IDs of what is of a
// cluster do: that of the cluster itself and of its node groups, and of what lies in the
// resource group that Azure makes for the nodes of one. A cluster whose place is known is
// not one of the same name elsewhere.
func (m *Matcher) named(resource, service string) (cluster string, part Part) {
	if name, place, part, ok := clusterIn(resource, service); ok {
		cluster = m.names[name]
		if at := m.places[cluster]; at != "" && place != "" && at != place {
			return "", Other
		}
		return cluster, part
	}
	_, rest, ok := strings.Cut(resource, "/resourcegroups/mc_")
	if !ok {
		return "", Other
	}
	group, _, _ := strings.Cut(rest, "/")
	for _, name := range m.clusters {
		if strings.Contains(group, "_"+name+"_") {
			return m.names[name], Other
		}
	}
	return "", Other
}

// part says what part of a cluster a charge is of, that is of one by its tag.
func (m *Matcher) part(resource, service string) Part {
	if _, _, part, ok := clusterIn(resource, service); ok {
		return part
	}
	if resource == "" && managed(service) {
		return ControlPlane
	}
	return Other
}

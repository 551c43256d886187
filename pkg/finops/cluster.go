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
	clusters []string // of names, the longest first
	version  string
}

// NewMatcher returns a matcher of clusters. What several claim is of the first.
func NewMatcher(clusters []Cluster) *Matcher {
	m := &Matcher{things: map[string]Match{}, names: map[string]string{}}
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
			if set := setKey(t.ID); set != "" && part.of == Node {
				match.Name = ScaleSet(t.ID)
				m.claim([]string{set}, match)
			}
		}
	}
	for _, name := range c.Names {
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

// Version tells two matchers apart: equal versions find the same.
func (m *Matcher) Version() string { return m.version }

// Fields are what Match looks at.
const matched = bill.Resource | bill.Service | bill.ChargeTags

// Match says which cluster c is of, and by which rule.
func (m *Matcher) Match(c *bill.Charge) Match {
	if len(m.names) == 0 && len(m.things) == 0 {
		return Match{}
	}
	resource := strings.ToLower(c.Resource)
	found, ok := m.thing(resource)
	if ok && found.Rule == ByResource {
		return found
	}
	if cluster := m.tagged(c.Tags); cluster != "" {
		return Match{Cluster: cluster, Rule: ByTag, Part: m.part(resource, c)}
	}
	if ok {
		return found
	}
	if cluster := m.named(resource); cluster != "" {
		return Match{Cluster: cluster, Rule: ByName, Part: m.part(resource, c)}
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
		for _, name := range m.clusters {
			if _, ok := tags[prefix+ownedTag+name]; ok {
				return m.names[name]
			}
		}
	}
	return ""
}

// named says which cluster's name an ID holds, in lower case, where IDs of what is of a
// cluster do: that of the cluster itself, and of what lies in the resource group that
// Azure makes for the nodes of one.
func (m *Matcher) named(resource string) string {
	for _, before := range []string{":cluster/", "/managedclusters/", "/clusters/"} {
		if _, rest, ok := strings.Cut(resource, before); ok {
			name, _, _ := strings.Cut(rest, "/")
			return m.names[name]
		}
	}
	_, rest, ok := strings.Cut(resource, "/resourcegroups/mc_")
	if !ok {
		return ""
	}
	group, _, _ := strings.Cut(rest, "/")
	for _, name := range m.clusters {
		if strings.Contains(group, "_"+name+"_") {
			return m.names[name]
		}
	}
	return ""
}

// part says what part of a cluster a charge is of, that is of one.
func (m *Matcher) part(resource string, c *bill.Charge) Part {
	service := strings.ToLower(c.Service)
	for _, of := range []string{":cluster/", "/managedclusters/", "/clusters/"} {
		if strings.Contains(resource, of) {
			return ControlPlane
		}
	}
	for _, word := range []string{"kubernetes", "container service for k"} {
		if resource == "" && strings.Contains(service, word) {
			return ControlPlane
		}
	}
	return Other
}

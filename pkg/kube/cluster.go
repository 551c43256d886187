package kube

import (
	"fmt"
	"regexp"
	"strings"
)

// Cluster is a kubeconfig context, which is what fred calls a cluster.
type Cluster struct {
	Name      string `json:"name" doc:"Full name: the kubeconfig context"`
	Alias     string `json:"alias" doc:"Short name, unique among the known clusters"`
	Provider  string `json:"provider" doc:"Who runs it, as its name tells" enum:"AWS,Google,Azure,OVH,unknown"`
	Region    string `json:"region" doc:"Cloud region, as its name tells"`
	Namespace string `json:"namespace,omitempty" doc:"The context's default namespace"`
	Current   bool   `json:"current,omitempty" doc:"The context that is used when none is named"`
	URL       string `json:"-"`

	// Asker tells those apart who ask the cluster under one context's name. It
	// holds no secret, and nothing of a credential.
	Asker string `json:"-"`
}

// unknownWord stands where a cluster's name tells nothing.
const unknownWord = "unknown"

var nameRules = []struct {
	provider      string
	pattern       *regexp.Regexp
	alias, region int // submatch numbers; region 0 means unknown
}{
	{"AWS", regexp.MustCompile(`^arn:aws[-a-z]*:eks:([^:]+):[0-9]+:cluster/([A-Za-z0-9_-]+)$`), 2, 1},
	{"Google", regexp.MustCompile(`^gke_([^_]+)_([^_]+)_(.+)$`), 3, 2},
	{"Azure", regexp.MustCompile(`/subscriptions/.*Microsoft\.ContainerService/managedClusters/([A-Za-z0-9_-]+)`), 1, 0},
	{"OVH", regexp.MustCompile(`^ovh_([^_]+)_(.+)$`), 2, 1},
}

// Derive returns what the name of a context tells of the cluster.
func Derive(context string) Cluster {
	for _, rule := range nameRules {
		m := rule.pattern.FindStringSubmatch(context)
		if m == nil {
			continue
		}
		c := Cluster{Name: context, Alias: m[rule.alias], Provider: rule.provider, Region: unknownWord}
		if rule.region > 0 {
			c.Region = m[rule.region]
		}
		return c
	}
	return Cluster{Name: context, Alias: context, Provider: unknownWord, Region: unknownWord}
}

// Unique makes the aliases of cs unique in place: where two clusters share one,
// the region is appended, then a number, in the order of cs. An alias that
// equals another cluster's full name gives way too.
func Unique(cs []Cluster) {
	count, taken := map[string]int{}, map[string]bool{}
	for _, c := range cs {
		count[c.Alias]++
		taken[c.Name] = true
	}
	for i := range cs {
		c := &cs[i]
		if count[c.Alias] == 1 && (c.Alias == c.Name || !taken[c.Alias]) {
			continue
		}
		if c.Alias == c.Name {
			continue // a full name is unique already
		}
		base := c.Alias
		if c.Region != unknownWord {
			base += "-" + c.Region
		}
		c.Alias = base
		for n := 2; taken[c.Alias] || (c.Alias == base && count[base] > 0); n++ {
			c.Alias = fmt.Sprintf("%s-%d", base, n)
		}
		taken[c.Alias] = true
	}
}

// Find returns the cluster that name means: by full name first, then by alias,
// then with spaces read as "+", which is what an unescaped plus becomes in a URL.
func Find(cs []Cluster, name string) (Cluster, bool) {
	for _, want := range []string{name, strings.ReplaceAll(name, " ", "+")} {
		for _, c := range cs {
			if c.Name == want {
				return c, true
			}
		}
		for _, c := range cs {
			if c.Alias == want {
				return c, true
			}
		}
	}
	return Cluster{}, false
}

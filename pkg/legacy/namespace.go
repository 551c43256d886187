package legacy

import (
	"cmp"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
)

// namespaces are those of a cluster.
type namespaces struct {
	known map[string]kube.Namespace
	whole bool // a list of all was there
	at    time.Time
}

func (n *namespaces) add(o kube.Namespace, at time.Time) {
	if have, ok := n.known[o.Name]; !ok || have.Phase == "" && o.Phase != "" {
		n.known[o.Name] = o
	}
	if n.at.IsZero() || at.Before(n.at) {
		n.at = at
	}
}

func (r *Reader) namespacesList(c *cluster, p place, at time.Time, data []byte) error {
	var file struct {
		Cluster    string   `json:"cluster"`
		Namespaces []string `json:"namespaces"`
	}
	if err := decode(data, &file); err != nil || file.Namespaces == nil {
		return errShape
	}
	if sane(file.Cluster) && strings.Trim(file.Cluster, "/") == p.cluster {
		r.learnName(file.Cluster)
	}
	for _, name := range file.Namespaces {
		if !named(name) {
			return errShape
		}
	}
	c.namespaces.whole, c.namespaces.at = true, cmp.Or(c.namespaces.at, at)
	for _, name := range file.Namespaces {
		c.namespaces.add(kube.Namespace{Meta: kube.Meta{Name: name}}, at)
	}
	return nil
}

func (c *cluster) namespace(name string, at time.Time, data []byte) error {
	var file struct {
		Labels      map[string]string             `json:"labels"`
		Annotations map[string]string             `json:"annotations"`
		Status      string                        `json:"status"`
		Quotas      *map[string]map[string]string `json:"resource_quota"`
		Limits      *map[string]map[string]string `json:"limitrange_resource"`
	}
	if err := decode(data, &file); err != nil {
		return err
	}
	phase := ""
	if named(file.Status) {
		phase = file.Status
	}
	c.namespaces.add(kube.Namespace{
		Meta:  kube.Meta{Name: name, Labels: redact.Labels(file.Labels), Annotations: redact.Annotations(file.Annotations)},
		Phase: phase,
	}, at)
	if file.Quotas != nil {
		l := c.list(name, kube.ResourceQuotas, at)
		l.whole = true
		for quota, hard := range *file.Quotas {
			l.put(quota, object{kube.Inventory{ResourceQuotas: []kube.ResourceQuota{{Meta: kube.Meta{Namespace: name, Name: quota}, Hard: hard}}}, at})
		}
	}
	if file.Limits != nil {
		l := c.list(name, kube.LimitRanges, at)
		l.whole = true
		for limits, values := range *file.Limits {
			l.put(limits, object{kube.Inventory{LimitRanges: []kube.LimitRange{{Meta: kube.Meta{Namespace: name, Name: limits}, Limits: values}}}, at})
		}
	}
	return nil
}

package legacy

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
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

type listKey struct {
	namespace string
	resource  kube.Resource
}

// list is one list of a namespace.
type list struct {
	whole   bool // its names are all there are
	at      time.Time
	objects map[string]object // by name
}

// object is one of the members of an inventory, or a name alone.
type object struct {
	inv kube.Inventory
	at  time.Time
}

func (c *cluster) list(namespace string, r kube.Resource, at time.Time) *list {
	c.namespaces.add(kube.Namespace{Meta: kube.Meta{Name: namespace}}, at)
	k := listKey{namespace, r}
	if c.lists[k] == nil {
		c.lists[k] = &list{at: at, objects: map[string]object{}}
	}
	l := c.lists[k]
	l.at = older(l.at, at)
	return l
}

// put adds an object. One that is known by its name alone, or from an older file,
// gives way.
func (l *list) put(name string, o object) {
	have, ok := l.objects[name]
	if !ok || nameOnly(have.inv) || !nameOnly(o.inv) && o.at.After(have.at) {
		l.objects[name] = o
	}
}

func nameOnly(inv kube.Inventory) bool { return len(inv.Workloads) == 1 && inv.Workloads[0].NameOnly }

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

func (c *cluster) workloadNames(p place, at time.Time, data []byte) error {
	var file struct {
		Workloads []string `json:"workloads"`
	}
	if err := decode(data, &file); err != nil || file.Workloads == nil {
		return errShape
	}
	l := c.list(p.scope.Namespace, listOf[p.kind], at)
	l.whole = true
	for _, name := range file.Workloads {
		if !named(name) {
			l.whole = false
			return errShape
		}
		l.put(name, p.unknown(name, at))
	}
	return nil
}

// unknown is a workload of which the name is all that is known.
func (p place) unknown(name string, at time.Time) object {
	w := kube.Workload{Meta: kube.Meta{Namespace: p.scope.Namespace, Name: name}, Kind: p.kind, NameOnly: true}
	return object{kube.Inventory{Workloads: []kube.Workload{w}}, at}
}

func (r *Reader) workload(c *cluster, p place, at time.Time, data []byte) error {
	var file struct {
		Object json.RawMessage `json:"object"`
	}
	err := decode(data, &file)
	l := c.list(p.scope.Namespace, listOf[p.kind], at)
	l.put(p.scope.Name, p.unknown(p.scope.Name, at))
	if err != nil || len(file.Object) == 0 || string(file.Object) == "null" || r.keep == nil {
		return err
	}
	inv, ok := r.kept(listOf[p.kind], file.Object)
	if !ok || len(inv.Workloads) != 1 {
		return errObject
	}
	w := &inv.Workloads[0]
	w.Namespace, w.Name = p.scope.Namespace, p.scope.Name
	l.put(p.scope.Name, object{inv, at})
	return nil
}

// kept returns what may be kept of a manifest.
func (r *Reader) kept(resource kube.Resource, manifest []byte) (kube.Inventory, bool) {
	m, err := native(manifest)
	if err != nil {
		return kube.Inventory{}, false
	}
	r.secrets.look(m)
	data, err := json.Marshal(m)
	if err != nil {
		return kube.Inventory{}, false
	}
	inv, err := r.keep(resource, data)
	return inv, err == nil
}

// wired reads what a workload is wired to: some of the objects of its namespace.
func (r *Reader) wired(c *cluster, p place, at time.Time, data []byte) error {
	var file struct {
		ConfigMaps []json.RawMessage `json:"config_maps_list"`
		Services   []json.RawMessage `json:"services_list"`
		Ingresses  []json.RawMessage `json:"ingresses_list"`
	}
	if err := decode(data, &file); err != nil {
		return err
	}
	if r.keep == nil {
		return nil
	}
	resource, manifests := kube.ConfigMaps, file.ConfigMaps
	switch p.file {
	case "ServicesList":
		resource, manifests = kube.Services, file.Services
	case "IngressesList":
		resource, manifests = kube.Ingresses, file.Ingresses
	}
	bad := false
	for _, manifest := range manifests {
		inv, ok := r.kept(resource, manifest)
		meta := metaOf(&inv)
		if !ok || meta == nil || !named(meta.Name) {
			bad = true
			continue
		}
		meta.Namespace = p.scope.Namespace
		c.list(p.scope.Namespace, resource, at).put(meta.Name, object{inv, at})
	}
	if bad {
		return errShape
	}
	return nil
}

// metaOf returns the metadata of the one object in inv.
func metaOf(inv *kube.Inventory) *kube.Meta {
	switch {
	case len(inv.ConfigMaps) == 1:
		return &inv.ConfigMaps[0].Meta
	case len(inv.Services) == 1:
		return &inv.Services[0].Meta
	case len(inv.Ingresses) == 1:
		return &inv.Ingresses[0].Meta
	default:
		return nil
	}
}

// allLists returns the lists, those of the cluster first.
func (c *cluster) allLists() []List {
	var all []List
	if len(c.namespaces.known) > 0 || c.namespaces.whole {
		inv := kube.Inventory{Partial: !c.namespaces.whole}
		inv.Namespaces = slices.AppendSeq(inv.Namespaces, maps.Values(c.namespaces.known))
		inv.Sort()
		all = append(all, List{Resource: kube.Namespaces, Inventory: inv, At: c.namespaces.at})
	}
	keys := slices.SortedFunc(maps.Keys(c.lists), func(a, b listKey) int {
		return cmp.Or(strings.Compare(a.namespace, b.namespace), strings.Compare(string(a.resource), string(b.resource)))
	})
	for _, k := range keys {
		l := c.lists[k]
		parts := make([]kube.Inventory, 0, len(l.objects))
		for _, o := range l.objects {
			parts = append(parts, o.inv)
		}
		inv := kube.Merge(parts)
		inv.Partial = !l.whole
		inv.Sort()
		all = append(all, List{Resource: k.resource, Namespace: k.namespace, Inventory: *inv, At: l.at})
	}
	return all
}

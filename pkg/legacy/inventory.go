package legacy

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/fredctl/fred/pkg/kube"
)

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

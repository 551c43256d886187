package legacy

import (
	"encoding/json"
	"time"

	"github.com/fredctl/fred/pkg/kube"
)

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

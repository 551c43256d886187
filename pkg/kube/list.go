package kube

// ConfigMapRow is a ConfigMap as a list shows it.
type ConfigMapRow struct {
	Cluster string `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	ConfigMap
	Via     []string `json:"via,omitempty" doc:"How the workload asked about uses it"`
	Missing bool     `json:"missing,omitempty" doc:"The workload asked about needs it, and it is not there"`
}

// ServiceRow is a Service as a list shows it.
type ServiceRow struct {
	Cluster string `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Service
}

// IngressRow is an Ingress as a list shows it.
type IngressRow struct {
	Cluster string `json:"cluster,omitempty" doc:"Full name of the cluster, where there are several"`
	Ingress
}

// ConfigMapRows returns the ConfigMaps of a namespace, of all if it is "", or,
// where w is set, those that w uses.
func (s *Snapshot) ConfigMapRows(cluster string, namespace string, w *Workload) []ConfigMapRow {
	var rows []ConfigMapRow
	if w == nil {
		for i := range s.inv.ConfigMaps {
			if cm := &s.inv.ConfigMaps[i]; asked(namespace, cm.Namespace) {
				rows = append(rows, ConfigMapRow{Cluster: cluster, ConfigMap: *cm})
			}
		}
		return rows
	}
	for _, l := range s.ConfigMapsOf(w) {
		row := ConfigMapRow{Cluster: cluster, ConfigMap: ConfigMap{Meta: Meta{Namespace: w.Namespace, Name: l.Name}}, Via: l.Via, Missing: l.Missing}
		if cm := s.configMap(w.Namespace, l.Name); cm != nil {
			row.ConfigMap = *cm
		}
		rows = append(rows, row)
	}
	return rows
}

// ServiceRows returns the Services of a namespace, of all if it is "", or, where w
// is set, those that select w's pods.
func (s *Snapshot) ServiceRows(cluster string, namespace string, w *Workload) []ServiceRow {
	var rows []ServiceRow
	if w == nil {
		for i := range s.inv.Services {
			if svc := &s.inv.Services[i]; asked(namespace, svc.Namespace) {
				rows = append(rows, ServiceRow{Cluster: cluster, Service: *svc})
			}
		}
		return rows
	}
	for _, svc := range s.ServicesOf(w) {
		rows = append(rows, ServiceRow{Cluster: cluster, Service: svc})
	}
	return rows
}

// IngressRows returns the Ingresses of a namespace, of all if it is "", or, where w
// is set, those that lead to w.
func (s *Snapshot) IngressRows(cluster string, namespace string, w *Workload) []IngressRow {
	var rows []IngressRow
	if w == nil {
		for i := range s.inv.Ingresses {
			if in := &s.inv.Ingresses[i]; asked(namespace, in.Namespace) {
				rows = append(rows, IngressRow{Cluster: cluster, Ingress: *in})
			}
		}
		return rows
	}
	for _, in := range s.IngressesOf(w.Namespace, s.ServicesOf(w)) {
		rows = append(rows, IngressRow{Cluster: cluster, Ingress: in})
	}
	return rows
}

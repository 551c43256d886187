package server

import (
	"time"

	"github.com/fredctl/fred/pkg/kube"
)

// The shapes that the web client knows. Their members stand in the order in
// which it shows them, and their lists are never null.

type uiCluster struct {
	Sensor   *string `json:"sensor" doc:"Always null"`
	FullName string  `json:"fullname" doc:"Kubeconfig context"`
	Alias    string  `json:"alias" doc:"Short name, unique"`
	Region   string  `json:"region"`
	Provider string  `json:"provider"`
}

type uiNamespaces struct {
	Cluster    string   `json:"cluster"`
	Namespaces []string `json:"namespaces"`
}

type uiNamespace struct {
	Cluster     string                       `json:"cluster"`
	Namespace   string                       `json:"namespace"`
	Labels      map[string]string            `json:"labels"`
	Annotations map[string]string            `json:"annotations"`
	Status      string                       `json:"status"`
	Quotas      map[string]map[string]string `json:"resource_quota" doc:"Hard limits by quota and resource"`
	LimitRanges map[string]map[string]string `json:"limitrange_resource" doc:"Limits by limit range and Type.field.resource"`
}

type uiWorkloadNames struct {
	Cluster   string   `json:"cluster"`
	Namespace string   `json:"namespace"`
	Workloads []string `json:"workloads"`
	Kind      *string  `json:"kind" doc:"null where every kind was asked for"`
}

type uiWorkload struct {
	Cluster   string           `json:"cluster"`
	Namespace string           `json:"namespace"`
	Kind      string           `json:"kind"`
	Object    uiWorkloadObject `json:"object" doc:"What fred keeps of the manifest"`
}

type uiWorkloadObject struct {
	Kind     string            `json:"kind"`
	Metadata uiMeta            `json:"metadata"`
	Spec     kube.WorkloadSpec `json:"spec"`
	Status   uiWorkloadStatus  `json:"status"`
}

type uiWorkloadStatus struct {
	Status    string `json:"status"`
	Replicas  *int   `json:"replicas,omitempty"`
	Pods      *int   `json:"pods,omitempty"`
	PodsReady *int   `json:"podsReady,omitempty"`
	Restarts  *int   `json:"restarts,omitempty"`
}

// uiMeta is what fred keeps of an object's metadata, as Kubernetes names it.
type uiMeta struct {
	Name        string            `json:"name"`
	Namespace   string            `json:"namespace,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Created     time.Time         `json:"creationTimestamp,omitzero"`
}

func metaOf(m kube.Meta) uiMeta {
	return uiMeta{Name: m.Name, Namespace: m.Namespace, Labels: m.Labels, Annotations: m.Annotations, Created: m.Created}
}

type uiConfigMaps struct {
	Cluster    string        `json:"cluster"`
	Namespace  string        `json:"namespace"`
	Workload   string        `json:"resource_name"`
	ConfigMaps []uiConfigMap `json:"config_maps_list"`
	Kind       string        `json:"kind"`
}

type uiConfigMap struct {
	Kind     string            `json:"kind"`
	Metadata uiMeta            `json:"metadata"`
	Data     map[string]string `json:"data" doc:"Every key, with what its value is like; never the value"`
}

type uiServices struct {
	Cluster   string      `json:"cluster"`
	Namespace string      `json:"namespace"`
	Workload  string      `json:"resource_name"`
	Services  []uiService `json:"services_list"`
	Kind      string      `json:"kind"`
}

type uiService struct {
	Kind     string        `json:"kind"`
	Metadata uiMeta        `json:"metadata"`
	Spec     uiServiceSpec `json:"spec"`
}

type uiServiceSpec struct {
	Type         string            `json:"type"`
	ClusterIP    string            `json:"clusterIP,omitempty"`
	ExternalName string            `json:"externalName,omitempty"`
	Selector     map[string]string `json:"selector,omitempty"`
	Ports        []kube.Port       `json:"ports,omitempty"`
}

type uiIngresses struct {
	Cluster   string      `json:"cluster"`
	Namespace string      `json:"namespace"`
	Workload  string      `json:"resource_name"`
	Ingresses []uiIngress `json:"ingresses_list"`
	Kind      string      `json:"kind"`
}

type uiIngress struct {
	Kind     string        `json:"kind"`
	Metadata uiMeta        `json:"metadata"`
	Spec     uiIngressSpec `json:"spec"`
}

// uiIngressSpec has one rule for each path, as fred keeps them.
type uiIngressSpec struct {
	Class   string               `json:"ingressClassName,omitempty"`
	Default *kube.IngressBackend `json:"defaultBackend,omitempty"`
	Rules   []kube.IngressRule   `json:"rules,omitempty"`
	TLS     []kube.IngressTLS    `json:"tls,omitempty"`
}

type uiFrontend struct {
	Flags struct {
		K8Features  bool `json:"enableK8Features"`
		ElecWarfare bool `json:"enableElecWarfare"`
	} `json:"feature_flags"`
	Properties struct {
		LogoName string `json:"logoName"`
	} `json:"properties"`
}

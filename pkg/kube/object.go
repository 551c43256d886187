package kube

import (
	"time"

	"github.com/fredctl/fred/pkg/unit"
)

// Node is a machine of the cluster.
type Node struct {
	Meta
	ProviderID        string      `json:"providerID,omitempty"`
	KubeletVersion    string      `json:"kubeletVersion,omitempty"`
	OS                string      `json:"os,omitempty"`
	Arch              string      `json:"arch,omitempty"`
	CPUCapacity       unit.CPU    `json:"cpuCapacityCores"`
	MemoryCapacity    unit.Bytes  `json:"memoryCapacityBytes"`
	CPUAllocatable    unit.CPU    `json:"cpuAllocatableCores"`
	MemoryAllocatable unit.Bytes  `json:"memoryAllocatableBytes"`
	PodsAllocatable   int64       `json:"podsAllocatable"`
	Unschedulable     bool        `json:"unschedulable,omitempty"`
	Taints            []string    `json:"taints,omitempty"` // key:effect
	Conditions        []Condition `json:"conditions,omitempty"`
}

// Namespace is a namespace of the cluster.
type Namespace struct {
	Meta
	Phase string `json:"phase"`
}

// Workload is a controller of pods: one of Kinds, or a ReplicaSet.
type Workload struct {
	Meta
	Kind       string      `json:"kind"`
	NameOnly   bool        `json:"nameOnly,omitempty"`   // nothing else of it is known
	Replicas   int32       `json:"replicas"`             // asked for; parallelism for a Job
	Ready      int32       `json:"ready,omitempty"`      // as its status counts them
	Updated    int32       `json:"updated,omitempty"`    // as its status counts them
	Suspended  bool        `json:"suspended,omitempty"`  // a suspended Job or CronJob, a paused Deployment
	Schedule   string      `json:"schedule,omitempty"`   // of a CronJob
	LastRun    time.Time   `json:"lastRun,omitzero"`     // of a CronJob
	Active     int32       `json:"active,omitempty"`     // running pods of a Job, running Jobs of a CronJob
	Succeeded  int32       `json:"succeeded,omitempty"`  // finished pods of a Job
	Failed     int32       `json:"failed,omitempty"`     // failed pods of a Job
	Strategy   string      `json:"strategy,omitempty"`   // how it is updated
	Conditions []Condition `json:"conditions,omitempty"` // of its status
	Template   *Template   `json:"template,omitempty"`   // nil for a ReplicaSet that a Deployment owns
}

// Template is what fred keeps of a pod's specification.
type Template struct {
	Labels         map[string]string `json:"labels,omitempty"`
	ServiceAccount string            `json:"serviceAccount,omitempty"`
	HostNetwork    bool              `json:"hostNetwork,omitempty"`
	Resources      Resources         `json:"resources"` // of one pod, as the scheduler counts them
	Containers     []Container       `json:"containers"`
	Volumes        []Volume          `json:"volumes,omitempty"`
}

// Resources is what a pod or container asks for and is limited to. Zero means
// that nothing was asked for, or that there is no limit.
type Resources struct {
	CPURequest    unit.CPU   `json:"cpuRequestCores"`
	MemoryRequest unit.Bytes `json:"memoryRequestBytes"`
	CPULimit      unit.CPU   `json:"cpuLimitCores,omitempty"`
	MemoryLimit   unit.Bytes `json:"memoryLimitBytes,omitempty"`
}

// Container is a container of a pod.
type Container struct {
	Name      string    `json:"name"`
	Image     string    `json:"image"`
	Init      bool      `json:"init,omitempty"`
	Sidecar   bool      `json:"sidecar,omitempty"` // an init container that keeps running
	Command   []string  `json:"command,omitempty"` // values by type only, see pkg/redact
	Args      []string  `json:"args,omitempty"`    // values by type only, see pkg/redact
	Ports     []Port    `json:"ports,omitempty"`
	Resources Resources `json:"resources"`
	Env       []EnvVar  `json:"env,omitempty"`
	EnvFrom   []EnvFrom `json:"envFrom,omitempty"`
	Probes    []string  `json:"probes,omitempty"` // liveness, readiness, startup
}

// Port is a port of a container or a Service.
type Port struct {
	Name       string `json:"name,omitempty"`
	Protocol   string `json:"protocol,omitempty"`
	Port       int32  `json:"port"`
	TargetPort string `json:"targetPort,omitempty"`
}

// EnvVar is an environment variable. Value is set only where it is harmless.
type EnvVar struct {
	Name  string  `json:"name"`
	Value *string `json:"value,omitempty"`
	From  *EnvRef `json:"from,omitempty"`
}

// EnvRef says where the value of a variable comes from.
type EnvRef struct {
	Kind     string `json:"kind"` // ConfigMap, Secret, Field or Resource
	Name     string `json:"name,omitempty"`
	Key      string `json:"key,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

// EnvFrom is an object whose keys all become variables.
type EnvFrom struct {
	Kind     string `json:"kind"` // ConfigMap or Secret
	Name     string `json:"name"`
	Prefix   string `json:"prefix,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

// Volume is a volume that holds other objects. Projected volumes are one Volume
// per source.
type Volume struct {
	Name     string `json:"name"`
	Kind     string `json:"kind"` // ConfigMap, Secret, PersistentVolumeClaim, HostPath
	Object   string `json:"object,omitempty"`
	Optional bool   `json:"optional,omitempty"`
}

// Pod is a pod. Its labels are kept only where no controller fred knows has them.
type Pod struct {
	Meta
	Node      string    `json:"node,omitempty"`
	Phase     string    `json:"phase"`
	Ready     bool      `json:"ready,omitempty"`
	Restarts  int32     `json:"restarts,omitempty"`
	Resources Resources `json:"resources"`
	Issues    []Issue   `json:"issues,omitempty"`
	Claims    []string  `json:"claims,omitempty"`   // the PersistentVolumeClaims that it mounts
	Template  *Template `json:"template,omitempty"` // nil where a controller fred knows has it
}

// Active reports whether p still holds what it requested.
func (p *Pod) Active() bool { return p.Phase != "Succeeded" && p.Phase != "Failed" }

// Issue is something wrong with a pod, as its status says.
type Issue struct {
	Container string    `json:"container,omitempty"`
	Reason    string    `json:"reason"`
	Detail    string    `json:"detail,omitempty"` // typed, never a free message
	At        time.Time `json:"at,omitzero"`
}

// Service is a Service.
type Service struct {
	Meta
	Type         string            `json:"type"`
	ClusterIP    string            `json:"clusterIP,omitempty"` // "None" for a headless Service
	ExternalName string            `json:"externalName,omitempty"`
	Selector     map[string]string `json:"selector,omitempty"`
	Ports        []Port            `json:"ports,omitempty"`
	LoadBalancer []string          `json:"loadBalancer,omitempty"` // the names or addresses that its load balancer has
}

// Ingress is an Ingress.
type Ingress struct {
	Meta
	Class   string          `json:"class,omitempty"`
	Rules   []IngressRule   `json:"rules,omitempty"`
	Default *IngressBackend `json:"default,omitempty"`
	TLS     []IngressTLS    `json:"tls,omitempty"`
}

// IngressRule is one path of one host.
type IngressRule struct {
	Host     string         `json:"host,omitempty"` // every host when empty
	Path     string         `json:"path,omitempty"`
	PathType string         `json:"pathType,omitempty"`
	Backend  IngressBackend `json:"backend"`
}

// IngressBackend is where an Ingress sends requests.
type IngressBackend struct {
	Service  string `json:"service,omitempty"`
	Port     string `json:"port,omitempty"`     // number or name
	Resource *Ref   `json:"resource,omitempty"` // a backend that is no Service
}

// IngressTLS names the hosts that a certificate is for.
type IngressTLS struct {
	Hosts  []string `json:"hosts,omitempty"`
	Secret string   `json:"secret,omitempty"` // its name
}

// ConfigMap is a ConfigMap without its values.
type ConfigMap struct {
	Meta
	Immutable bool        `json:"immutable,omitempty"`
	Keys      []ConfigKey `json:"keys,omitempty"`
}

// ConfigKey is a key of a ConfigMap: what its value is like, not what it is.
type ConfigKey struct {
	Key    string   `json:"key"`
	Size   int64    `json:"sizeBytes"`
	Format string   `json:"format,omitempty"`
	Paths  []string `json:"paths,omitempty"`
}

// ResourceQuota is a quota: hard limits and what is used of them, as quantities.
type ResourceQuota struct {
	Meta
	Hard map[string]string `json:"hard,omitempty"`
	Used map[string]string `json:"used,omitempty"`
}

// LimitRange holds limits by "Type.field.resource", such as
// "Container.default.cpu", as quantities.
type LimitRange struct {
	Meta
	Limits map[string]string `json:"limits,omitempty"`
}

// Usage is what a node or pod uses, as metrics.k8s.io measured it.
type Usage struct {
	Namespace string     `json:"namespace,omitempty"`
	Name      string     `json:"name"`
	CPU       unit.CPU   `json:"cpuUsageCores"`
	Memory    unit.Bytes `json:"memoryUsageBytes"`
}

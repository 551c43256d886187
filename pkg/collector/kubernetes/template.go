package kubernetes

import (
	core "k8s.io/api/core/v1"
	resourcehelper "k8s.io/component-helpers/resource"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
)

func (k *keeper) template(t *core.PodTemplateSpec) *kube.Template {
	return k.spec(t.Labels, &t.Spec)
}

func (k *keeper) spec(labels map[string]string, s *core.PodSpec) *kube.Template {
	t := &kube.Template{
		Labels: redact.Labels(labels), ServiceAccount: k.same(s.ServiceAccountName), HostNetwork: s.HostNetwork,
		Resources: podResources(&core.Pod{Spec: *s}), Containers: make([]kube.Container, 0, len(s.Containers)+len(s.InitContainers)),
	}
	for i := range s.InitContainers {
		c := k.container(&s.InitContainers[i])
		c.Init, c.Sidecar = true, value(s.InitContainers[i].RestartPolicy, "") == core.ContainerRestartPolicyAlways
		t.Containers = append(t.Containers, c)
	}
	for i := range s.Containers {
		t.Containers = append(t.Containers, k.container(&s.Containers[i]))
	}
	for i := range s.Volumes {
		t.Volumes = append(t.Volumes, volumes(&s.Volumes[i])...)
	}
	return t
}

// podResources counts as the scheduler does: init containers, sidecars,
// overhead and resources at the level of the pod included.
func podResources(p *core.Pod) kube.Resources {
	if plain(p) {
		return sum(p)
	}
	requests := resourcehelper.PodRequests(p, resourcehelper.PodResourcesOptions{UseStatusResources: true})
	limits := resourcehelper.PodLimits(p, resourcehelper.PodResourcesOptions{UseStatusResources: true})
	return resources(requests, limits)
}

// plain reports whether a pod has nothing but containers, none of them being
// resized. Most pods are so, and the scheduler's rules then come to a sum that
// needs no maps.
func plain(p *core.Pod) bool {
	s := &p.Spec
	if len(s.InitContainers) > 0 || s.Overhead != nil || s.Resources != nil || len(s.ResourceClaims) > 0 {
		return false
	}
	for i := range p.Status.ContainerStatuses {
		status := &p.Status.ContainerStatuses[i]
		c := containerOf(s, status.Name)
		switch {
		case status.Resources == nil && status.AllocatedResources == nil:
		case c == nil || status.Resources == nil,
			!same(status.Resources.Requests, c.Resources.Requests),
			!same(status.Resources.Limits, c.Resources.Limits),
			status.AllocatedResources != nil && !same(status.AllocatedResources, c.Resources.Requests):
			return false
		}
	}
	return true
}

func containerOf(s *core.PodSpec, name string) *core.Container {
	for i := range s.Containers {
		if s.Containers[i].Name == name {
			return &s.Containers[i]
		}
	}
	return nil
}

// same reports whether a and b are of the same CPU and memory.
func same(a, b core.ResourceList) bool { return cpu(a) == cpu(b) && memory(a) == memory(b) }

func sum(p *core.Pod) (r kube.Resources) {
	for i := range p.Spec.Containers {
		c := resources(p.Spec.Containers[i].Resources.Requests, p.Spec.Containers[i].Resources.Limits)
		r.CPURequest += c.CPURequest
		r.MemoryRequest += c.MemoryRequest
		r.CPULimit += c.CPULimit
		r.MemoryLimit += c.MemoryLimit
	}
	return r
}

func resources(requests, limits core.ResourceList) kube.Resources {
	return kube.Resources{CPURequest: cpu(requests), MemoryRequest: memory(requests), CPULimit: cpu(limits), MemoryLimit: memory(limits)}
}

func (k *keeper) container(c *core.Container) kube.Container {
	kept := kube.Container{
		Name: k.same(c.Name), Image: k.same(c.Image), Resources: resources(c.Resources.Requests, c.Resources.Limits),
		Probes: probes(c),
	}
	kept.Command, kept.Args = redact.Command(c.Command, c.Args)
	for _, p := range c.Ports {
		kept.Ports = append(kept.Ports, kube.Port{Name: k.same(p.Name), Protocol: k.same(string(p.Protocol)), Port: p.ContainerPort})
	}
	for i := range c.Env {
		kept.Env = append(kept.Env, k.env(&c.Env[i]))
	}
	for i := range c.EnvFrom {
		kept.EnvFrom = append(kept.EnvFrom, envFrom(&c.EnvFrom[i])...)
	}
	return kept
}

func (k *keeper) env(e *core.EnvVar) kube.EnvVar {
	kept := kube.EnvVar{Name: k.same(e.Name)}
	switch from := e.ValueFrom; {
	case from == nil:
		if v, ok := redact.Env(e.Name, e.Value); ok {
			v = k.same(v)
			kept.Value = &v
		}
	case from.ConfigMapKeyRef != nil:
		r := from.ConfigMapKeyRef
		kept.From = &kube.EnvRef{Kind: "ConfigMap", Name: r.Name, Key: r.Key, Optional: value(r.Optional, false)}
	case from.SecretKeyRef != nil:
		r := from.SecretKeyRef
		kept.From = &kube.EnvRef{Kind: "Secret", Name: r.Name, Key: r.Key, Optional: value(r.Optional, false)}
	case from.FieldRef != nil:
		kept.From = &kube.EnvRef{Kind: "Field", Key: from.FieldRef.FieldPath}
	case from.ResourceFieldRef != nil:
		kept.From = &kube.EnvRef{Kind: "Resource", Key: from.ResourceFieldRef.Resource}
	}
	return kept
}

func envFrom(e *core.EnvFromSource) []kube.EnvFrom {
	switch {
	case e.ConfigMapRef != nil:
		return []kube.EnvFrom{{Kind: "ConfigMap", Name: e.ConfigMapRef.Name, Prefix: e.Prefix, Optional: value(e.ConfigMapRef.Optional, false)}}
	case e.SecretRef != nil:
		return []kube.EnvFrom{{Kind: "Secret", Name: e.SecretRef.Name, Prefix: e.Prefix, Optional: value(e.SecretRef.Optional, false)}}
	default:
		return nil
	}
}

// probes says which probes there are; their headers and commands are not kept.
func probes(c *core.Container) []string {
	var names []string
	for _, p := range []struct {
		name  string
		probe *core.Probe
	}{{"liveness", c.LivenessProbe}, {"readiness", c.ReadinessProbe}, {"startup", c.StartupProbe}} {
		if p.probe != nil {
			names = append(names, p.name)
		}
	}
	return names
}

// volumes keeps the volumes that hold other objects, one per source of a
// projected volume.
func volumes(v *core.Volume) []kube.Volume {
	switch {
	case v.ConfigMap != nil:
		return []kube.Volume{{Name: v.Name, Kind: "ConfigMap", Object: v.ConfigMap.Name, Optional: value(v.ConfigMap.Optional, false)}}
	case v.Secret != nil:
		return []kube.Volume{{Name: v.Name, Kind: "Secret", Object: v.Secret.SecretName, Optional: value(v.Secret.Optional, false)}}
	case v.PersistentVolumeClaim != nil:
		return []kube.Volume{{Name: v.Name, Kind: "PersistentVolumeClaim", Object: v.PersistentVolumeClaim.ClaimName}}
	case v.HostPath != nil:
		return []kube.Volume{{Name: v.Name, Kind: "HostPath", Object: v.HostPath.Path}}
	case v.Projected != nil:
		return projected(v)
	default:
		return nil
	}
}

func projected(v *core.Volume) []kube.Volume {
	var vs []kube.Volume
	for _, s := range v.Projected.Sources {
		switch {
		case s.ConfigMap != nil:
			vs = append(vs, kube.Volume{Name: v.Name, Kind: "ConfigMap", Object: s.ConfigMap.Name, Optional: value(s.ConfigMap.Optional, false)})
		case s.Secret != nil:
			vs = append(vs, kube.Volume{Name: v.Name, Kind: "Secret", Object: s.Secret.Name, Optional: value(s.Secret.Optional, false)})
		}
	}
	return vs
}

package kubernetes

import (
	"cmp"
	"strconv"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/redact"
)

func (k *keeper) service(o *core.Service) {
	s := kube.Service{
		Meta: k.meta(&o.ObjectMeta), Type: k.same(string(o.Spec.Type)), ClusterIP: o.Spec.ClusterIP,
		ExternalName: o.Spec.ExternalName, Selector: redact.Labels(o.Spec.Selector),
	}
	for _, p := range o.Spec.Ports {
		s.Ports = append(s.Ports, kube.Port{Name: k.same(p.Name), Protocol: k.same(string(p.Protocol)), Port: p.Port, TargetPort: k.same(p.TargetPort.String())})
	}
	for _, in := range o.Status.LoadBalancer.Ingress {
		if address := cmp.Or(in.Hostname, in.IP); address != "" {
			s.LoadBalancer = append(s.LoadBalancer, address)
		}
	}
	k.inv.Services = append(k.inv.Services, s)
}

func (k *keeper) ingress(o *networking.Ingress) {
	in := kube.Ingress{Meta: k.meta(&o.ObjectMeta), Class: value(o.Spec.IngressClassName, o.Annotations["kubernetes.io/ingress.class"])}
	for _, r := range o.Spec.Rules {
		if r.HTTP == nil {
			in.Rules = append(in.Rules, kube.IngressRule{Host: r.Host})
			continue
		}
		for _, p := range r.HTTP.Paths {
			in.Rules = append(in.Rules, kube.IngressRule{
				Host: r.Host, Path: p.Path, PathType: string(value(p.PathType, "")), Backend: backend(&p.Backend),
			})
		}
	}
	if o.Spec.DefaultBackend != nil {
		in.Default = new(backend(o.Spec.DefaultBackend))
	}
	for _, t := range o.Spec.TLS {
		in.TLS = append(in.TLS, kube.IngressTLS{Hosts: t.Hosts, Secret: t.SecretName})
	}
	k.inv.Ingresses = append(k.inv.Ingresses, in)
}

func backend(b *networking.IngressBackend) kube.IngressBackend {
	switch {
	case b.Service != nil:
		port := b.Service.Port.Name
		if b.Service.Port.Number != 0 {
			port = strconv.Itoa(int(b.Service.Port.Number))
		}
		return kube.IngressBackend{Service: b.Service.Name, Port: port}
	case b.Resource != nil:
		return kube.IngressBackend{Resource: &kube.Ref{Kind: b.Resource.Kind, Name: b.Resource.Name}}
	default:
		return kube.IngressBackend{}
	}
}

package rig

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// companions writes what comes with a workload: its ConfigMaps and Secret, and,
// when it serves, its Service and perhaps an Ingress.
func (l *largeSeed) companions(ctx context.Context, w *workload) error {
	core := l.client.CoreV1()
	for _, config := range []*corev1.ConfigMap{w.environmentMap(), w.configMap()} {
		if err := add(ctx, core.ConfigMaps(w.namespace).Create, config); err != nil {
			return err
		}
	}
	secret := &corev1.Secret{ObjectMeta: w.meta(w.name), StringData: map[string]string{"password": digest(w.name)}}
	if err := add(ctx, core.Secrets(w.namespace).Create, secret); err != nil {
		return err
	}
	if w.index >= deployments+statefulSets {
		return nil
	}
	if err := add(ctx, core.Services(w.namespace).Create, w.service()); err != nil {
		return err
	}
	if err := add(ctx, l.client.DiscoveryV1().EndpointSlices(w.namespace).Create, w.endpoints()); err != nil {
		return err
	}
	if w.index >= ingresses {
		return nil
	}
	return add(ctx, l.client.NetworkingV1().Ingresses(w.namespace).Create, w.ingress())
}

func (w *workload) environmentMap() *corev1.ConfigMap {
	data := map[string]string{}
	for i := range 12 {
		data[fmt.Sprintf("SETTING_%02d", i)] = fmt.Sprintf("%s-value-%d", w.name, i)
	}
	return &corev1.ConfigMap{ObjectMeta: w.meta(w.name + "-env"), Data: data}
}

// configMap is a file of one kilobyte, or of ten for one workload in ten.
func (w *workload) configMap() *corev1.ConfigMap {
	lines := 25
	if w.index%10 == 0 {
		lines = 250
	}
	var file strings.Builder
	for i := range lines {
		fmt.Fprintf(&file, "section%d: {enabled: true, weight: %d}\n", i, w.chance.IntN(1000))
	}
	return &corev1.ConfigMap{ObjectMeta: w.meta(w.name + "-config"), Data: map[string]string{"config.yaml": file.String()}}
}

func (w *workload) service() *corev1.Service {
	spec := corev1.ServiceSpec{
		Selector: w.selector().MatchLabels,
		Ports:    []corev1.ServicePort{{Name: "http", Port: 80, TargetPort: intstr.FromString("http")}},
	}
	if w.index >= deployments { // of a StatefulSet
		spec.ClusterIP = corev1.ClusterIPNone
	}
	return &corev1.Service{ObjectMeta: w.meta(w.name), Spec: spec}
}

func (w *workload) endpoints() *discoveryv1.EndpointSlice {
	slice := &discoveryv1.EndpointSlice{
		ObjectMeta:  w.meta(w.name + "-" + suffix(w.chance, 5)),
		AddressType: discoveryv1.AddressTypeIPv4,
		Ports:       []discoveryv1.EndpointPort{{Name: new("http"), Port: new(int32(8080))}},
	}
	for i := range replicas {
		slice.Endpoints = append(slice.Endpoints, discoveryv1.Endpoint{
			Addresses:  []string{fmt.Sprintf("10.244.%d.%d", w.index, 10+i)},
			Conditions: discoveryv1.EndpointConditions{Ready: new(true)},
		})
	}
	return slice
}

func (w *workload) ingress() *networkingv1.Ingress {
	path := func(path string) networkingv1.HTTPIngressPath {
		return networkingv1.HTTPIngressPath{
			Path: path, PathType: new(networkingv1.PathTypePrefix),
			Backend: networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{
				Name: w.name, Port: networkingv1.ServiceBackendPort{Name: "http"},
			}},
		}
	}
	host := w.name + "." + w.namespace + ".example.com"
	return &networkingv1.Ingress{
		ObjectMeta: w.meta(w.name),
		Spec: networkingv1.IngressSpec{
			IngressClassName: new("nginx"),
			TLS:              []networkingv1.IngressTLS{{Hosts: []string{host}, SecretName: w.name + "-tls"}},
			Rules: []networkingv1.IngressRule{{Host: host, IngressRuleValue: networkingv1.IngressRuleValue{
				HTTP: &networkingv1.HTTPIngressRuleValue{Paths: []networkingv1.HTTPIngressPath{path("/"), path("/api")}},
			}}},
		},
	}
}

// remainder writes what namespace i has beside its workloads. It comes last, since
// without controllers no quota would let a pod in.
func (l *largeSeed) remainder(ctx context.Context, i int) error {
	namespace, core := namespaceName(i), l.client.CoreV1()
	w := newWorkload(i * workloads)
	for n := range barePods {
		if err := l.pod(ctx, w, fmt.Sprintf("debug-%d", n), nil, false); err != nil {
			return err
		}
	}
	for n := range aliases {
		alias := &corev1.Service{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("external-%d", n), Namespace: namespace},
			Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: fmt.Sprintf("partner-%d.example.com", n)},
		}
		if err := add(ctx, core.Services(namespace).Create, alias); err != nil {
			return err
		}
	}
	limits := &corev1.LimitRange{
		ObjectMeta: metav1.ObjectMeta{Name: "defaults", Namespace: namespace},
		Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{{
			Type: corev1.LimitTypeContainer, DefaultRequest: amounts("100m", "128Mi"), Default: amounts("1", "1Gi"),
		}}},
	}
	if err := add(ctx, core.LimitRanges(namespace).Create, limits); err != nil {
		return err
	}
	quotas := core.ResourceQuotas(namespace)
	quota := &corev1.ResourceQuota{
		ObjectMeta: metav1.ObjectMeta{Name: "team", Namespace: namespace},
		Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{
			corev1.ResourceRequestsCPU: resource.MustParse("100"), corev1.ResourceRequestsMemory: resource.MustParse("400Gi"),
		}},
	}
	_, err := put(ctx, quotas.Create, quotas.UpdateStatus, quota, func(q *corev1.ResourceQuota) {
		q.Status = corev1.ResourceQuotaStatus{Hard: q.Spec.Hard, Used: corev1.ResourceList{
			corev1.ResourceRequestsCPU: resource.MustParse("31"), corev1.ResourceRequestsMemory: resource.MustParse("70Gi"),
		}}
	})
	return err
}

func amounts(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}

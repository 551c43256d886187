//go:build e2e

package e2e_test

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// detail is an item of a WorkloadDetail.
type detail struct {
	row
	PodList []struct {
		Name          string  `json:"name"`
		Node          string  `json:"node"`
		Phase         string  `json:"phase"`
		Ready         bool    `json:"ready"`
		Restarts      int     `json:"restarts"`
		CPURequest    float64 `json:"cpuRequestCores"`
		MemoryRequest int64   `json:"memoryRequestBytes"`
	} `json:"podList"`
	ConfigMaps []configMap `json:"configMaps"`
	Services   []service   `json:"services"`
	Ingresses  []ingress   `json:"ingresses"`
}

type configMap struct {
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	Via       []string `json:"via"`
	Missing   bool     `json:"missing"`
	Keys      []struct {
		Key  string `json:"key"`
		Size int    `json:"sizeBytes"`
	} `json:"keys"`
}

func (m configMap) sizes() map[string]int {
	sizes := map[string]int{}
	for _, k := range m.Keys {
		sizes[k.Key] = k.Size
	}
	return sizes
}

type service struct {
	Namespace    string            `json:"namespace"`
	Name         string            `json:"name"`
	Type         string            `json:"type"`
	ClusterIP    string            `json:"clusterIP"`
	ExternalName string            `json:"externalName"`
	Selector     map[string]string `json:"selector"`
	Ports        []struct {
		Name       string `json:"name"`
		Protocol   string `json:"protocol"`
		Port       int32  `json:"port"`
		TargetPort string `json:"targetPort"`
	} `json:"ports"`
}

type ingress struct {
	Namespace string        `json:"namespace"`
	Name      string        `json:"name"`
	Class     string        `json:"class"`
	Rules     []ingressRule `json:"rules"`
	Default   *backend      `json:"default"`
	TLS       []struct {
		Hosts  []string `json:"hosts"`
		Secret string   `json:"secret"`
	} `json:"tls"`
}

type ingressRule struct {
	Host     string  `json:"host"`
	Path     string  `json:"path"`
	PathType string  `json:"pathType"`
	Backend  backend `json:"backend"`
}

type backend struct {
	Service  string `json:"service"`
	Port     string `json:"port"`
	Resource *ref   `json:"resource"`
}

func TestEveryWorkloadIsWiredAsTheAPISays(t *testing.T) {
	t.Parallel()
	is := truthOf(t)
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, ""))
	for id, w := range is.workloads() {
		o := l.must(0, "kube", "workload", w.kind, w.name, "-n", w.namespace, "-o", "json")
		a := answerOf[detail](t, o)
		require.Len(t, a.Items, 1, id)
		d := a.Items[0]
		require.Equal(t, id, d.id())
		is.count(w.pods...).same(t, d.row, id)
		samePods(t, w, d)
		sameConfigMaps(t, is, w, d)
		services := is.servicesOf(w)
		require.Len(t, d.Services, len(services), id)
		for i, s := range d.Services {
			sameService(t, services[i], s)
		}
		ingresses := is.ingressesOf(w.namespace, services)
		require.Len(t, d.Ingresses, len(ingresses), "%s: %s", id, o)
		for i, in := range d.Ingresses {
			sameIngress(t, ingresses[i], in)
		}
	}
}

func samePods(t *testing.T, w *workload, d detail) {
	t.Helper()
	require.Len(t, d.PodList, len(w.pods), w.id())
	for _, p := range d.PodList {
		i := slices.IndexFunc(w.pods, func(o *corev1.Pod) bool { return o.Name == p.Name })
		require.GreaterOrEqual(t, i, 0, p.Name)
		o := w.pods[i]
		require.Equal(t, o.Spec.NodeName, p.Node, p.Name)
		require.Equal(t, string(o.Status.Phase), p.Phase, p.Name)
		require.Equal(t, isReady(o), p.Ready, p.Name)
		require.Equal(t, restarts(o), p.Restarts, p.Name)
		require.InDelta(t, requests(&o.Spec).cores(), p.CPURequest, 1e-9, p.Name)
		require.Equal(t, requests(&o.Spec).memory, p.MemoryRequest, p.Name)
	}
}

// links returns how spec uses ConfigMaps, by name.
func links(spec *corev1.PodSpec) map[string][]string {
	all := map[string][]string{}
	add := func(name, how string) {
		if !slices.Contains(all[name], how) {
			all[name] = append(all[name], how)
		}
	}
	for _, v := range spec.Volumes {
		if v.ConfigMap != nil {
			add(v.ConfigMap.Name, "volume")
		}
		if v.Projected == nil {
			continue
		}
		for _, s := range v.Projected.Sources {
			if s.ConfigMap != nil {
				add(s.ConfigMap.Name, "volume")
			}
		}
	}
	for i, c := range slices.Concat(spec.InitContainers, spec.Containers) {
		prefix := ""
		if i < len(spec.InitContainers) {
			prefix = "init "
		}
		for _, e := range c.Env {
			if e.ValueFrom != nil && e.ValueFrom.ConfigMapKeyRef != nil {
				add(e.ValueFrom.ConfigMapKeyRef.Name, prefix+"env")
			}
		}
		for _, e := range c.EnvFrom {
			if e.ConfigMapRef != nil {
				add(e.ConfigMapRef.Name, prefix+"envFrom")
			}
		}
	}
	return all
}

func sameConfigMaps(t *testing.T, is *truth, w *workload, d detail) {
	t.Helper()
	got := map[string][]string{}
	for _, m := range d.ConfigMaps {
		got[m.Name] = m.Via
		i := slices.IndexFunc(is.configMaps, func(o corev1.ConfigMap) bool { return o.Namespace == w.namespace && o.Name == m.Name })
		if i >= 0 {
			require.Equal(t, sizesOf(&is.configMaps[i]), m.sizes(), m.Name)
		}
	}
	want := links(w.spec)
	require.Len(t, got, len(want), w.id())
	for name, via := range want {
		require.ElementsMatch(t, via, got[name], "%s: %s", w.id(), name)
	}
}

// sizesOf is the size of every value of m in bytes, by key.
func sizesOf(m *corev1.ConfigMap) map[string]int {
	sizes := map[string]int{}
	for k, v := range m.Data {
		sizes[k] = len(v)
	}
	for k, v := range m.BinaryData {
		sizes[k] = len(v)
	}
	return sizes
}

func (w *truth) servicesOf(of *workload) (list []*corev1.Service) {
	for _, s := range pointers(w.services) {
		if s.Namespace == of.namespace && len(s.Spec.Selector) > 0 && labels.SelectorFromSet(s.Spec.Selector).Matches(labels.Set(of.labels)) {
			list = append(list, s)
		}
	}
	return list
}

func (w *truth) ingressesOf(namespace string, services []*corev1.Service) (list []*networkingv1.Ingress) {
	for _, in := range pointers(w.ingresses) {
		leads := slices.ContainsFunc(services, func(s *corev1.Service) bool {
			return slices.ContainsFunc(backendsOf(in), func(b networkingv1.IngressBackend) bool { return b.Service != nil && b.Service.Name == s.Name })
		})
		if in.Namespace == namespace && leads {
			list = append(list, in)
		}
	}
	return list
}

func backendsOf(in *networkingv1.Ingress) (list []networkingv1.IngressBackend) {
	if in.Spec.DefaultBackend != nil {
		list = append(list, *in.Spec.DefaultBackend)
	}
	for _, r := range in.Spec.Rules {
		if r.HTTP == nil {
			continue
		}
		for _, p := range r.HTTP.Paths {
			list = append(list, p.Backend)
		}
	}
	return list
}

func sameService(t *testing.T, want *corev1.Service, got service) {
	t.Helper()
	require.Equal(t, want.Namespace+"/"+want.Name, got.Namespace+"/"+got.Name)
	require.Equal(t, string(want.Spec.Type), got.Type, got.Name)
	require.Equal(t, want.Spec.ClusterIP, got.ClusterIP, got.Name)
	require.Equal(t, want.Spec.ExternalName, got.ExternalName, got.Name)
	require.Equal(t, want.Spec.Selector, got.Selector, got.Name)
	require.Len(t, got.Ports, len(want.Spec.Ports), got.Name)
	for i, p := range want.Spec.Ports {
		require.Equal(t, p.Name, got.Ports[i].Name)
		require.Equal(t, p.Port, got.Ports[i].Port)
		require.Equal(t, string(p.Protocol), cmp.Or(got.Ports[i].Protocol, "TCP"))
		if target := p.TargetPort.String(); target != strconv.Itoa(int(p.Port)) {
			require.Equal(t, target, got.Ports[i].TargetPort)
		}
	}
}

func sameIngress(t *testing.T, want *networkingv1.Ingress, got ingress) {
	t.Helper()
	require.Equal(t, want.Namespace+"/"+want.Name, got.Namespace+"/"+got.Name)
	if want.Spec.IngressClassName != nil {
		require.Equal(t, *want.Spec.IngressClassName, got.Class)
	}
	if want.Spec.DefaultBackend == nil {
		require.Nil(t, got.Default, got.Name)
	} else {
		require.Equal(t, new(backendOf(*want.Spec.DefaultBackend)), got.Default, got.Name)
	}
	var rules []ingressRule
	for _, r := range want.Spec.Rules {
		if r.HTTP == nil {
			continue
		}
		for _, p := range r.HTTP.Paths {
			rules = append(rules, ingressRule{r.Host, p.Path, string(*p.PathType), backendOf(p.Backend)})
		}
	}
	got.Rules = slices.DeleteFunc(got.Rules, func(r ingressRule) bool { return r.Backend == backend{} })
	require.Len(t, got.Rules, len(rules), got.Name)
	for i, r := range rules {
		require.Equal(t, r, got.Rules[i], got.Name)
	}
	require.Len(t, got.TLS, len(want.Spec.TLS), got.Name)
	for i, tls := range want.Spec.TLS {
		require.Equal(t, tls.Hosts, got.TLS[i].Hosts)
		require.Equal(t, tls.SecretName, got.TLS[i].Secret)
	}
}

func backendOf(b networkingv1.IngressBackend) backend {
	if b.Resource != nil {
		return backend{Resource: &ref{b.Resource.Kind, b.Resource.Name}}
	}
	port := b.Service.Port.Name
	if b.Service.Port.Number != 0 {
		port = strconv.Itoa(int(b.Service.Port.Number))
	}
	return backend{Service: b.Service.Name, Port: port}
}

func TestDeploymentWebIsWiredAsTheSeedSays(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	d := answerOf[detail](t, l.must(0, "kube", "workload", "deploy/web", "-o", "json")).Items[0]
	via := map[string]string{}
	for _, m := range d.ConfigMaps {
		via[m.Name] = strings.Join(m.Via, ",")
		require.False(t, m.Missing, "%s is there, or optional", m.Name)
	}
	require.Equal(t, map[string]string{
		"web-config": "volume", "migrations": "volume", "web-bundle": "volume",
		"web-flags": "env", "web-env": "envFrom", "web-optional": "envFrom",
	}, via)
	require.Len(t, d.Services, 1)
	require.Equal(t, "web", d.Services[0].Name)
	names := []string{}
	for _, in := range d.Ingresses {
		names = append(names, in.Name)
	}
	require.Equal(t, []string{"catch-all", "shop"}, names, "by the default backend, and by a rule")
	require.Equal(t, &backend{Service: "web", Port: "80"}, d.Ingresses[0].Default)
}

func TestAWorkloadGoesByKubectlsNames(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	l.must(0, "kube", "workloads")
	same := [][]string{
		{"Deployment web", "deploy/web", "deployment/web", "deployments/web", "Deployment/web", "deploy web", "deployments web", "deployments.apps/web"},
		{"StatefulSet web", "sts/web", "statefulset/web", "statefulsets web"},
		{"CronJob nightly-report", "cj/nightly-report", "cronjobs/nightly-report", "cronjob nightly-report"},
		{"Job import-catalogue", "job/import-catalogue", "jobs import-catalogue"},
		{"ReplicaSet leftover", "rs/leftover", "replicasets leftover"},
		{"Pod debug.0-alice", "po/debug.0-alice", "pods debug.0-alice"},
		{"DaemonSet log-agent -n observability", "ds/log-agent -n observability", "daemonsets log-agent -n observability"},
		{"Rollout payments -n billing", "rollout/payments --namespace billing"},
	}
	for _, names := range same {
		first := l.must(0, strings.Fields("kube workload "+names[0]+" --offline -o json")...)
		d := answerOf[detail](t, first).Items[0]
		require.True(t, strings.HasPrefix(names[0], d.Kind+" "+d.Name), names[0])
		for _, other := range names[1:] {
			require.Equal(t, first.stdout, l.must(0, strings.Fields("kube workload "+other+" --offline -o json")...).stdout, other)
		}
	}
}

func TestWhatIsNotThereIsSaidWithAHint(t *testing.T) {
	t.Parallel()
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	for question, said := range map[string]string{
		"kube workload deploy/wbe":           `Did you mean "web"?`,
		"kube workload deploymant/web":       `Did you mean "Deployment"?`,
		"kube workloads -n shpo":             `Did you mean "shop"?`,
		"kube workloads --context rug":       `Did you mean "rig"?`,
		"kube namespace shpo":                `Did you mean "shop"?`,
		"kube workload":                      "hint: Write KIND/NAME",
		"kube wrokloads":                     "hint: Did you mean workloads",
		"kub":                                "hint: Did you mean kube",
		"kube workloads -o xml":              "hint: ",
		"kube workloads -l a=b=c":            "hint: ",
		"kube workloads --max-age -5s":       "negative",
		"kube --context rig --all-contexts":  "exclude each other",
		"kube workload sts/db extra words":   "hint: ",
		"kube workloads --no-such-flag":      "hint: ",
		"kube workloads --kubeconfig /no/no": "hint: ",
	} {
		t.Run(question, func(t *testing.T) {
			o := l.fred(words(question)...)
			require.Equal(t, 2, o.code, "%s", o)
			require.Empty(t, o.stdout, "%s", o)
			require.True(t, strings.HasPrefix(o.stderr, "error: "), "%s", o)
			require.Contains(t, o.stderr, said, "%s", o)
		})
	}
}

func TestListsAreThoseThatKubectlGets(t *testing.T) {
	t.Parallel()
	is := truthOf(t)
	l := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop"))
	services := answerOf[service](t, l.must(0, "kube", "services", "-A", "-o", "json")).Items
	require.Len(t, services, len(is.services))
	for i := range services {
		sameService(t, &is.services[i], services[i])
	}
	ingresses := answerOf[ingress](t, l.must(0, "kube", "ingresses", "-A", "-o", "json")).Items
	require.Len(t, ingresses, len(is.ingresses))
	for i := range ingresses {
		sameIngress(t, &is.ingresses[i], ingresses[i])
	}
	maps := answerOf[configMap](t, l.must(0, "kube", "configmaps", "-A", "-o", "json")).Items
	require.Len(t, maps, len(is.configMaps))
	for i, m := range maps {
		require.Equal(t, is.configMaps[i].Namespace+"/"+is.configMaps[i].Name, m.Namespace+"/"+m.Name)
		require.Equal(t, sizesOf(&is.configMaps[i]), m.sizes(), m.Name)
	}
	for _, s := range answerOf[service](t, l.must(0, "kube", "services", "-o", "json")).Items {
		require.Equal(t, "shop", s.Namespace, "as with kubectl, the context's namespace")
	}
}

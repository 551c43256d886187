package metricsapi

import (
	"net/http"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

const root = "/apis/metrics.k8s.io/v1beta1"

// answer makes the object that a request asks for.
type answer func(*http.Request) (runtime.Object, error)

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+root, respond(func(*http.Request) (runtime.Object, error) { return discovery, nil }))
	mux.Handle("GET "+root+"/nodes", s.usage(s.listNodes))
	mux.Handle("GET "+root+"/nodes/{name}", s.usage(s.getNode))
	mux.Handle("GET "+root+"/pods", s.usage(s.listPods))
	mux.Handle("GET "+root+"/namespaces/{namespace}/pods", s.usage(s.listPods))
	mux.Handle("GET "+root+"/namespaces/{namespace}/pods/{name}", s.usage(s.getPod))
	return mux
}

var discovery = &metav1.APIResourceList{
	GroupVersion: v1beta1.SchemeGroupVersion.String(),
	APIResources: []metav1.APIResource{
		{Name: "nodes", Kind: "NodeMetrics", Verbs: metav1.Verbs{"get", "list"}},
		{Name: "pods", Kind: "PodMetrics", Namespaced: true, Verbs: metav1.Verbs{"get", "list"}},
	},
}

// usage answers as a does unless the server is told to fail.
func (s *Server) usage(a answer) http.Handler {
	return respond(func(r *http.Request) (runtime.Object, error) {
		if s.failing.Load() {
			return nil, apierrors.NewServiceUnavailable("the server is currently unable to handle the request")
		}
		return a(r)
	})
}

func (s *Server) listPods(r *http.Request) (runtime.Object, error) {
	selector, err := selectorOf(r)
	if err != nil {
		return nil, err
	}
	pods, err := s.pods.Pods(r.PathValue("namespace")).List(selector)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(pods, byName)
	list := &v1beta1.PodMetricsList{Items: []v1beta1.PodMetrics{}}
	for _, pod := range pods {
		if m, ok := podUsage(pod, moment()); ok {
			list.Items = append(list.Items, m)
		}
	}
	return list, nil
}

func (s *Server) getPod(r *http.Request) (runtime.Object, error) {
	name := r.PathValue("name")
	pod, err := s.pods.Pods(r.PathValue("namespace")).Get(name)
	if err != nil {
		return nil, absent("pods", name)
	}
	m, ok := podUsage(pod, moment())
	if !ok {
		return nil, absent("pods", name)
	}
	return &m, nil
}

func (s *Server) listNodes(r *http.Request) (runtime.Object, error) {
	selector, err := selectorOf(r)
	if err != nil {
		return nil, err
	}
	nodes, err := s.nodes.List(selector)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(nodes, byName)
	pods, err := s.podsByNode()
	if err != nil {
		return nil, err
	}
	list := &v1beta1.NodeMetricsList{Items: []v1beta1.NodeMetrics{}}
	for _, node := range nodes {
		if m, ok := nodeUsage(node, pods[node.Name], moment()); ok {
			list.Items = append(list.Items, m)
		}
	}
	return list, nil
}

func (s *Server) getNode(r *http.Request) (runtime.Object, error) {
	name := r.PathValue("name")
	node, err := s.nodes.Get(name)
	if err != nil {
		return nil, absent("nodes", name)
	}
	pods, err := s.podsByNode()
	if err != nil {
		return nil, err
	}
	m, ok := nodeUsage(node, pods[name], moment())
	if !ok {
		return nil, absent("nodes", name)
	}
	return &m, nil
}

func (s *Server) podsByNode() (map[string][]v1beta1.PodMetrics, error) {
	pods, err := s.pods.List(labels.Everything())
	if err != nil {
		return nil, err
	}
	on := map[string][]v1beta1.PodMetrics{}
	for _, pod := range pods {
		if m, ok := podUsage(pod, moment()); ok && pod.Status.Phase == corev1.PodRunning {
			on[pod.Spec.NodeName] = append(on[pod.Spec.NodeName], m)
		}
	}
	return on, nil
}

func selectorOf(r *http.Request) (labels.Selector, error) {
	selector, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return selector, nil
}

func absent(what, name string) error {
	return apierrors.NewNotFound(schema.GroupResource{Group: v1beta1.GroupName, Resource: what}, name)
}

// moment is when the last window ended.
func moment() time.Time { return time.Now().Truncate(window) }

package testutil

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// API is a Kubernetes API server made of a list of objects. It listens on a
// loopback port with TLS, answers in protobuf or JSON as it is asked, and cuts
// lists into pages. It is safe for concurrent use; its fields are set before it
// is asked.
type API struct {
	*httptest.Server

	// Before, if set, sees every request first; it returns true if it has answered.
	Before func(w http.ResponseWriter, r *http.Request) bool
	// Metrics says that metrics.k8s.io is installed.
	Metrics bool
	// Token, if set, is the bearer token that every request must have.
	Token string

	mu      sync.Mutex
	objects []runtime.Object
	asked   []string
}

// NewAPI returns a server that holds objects, and ends with the test.
func NewAPI(t testing.TB, objects ...runtime.Object) *API {
	t.Helper()
	a := &API{objects: objects}
	a.Server = httptest.NewUnstartedServer(a)
	a.Config.ErrorLog = log.New(io.Discard, "", 0) // connections are cut on purpose
	a.EnableHTTP2 = true
	a.StartTLS()
	t.Cleanup(a.Close)
	return a
}

// Rest returns how client-go reaches a.
func (a *API) Rest() *rest.Config {
	return &rest.Config{Host: a.URL, BearerToken: a.Token, TLSClientConfig: rest.TLSClientConfig{CAData: a.authority()}}
}

func (a *API) authority() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Certificate().Raw})
}

// Kubeconfig returns a kubeconfig whose one context leads to a.
func (a *API) Kubeconfig(context, namespace string) string {
	type object = map[string]any
	b, err := json.MarshalIndent(object{
		"apiVersion": "v1", "kind": "Config", "current-context": context,
		"clusters": []object{{"name": "fake", "cluster": object{"server": a.URL, "certificate-authority-data": a.authority()}}},
		"users":    []object{{"name": "fake", "user": object{"token": a.Token}}},
		"contexts": []object{{"name": context, "context": object{"cluster": "fake", "user": "fake", "namespace": namespace}}},
	}, "", "  ")
	if err != nil {
		panic(err) // of strings and bytes alone
	}
	return string(b) + "\n"
}

// Asked returns the paths and queries of the requests since it was last called.
func (a *API) Asked() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	asked := a.asked
	a.asked = nil
	return asked
}

// resource is one list that the server has.
type resource struct {
	group, version, plural, kind string
	namespaced                   bool
}

var resources = []resource{
	{"", "v1", "nodes", "Node", false},
	{"", "v1", "namespaces", "Namespace", false},
	{"", "v1", "pods", "Pod", true},
	{"", "v1", "services", "Service", true},
	{"", "v1", "configmaps", "ConfigMap", true},
	{"", "v1", "resourcequotas", "ResourceQuota", true},
	{"", "v1", "limitranges", "LimitRange", true},
	{"", "v1", "persistentvolumes", "PersistentVolume", false},
	{"apps", "v1", "deployments", "Deployment", true},
	{"apps", "v1", "replicasets", "ReplicaSet", true},
	{"apps", "v1", "statefulsets", "StatefulSet", true},
	{"apps", "v1", "daemonsets", "DaemonSet", true},
	{"batch", "v1", "jobs", "Job", true},
	{"batch", "v1", "cronjobs", "CronJob", true},
	{"networking.k8s.io", "v1", "ingresses", "Ingress", true},
	{metrics.GroupName, "v1beta1", "nodes", "NodeMetrics", false},
	{metrics.GroupName, "v1beta1", "pods", "PodMetrics", true},
}

// kinds knows every type on the wire.
var kinds, codecs = func() (*runtime.Scheme, serializer.CodecFactory) {
	s := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{scheme.AddToScheme, metrics.AddToScheme} {
		if err := add(s); err != nil {
			panic(err) // the types are compiled in
		}
	}
	return s, serializer.NewCodecFactory(s)
}()

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.asked = append(a.asked, r.URL.RequestURI())
	a.mu.Unlock()
	switch {
	case a.Before != nil && a.Before(w, r):
	case a.Token != "" && r.Header.Get("Authorization") != "Bearer "+a.Token:
		Refuse(w, apierrors.NewUnauthorized("Unauthorized"))
	case r.Method != http.MethodGet:
		Refuse(w, apierrors.NewMethodNotSupported(schema.GroupResource{}, r.Method))
	case r.URL.Path == "/version":
		w.Header().Set("Content-Type", runtime.ContentTypeJSON)
		_, _ = fmt.Fprint(w, `{"major":"1","minor":"37","gitVersion":"v1.37.2","platform":"linux/amd64"}`)
	default:
		a.object(w, r)
	}
}

// object answers with a list, or with one namespace.
func (a *API) object(w http.ResponseWriter, r *http.Request) {
	group, version, rest := cutPath(r.URL.Path)
	namespace := ""
	if len(rest) >= 2 && rest[0] == "namespaces" {
		if len(rest) == 2 {
			a.namespace(w, r, rest[1])
			return
		}
		namespace, rest = rest[1], rest[2:]
	}
	i := slices.IndexFunc(resources, func(o resource) bool {
		return len(rest) == 1 && o.group == group && o.version == version && o.plural == rest[0] && (namespace == "" || o.namespaced)
	})
	if i < 0 || (group == metrics.GroupName && !a.Metrics) {
		Refuse(w, apierrors.NewNotFound(schema.GroupResource{Group: group}, r.URL.Path))
		return
	}
	a.list(w, r, resources[i], namespace)
}

func cutPath(path string) (group, version string, rest []string) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case parts[0] == "api" && len(parts) > 2:
		return "", parts[1], parts[2:]
	case parts[0] == "apis" && len(parts) > 3:
		return parts[1], parts[2], parts[3:]
	default:
		return "", "", nil
	}
}

func (a *API) namespace(w http.ResponseWriter, r *http.Request, name string) {
	for _, o := range a.objects {
		if ns, ok := o.(*core.Namespace); ok && ns.Name == name {
			Answer(w, r, ns)
			return
		}
	}
	Refuse(w, apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, name))
}

func (a *API) list(w http.ResponseWriter, r *http.Request, of resource, namespace string) {
	kind := schema.GroupVersionKind{Group: of.group, Version: of.version, Kind: of.kind}
	var items []runtime.Object
	for _, o := range a.objects {
		have, _, err := kinds.ObjectKinds(o)
		accessor, _ := meta.Accessor(o)
		if err == nil && have[0] == kind && (namespace == "" || accessor.GetNamespace() == namespace) {
			items = append(items, o)
		}
	}
	kind.Kind += "List"
	list, err := kinds.New(kind)
	if err != nil {
		Refuse(w, apierrors.NewInternalError(err))
		return
	}
	page, next := cutPage(items, r)
	_ = meta.SetList(list, page) // the list was made for them
	list.(metav1.ListInterface).SetContinue(next)
	list.(metav1.ListInterface).SetResourceVersion("42")
	Answer(w, r, list)
}

// cutPage returns the page of items that r asks for, and the token of the next.
func cutPage(items []runtime.Object, r *http.Request) (page []runtime.Object, next string) {
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	from, _ := strconv.Atoi(r.URL.Query().Get("continue"))
	items = items[min(from, len(items)):]
	if limit == 0 || len(items) <= limit {
		return items, ""
	}
	return items[:limit], strconv.Itoa(from + limit)
}

// Answer writes o as the request accepts it.
func Answer(w http.ResponseWriter, r *http.Request, o runtime.Object) {
	media := runtime.ContentTypeJSON
	if strings.Contains(r.Header.Get("Accept"), runtime.ContentTypeProtobuf) {
		media = runtime.ContentTypeProtobuf
	}
	info, _ := runtime.SerializerInfoForMediaType(codecs.SupportedMediaTypes(), media)
	have, _, err := kinds.ObjectKinds(o)
	if err != nil {
		Refuse(w, apierrors.NewInternalError(err))
		return
	}
	w.Header().Set("Content-Type", media)
	_ = codecs.EncoderForVersion(info.Serializer, have[0].GroupVersion()).Encode(o, w)
}

// Refuse writes err as an API server does.
func Refuse(w http.ResponseWriter, err *apierrors.StatusError) {
	s := err.Status()
	s.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	w.Header().Set("Content-Type", runtime.ContentTypeJSON)
	w.WriteHeader(int(s.Code))
	_ = json.NewEncoder(w).Encode(s)
}

package kubernetes_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	metrics "k8s.io/metrics/pkg/apis/metrics/v1beta1"

	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/collector/kubernetes"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// source returns a Source whose every context is a.
func source(a *testutil.API) *kubernetes.Source {
	return kubernetes.New(func(string) (*rest.Config, error) { return a.Rest(), nil })
}

// pods makes n pods over two namespaces.
func pods(n int) []runtime.Object {
	objects := make([]runtime.Object, 0, n)
	for i := range n {
		objects = append(objects, &core.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: []string{"b", "a"}[i%2], Name: fmt.Sprintf("pod-%04d", n-i)}})
	}
	return objects
}

// lists are the requests among asked that are for r.
func lists(asked []string, r kube.Resource) (found []url.Values) {
	for _, uri := range asked {
		if u, err := url.Parse(uri); err == nil && strings.HasSuffix(u.Path, "/"+string(r)) {
			found = append(found, u.Query())
		}
	}
	return found
}

func TestALongListIsReadPageByPageAndSorted(t *testing.T) {
	a := testutil.NewAPI(t, pods(4801)...)
	inv, err := source(a).List(t.Context(), "dev", kube.Pods, "")
	require.NoError(t, err)
	require.Len(t, inv.Pods, 4801)
	require.Equal(t, "a", inv.Pods[0].Namespace)
	for i := 1; i < len(inv.Pods); i++ {
		before, after := inv.Pods[i-1], inv.Pods[i]
		require.Less(t, before.Namespace+"/"+before.Name, after.Namespace+"/"+after.Name)
	}
	asked := lists(a.Asked(), kube.Pods)
	require.Len(t, asked, 3)
	for i, token := range []string{"", "2000", "4000"} {
		require.Equal(t, "2000", asked[i].Get("limit"))
		require.Equal(t, token, asked[i].Get("continue"))
	}
}

func TestOneNamespaceIsAskedForAlone(t *testing.T) {
	a := testutil.NewAPI(t, pods(10)...)
	inv, err := source(a).List(t.Context(), "dev", kube.Pods, "a")
	require.NoError(t, err)
	require.Len(t, inv.Pods, 5)
	require.Contains(t, a.Asked()[0], "/api/v1/namespaces/a/pods")
}

func TestATokenThatExpiresBetweenPagesIsFollowedByAWholeList(t *testing.T) {
	a := testutil.NewAPI(t, pods(4801)...)
	a.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("continue") != "4000" {
			return false
		}
		testutil.Refuse(w, apierrors.NewResourceExpired("The provided continue parameter is too old"))
		return true
	}
	inv, err := source(a).List(t.Context(), "dev", kube.Pods, "")
	require.NoError(t, err)
	require.Len(t, inv.Pods, 4801, "every object once")
	asked := lists(a.Asked(), kube.Pods)
	require.Len(t, asked, 4)
	require.Empty(t, asked[3].Get("limit"))
	require.Empty(t, asked[3].Get("continue"))
}

func TestAListThatExpiresAtOnceIsAnError(t *testing.T) {
	a := testutil.NewAPI(t)
	a.Before = func(w http.ResponseWriter, _ *http.Request) bool {
		testutil.Refuse(w, apierrors.NewResourceExpired("too old resource version"))
		return true
	}
	_, err := source(a).List(t.Context(), "dev", kube.Pods, "")
	require.Equal(t, fault.BadAnswer, fault.KindOf(err), "%v", err)
	require.Len(t, a.Asked(), 1)
}

func TestAnOverloadedServerIsAskedAgainWhenItSaysSo(t *testing.T) {
	a := testutil.NewAPI(t, pods(3)...)
	var refused atomic.Int32
	a.Before = func(w http.ResponseWriter, _ *http.Request) bool {
		if refused.Add(1) > 2 {
			return false
		}
		w.Header().Set("Retry-After", "0")
		testutil.Refuse(w, apierrors.NewTooManyRequests("slow down", 0))
		return true
	}
	inv, err := source(a).List(t.Context(), "dev", kube.Pods, "")
	require.NoError(t, err)
	require.Len(t, inv.Pods, 3)
}

func TestWhatAServerMayAnswerInsteadOfAList(t *testing.T) {
	refuse := func(err *apierrors.StatusError) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { testutil.Refuse(w, err) }
	}
	plain := func(code int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) { http.Error(w, body, code) }
	}
	tests := []struct {
		name       string
		answer     func(http.ResponseWriter)
		kind       fault.Kind
		says, hint string
	}{
		{"401: it does not know who asks", refuse(apierrors.NewUnauthorized("Unauthorized")), fault.Unauthorized, "does not accept the credentials", "Log in again"},
		{"401 from something in between", plain(401, "<html>please log in</html>"), fault.Unauthorized, "does not accept the credentials", "Log in again"},
		{"403: it refuses", refuse(apierrors.NewForbidden(schema.GroupResource{Resource: "pods"}, "", errors.New("no rights"))), fault.Forbidden, "forbidden", "-n"},
		{"429 for ever", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0")
			testutil.Refuse(w, apierrors.NewTooManyRequests("slow down", 0))
		}, fault.Unreachable, "slow down", "try again"},
		{"500", refuse(apierrors.NewInternalError(errors.New("etcd is on fire"))), fault.Unreachable, "etcd is on fire", "--offline"},
		{"503 from a load balancer", plain(503, "no upstream"), fault.Unreachable, "", "--offline"},
		{"504: it took too long itself", refuse(apierrors.NewTimeoutError("request did not complete", 0)), fault.Timeout, "did not complete", "--timeout"},
		{"200 with a web page", plain(200, "<html>hello</html>"), fault.BadAnswer, "", ""},
		{"200 with half a list", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"a"}},`))
		}, fault.BadAnswer, "", ""},
		{"200 with something that is not protobuf", func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", runtime.ContentTypeProtobuf)
			_, _ = w.Write([]byte("k8s\x00\xff\xff\xff"))
		}, fault.BadAnswer, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := testutil.NewAPI(t, pods(1)...)
			a.Before = func(w http.ResponseWriter, _ *http.Request) bool { tt.answer(w); return true }
			inv, err := source(a).List(t.Context(), "dev", kube.Pods, "")
			require.Equal(t, tt.kind, fault.KindOf(err), "%v", err)
			require.Contains(t, err.Error(), `cluster "dev": list pods: `)
			require.Contains(t, err.Error(), tt.says)
			require.Contains(t, fault.HintOf(err), tt.hint)
			require.NotContains(t, err.Error(), "limit=500", "the query of a request tells a person nothing")
			require.Zero(t, inv.Len(), "no list is better than a part of one")
		})
	}
}

func TestAConnectionThatDiesWithinAListLeavesNoPartOfIt(t *testing.T) {
	for name, page := range map[string]string{"in the first page": "", "in the second page": "2000"} {
		t.Run(name, func(t *testing.T) {
			a := testutil.NewAPI(t, pods(2100)...)
			a.Before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Query().Get("continue") != page {
					return false
				}
				die(t, w, r, a)
				return true
			}
			inv, err := source(a).List(t.Context(), "dev", kube.Pods, "")
			require.Equal(t, fault.Unreachable, fault.KindOf(err), "%v", err)
			require.Zero(t, inv.Len())
		})
	}
}

// die answers with the first half of a list and cuts the connection.
func die(t *testing.T, w http.ResponseWriter, r *http.Request, a *testutil.API) {
	t.Helper()
	whole := httptest.NewRecorder()
	before := a.Before
	a.Before = nil
	a.ServeHTTP(whole, r)
	a.Before = before
	maps.Copy(w.Header(), whole.Header())
	w.Header().Set("Content-Length", fmt.Sprint(whole.Body.Len()))
	_, _ = w.Write(whole.Body.Bytes()[:whole.Body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestAServerThatDoesNotAnswerIsLeftWhenTimeIsUp(t *testing.T) {
	a := testutil.NewAPI(t)
	a.Before = func(_ http.ResponseWriter, r *http.Request) bool { <-r.Context().Done(); return true }
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := source(a).List(ctx, "dev", kube.Pods, "")
	require.Equal(t, fault.Timeout, fault.KindOf(err), "%v", err)
	require.Contains(t, fault.HintOf(err), "--timeout")

	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err = source(a).List(ctx, "dev", kube.Pods, "")
	require.Equal(t, fault.Interrupted, fault.KindOf(err), "%v", err)
}

func TestNobodyListensAndNobodyIsTrusted(t *testing.T) {
	a := testutil.NewAPI(t)
	stranger := kubernetes.New(func(string) (*rest.Config, error) { return &rest.Config{Host: a.URL}, nil })
	_, err := stranger.List(t.Context(), "dev", kube.Pods, "")
	require.Equal(t, fault.Unreachable, fault.KindOf(err), "%v", err)
	require.Contains(t, fault.HintOf(err), "certificate-authority-data")
	a.Close()
	_, err = source(a).List(t.Context(), "dev", kube.Pods, "")
	require.Equal(t, fault.Unreachable, fault.KindOf(err), "%v", err)
	require.Contains(t, fault.HintOf(err), "API server is up")
	require.Contains(t, err.Error(), "connection refused")
}

func TestAContextThatCannotBeReachedAtAllSaysWhy(t *testing.T) {
	s := kubernetes.New(func(string) (*rest.Config, error) {
		return nil, fault.New(fault.Invalid, "no such file").Hinted("Look.")
	})
	_, err := s.List(t.Context(), "dev", kube.Pods, "")
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	s = kubernetes.New(func(string) (*rest.Config, error) {
		return &rest.Config{Host: "https://x", TLSClientConfig: rest.TLSClientConfig{CAFile: "/not/there"}}, nil
	})
	_, err = s.Identify(t.Context(), "dev")
	require.ErrorContains(t, err, "/not/there")
}

func TestAClusterSaysWhoItIs(t *testing.T) {
	system := &core.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "kube-system", UID: "uid-1"}}
	a := testutil.NewAPI(t, system)
	server, err := source(a).Identify(t.Context(), "dev")
	require.NoError(t, err)
	require.Equal(t, kube.Server{Version: "v1.37.2", Platform: "linux/amd64", URL: a.URL, UID: "uid-1"}, server)

	refuse := func(err *apierrors.StatusError) {
		a.Before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path == "/version" {
				return false
			}
			testutil.Refuse(w, err)
			return true
		}
	}
	refuse(apierrors.NewForbidden(schema.GroupResource{Resource: "namespaces"}, "kube-system", nil))
	server, err = source(a).Identify(t.Context(), "dev")
	require.NoError(t, err, "who may not read kube-system still gets an answer")
	require.Empty(t, server.UID)
	refuse(apierrors.NewUnauthorized("Unauthorized"))
	_, err = source(a).Identify(t.Context(), "dev")
	require.Equal(t, fault.Unauthorized, fault.KindOf(err))

	a.Before = func(w http.ResponseWriter, _ *http.Request) bool { _, _ = fmt.Fprint(w, "<html>"); return true }
	_, err = source(a).Identify(t.Context(), "dev")
	require.Equal(t, fault.BadAnswer, fault.KindOf(err), "%v", err)
}

func TestTheSameTroubleIsToldInTheSameWordsEachTime(t *testing.T) {
	a := testutil.NewAPI(t)
	var late atomic.Value // the path whose answer comes last
	a.Before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == late.Load() {
			time.Sleep(50 * time.Millisecond)
		}
		testutil.Refuse(w, apierrors.NewUnauthorized("Unauthorized"))
		return true
	}
	var said []string
	for _, path := range []string{"/version", "/api/v1/namespaces/kube-system"} {
		late.Store(path)
		_, err := source(a).Identify(t.Context(), "dev")
		require.Error(t, err)
		said = append(said, err.Error())
	}
	require.Equal(t, said[0], said[1])
}

func TestMetricsAreAbsentWhereTheyAreNotInstalledAndAnErrorWhereTheyAreBroken(t *testing.T) {
	usage := core.ResourceList{"cpu": resource.MustParse("12m"), "memory": resource.MustParse("34Mi")}
	a := testutil.NewAPI(t,
		&metrics.NodeMetrics{ObjectMeta: metav1.ObjectMeta{Name: "n1"}, Usage: usage},
		&metrics.PodMetrics{ObjectMeta: metav1.ObjectMeta{Namespace: "a", Name: "p"}, Containers: []metrics.ContainerMetrics{{Name: "x", Usage: usage}, {Name: "y", Usage: usage}}},
	)
	s := source(a)
	for _, r := range []kube.Resource{kube.NodeMetrics, kube.PodMetrics} {
		inv, err := s.List(t.Context(), "dev", r, "")
		require.NoError(t, err)
		require.Equal(t, kube.Inventory{Absent: true}, inv)
	}
	a.Metrics = true
	inv, err := s.List(t.Context(), "dev", kube.NodeMetrics, "")
	require.NoError(t, err)
	require.Equal(t, []kube.Usage{{Name: "n1", CPU: 12e6, Memory: 34 << 20}}, inv.NodeMetrics)
	inv, err = s.List(t.Context(), "dev", kube.PodMetrics, "a")
	require.NoError(t, err)
	require.Equal(t, []kube.Usage{{Namespace: "a", Name: "p", CPU: 24e6, Memory: 68 << 20}}, inv.PodMetrics)

	a.Before = func(w http.ResponseWriter, _ *http.Request) bool {
		testutil.Refuse(w, apierrors.NewServiceUnavailable("the server is currently unable to handle the request"))
		return true
	}
	_, err = s.List(t.Context(), "dev", kube.PodMetrics, "")
	require.Equal(t, fault.Unreachable, fault.KindOf(err), "%v", err)
}

func TestNoRequestNamesSecretsOrWrites(t *testing.T) {
	a := testutil.NewAPI(t, everything()...)
	a.Metrics = true
	a.Before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet {
			panic(r.Method + " " + r.URL.Path)
		}
		return false
	}
	s := source(a)
	_, err := s.Identify(t.Context(), "dev")
	require.NoError(t, err)
	for _, r := range kube.All {
		for _, ns := range []string{"", "shop"} {
			_, err := s.List(t.Context(), "dev", r, ns)
			require.NoError(t, err, r)
		}
	}
	asked := a.Asked()
	require.GreaterOrEqual(t, len(asked), 2*len(kube.All))
	for _, uri := range asked {
		require.NotContains(t, strings.ToLower(uri), "secret")
		require.NotContains(t, uri, "watch")
	}
}

func TestAskingForNothingThatIsKnownIsFredsOwnMistake(t *testing.T) {
	_, err := source(testutil.NewAPI(t)).List(t.Context(), "dev", "secrets", "")
	require.Equal(t, fault.Internal, fault.KindOf(err))
}

//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// twoClusters has one context name lead to the small cluster, then to other,
// then back.
func twoClusters(t *testing.T, other *rig.Cluster) {
	one := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, ""))
	two := one.with(kubeconfigOf(t, other, rig.Admin, ""))
	question := []string{"kube", "workloads", "-A", "-o", "json"}
	first := rowsOnly(t, one.must(0, question...))
	require.Len(t, first, len(truthOf(t).workloads()))

	o := two.must(0, question...)
	second := answerOf[row](t, o)
	require.Equal(t, []string{"lonely Deployment/hermit", "lonely Pod/alone"}, ids(second.Items), "nothing of the first cluster, fresh as it is")
	require.Contains(t, second.codes(), "replaced")
	require.Contains(t, o.stderr, "set aside")
	require.DirExists(t, filepath.Join(one.cache(), "aside"))
	require.Equal(t, second.Items, rowsOnly(t, two.must(0, append(question, "--offline")...)))
	for _, also := range []string{"services", "configmaps", "ingresses"} {
		shown := two.must(0, "kube", also, "-A", "-o", "json").stdout
		require.NotContains(t, shown, `"shop"`, also)
	}
	require.NotContains(t, answerOf[row](t, two.must(0, question...)).codes(), "replaced", "it is said once")

	back := one.must(0, question...)
	require.Equal(t, ids(first), ids(rowsOnly(t, back)))
	require.Contains(t, back.stderr, "set aside")

	require.NoError(t, other.KillAPIServer())
	dead := two.must(4, question...)
	require.Contains(t, dead.stderr, "points to", "an address that does not answer gets nothing of another's: %s", dead)
	require.Empty(t, dead.stdout)
	require.NoError(t, other.StartAPIServer(t.Context()))
}

// namespaceGoes has a namespace deleted when its pods have been listed and
// namespaces have not.
func namespaceGoes(t *testing.T, c *rig.Cluster) {
	client, err := kubernetes.NewForConfig(c.AdminConfig)
	require.NoError(t, err)
	gone := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "soon-gone"}}
	_, err = client.CoreV1().Namespaces().Create(t.Context(), gone, metav1.CreateOptions{})
	require.NoError(t, err)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "last", Namespace: gone.Name},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "c", Image: "registry.example.com/last:1"}}},
	}
	_, err = client.CoreV1().Pods(gone.Name).Create(t.Context(), pod, metav1.CreateOptions{})
	require.NoError(t, err)

	p := newProxy(t, c)
	listed := make(chan struct{})
	var once sync.Once
	p.does(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		switch r.URL.Path {
		case "/api/v1/pods":
			next.ServeHTTP(w, r)
			once.Do(func() { close(listed) })
			return
		case "/api/v1/namespaces":
			<-listed
			if err := remove(t.Context(), client, pod); err != nil {
				t.Errorf("delete the namespace: %v", err)
			}
		}
		next.ServeHTTP(w, r)
	})
	l := newLaptop(t, p.kubeconfig(t, rig.Admin, "rig", "lonely"))
	between := answerOf[row](t, l.must(0, "kube", "workloads", "-A", "-o", "json"))
	require.Equal(t, []string{"lonely Deployment/hermit", "lonely Pod/alone", "soon-gone Pod/last"}, ids(between.Items), "nothing that was read vanishes")
	p.does(nil)
	after := l.must(0, "kube", "workloads", "-A", "--refresh", "-o", "json")
	require.Equal(t, []string{"lonely Deployment/hermit", "lonely Pod/alone"}, ids(rowsOnly(t, after)))
	o := l.must(2, "kube", "workloads", "-n", "soon-gone")
	require.Contains(t, o.stderr, `no namespace "soon-gone"`)
}

// remove deletes a pod and its namespace, in the place of the controller that
// does it elsewhere.
func remove(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) error {
	now := metav1.DeleteOptions{GracePeriodSeconds: new(int64)}
	if err := client.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, now); err != nil {
		return err
	}
	if err := client.CoreV1().Namespaces().Delete(ctx, pod.Namespace, now); err != nil {
		return err
	}
	namespace, err := client.CoreV1().Namespaces().Get(ctx, pod.Namespace, metav1.GetOptions{})
	if err != nil {
		return err
	}
	namespace.Spec.Finalizers = nil
	_, err = client.CoreV1().Namespaces().Finalize(ctx, namespace, metav1.UpdateOptions{})
	return err
}

func TestAnotherClusterAtTheSameAddressIsNotMixedIn(t *testing.T) {
	t.Parallel()
	c, is := small(t), truthOf(t)
	uid := ""
	for _, n := range is.namespaces {
		if n.Name == "kube-system" {
			uid = string(n.UID)
		}
	}
	p := newProxy(t, c)
	l := newLaptop(t, p.kubeconfig(t, rig.Admin, "rig", "shop"))
	question := []string{"kube", "workloads", "-A", "-o", "json"}
	l.must(0, question...)
	const other = "00000000-1111-2222-3333-444444444444"
	p.does(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if !strings.HasSuffix(r.URL.Path, "/deployments") {
			rewriting(w, r, next, uid, other)
			return
		}
		refuse(w, http.StatusInternalServerError, "InternalError", "etcd is being restored")
	})
	l.must(0, question...)
	require.Empty(t, p.asked(), "a fresh entry is not asked about")
	l.agedBy(2 * time.Minute)
	o := l.fred(question...)
	require.Contains(t, []int{0, 3}, o.code, "%s", o)
	a := answerOf[row](t, o)
	require.Contains(t, a.codes(), "replaced")
	require.Contains(t, a.codes(), "missing", "the old cluster's Deployments do not fill the gap")
	require.Equal(t, 3, o.code)
	aside := filesBelow(t, filepath.Join(l.cache(), "aside"))
	require.NotEmpty(t, aside)
	for path := range aside {
		require.Contains(t, path, uid)
	}
	for path, data := range filesBelow(t, filepath.Join(l.cache(), "clusters")) {
		header, _, _ := bytes.Cut(data, []byte("\n"))
		require.NotContains(t, string(header), uid, path)
	}
}

// rewriting hands r on, and writes what comes back with old replaced by
// something of its length, which protobuf allows.
func rewriting(w http.ResponseWriter, r *http.Request, next http.Handler, old, with string) {
	r.Header.Del("Accept-Encoding")
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	body, _ := io.ReadAll(rec.Body) // from memory
	maps.Copy(w.Header(), rec.Header())
	w.WriteHeader(rec.Code)
	_, _ = w.Write(bytes.ReplaceAll(body, []byte(old), []byte(with)))
}

func TestNamesOfContextsStayInTheCacheFolder(t *testing.T) {
	t.Parallel()
	c := small(t)
	names := []string{
		"arn:aws:eks:eu-west-3:123456789012:cluster/shop-prod", "../../etc", "..", "/etc/cron.d/x", "a b\tc", "CON", "%2e%2e%2f", "ünï/cödé", ".",
	}
	path := edited(t, kubeconfigOf(t, c, rig.Admin, "shop"), func(k *clientcmdapi.Config) {
		for _, name := range names {
			k.Contexts[name] = k.Contexts["rig"]
		}
	})
	l := newLaptop(t, path)
	want := rowsOnly(t, l.must(0, "kube", "workloads", "-o", "json"))
	s := l.serve()
	for _, name := range names {
		o := l.must(0, "kube", "workloads", "--context", name, "-o", "json")
		require.Equal(t, want, rowsOnly(t, o), name)
		require.Equal(t, name, answerOf[row](t, o).Cluster)
		require.Equal(t, o.stdout, s.get("kube/workloads?context="+escaped(name)).body, name)
		require.Equal(t, o.stdout, l.must(0, "kube", "workloads", "--context", name, "-o", "json").stdout, "from the cache")
	}
	require.Equal(t, want, rowsOnly(t, l.must(0, "kube", "workloads", "--context", "shop-prod", "-o", "json")), "the alias of an ARN")
	for file := range filesBelow(t, filepath.Dir(l.home)) {
		require.True(t, strings.HasPrefix(file, l.cache()+string(os.PathSeparator)), "%s lies outside the cache", file)
	}
	all := answerOf[row](t, l.must(0, "kube", "workloads", "--all-contexts", "-o", "json"))
	require.Len(t, all.Items, len(want)*(len(names)+1))
	require.Equal(t, len(want), all.Total.Workloads, "one cluster under many names counts once")
}

//go:build e2e

package e2e_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// outward is an address of this machine alone that is none of 127/8, to which an API
// server does not proxy. The test is skipped where none can be had.
func outward(t *testing.T) string {
	t.Helper()
	address := fmt.Sprintf("198.51.100.%d", 1+os.Getpid()%254) // of no network: RFC 5737
	if out, err := exec.CommandContext(t.Context(), "ip", "address", "add", address+"/32", "dev", "lo").CombinedOutput(); err != nil {
		t.Skipf("no address can be had here: %v: %s", err, out)
	}
	t.Cleanup(func() {
		_ = exec.CommandContext(context.Background(), "ip", "address", "del", address+"/32", "dev", "lo").Run()
	})
	return address
}

// piped is a port of ip that leads to a server of this machine.
func piped(t *testing.T, ip, server string) int32 {
	t.Helper()
	l, err := net.Listen("tcp", ip+":0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for c, err := l.Accept(); err == nil; c, err = l.Accept() {
			to, err := net.Dial("tcp", strings.TrimPrefix(server, "http://"))
			if err != nil {
				_ = c.Close()
				continue
			}
			go func() { _, _ = io.Copy(to, c); _ = to.Close() }()
			go func() { _, _ = io.Copy(c, to); _ = c.Close() }()
		}
	}()
	return int32(l.Addr().(*net.TCPAddr).Port)
}

// monitored is the namespace that the Prometheus is in.
const monitored = "default"

// creates creates an object, and deletes it after the test.
func creates[T any](t *testing.T, in interface {
	Create(context.Context, T, metav1.CreateOptions) (T, error)
	Delete(context.Context, string, metav1.DeleteOptions) error
}, name string, object T,
) T {
	t.Helper()
	made, err := in.Create(t.Context(), object, metav1.CreateOptions{})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, in.Delete(context.Background(), name, metav1.DeleteOptions{GracePeriodSeconds: new(int64(0))}))
	})
	return made
}

// publish has the Service prometheus:9090 lead to a Pod at ip and port.
func publish(t *testing.T, client kubernetes.Interface, ip string, port int32) {
	t.Helper()
	const name = "prometheus"
	meta := metav1.ObjectMeta{Name: name, Labels: map[string]string{discoveryv1.LabelServiceName: name}}
	pods := client.CoreV1().Pods(monitored)
	pod := creates(t, pods, name, &corev1.Pod{ObjectMeta: meta, Spec: corev1.PodSpec{
		NodeName: "none", Containers: []corev1.Container{{Name: name, Image: "registry.example/prometheus"}},
	}})
	pod.Status = corev1.PodStatus{Phase: corev1.PodRunning, PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}}}
	_, err := pods.UpdateStatus(t.Context(), pod, metav1.UpdateOptions{})
	require.NoError(t, err)
	creates(t, client.CoreV1().Services(monitored), name, &corev1.Service{ObjectMeta: meta, Spec: corev1.ServiceSpec{
		Ports: []corev1.ServicePort{{Name: "web", Port: 9090}},
	}})
	creates(t, client.DiscoveryV1().EndpointSlices(monitored), name, &discoveryv1.EndpointSlice{
		ObjectMeta: meta, AddressType: discoveryv1.AddressTypeIPv4,
		Ports: []discoveryv1.EndpointPort{{Name: new("web"), Port: &port}},
		Endpoints: []discoveryv1.Endpoint{{
			Addresses: []string{ip}, Conditions: discoveryv1.EndpointConditions{Ready: new(true)},
			TargetRef: &corev1.ObjectReference{Kind: "Pod", Namespace: monitored, Name: name, UID: pod.UID},
		}},
	})
}

// ofCluster is what fred reads of a cluster, and nothing more.
var ofCluster = []rbacv1.PolicyRule{
	{APIGroups: []string{""}, Resources: []string{"namespaces", "nodes", "pods"}, Verbs: []string{"get", "list"}},
	{APIGroups: []string{"apps", "batch", "metrics.k8s.io"}, Resources: []string{"*"}, Verbs: []string{"get", "list"}},
}

// reader writes a kubeconfig of a ServiceAccount, which may read ofCluster and, in its
// own namespace, what rules say.
func reader(t *testing.T, c *rig.Cluster, client kubernetes.Interface, name string, rules ...rbacv1.PolicyRule) string {
	t.Helper()
	meta, rights, accounts := metav1.ObjectMeta{Name: name}, client.RbacV1(), client.CoreV1().ServiceAccounts(monitored)
	creates(t, accounts, name, &corev1.ServiceAccount{ObjectMeta: meta})
	creates(t, rights.Roles(monitored), name, &rbacv1.Role{ObjectMeta: meta, Rules: rules})
	creates(t, rights.ClusterRoles(), name, &rbacv1.ClusterRole{ObjectMeta: meta, Rules: ofCluster})
	who := []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: monitored, Name: name}}
	role := func(kind string) rbacv1.RoleRef {
		return rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: kind, Name: name}
	}
	creates(t, rights.RoleBindings(monitored), name, &rbacv1.RoleBinding{ObjectMeta: meta, Subjects: who, RoleRef: role("Role")})
	creates(t, rights.ClusterRoleBindings(), name, &rbacv1.ClusterRoleBinding{ObjectMeta: meta, Subjects: who, RoleRef: role("ClusterRole")})
	token, err := accounts.CreateToken(t.Context(), name, &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	require.NoError(t, err)
	return edited(t, kubeconfigOf(t, c, rig.Admin, "shop"), func(k *clientcmdapi.Config) {
		k.AuthInfos[rig.Admin] = &clientcmdapi.AuthInfo{Token: token.Status.Token}
	})
}

// The role has no right to create services/proxy: a POST would be refused.
func TestEnergyIsReadThroughTheAPIServer(t *testing.T) {
	ip := outward(t)
	c := small(t)
	p, w := metered(t, newLaptop(t, kubeconfigOf(t, c, rig.Admin, "shop")))
	client, err := kubernetes.NewForConfig(c.AdminConfig)
	require.NoError(t, err)
	publish(t, client, ip, piped(t, ip, p.URL))
	asks := reader(t, c, client, "asks", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"services/proxy"}, Verbs: []string{"get"}})
	looks := reader(t, c, client, "looks")
	behind := func(kubeconfig, service string) *laptop {
		l := newLaptop(t, kubeconfig)
		l.env = []string{"FRED_PROMETHEUS_SERVICE=" + monitored + "/" + service}
		return l
	}
	for _, service := range []string{"prometheus:9090", "http:prometheus:web"} {
		tells(t, behind(asks, service), "", w)
	}
	require.Contains(t, behind(looks, "prometheus:9090").must(3, asking(w, "")...).stderr, "refuses to answer (403)")
	require.Contains(t, behind(asks, "prometheus:9091").must(3, asking(w, "")...).stderr, "does not answer", "no such port")
	require.NoError(t, p.Close())
	require.Contains(t, behind(asks, "prometheus:9090").must(3, asking(w, "")...).stderr, "does not answer")
}

//go:build e2e

package e2e_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	k8s "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/fredctl/fred/internal/e2e/rig"
	"github.com/fredctl/fred/pkg/collector/kubernetes"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

const balancer = "k8s-shop-front-0123456789.elb.eu-west-3.amazonaws.com"

func TestVolumesClaimsAndLoadBalancersAreReadAsTheAPIHasThem(t *testing.T) {
	t.Parallel()
	c, err := rig.Start(t.Context(), rig.Options{NoMetrics: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	client, err := k8s.NewForConfig(c.AdminConfig)
	require.NoError(t, err)
	keepData(t, client)
	balance(t, client)

	s := kubernetes.New(func(string) (*rest.Config, error) { return c.AdminConfig, nil })
	var parts []kube.Inventory
	for _, r := range kube.Known {
		part, err := s.List(t.Context(), "rig", r, "")
		require.NoError(t, err, r)
		parts = append(parts, part)
	}
	inv := kube.Merge(parts)
	require.Len(t, inv.PersistentVolumes, 1)
	v := inv.PersistentVolumes[0]
	claim := kube.Claim{Namespace: rig.ViewerNamespace, Name: "data-vault-0"}
	require.Equal(t, "disk-1", v.Name)
	require.EqualValues(t, 5<<30, v.Capacity)
	require.Equal(t, []string{"gp3", "Bound", "ebs.csi.aws.com", "vol-0a1b2c3d4e5f60718"}, []string{v.StorageClass, v.Phase, v.Driver, v.Volume})
	require.Equal(t, &claim, v.Claim)
	mounts := kube.NewSnapshot(inv, map[kube.Resource]bool{kube.Pods: true}, time.Now()).Mounts()
	require.Equal(t, map[kube.Claim][]kube.ID{claim: {{Namespace: rig.ViewerNamespace, Kind: "StatefulSet", Name: "vault"}}}, mounts)

	l := newLaptop(t, kubeconfigOf(t, c, rig.Admin, rig.ViewerNamespace))
	require.Equal(t, balancer+" 203.0.113.7", l.must(0, "kube", "services", "-o", "jsonpath={.items[0].loadBalancer[0]} {.items[0].loadBalancer[1]}").stdout)
	require.FileExists(t, l.entry("services"))
	require.NoFileExists(t, l.entry("persistentvolumes"), "no question has asked for them")

	viewer := kubernetes.New(func(string) (*rest.Config, error) {
		return clientcmd.BuildConfigFromFlags("", kubeconfigOf(t, c, rig.Viewer, rig.ViewerNamespace))
	})
	_, err = viewer.List(t.Context(), "rig", kube.PersistentVolumes, "")
	require.Equal(t, fault.Forbidden, fault.KindOf(err), "%v", err)
}

// keepData makes a StatefulSet whose one claim is bound to a volume.
func keepData(t *testing.T, client k8s.Interface) {
	t.Helper()
	size := corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("5Gi")}
	modes, labels := []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce}, map[string]string{"app": "vault"}
	_, err := client.CoreV1().PersistentVolumes().Create(t.Context(), &corev1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: "disk-1"},
		Spec: corev1.PersistentVolumeSpec{
			Capacity: size, AccessModes: modes, StorageClassName: "gp3", PersistentVolumeReclaimPolicy: corev1.PersistentVolumeReclaimRetain,
			ClaimRef:               &corev1.ObjectReference{Namespace: rig.ViewerNamespace, Name: "data-vault-0"},
			PersistentVolumeSource: corev1.PersistentVolumeSource{CSI: &corev1.CSIPersistentVolumeSource{Driver: "ebs.csi.aws.com", VolumeHandle: "vol-0a1b2c3d4e5f60718"}},
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = client.AppsV1().StatefulSets(rig.ViewerNamespace).Create(t.Context(), &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Name: "vault"},
		Spec: appsv1.StatefulSetSpec{
			Replicas: new(int32(1)), Selector: &metav1.LabelSelector{MatchLabels: labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "vault", Image: "registry.example.com/vault:1"}}},
			},
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{{
				ObjectMeta: metav1.ObjectMeta{Name: "data"},
				Spec:       corev1.PersistentVolumeClaimSpec{AccessModes: modes, StorageClassName: new("gp3"), Resources: corev1.VolumeResourceRequirements{Requests: size}},
			}},
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		v, err := client.CoreV1().PersistentVolumes().Get(t.Context(), "disk-1", metav1.GetOptions{})
		_, noPod := client.CoreV1().Pods(rig.ViewerNamespace).Get(t.Context(), "vault-0", metav1.GetOptions{})
		return err == nil && noPod == nil && v.Status.Phase == corev1.VolumeBound
	}, time.Minute, 100*time.Millisecond)
}

// balance makes a Service with a load balancer, in the place of a cloud's controller.
func balance(t *testing.T, client k8s.Interface) {
	t.Helper()
	services := client.CoreV1().Services(rig.ViewerNamespace)
	s, err := services.Create(t.Context(), &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Name: "front"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, Ports: []corev1.ServicePort{{Port: 443}}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{Hostname: balancer}, {IP: "203.0.113.7"}}
	_, err = services.UpdateStatus(t.Context(), s, metav1.UpdateOptions{})
	require.NoError(t, err)
}

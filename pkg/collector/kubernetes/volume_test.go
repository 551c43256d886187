package kubernetes_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// volumes reads the PersistentVolumes of a server that holds objects.
func volumes(t *testing.T, objects ...runtime.Object) []kube.PersistentVolume {
	t.Helper()
	inv, err := source(testutil.NewAPI(t, objects...)).List(t.Context(), "dev", kube.PersistentVolumes, "")
	require.NoError(t, err)
	return inv.PersistentVolumes
}

func volume(name string, source core.PersistentVolumeSource) *core.PersistentVolume {
	return &core.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: core.PersistentVolumeSpec{PersistentVolumeSource: source}}
}

func TestAVolumeIsKeptAsItsClassItsClaimAndWhatTheProviderCallsIt(t *testing.T) {
	tests := []struct {
		name           string
		source         core.PersistentVolumeSource
		driver, volume string
	}{
		{"a CSI driver's handle", core.PersistentVolumeSource{CSI: &core.CSIPersistentVolumeSource{Driver: "ebs.csi.aws.com", VolumeHandle: "vol-0a1b2c3d4e5f60718"}}, "ebs.csi.aws.com", "vol-0a1b2c3d4e5f60718"},
		{"a disk of EC2", core.PersistentVolumeSource{AWSElasticBlockStore: &core.AWSElasticBlockStoreVolumeSource{VolumeID: "aws://eu-west-3a/vol-0a1b2c3d4e5f60718"}}, "", "aws://eu-west-3a/vol-0a1b2c3d4e5f60718"},
		{"a disk of Compute Engine", core.PersistentVolumeSource{GCEPersistentDisk: &core.GCEPersistentDiskVolumeSource{PDName: "gke-prod-pvc-1"}}, "", "gke-prod-pvc-1"},
		{"a disk of Azure", core.PersistentVolumeSource{AzureDisk: &core.AzureDiskVolumeSource{DiskName: "d", DataDiskURI: "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/disks/d"}}, "", "/subscriptions/0/resourceGroups/g/providers/Microsoft.Compute/disks/d"},
		{"a share is nobody's disk", core.PersistentVolumeSource{NFS: &core.NFSVolumeSource{Server: "nas.example", Path: "/export"}}, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := volume("pv-1", tt.source)
			o.CreationTimestamp = noon
			o.Spec.Capacity = core.ResourceList{core.ResourceStorage: resource.MustParse("20Gi")}
			o.Spec.StorageClassName = "gp3"
			o.Spec.ClaimRef = &core.ObjectReference{Kind: "PersistentVolumeClaim", Namespace: "shop", Name: "data", UID: "u"}
			o.Status.Phase = core.VolumeBound
			require.Equal(t, []kube.PersistentVolume{{
				Meta: kube.Meta{Name: "pv-1", Created: noon.UTC()}, Capacity: 20 << 30, StorageClass: "gp3", Phase: "Bound",
				Claim: &kube.Claim{Namespace: "shop", Name: "data"}, Driver: tt.driver, Volume: tt.volume,
			}}, volumes(t, o))
		})
	}
}

func TestAVolumeThatNobodyClaimsHasNoClaimAndMayHaveItsClassFromOldTimes(t *testing.T) {
	o := volume("old", core.PersistentVolumeSource{})
	o.Annotations = map[string]string{core.BetaStorageClassAnnotation: "slow"}
	o.Status.Phase = core.VolumeAvailable
	got := volumes(t, o)
	require.Len(t, got, 1)
	require.Nil(t, got[0].Claim)
	require.Equal(t, "slow", got[0].StorageClass)
	require.Equal(t, "Available", got[0].Phase)
}

func TestNoSecretOfAVolumeIsKept(t *testing.T) {
	csi := volume("csi", core.PersistentVolumeSource{CSI: &core.CSIPersistentVolumeSource{
		Driver: "smb.csi.k8s.io", VolumeHandle: "smb://ann:" + secret("handle") + "@nas.example/share",
		VolumeAttributes: map[string]string{"password": secret("attribute")}, NodePublishSecretRef: &core.SecretReference{Name: secret("reference")},
	}})
	csi.ObjectMeta = meta("csi")
	csi.Namespace = ""
	csi.Spec.MountOptions = []string{"password=" + secret("mount")}
	csi.Status.Message, csi.Status.Reason = secret("message"), secret("reason")
	blob := volume("blob", core.PersistentVolumeSource{AzureDisk: &core.AzureDiskVolumeSource{DataDiskURI: "https://acc.blob.core.windows.net/vhds/a.vhd?sv=2024-01-01&sig=" + secret("signature")}})
	flex := volume("flex", core.PersistentVolumeSource{FlexVolume: &core.FlexPersistentVolumeSource{Driver: "x", Options: map[string]string{"password": secret("flex")}}})
	got := volumes(t, csi, blob, flex)
	require.Len(t, got, 3)
	b, err := json.Marshal(got)
	require.NoError(t, err)
	require.NotContains(t, string(b), planted)
	require.Contains(t, string(b), "nas.example/share")
	require.Contains(t, string(b), "acc.blob.core.windows.net/vhds/a.vhd")
}

func TestVolumesAreNotReadWithTheOthersAndMayBeRefused(t *testing.T) {
	a := testutil.NewAPI(t, volume("pv-1", core.PersistentVolumeSource{}))
	s := source(a)
	for _, r := range kube.All {
		_, err := s.List(t.Context(), "dev", r, "")
		require.NoError(t, err)
	}
	require.Empty(t, lists(a.Asked(), kube.PersistentVolumes))
	a.Before = func(w http.ResponseWriter, _ *http.Request) bool {
		testutil.Refuse(w, apierrors.NewForbidden(schema.GroupResource{Resource: "persistentvolumes"}, "", nil))
		return true
	}
	_, err := s.List(t.Context(), "dev", kube.PersistentVolumes, "shop")
	require.Equal(t, fault.Forbidden, fault.KindOf(err))
	require.ErrorContains(t, err, "list persistentvolumes")
	require.Contains(t, a.Asked()[0], "/api/v1/persistentvolumes?", "they are of no namespace")
	require.Equal(t, fault.Forbidden, fault.KindOf(s.Probe(t.Context(), "dev", kube.PersistentVolumes, "shop")))
}

func TestAPodTellsTheClaimsThatItMountsWhoeverMadeThem(t *testing.T) {
	of := func(claim string) core.Volume {
		return core.Volume{Name: "v", VolumeSource: core.VolumeSource{PersistentVolumeClaim: &core.PersistentVolumeClaimVolumeSource{ClaimName: claim}}}
	}
	owned := &core.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "db-0", OwnerReferences: controller("StatefulSet", "db")}}
	owned.Spec.Volumes = []core.Volume{of("data-db-0"), {Name: "scratch", VolumeSource: core.VolumeSource{Ephemeral: &core.EphemeralVolumeSource{}}}, {Name: "none"}}
	none := &core.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "none", OwnerReferences: controller("ReplicaSet", "r")}}
	inv := inventory(t, owned, none)
	require.Equal(t, []string{"data-db-0", "db-0-scratch"}, inv.Pods[0].Claims)
	require.Nil(t, inv.Pods[1].Claims)
	b, err := json.Marshal(inv.Pods[1])
	require.NoError(t, err)
	require.NotContains(t, string(b), "claims", "most pods mount none")
}

func TestAServiceTellsWhereItsLoadBalancerIs(t *testing.T) {
	service := func(name string, in ...core.LoadBalancerIngress) *core.Service {
		return &core.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Status: core.ServiceStatus{LoadBalancer: core.LoadBalancerStatus{Ingress: in}}}
	}
	inv := inventory(t,
		service("a", core.LoadBalancerIngress{Hostname: "k8s-shop-a-0123456789.elb.eu-west-3.amazonaws.com"}),
		service("b", core.LoadBalancerIngress{IP: "203.0.113.7"}, core.LoadBalancerIngress{IP: "2001:db8::7"}, core.LoadBalancerIngress{}),
		service("c"))
	var got [][]string
	for _, s := range inv.Services {
		got = append(got, s.LoadBalancer)
	}
	require.Equal(t, [][]string{{"k8s-shop-a-0123456789.elb.eu-west-3.amazonaws.com"}, {"203.0.113.7", "2001:db8::7"}, nil}, got)
}

package kubernetes_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/unit"
)

// planted is what no inventory may ever hold. The parts tell places apart.
const planted = "hunter2Zq9x"

func secret(place string) string { return planted + "-" + place }

var noon = metav1.NewTime(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))

func meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: "shop", Name: name, CreationTimestamp: noon,
		Labels: map[string]string{"app": name},
		Annotations: map[string]string{
			"kubectl.kubernetes.io/last-applied-configuration":  `{"spec":{"password":"` + secret("last-applied") + `"}}`,
			"example.com/api-token":                             secret("annotation"),
			"nginx.ingress.kubernetes.io/configuration-snippet": `proxy_set_header Authorization "Basic ` + secret("snippet") + `";`,
			"nginx.ingress.kubernetes.io/auth-secret":           secret("auth-secret"),
		},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: secret("manager")}},
	}
}

func quantity(cpu, memory string) core.ResourceList {
	list := core.ResourceList{}
	if cpu != "" {
		list[core.ResourceCPU] = resource.MustParse(cpu)
	}
	if memory != "" {
		list[core.ResourceMemory] = resource.MustParse(memory)
	}
	return list
}

// template holds a secret at every place of a pod that could hold one.
func template() core.PodTemplateSpec {
	probe := &core.Probe{ProbeHandler: core.ProbeHandler{HTTPGet: &core.HTTPGetAction{
		Path: "/health?token=" + secret("probe-path"), HTTPHeaders: []core.HTTPHeader{{Name: "Authorization", Value: "Bearer " + secret("probe-header")}},
	}}}
	exec := &core.Probe{ProbeHandler: core.ProbeHandler{Exec: &core.ExecAction{Command: []string{"check", "--password", secret("probe-exec")}}}}
	container := func(name string) core.Container {
		return core.Container{
			Name: name, Image: "registry.example/" + name + ":1.0",
			Command: []string{"/bin/server", "--db-password=" + secret("command-equals"), "--api-token"},
			Args:    []string{secret("args-after-command"), "--url=postgres://u:" + secret("url") + "@db/x", "-p", secret("args-p"), "--level=info"},
			Env: []core.EnvVar{
				{Name: "DB_PASSWORD", Value: secret("env")},
				{Name: "PIN", Value: "998877665544"},
				{Name: "DATABASE_URL", Value: "postgres://u:" + secret("env-url") + "@db:5432/x"},
				{Name: "FREE_TEXT", Value: "the word is " + secret("env-text")},
				{Name: "FROM_SECRET", ValueFrom: &core.EnvVarSource{SecretKeyRef: &core.SecretKeySelector{LocalObjectReference: core.LocalObjectReference{Name: "db"}, Key: "password"}}},
				{Name: "FROM_MAP", ValueFrom: &core.EnvVarSource{ConfigMapKeyRef: &core.ConfigMapKeySelector{LocalObjectReference: core.LocalObjectReference{Name: "conf"}, Key: "k", Optional: new(true)}}},
				{Name: "NODE", ValueFrom: &core.EnvVarSource{FieldRef: &core.ObjectFieldSelector{FieldPath: "spec.nodeName"}}},
				{Name: "CPU", ValueFrom: &core.EnvVarSource{ResourceFieldRef: &core.ResourceFieldSelector{Resource: "limits.cpu"}}},
			},
			EnvFrom: []core.EnvFromSource{
				{Prefix: "C_", ConfigMapRef: &core.ConfigMapEnvSource{LocalObjectReference: core.LocalObjectReference{Name: "conf"}}},
				{SecretRef: &core.SecretEnvSource{LocalObjectReference: core.LocalObjectReference{Name: "db"}, Optional: new(true)}},
			},
			LivenessProbe: probe, StartupProbe: exec,
			Lifecycle: &core.Lifecycle{PreStop: &core.LifecycleHandler{Exec: &core.ExecAction{Command: []string{"curl", "-u", "x:" + secret("hook")}}}},
			Ports:     []core.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: "TCP"}},
		}
	}
	source := core.VolumeSource{Projected: &core.ProjectedVolumeSource{Sources: []core.VolumeProjection{
		{ConfigMap: &core.ConfigMapProjection{LocalObjectReference: core.LocalObjectReference{Name: "conf"}}},
		{Secret: &core.SecretProjection{LocalObjectReference: core.LocalObjectReference{Name: "tls"}}},
		{ServiceAccountToken: &core.ServiceAccountTokenProjection{Audience: "x"}},
	}}}
	return core.PodTemplateSpec{
		ObjectMeta: meta("web"),
		Spec: core.PodSpec{
			InitContainers: []core.Container{container("setup")},
			Containers:     []core.Container{container("web")},
			Volumes: []core.Volume{
				{Name: "all", VolumeSource: source},
				{Name: "files", VolumeSource: core.VolumeSource{ConfigMap: &core.ConfigMapVolumeSource{LocalObjectReference: core.LocalObjectReference{Name: "files"}, Optional: new(true)}}},
				{Name: "creds", VolumeSource: core.VolumeSource{Secret: &core.SecretVolumeSource{SecretName: "creds"}}},
				{Name: "data", VolumeSource: core.VolumeSource{PersistentVolumeClaim: &core.PersistentVolumeClaimVolumeSource{ClaimName: "data"}}},
				{Name: "host", VolumeSource: core.VolumeSource{HostPath: &core.HostPathVolumeSource{Path: "/var/log"}}},
				{Name: "csi", VolumeSource: core.VolumeSource{CSI: &core.CSIVolumeSource{Driver: "x", VolumeAttributes: map[string]string{"password": secret("csi")}}}},
				{Name: "flex", VolumeSource: core.VolumeSource{FlexVolume: &core.FlexVolumeSource{Driver: "x", Options: map[string]string{"password": secret("flex")}}}},
				{Name: "none", VolumeSource: core.VolumeSource{EmptyDir: &core.EmptyDirVolumeSource{}}},
			},
		},
	}
}

func controller(kind, name string) []metav1.OwnerReference {
	return []metav1.OwnerReference{{Kind: "Other", Name: "not-the-controller"}, {Kind: kind, Name: name, Controller: new(true)}}
}

// everything is one object of each kind, with a secret at every place.
func everything() []runtime.Object {
	tmpl := template()
	ready := []core.PodCondition{{Type: core.PodReady, Status: core.ConditionFalse, Message: secret("condition")}}
	terminated := &core.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137, Message: secret("termination"), FinishedAt: noon}
	bare := &core.Pod{ObjectMeta: meta("bare"), Spec: tmpl.Spec, Status: core.PodStatus{
		Phase: core.PodRunning, Message: secret("pod-message"), Reason: "free text " + secret("pod-reason"), Conditions: ready,
		ContainerStatuses: []core.ContainerStatus{{
			Name: "web", RestartCount: 3,
			State:                core.ContainerState{Waiting: &core.ContainerStateWaiting{Reason: "CreateContainerConfigError", Message: "cannot use " + secret("waiting")}},
			LastTerminationState: core.ContainerState{Terminated: terminated},
		}},
	}}
	failed := bare.DeepCopy()
	failed.Name, failed.Status.Phase = "failed", core.PodFailed
	owned := bare.DeepCopy()
	owned.Name, owned.OwnerReferences = "owned", controller("ReplicaSet", "web-1")
	set := &apps.ReplicaSet{ObjectMeta: meta("web-1"), Spec: apps.ReplicaSetSpec{Replicas: new(int32(1)), Template: tmpl}}
	set.OwnerReferences = controller("Deployment", "web")
	condition := apps.DeploymentCondition{Type: apps.DeploymentProgressing, Status: core.ConditionTrue, Reason: "NewReplicaSetAvailable", Message: secret("deploy-condition")}
	prefix := networking.PathTypePrefix
	return []runtime.Object{
		&core.Node{ObjectMeta: meta("n1"), Status: core.NodeStatus{Conditions: []core.NodeCondition{{Type: "Ready", Status: "True", Reason: "KubeletReady", Message: secret("node-condition")}}}, Spec: core.NodeSpec{Taints: []core.Taint{{Key: "team", Value: secret("taint"), Effect: "NoSchedule"}}}},
		&core.Namespace{ObjectMeta: meta("shop")},
		bare, failed, owned, set,
		&apps.Deployment{ObjectMeta: meta("web"), Spec: apps.DeploymentSpec{Template: tmpl}, Status: apps.DeploymentStatus{ReadyReplicas: 1, Conditions: []apps.DeploymentCondition{condition}}},
		&apps.StatefulSet{ObjectMeta: meta("db"), Spec: apps.StatefulSetSpec{Replicas: new(int32(3)), Template: tmpl, VolumeClaimTemplates: []core.PersistentVolumeClaim{{ObjectMeta: meta("claim")}}}},
		&apps.DaemonSet{ObjectMeta: meta("log"), Spec: apps.DaemonSetSpec{Template: tmpl}},
		&batch.Job{ObjectMeta: meta("once"), Spec: batch.JobSpec{Template: tmpl}, Status: batch.JobStatus{Conditions: []batch.JobCondition{{Type: "Failed", Status: "True", Reason: "BackoffLimitExceeded", Message: secret("job")}}}},
		&batch.CronJob{ObjectMeta: meta("nightly"), Spec: batch.CronJobSpec{Schedule: "15 2 * * *", Suspend: new(true), JobTemplate: batch.JobTemplateSpec{ObjectMeta: meta("nightly"), Spec: batch.JobSpec{Template: tmpl}}}},
		&core.Service{ObjectMeta: meta("web"), Spec: core.ServiceSpec{Type: "ClusterIP", ClusterIP: "10.0.0.1", Selector: map[string]string{"app": "web"}, Ports: []core.ServicePort{{Name: "http", Port: 80, Protocol: "TCP", TargetPort: intstr.FromString("http")}}}},
		&networking.Ingress{ObjectMeta: meta("web"), Spec: networking.IngressSpec{
			DefaultBackend: &networking.IngressBackend{Resource: &core.TypedLocalObjectReference{Kind: "Bucket", Name: "b"}},
			TLS:            []networking.IngressTLS{{Hosts: []string{"shop.example"}, SecretName: "web-tls"}},
			Rules: []networking.IngressRule{{Host: "empty.example"}, {Host: "shop.example", IngressRuleValue: networking.IngressRuleValue{HTTP: &networking.HTTPIngressRuleValue{Paths: []networking.HTTPIngressPath{
				{Path: "/", PathType: &prefix, Backend: networking.IngressBackend{Service: &networking.IngressServiceBackend{Name: "web", Port: networking.ServiceBackendPort{Number: 80}}}},
				{Path: "/api", PathType: &prefix, Backend: networking.IngressBackend{Service: &networking.IngressServiceBackend{Name: "api", Port: networking.ServiceBackendPort{Name: "http"}}}},
			}}}}},
		}},
		&core.ConfigMap{ObjectMeta: meta("conf"), Immutable: new(true), Data: map[string]string{
			"application.yaml": "db:\n  password: " + secret("cm-yaml") + "\n  host: db\n", "note": secret("cm-text"), "settings.json": `{"token":"` + secret("cm-json") + `"}`,
		}, BinaryData: map[string][]byte{"key.der": []byte(secret("cm-binary"))}},
		&core.ResourceQuota{ObjectMeta: meta("quota"), Status: core.ResourceQuotaStatus{Hard: quantity("4", "8Gi"), Used: quantity("1500m", "2Gi")}},
		&core.LimitRange{ObjectMeta: meta("limits"), Spec: core.LimitRangeSpec{Limits: []core.LimitRangeItem{{Type: "Container", Default: quantity("500m", ""), Max: quantity("", "1Gi")}}}},
	}
}

// inventory reads all there is from a server that holds objects.
func inventory(t *testing.T, objects ...runtime.Object) kube.Inventory {
	t.Helper()
	s := source(testutil.NewAPI(t, objects...))
	var parts []kube.Inventory
	for _, r := range kube.All {
		one, err := s.List(t.Context(), "dev", r, "")
		require.NoError(t, err, r)
		parts = append(parts, one)
	}
	return *kube.Merge(parts)
}

func TestNoSecretGetsIntoAnInventoryWhereverItWasPlanted(t *testing.T) {
	inv := inventory(t, everything()...)
	b, err := json.MarshalIndent(inv, "", " ")
	require.NoError(t, err)
	for line := range strings.SplitSeq(string(b), "\n") {
		require.NotContains(t, line, planted)
		require.NotContains(t, line, "998877665544", "numbers can be secrets too")
	}
	require.Equal(t, 16, inv.Len(), "nothing is left out to get there")
}

func TestOfAPodsSpecificationTheShapeIsKept(t *testing.T) {
	inv := inventory(t, everything()...)
	require.Len(t, inv.Workloads, 5)
	for _, w := range inv.Workloads {
		require.NotNil(t, w.Template, w.Kind)
		require.Len(t, w.Template.Containers, 2)
		setup, web := w.Template.Containers[0], w.Template.Containers[1]
		require.True(t, setup.Init)
		require.False(t, setup.Sidecar)
		require.Equal(t, "registry.example/web:1.0", web.Image)
		require.Equal(t, []string{"liveness", "startup"}, web.Probes)
		require.Equal(t, []kube.Port{{Name: "http", Protocol: "TCP", Port: 8080}}, web.Ports)
		require.Len(t, web.Env, 8)
		require.Equal(t, kube.EnvVar{Name: "DB_PASSWORD"}, web.Env[0])
		require.Equal(t, &kube.EnvRef{Kind: "Secret", Name: "db", Key: "password"}, web.Env[4].From)
		require.Equal(t, &kube.EnvRef{Kind: "ConfigMap", Name: "conf", Key: "k", Optional: true}, web.Env[5].From)
		require.Equal(t, &kube.EnvRef{Kind: "Field", Key: "spec.nodeName"}, web.Env[6].From)
		require.Equal(t, &kube.EnvRef{Kind: "Resource", Key: "limits.cpu"}, web.Env[7].From)
		require.Equal(t, []kube.EnvFrom{{Kind: "ConfigMap", Name: "conf", Prefix: "C_"}, {Kind: "Secret", Name: "db", Optional: true}}, web.EnvFrom)
		require.Equal(t, "/bin/server", web.Command[0])
		require.Contains(t, web.Args, "--level=info")
		require.Equal(t, []kube.Volume{
			{Name: "all", Kind: "ConfigMap", Object: "conf"},
			{Name: "all", Kind: "Secret", Object: "tls"},
			{Name: "files", Kind: "ConfigMap", Object: "files", Optional: true},
			{Name: "creds", Kind: "Secret", Object: "creds"},
			{Name: "data", Kind: "PersistentVolumeClaim", Object: "data"},
			{Name: "host", Kind: "HostPath", Object: "/var/log"},
		}, w.Template.Volumes)
	}
}

func TestEachKindIsReadAsItIs(t *testing.T) {
	inv := inventory(t, everything()...)
	byKind := map[string]kube.Workload{}
	for _, w := range inv.Workloads {
		byKind[w.Kind] = w
		require.Equal(t, noon.UTC(), w.Created)
		require.Equal(t, time.UTC, w.Created.Location())
	}
	require.Equal(t, int32(1), byKind["Deployment"].Replicas, "a Deployment that does not say asks for one")
	require.Equal(t, int32(3), byKind["StatefulSet"].Replicas)
	require.Equal(t, int32(0), byKind["DaemonSet"].Replicas)
	require.Equal(t, "BackoffLimitExceeded", byKind["Job"].Conditions[0].Reason)
	require.Equal(t, "15 2 * * *", byKind["CronJob"].Schedule)
	require.True(t, byKind["CronJob"].Suspended)
	require.Nil(t, inv.ReplicaSets[0].Template, "the Deployment has it")
	require.Equal(t, &kube.Ref{Kind: "Deployment", Name: "web"}, inv.ReplicaSets[0].Owner)
	in := inv.Ingresses[0]
	require.Equal(t, []kube.IngressRule{
		{Host: "empty.example"},
		{Host: "shop.example", Path: "/", PathType: "Prefix", Backend: kube.IngressBackend{Service: "web", Port: "80"}},
		{Host: "shop.example", Path: "/api", PathType: "Prefix", Backend: kube.IngressBackend{Service: "api", Port: "http"}},
	}, in.Rules)
	require.Equal(t, &kube.IngressBackend{Resource: &kube.Ref{Kind: "Bucket", Name: "b"}}, in.Default)
	require.Equal(t, []kube.IngressTLS{{Hosts: []string{"shop.example"}, Secret: "web-tls"}}, in.TLS)
	require.Equal(t, "http", inv.Services[0].Ports[0].TargetPort)
	require.Equal(t, []string{"team:NoSchedule"}, inv.Nodes[0].Taints)
	require.Equal(t, map[string]string{"cpu": "1500m", "memory": "2Gi"}, inv.ResourceQuotas[0].Used)
	require.Equal(t, map[string]string{"Container.default.cpu": "500m", "Container.max.memory": "1Gi"}, inv.LimitRanges[0].Limits)
	var keys []string
	for _, k := range inv.ConfigMaps[0].Keys {
		keys = append(keys, k.Key)
	}
	require.Equal(t, []string{"application.yaml", "note", "settings.json", "key.der"}, keys)
	require.True(t, inv.ConfigMaps[0].Immutable)
}

func TestAPodKeepsItsOwnLabelsAndSpecificationOnlyWhereNoControllerHasThem(t *testing.T) {
	inv := inventory(t, everything()...)
	bare, failed, owned := inv.Pods[0], inv.Pods[1], inv.Pods[2]
	require.Equal(t, []string{"bare", "failed", "owned"}, []string{bare.Name, failed.Name, owned.Name})
	require.NotNil(t, bare.Template)
	require.NotEmpty(t, bare.Labels)
	require.Nil(t, owned.Template)
	require.Empty(t, owned.Labels)
	require.Equal(t, &kube.Ref{Kind: "ReplicaSet", Name: "web-1"}, owned.Owner)
	require.Equal(t, int32(3), bare.Restarts)
	require.Equal(t, []kube.Issue{
		{Container: "web", Reason: "CreateContainerConfigError", At: noon.UTC()},
		{Container: "web", Reason: "OOMKilled", At: noon.UTC()},
	}, bare.Issues)
	require.Equal(t, "Failed", failed.Issues[0].Reason, "a reason in free text is not one")
}

func TestWhatIsHarmlessInAMessageIsTakenOutOfIt(t *testing.T) {
	pod := func(name string, waiting core.ContainerStateWaiting) *core.Pod {
		return &core.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}, Status: core.PodStatus{ContainerStatuses: []core.ContainerStatus{{
			Name: "c", State: core.ContainerState{Waiting: &waiting},
			LastTerminationState: core.ContainerState{Terminated: &core.ContainerStateTerminated{ExitCode: 3}},
		}}}}
	}
	unscheduled := &core.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "e"}, Status: core.PodStatus{Conditions: []core.PodCondition{{
		Type: core.PodScheduled, Status: core.ConditionFalse, Reason: "Unschedulable",
		Message: "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {team: " + planted + "}. preemption: 0/3",
	}}}}
	inv := inventory(t,
		pod("a", core.ContainerStateWaiting{Reason: "CreateContainerConfigError", Message: `secret "db" not found`}),
		pod("b", core.ContainerStateWaiting{Reason: "CreateContainerConfigError", Message: `couldn't find key password in Secret shop/db`}),
		pod("c", core.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: planted}),
		pod("d", core.ContainerStateWaiting{Reason: "ContainerCreating"}), unscheduled)
	var got []string
	for _, p := range inv.Pods {
		for _, is := range p.Issues {
			got = append(got, p.Name+": "+is.Reason+": "+is.Detail)
		}
	}
	require.Equal(t, []string{
		"a: CreateContainerConfigError: Secret db is missing",
		"b: CreateContainerConfigError: key password of Secret db is missing",
		"c: CrashLoopBackOff: exit code 3",
		"e: Unschedulable: 1 Insufficient cpu, 2 node(s) had untolerated taint",
	}, got)
}

func TestAPodRequestsWhatTheSchedulerSetsAside(t *testing.T) {
	always := core.ContainerRestartPolicyAlways
	of := func(cpu, memory string) core.ResourceRequirements {
		return core.ResourceRequirements{Requests: quantity(cpu, memory), Limits: quantity(cpu, memory)}
	}
	two := []core.Container{{Name: "a", Resources: of("100m", "64Mi")}, {Name: "b", Resources: of("200m", "64Mi")}}
	tests := []struct {
		name string
		spec core.PodSpec
		want kube.Resources
	}{
		{"containers add up", core.PodSpec{Containers: two}, kube.Resources{CPURequest: 300e6, MemoryRequest: 128 << 20, CPULimit: 300e6, MemoryLimit: 128 << 20}},
		{"the largest init container counts if it is larger than all containers", core.PodSpec{Containers: two, InitContainers: []core.Container{
			{Resources: of("1", "32Mi")}, {Resources: of("500m", "32Mi")},
		}}, kube.Resources{CPURequest: unit.Core, MemoryRequest: 128 << 20, CPULimit: unit.Core, MemoryLimit: 128 << 20}},
		{"a sidecar runs beside the containers and the later init containers", core.PodSpec{Containers: two, InitContainers: []core.Container{
			{RestartPolicy: &always, Resources: of("50m", "16Mi")}, {Resources: of("1", "32Mi")},
		}}, kube.Resources{CPURequest: 1050e6, MemoryRequest: 144 << 20, CPULimit: 1050e6, MemoryLimit: 144 << 20}},
		{
			"overhead comes on top",
			core.PodSpec{Containers: two, Overhead: quantity("10m", "1Mi")},
			kube.Resources{CPURequest: 310e6, MemoryRequest: 129 << 20, CPULimit: 310e6, MemoryLimit: 129 << 20},
		},
		{
			"what the pod as a whole requests takes the place of the sum",
			core.PodSpec{Containers: two, Resources: &core.ResourceRequirements{Requests: quantity("2", ""), Limits: quantity("3", "")}},
			kube.Resources{CPURequest: 2 * unit.Core, MemoryRequest: 128 << 20, CPULimit: 3 * unit.Core, MemoryLimit: 128 << 20},
		},
		{"nothing is asked for", core.PodSpec{Containers: []core.Container{{}}}, kube.Resources{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inv := inventory(t,
				&core.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "p"}, Spec: tt.spec},
				&apps.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "d"}, Spec: apps.DeploymentSpec{Template: core.PodTemplateSpec{Spec: tt.spec}}})
			require.Equal(t, tt.want, inv.Pods[0].Resources)
			require.Equal(t, tt.want, inv.Workloads[0].Template.Resources)
		})
	}
}

func TestNamesThatCouldSteerATerminalAreKeptAsTheyAre(t *testing.T) {
	name := "evil\x1b[31m\u202eexe"
	inv := inventory(t, &core.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: name, Name: name, Labels: map[string]string{"app": name}}})
	require.Equal(t, name, inv.Pods[0].Name, "what it is called is a fact; views make it safe")
	require.Equal(t, name, inv.Pods[0].Namespace)
}

func TestAnInventoryIsTheSameAfterItWasStored(t *testing.T) {
	inv := inventory(t, everything()...)
	b, err := json.Marshal(inv)
	require.NoError(t, err)
	var back kube.Inventory
	require.NoError(t, json.Unmarshal(b, &back))
	again, err := json.Marshal(back)
	require.NoError(t, err)
	require.Equal(t, string(b), string(again))
}

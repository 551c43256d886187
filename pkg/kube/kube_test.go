package kube_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/unit"
)

var noon = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func meta(name string, owner *kube.Ref) kube.Meta {
	return kube.Meta{Namespace: "shop", Name: name, Owner: owner}
}

func running(name string, owner *kube.Ref) kube.Pod {
	return kube.Pod{
		Meta: meta(name, owner), Phase: "Running", Ready: true, Node: "n1",
		Resources: kube.Resources{CPURequest: 100e6, MemoryRequest: 1 << 20},
	}
}

func everything() map[kube.Resource]bool {
	known := map[kube.Resource]bool{}
	for _, r := range kube.All {
		known[r] = true
	}
	return known
}

func snapshot(inv kube.Inventory) *kube.Snapshot {
	return kube.NewSnapshot(&inv, everything(), noon)
}

func rowsOf(s *kube.Snapshot) map[string]kube.WorkloadRow {
	rows := map[string]kube.WorkloadRow{}
	for _, r := range s.Workloads("", nil) {
		rows[r.Kind+"/"+r.Name] = r
	}
	return rows
}

func TestEveryPodCountsOnceAtTheTopOfItsOwners(t *testing.T) {
	s := snapshot(kube.Inventory{
		Workloads: []kube.Workload{
			{Meta: meta("web", nil), Kind: "Deployment", Replicas: 1, Ready: 1},
			{Meta: meta("backup", nil), Kind: "CronJob"},
			{Meta: meta("backup-1", &kube.Ref{Kind: "CronJob", Name: "backup"}), Kind: "Job", Replicas: 1},
		},
		ReplicaSets: []kube.Workload{
			{Meta: meta("web-5d9c7", &kube.Ref{Kind: "Deployment", Name: "web"}), Kind: "ReplicaSet", Replicas: 1},
			{Meta: meta("canary-77", &kube.Ref{Kind: "Rollout", Name: "canary"}), Kind: "ReplicaSet", Replicas: 1, Ready: 1},
			{Meta: meta("lone", nil), Kind: "ReplicaSet", Replicas: 1, Ready: 1},
		},
		Pods: []kube.Pod{
			running("web-5d9c7-a", &kube.Ref{Kind: "ReplicaSet", Name: "web-5d9c7"}),
			running("backup-1-a", &kube.Ref{Kind: "Job", Name: "backup-1"}),
			running("canary-77-a", &kube.Ref{Kind: "ReplicaSet", Name: "canary-77"}),
			running("lone-a", &kube.Ref{Kind: "ReplicaSet", Name: "lone"}),
			running("bare", nil),
			running("etcd-n1", &kube.Ref{Kind: "Node", Name: "n1"}),
			running("gone-0", &kube.Ref{Kind: "StatefulSet", Name: "gone"}),
			running("crew-a", &kube.Ref{Kind: "SparkApplication", Name: "crew"}),
		},
	})
	rows := rowsOf(s)
	pods := map[string]int{}
	for name, r := range rows {
		pods[name] = *r.Pods
	}
	require.Equal(t, map[string]int{
		"Deployment/web": 1, "CronJob/backup": 1, "Job/backup-1": 0, "Rollout/canary": 1, "ReplicaSet/lone": 1,
		"Pod/bare": 1, "Pod/etcd-n1": 1, "StatefulSet/gone": 1, "SparkApplication/crew": 1,
	}, pods)
	require.Equal(t, kube.PodClass, rows["Pod/bare"].Class)
	require.Equal(t, &kube.Ref{Kind: "CronJob", Name: "backup"}, rows["Job/backup-1"].Owner)
	total := kube.TotalOf(s.Workloads("", nil))
	require.Equal(t, 8, *total.Pods)
	require.Equal(t, 800*unit.Core/1000, *total.CPURequest)
}

func TestPodsFindTheirDeploymentByNameWhereReplicaSetsCannotBeRead(t *testing.T) {
	s := snapshot(kube.Inventory{
		Workloads: []kube.Workload{{Meta: meta("web", nil), Kind: "Deployment", Replicas: 1, Ready: 1}},
		Pods:      []kube.Pod{running("web-5d9c7-a", &kube.Ref{Kind: "ReplicaSet", Name: "web-5d9c7"})},
	})
	require.Len(t, s.Workloads("", nil), 1)
	require.Equal(t, 1, *rowsOf(s)["Deployment/web"].Pods)
}

func TestPodsThatHaveFinishedRequestNothing(t *testing.T) {
	done := running("job-a", &kube.Ref{Kind: "Job", Name: "job"})
	done.Phase, done.Ready = "Succeeded", false
	s := snapshot(kube.Inventory{Workloads: []kube.Workload{{Meta: meta("job", nil), Kind: "Job", Replicas: 1}}, Pods: []kube.Pod{done}})
	row := rowsOf(s)["Job/job"]
	require.Equal(t, 0, *row.Pods)
	require.Zero(t, *row.CPURequest)
}

func TestWhatCouldNotBeReadIsUnknownNotZero(t *testing.T) {
	inv := kube.Inventory{Workloads: []kube.Workload{{Meta: meta("web", nil), Kind: "Deployment", Replicas: 1, Ready: 1}}}
	s := kube.NewSnapshot(&inv, map[kube.Resource]bool{kube.Deployments: true}, noon)
	row := rowsOf(s)["Deployment/web"]
	require.Nil(t, row.Pods)
	require.Nil(t, row.CPURequest)
	require.Equal(t, "Unknown", row.Status)
	require.Nil(t, kube.TotalOf(s.Workloads("", nil)).Pods)
	require.Nil(t, s.Overview(kube.Cluster{}, kube.Server{}, "").Nodes)
}

func TestUsageIsKnownOnlyWhereItWasMeasured(t *testing.T) {
	inv := kube.Inventory{
		Pods:       []kube.Pod{running("a", nil), running("b", nil)},
		PodMetrics: []kube.Usage{{Namespace: "shop", Name: "a", CPU: 5e6, Memory: 7}},
	}
	rows := rowsOf(snapshot(inv))
	require.Equal(t, unit.CPU(5e6), *rows["Pod/a"].CPUUsage)
	require.Nil(t, rows["Pod/b"].CPUUsage)
}

func TestProblemsAreSaidOnceForAllPodsThatHaveThem(t *testing.T) {
	crash := func(name, container string) kube.Pod {
		p := running(name, &kube.Ref{Kind: "StatefulSet", Name: "db"})
		p.Ready = false
		p.Issues = []kube.Issue{{Container: container, Reason: "CrashLoopBackOff", Detail: "exit code 1", At: noon}, {Container: "log", Reason: "CrashLoopBackOff", At: noon}}
		return p
	}
	s := snapshot(kube.Inventory{
		Workloads: []kube.Workload{{Meta: meta("db", nil), Kind: "StatefulSet", Replicas: 2}},
		Pods:      []kube.Pod{crash("db-0", "db"), crash("db-1", "db")},
		Nodes:     []kube.Node{{Meta: kube.Meta{Name: "n1"}, Conditions: []kube.Condition{{Type: "Ready", Status: "Unknown", Reason: "NodeStatusUnknown"}, {Type: "DiskPressure", Status: "True"}}}},
	})
	var got []string
	for _, p := range s.Problems() {
		got = append(got, string(p.Severity)+" "+p.Kind+"/"+p.Name+" "+p.Reason)
	}
	require.Equal(t, []string{"error Node/n1 NotReady", "error StatefulSet/db CrashLoopBackOff", "warning Node/n1 DiskPressure"}, got)
	require.Equal(t, 2, s.Problems()[1].Pods)
	require.Equal(t, "exit code 1 (db)", s.Problems()[1].Detail)
	require.Equal(t, "CrashLoopBackOff", rowsOf(s)["StatefulSet/db"].Status)
}

func TestAKillIsAProblemForADayIfThePodRunsAgain(t *testing.T) {
	p := running("a", nil)
	p.Issues = []kube.Issue{{Container: "c", Reason: "OOMKilled", At: noon.Add(-25 * time.Hour)}}
	require.Empty(t, snapshot(kube.Inventory{Pods: []kube.Pod{p}}).Problems())
	p.Issues[0].At = noon.Add(-23 * time.Hour)
	require.Len(t, snapshot(kube.Inventory{Pods: []kube.Pod{p}}).Problems(), 1)
}

func TestAFailedJobIsForgivenWhenItsCronJobHasRunWellSince(t *testing.T) {
	owner := &kube.Ref{Kind: "CronJob", Name: "nightly"}
	job := func(name string, at time.Time, condition string) kube.Workload {
		w := kube.Workload{Meta: meta(name, owner), Kind: "Job", Conditions: []kube.Condition{{Type: condition, Status: "True"}}}
		w.Created = at
		return w
	}
	failed := job("nightly-1", noon, "Failed")
	require.Len(t, snapshot(kube.Inventory{Workloads: []kube.Workload{failed}}).Problems(), 1)
	require.Empty(t, snapshot(kube.Inventory{Workloads: []kube.Workload{failed, job("nightly-2", noon.Add(time.Hour), "Complete")}}).Problems())
}

func TestAWorkloadIsWiredToWhatItsPodsNameAndWhatSelectsThem(t *testing.T) {
	labels := map[string]string{"app": "web", "tier": "front"}
	s := snapshot(kube.Inventory{
		Workloads: []kube.Workload{{Meta: meta("web", nil), Kind: "Deployment", Template: &kube.Template{
			Labels:  labels,
			Volumes: []kube.Volume{{Kind: "ConfigMap", Object: "files"}, {Kind: "Secret", Object: "tls"}, {Kind: "ConfigMap", Object: "maybe", Optional: true}},
			Containers: []kube.Container{
				{Name: "setup", Init: true, EnvFrom: []kube.EnvFrom{{Kind: "ConfigMap", Name: "boot"}}},
				{Name: "web", Env: []kube.EnvVar{{Name: "A", From: &kube.EnvRef{Kind: "ConfigMap", Name: "files", Key: "a"}}}, EnvFrom: []kube.EnvFrom{{Kind: "ConfigMap", Name: "gone"}}},
			},
		}}},
		ConfigMaps: []kube.ConfigMap{{Meta: meta("files", nil)}, {Meta: meta("boot", nil)}, {Meta: kube.Meta{Namespace: "other", Name: "gone"}}},
		Services: []kube.Service{
			{Meta: meta("all", nil), Selector: map[string]string{"app": "web"}},
			{Meta: meta("exact", nil), Selector: labels},
			{Meta: meta("none", nil)},
			{Meta: meta("other", nil), Selector: map[string]string{"app": "web", "tier": "back"}},
			{Meta: kube.Meta{Namespace: "other", Name: "foreign"}, Selector: labels},
		},
		Ingresses: []kube.Ingress{
			{Meta: meta("rule", nil), Rules: []kube.IngressRule{{Backend: kube.IngressBackend{Service: "exact"}}}},
			{Meta: meta("default", nil), Default: &kube.IngressBackend{Service: "all"}},
			{Meta: meta("resource", nil), Rules: []kube.IngressRule{{Backend: kube.IngressBackend{Resource: &kube.Ref{Kind: "Bucket", Name: "b"}}}}},
			{Meta: meta("empty", nil)},
		},
	})
	d := s.Detail(kube.ID{Namespace: "shop", Kind: "Deployment", Name: "web"})
	via := map[string][]string{}
	var missing []string
	for _, l := range d.ConfigMaps {
		via[l.Name] = l.Via
		if l.Missing {
			missing = append(missing, l.Name)
		}
	}
	require.Equal(t, map[string][]string{"files": {"volume", "env"}, "maybe": {"volume"}, "boot": {"init envFrom"}, "gone": {"envFrom"}}, via)
	require.Equal(t, []string{"gone"}, missing)
	require.Equal(t, []string{"all", "exact"}, []string{d.Services[0].Name, d.Services[1].Name})
	require.Len(t, d.Services, 2)
	require.Equal(t, []string{"rule", "default"}, []string{d.Ingresses[0].Name, d.Ingresses[1].Name})
	require.Len(t, d.Ingresses, 2)
}

func TestKindsAreUnderstoodAsKubectlDoes(t *testing.T) {
	for word, want := range map[string]string{
		"deploy": "Deployment", "Deployment": "Deployment", "deployments": "Deployment", "deployments.apps": "Deployment", "sts": "StatefulSet",
		"STATEFULSET": "StatefulSet", "ds": "DaemonSet", "cj": "CronJob", "job": "Job", "po": "Pod",
	} {
		got, ok := kube.ParseKind(word)
		require.True(t, ok, word)
		require.Equal(t, want, got)
	}
	_, ok := kube.ParseKind("rollout")
	require.False(t, ok)
}

func TestNamesOfContextsTellProviderRegionAndAlias(t *testing.T) {
	tests := []struct{ context, alias, provider, region string }{
		{"arn:aws:eks:eu-north-1:000011112222:cluster/aurora-lab", "aurora-lab", "AWS", "eu-north-1"},
		{"arn:aws-us-gov:eks:us-gov-west-1:000011112222:cluster/with_underscore", "with_underscore", "AWS", "us-gov-west-1"},
		{"arn:aws:eks:eu-north-1:nonsense", "arn:aws:eks:eu-north-1:nonsense", "unknown", "unknown"},
		{"gke_project_europe-west4-a_prod", "prod", "Google", "europe-west4-a"},
		{"gke_only_three", "gke_only_three", "unknown", "unknown"},
		{"/subscriptions/0/resourceGroups/g/providers/Microsoft.ContainerService/managedClusters/blue", "blue", "Azure", "unknown"},
		{"ovh_GRA9_shop", "shop", "OVH", "GRA9"},
		{"kind-dev", "kind-dev", "unknown", "unknown"},
		{"../../etc", "../../etc", "unknown", "unknown"},
	}
	for _, tt := range tests {
		got := kube.Derive(tt.context)
		require.Equal(t, kube.Cluster{Name: tt.context, Alias: tt.alias, Provider: tt.provider, Region: tt.region}, got)
	}
}

func TestAliasesAreUniqueAndFoundByNameFirst(t *testing.T) {
	cs := []kube.Cluster{
		kube.Derive("arn:aws:eks:eu-west-1:1:cluster/prod"), kube.Derive("arn:aws:eks:us-east-1:1:cluster/prod"),
		kube.Derive("arn:aws:eks:us-east-1:2:cluster/prod"), kube.Derive("ovh_GRA_kind"), kube.Derive("kind"), kube.Derive("a+b"),
	}
	kube.Unique(cs)
	seen := map[string]bool{}
	for _, c := range cs {
		require.False(t, seen[c.Alias], c.Alias)
		seen[c.Alias] = true
	}
	require.Equal(t, []string{"prod-eu-west-1", "prod-us-east-1", "prod-us-east-1-2", "kind-GRA", "kind", "a+b"},
		[]string{cs[0].Alias, cs[1].Alias, cs[2].Alias, cs[3].Alias, cs[4].Alias, cs[5].Alias})
	c, ok := kube.Find(cs, "kind")
	require.True(t, ok)
	require.Equal(t, "kind", c.Name)
	c, ok = kube.Find(cs, "a b") // an unescaped plus, as a web client sends it
	require.True(t, ok)
	require.Equal(t, "a+b", c.Name)
	_, ok = kube.Find(cs, "undefined")
	require.False(t, ok)
}

package kube_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/kube"
)

// mounting is a template that names claims.
func mounting(claims ...string) *kube.Template {
	t := &kube.Template{Volumes: []kube.Volume{{Kind: "ConfigMap", Object: "conf"}}}
	for _, name := range claims {
		t.Volumes = append(t.Volumes, kube.Volume{Kind: "PersistentVolumeClaim", Object: name})
	}
	return t
}

// withClaims is a pod that mounts claims.
func withClaims(p kube.Pod, claims ...string) kube.Pod {
	p.Claims = claims
	return p
}

func TestAClaimIsMountedByTheTopOwnersOfItsPodsAndByWhatNamesIt(t *testing.T) {
	night := &kube.Ref{Kind: "CronJob", Name: "night"}
	elsewhere := running("web-1-a", nil)
	elsewhere.Namespace = "other"
	s := snapshot(kube.Inventory{
		Workloads: []kube.Workload{
			{Meta: meta("web", nil), Kind: "Deployment", Template: mounting("files", "files")},
			{Meta: meta("asleep", nil), Kind: "Deployment", Template: mounting("cold")},
			{Meta: meta("night", nil), Kind: "CronJob", Template: mounting("files")},
			{Meta: meta("night-1", night), Kind: "Job", Template: mounting("files")},
			{Meta: meta("lost-1", &kube.Ref{Kind: "CronJob", Name: "lost"}), Kind: "Job", Template: mounting("lost")},
			{Meta: meta("db", nil), Kind: "StatefulSet", Template: mounting()},
			{Meta: meta("plain", nil), Kind: "Deployment"},
		},
		ReplicaSets: []kube.Workload{{Meta: meta("web-1", &kube.Ref{Kind: "Deployment", Name: "web"}), Kind: "ReplicaSet", Replicas: 2}},
		Pods: []kube.Pod{
			withClaims(running("web-1-a", &kube.Ref{Kind: "ReplicaSet", Name: "web-1"}), "files"),
			withClaims(running("web-1-b", &kube.Ref{Kind: "ReplicaSet", Name: "web-1"}), "files", "patched"),
			withClaims(running("night-1-a", &kube.Ref{Kind: "Job", Name: "night-1"}), "files"),
			withClaims(running("db-0", &kube.Ref{Kind: "StatefulSet", Name: "db"}), "data-db-0"),
			withClaims(running("db-1", &kube.Ref{Kind: "StatefulSet", Name: "db"}), "data-db-1"),
			withClaims(running("bare", nil), "files"),
			withClaims(elsewhere, "files"),
			running("none", nil),
		},
	})
	id := func(kind, name string) kube.ID { return kube.ID{Namespace: "shop", Kind: kind, Name: name} }
	claim := func(name string) kube.Claim { return kube.Claim{Namespace: "shop", Name: name} }
	require.Equal(t, map[kube.Claim][]kube.ID{
		claim("files"):                      {id("Deployment", "web"), id("CronJob", "night"), id("Pod", "bare")},
		claim("patched"):                    {id("Deployment", "web")},
		claim("cold"):                       {id("Deployment", "asleep")},
		claim("lost"):                       {id("CronJob", "lost")},
		claim("data-db-0"):                  {id("StatefulSet", "db")},
		claim("data-db-1"):                  {id("StatefulSet", "db")},
		{Namespace: "other", Name: "files"}: {{Namespace: "other", Kind: "Pod", Name: "web-1-a"}},
	}, s.Mounts())
}

func TestVolumesAreOfNoNamespaceAndReadOnlyWhereTheyAreNamed(t *testing.T) {
	require.False(t, kube.PersistentVolumes.Namespaced())
	require.NotContains(t, kube.All, kube.PersistentVolumes)
	require.Equal(t, append(append([]kube.Resource{}, kube.All...), kube.PersistentVolumes), kube.Known)
}

func TestVolumesAreMergedSortedCountedAndNarrowedNot(t *testing.T) {
	inv := kube.Merge([]kube.Inventory{
		{PersistentVolumes: []kube.PersistentVolume{{Meta: kube.Meta{Name: "b"}}}},
		{PersistentVolumes: []kube.PersistentVolume{{Meta: kube.Meta{Name: "a"}}}},
	})
	inv.Sort()
	inv.Narrow([]string{"shop"})
	require.Equal(t, 2, inv.Len())
	require.Equal(t, []kube.PersistentVolume{{Meta: kube.Meta{Name: "a"}}, {Meta: kube.Meta{Name: "b"}}}, snapshot(*inv).PersistentVolumes())
}

package legacy_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/testutil"
	"github.com/fredctl/fred/pkg/collector/kubernetes"
	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/legacy"
)

func TestAFolderIsKnownByTheNameOfAFile(t *testing.T) {
	for name, want := range map[string]string{
		"kube/ClusterList.json":                                                             "",
		"export/kube/ClusterList.json":                                                      "export/",
		"a/b/kube/ClusterList.json":                                                         "-",
		"ai/clusters/c/Facts.json":                                                          "",
		"x/ai/clusters/arn:a:cluster/c/Facts.json":                                          "x/",
		"kube/clusters/c/namespaces/n/Facts.json":                                           "-",
		"kube/clusters/NamespacesList.json":                                                 "-",
		"kube/clusters/c/Odd.json":                                                          "-",
		"ai/clusters/c/namespaces/n/kinds/Pod/workloads/w/Facts.json":                       "-",
		"ai/clusters/c/namespaces/n/kinds/cronjob/workloads/w/Facts.json":                   "",
		"ai/clusters/c/namespaces/n/kinds/WorkloadKind.STATEFUL_SET/workloads/w/Facts.json": "",
		"clusters/c/kube/pods.jsonl":                                                        "-",
	} {
		folder, ok := legacy.Layout(name)
		if !ok {
			folder = "-"
		}
		require.Equal(t, want, folder, name)
	}
}

// read returns what a zip of these files tells, in an order that is not theirs.
func read(files map[string]string) legacy.Export {
	r := legacy.New(kubernetes.Keep)
	for name, data := range files {
		r.Add(name, testutil.FirstFredAt, []byte(data))
	}
	return r.Export()
}

func TestFilesInWhateverOrderTellTheSame(t *testing.T) {
	want, err := json.Marshal(read(testutil.FirstFred()))
	require.NoError(t, err)
	require.NotContains(t, strings.ReplaceAll(string(want), testutil.Planted+"-fact", ""), testutil.Planted+"-env")
	for range 5 {
		got, err := json.Marshal(read(testutil.FirstFred()))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	}
}

func TestAManifestOfThePythonClientIsReadAsAnAPIServersIs(t *testing.T) {
	e := read(testutil.FirstFred())
	require.Empty(t, e.Problems)
	lists := map[kube.Resource]kube.Inventory{}
	for _, l := range e.Clusters[1].Lists {
		lists[l.Resource] = l.Inventory
	}
	web := lists[kube.Deployments].Workloads[1]
	require.Equal(t, int32(2), web.Replicas)
	require.Equal(t, time.Date(2024, 9, 1, 8, 0, 0, 0, time.UTC), web.Created)
	require.Equal(t, map[string]string{"app_name": "web"}, web.Labels, "somebody's own keys are left alone")
	require.Equal(t, "web", web.Template.ServiceAccount)
	c := web.Template.Containers[0]
	require.Equal(t, []string{"LEVEL", "URL"}, []string{c.Env[1].Name, c.Env[2].Name})
	require.Equal(t, &kube.EnvRef{Kind: "ConfigMap", Name: "web-config", Key: "url"}, c.Env[2].From)
	require.Nil(t, c.Env[0].Value)
	require.Equal(t, []kube.EnvFrom{{Kind: "Secret", Name: "web-creds"}}, c.EnvFrom)
	require.Equal(t, "500m", c.Resources.CPURequest.String())
	svc := lists[kube.Services].Services[0]
	require.Equal(t, "10.0.0.7", svc.ClusterIP)
	require.Equal(t, map[string]string{"app_name": "web"}, svc.Selector)
	require.Equal(t, "8080", svc.Ports[0].TargetPort)
	require.Equal(t, []kube.IngressRule{{Host: "shop.example", Path: "/", PathType: "Prefix", Backend: kube.IngressBackend{Service: "web", Port: "80"}}}, lists[kube.Ingresses].Ingresses[0].Rules)
	require.Equal(t, []string{"app.properties", "password"}, []string{lists[kube.ConfigMaps].ConfigMaps[0].Keys[0].Key, lists[kube.ConfigMaps].ConfigMaps[0].Keys[1].Key})
	require.True(t, lists[kube.ConfigMaps].Partial)
	require.False(t, lists[kube.Deployments].Partial)
	require.True(t, lists[kube.Deployments].Workloads[0].NameOnly)
}

func TestBothSpellingsOfAKindAreOneList(t *testing.T) {
	base := "kube/clusters/c/namespaces/n/kinds/"
	e := read(map[string]string{
		base + "Deployment/WorkloadNameList.json":                            `{"workloads":["a","b"]}`,
		base + "WorkloadKind.DEPLOYMENT/WorkloadNameList.json":               `{"workloads":["b","c"]}`,
		base + "WorkloadKind.DEPLOYMENT/workloads/d/Workload.json":           `{"object":null}`,
		"ai/clusters/c/namespaces/n/kinds/deployment/workloads/a/Facts.json": `{"facts":[{"user":"u","date":"2025-01-02","title":"t","content":"no date"},{"date":"2025-01-02T00:00:00","title":"t","content":"c"}]}`,
	})
	require.Len(t, e.Clusters[0].Lists, 2)
	require.Equal(t, 4, e.Clusters[0].Lists[1].Inventory.Len())
	require.Equal(t, fact.Scope{Namespace: "n", Kind: "Deployment", Name: "a"}, e.Clusters[0].Facts[0].Scope)
	require.Len(t, e.Problems, 1, "a fact without a date that can be read")
}

func TestAModelsAnswersKeepTheirShapeAndNotWhatIsUnknown(t *testing.T) {
	got := map[string]string{}
	for _, a := range read(testutil.FirstFred()).Clusters[1].Artifacts {
		b, err := json.Marshal(a.Value)
		require.NoError(t, err)
		got[a.Kind+" "+a.Scope.Name] = string(b)
	}
	require.JSONEq(t, `{"name":"web","namespace":"shop","kind":"Deployment","container_images":"registry.example/web:1.0","replicas":3}`, got["essentials web"])
	require.JSONEq(t, `{"cpu":{"score":7,"reason":"Fine."},"scalability":{"score":5,"reason":""},"compression":{"score":4,"reason":"-"}}`, got["scores web"])
	require.JSONEq(t, `{"workload_id":"redis"}`, got["id cart"])
	require.JSONEq(t, `[]`, got["ingresses web"])
	require.JSONEq(t, `[{"name":"web","namespace":"shop","kind":"ClusterIP","ports":"80","selector":"app=web"}]`, got["services web"])
	require.NotContains(t, got["advanced web"], "password")
	require.Contains(t, got["summary "], "password is ‹redacted")
}

func FuzzAdd(f *testing.F) {
	for name, data := range testutil.FirstFred() {
		f.Add(name, []byte(data))
	}
	base := "clusters/c/namespaces/n/kinds/Job/workloads/w/"
	f.Add("kube/"+base+"Workload.json", []byte(`{"object":{"metadata":{"creation_timestamp":5,"owner_references":[{"controller":true,"kind":"CronJob","name":"x"}]},"spec":{"template":{"spec":{"containers":[{"env":[{"name":"_","value":""}],"resources":{"limits":{"cpu":1e9}}}]}}}}}`))
	f.Add("ai/"+base+"WorkloadAdvanced.json", []byte(`{"data":{"type":"kafka","a":[[{"password":"x"}]],"b":null}}`))
	f.Add("ai/"+base+"WorkloadScores.json", []byte(`{"cpu":{"score":-1}}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		r := legacy.New(kubernetes.Keep)
		r.Add(name, testutil.FirstFredAt, data)
		r.Add(name, testutil.FirstFredAt.Add(time.Hour), data)
		e := r.Export()
		if _, err := json.Marshal(e); err != nil {
			t.Fatal(err)
		}
		for _, c := range e.Clusters {
			for i := range c.Facts {
				if err := c.Facts[i].Validate(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

package server_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/fault"
)

// compact returns a JSON body without its white space, so that the order of its
// members can be read off.
func compact(t *testing.T, body []byte) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, body))
	return b.String()
}

func TestTheWebClientFindsTheShapesItKnows(t *testing.T) {
	const web = "cluster_name=dev&namespace=shop&workload_name=web&kind=deployment"
	tests := []struct{ name, path, want string }{
		{
			"clusters are a bare list, in the kubeconfig's order", "kube/clusters",
			`[{"sensor":null,"fullname":"dev","alias":"dev","region":"unknown","provider":"unknown"},` +
				`{"sensor":null,"fullname":"arn:aws:eks:eu-north-1:000011112222:cluster/aurora-lab","alias":"aurora-lab","region":"eu-north-1","provider":"AWS"},` +
				`{"sensor":null,"fullname":"a+b","alias":"a+b","region":"unknown","provider":"unknown"}]`,
		},
		{"namespaces are names", "kube/namespaces?cluster_name=dev", `{"cluster":"dev","namespaces":["default","empty","shop"]}`},
		{"a plus that came as a space", "kube/namespaces?cluster_name=a+b", `{"cluster":"a+b","namespaces":["default","empty","shop"]}`},
		{"an alias stands for the full name", "kube/namespaces?cluster_name=aurora-lab", `{"cluster":"` + longName + `","namespaces":["default","empty","shop"]}`},
		{
			"a namespace has its quotas and limits", "kube/namespace?cluster_name=dev&namespace=shop",
			`{"cluster":"dev","namespace":"shop","labels":{"team":"blue"},"annotations":null,"status":"Active","resource_quota":{"main":{"pods":"40"}},"limitrange_resource":{"defaults":{"Container.default.cpu":"500m"}}}`,
		},
		{
			"a namespace without any has empty ones", "kube/namespace?cluster_name=dev&namespace=empty",
			`{"cluster":"dev","namespace":"empty","labels":null,"annotations":null,"status":"Active","resource_quota":{},"limitrange_resource":{}}`,
		},
		{"workloads of a kind, however it is written", "kube/workloads?cluster_name=dev&namespace=shop&kind=deployMENT", `{"cluster":"dev","namespace":"shop","workloads":["cart","web"],"kind":"Deployment"}`},
		{"workloads of every kind", "kube/workloads?cluster_name=dev&namespace=shop", `{"cluster":"dev","namespace":"shop","workloads":["cart","web","db"],"kind":null}`},
		{"no workloads are an empty list", "kube/workloads?cluster_name=dev&namespace=empty&kind=Job", `{"cluster":"dev","namespace":"empty","workloads":[],"kind":"Job"}`},
		{
			"a workload", "kube/workload?" + web,
			`{"cluster":"dev","namespace":"shop","kind":"Deployment","object":{"kind":"Deployment","metadata":{"name":"web","namespace":"shop","creationTimestamp":"2026-11-01T08:00:00Z"},"spec":{"podLabels":{"app":"web"},"resources":{"cpuRequestCores":0,"memoryRequestBytes":0},"containers":[{"name":"web","image":"registry.local/shop/web:1.4.2","resources":{"cpuRequestCores":0,"memoryRequestBytes":0},"envFrom":[{"kind":"ConfigMap","name":"web"},{"kind":"ConfigMap","name":"extra","optional":true}]}]},"status":{"status":"Ready","replicas":1,"pods":1,"podsReady":1,"restarts":0}}}`,
		},
		{
			"its ConfigMaps, without values and without those that are not there", "kube/configmaps?" + web,
			`{"cluster":"dev","namespace":"shop","resource_name":"web","config_maps_list":[{"kind":"ConfigMap","metadata":{"name":"web","namespace":"shop","creationTimestamp":"2026-11-01T08:00:00Z"},"data":{"app.yaml":"<120 bytes, yaml>"}}],"kind":"Deployment"}`,
		},
		{
			"its Services", "kube/services?" + web,
			`{"cluster":"dev","namespace":"shop","resource_name":"web","services_list":[{"kind":"Service","metadata":{"name":"web","namespace":"shop","creationTimestamp":"2026-11-01T08:00:00Z"},"spec":{"type":"ClusterIP","selector":{"app":"web"},"ports":[{"port":80}]}}],"kind":"Deployment"}`,
		},
		{
			"its Ingresses", "kube/ingresses?" + web,
			`{"cluster":"dev","namespace":"shop","resource_name":"web","ingresses_list":[{"kind":"Ingress","metadata":{"name":"front","namespace":"shop","creationTimestamp":"2026-11-01T08:00:00Z"},"spec":{"rules":[{"host":"shop.local","path":"/","backend":{"service":"web","port":"80"}}],"tls":[{"hosts":["shop.local"]}]}}],"kind":"Deployment"}`,
		},
		{
			"nothing is an empty list", "kube/ingresses?cluster_name=dev&namespace=shop&workload_name=db&kind=StatefulSet",
			`{"cluster":"dev","namespace":"shop","resource_name":"db","ingresses_list":[],"kind":"StatefulSet"}`,
		},
		{
			"the client's settings", "config/frontend_settings?anything=goes",
			`{"feature_flags":{"enableK8Features":true,"enableElecWarfare":false},"properties":{"logoName":"fred"}}`,
		},
	}
	s := newServer(t, server.Options{Fred: newFred(shop()), Frontend: server.Frontend{K8Features: true}})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ask(t, s, http.MethodGet, "/fred/"+test.path)
			require.Equal(t, http.StatusOK, got.Code, got.Body)
			require.Equal(t, "application/json", got.Header().Get("Content-Type"))
			require.Equal(t, test.want, compact(t, got.Body.Bytes()))
		})
	}
}

func TestTheWebClientIsToldWhatIsWrong(t *testing.T) {
	tests := []struct {
		name, path string
		source     *source
		status     int
		want       string
	}{
		{name: "an unknown cluster", path: "kube/namespaces?cluster_name=prod", status: 404, want: `{"detail":"no cluster \"prod\"","message":"no cluster \"prod\""}`},
		{name: "a page opened without a cluster", path: "kube/namespaces?cluster_name=undefined", status: 404},
		{name: "another page opened without a cluster", path: "kube/namespaces?cluster_name=null", status: 404},
		{name: "no cluster at all", path: "kube/namespaces?cluster_name=dev", source: &source{}, status: 404},
		{name: "an empty cluster", path: "kube/namespaces?cluster_name=", status: 404},
		{name: "an unknown namespace", path: "kube/namespace?cluster_name=dev&namespace=prod", status: 404},
		{name: "an empty namespace", path: "kube/workloads?cluster_name=dev&namespace=", status: 404},
		{name: "an unknown workload", path: "kube/services?cluster_name=dev&namespace=shop&workload_name=x&kind=Job", status: 404},
		{name: "an unknown route", path: "kube/secrets", status: 404},
		{
			name: "a parameter that is missing", path: "kube/namespaces", status: 422,
			want: `{"detail":[{"type":"missing","loc":["query","cluster_name"],"msg":"Field required","input":null}],"message":"cluster_name: Field required"}`,
		},
		{
			name: "a kind that is none", path: "kube/workloads?cluster_name=dev&namespace=shop&kind=x", status: 422,
			want: `{"detail":[{"type":"enum","loc":["query","kind"],"msg":"Input should be 'Deployment', 'StatefulSet', 'DaemonSet', 'Job' or 'CronJob'","input":"x","ctx":{"expected":"'Deployment', 'StatefulSet', 'DaemonSet', 'Job' or 'CronJob'"}}],"message":"kind: Input should be 'Deployment', 'StatefulSet', 'DaemonSet', 'Job' or 'CronJob'"}`,
		},
		{name: "a cluster that refuses", path: "kube/namespaces?cluster_name=dev", source: failing(fault.New(fault.Forbidden, "no")), status: 403, want: `{"detail":"no","message":"no"}`},
		{name: "credentials that have expired", path: "kube/namespaces?cluster_name=dev", source: failing(fault.New(fault.Unauthorized, "no")), status: 502},
		{name: "a dead cluster", path: "kube/namespaces?cluster_name=dev", source: failing(errDown), status: 503},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.source == nil {
				test.source = shop()
			}
			s := newServer(t, server.Options{Fred: newFred(test.source)})
			got := ask(t, s, http.MethodGet, "/fred/"+test.path, "Origin", "http://localhost:5173")
			require.Equal(t, test.status, got.Code, got.Body)
			require.Equal(t, "application/json", got.Header().Get("Content-Type"))
			require.Equal(t, "http://localhost:5173", got.Header().Get("Access-Control-Allow-Origin"))
			var body struct{ Message string }
			require.NoError(t, json.Unmarshal(got.Body.Bytes(), &body))
			require.NotEmpty(t, body.Message)
			if test.want != "" {
				require.Equal(t, test.want, compact(t, got.Body.Bytes()))
			}
		})
	}
}

func TestAWholeClusterNameFitsInAQuery(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(shop())})
	for _, name := range []string{longName, url.QueryEscape(longName)} {
		require.Equal(t, http.StatusOK, ask(t, s, http.MethodGet, "/fred/kube/namespaces?cluster_name="+name).Code)
	}
}

func TestNoClustersAreAnEmptyList(t *testing.T) {
	s := newServer(t, server.Options{Fred: newFred(&source{})})
	require.Equal(t, "[]\n", ask(t, s, http.MethodGet, "/fred/kube/clusters").Body.String())
}

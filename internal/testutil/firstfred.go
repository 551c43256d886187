package testutil

import (
	"archive/zip"
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Planted is in every value of FirstFred that no store may ever hold.
const Planted = "hunter2Zq9x"

// FirstFredAt is when the files of FirstFred were written.
var FirstFredAt = time.Date(2025, 3, 2, 10, 20, 30, 0, time.UTC)

// The clusters of FirstFred.
const (
	FirstFredEKS = "arn:aws:eks:eu-west-1:111122223333:cluster/prod"
	FirstFredAKS = "/subscriptions/0000/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/lab"
)

// FirstFred returns the files of an export of the first Fred, with names that are
// made up: two clusters, one of them with a kind in either spelling, and one that
// is named alone. Nobody looked at the StatefulSets of namespace shop, nor at
// anything of namespace ops but its facts.
func FirstFred() map[string]string {
	eks, short := FirstFredEKS, strings.Trim(FirstFredAKS, "/")
	shop := "clusters/" + eks + "/namespaces/shop/"
	web := shop + "kinds/WorkloadKind.DEPLOYMENT/workloads/web/"
	return map[string]string{
		"kube/ClusterList.json": `{"clusters_list":[{"sensor":null,"fullname":"` + eks + `","alias":"prod","region":"eu-west-1","provider":"AWS"},
			{"sensor":null,"fullname":"` + FirstFredAKS + `","alias":"lab","region":"unknown","provider":"Azure"},{"fullname":"idle-ctx","alias":"idle-ctx"}]}`,
		"kube/clusters/" + eks + "/NamespacesList.json": `{"cluster":"` + eks + `","namespaces":["shop","ops"]}`,
		"kube/" + shop + "Namespace.json": `{"cluster":"` + eks + `","namespace":"shop","labels":{"team":"blue"},"annotations":{"owner/api-token":"` + Planted + `-ns"},
			"status":"Active","resource_quota":{"main":{"requests.cpu":"8","pods":"40"}},"limitrange_resource":null}`,
		"kube/" + shop + "kinds/WorkloadKind.DEPLOYMENT/WorkloadNameList.json": `{"cluster":"` + eks + `","namespace":"shop","workloads":["web","cart"],"kind":"Deployment"}`,
		"kube/" + shop + "kinds/CronJob/WorkloadNameList.json":                 `{"cluster":"` + eks + `","namespace":"shop","workloads":[],"kind":"CronJob"}`,
		"kube/" + web + "Workload.json":                                        `{"cluster":"` + eks + `","namespace":"shop","kind":"Deployment","object":` + firstFredDeployment + `}`,
		"kube/" + web + "ConfigMapsList.json": `{"config_maps_list":[{"api_version":"v1","binary_data":null,"kind":null,"immutable":null,
			"data":{"password":"` + Planted + `-bare","app.properties":"color=blue\ndb.password = ` + Planted + `-line\n"},
			"metadata":{"name":"web-config","namespace":"shop","creation_timestamp":"2024-09-01T08:00:00+00:00","managed_fields":[{"fields_v1":{"f:data":{}}}]}}],"kind":"Deployment"}`,
		"kube/" + web + "ServicesList.json": `{"services_list":[{"kind":null,"metadata":{"name":"web","namespace":"shop","creation_timestamp":"2024-09-01 08:00:00+00:00"},
			"spec":{"type":"ClusterIP","cluster_ip":"10.0.0.7","selector":{"app_name":"web"},"ports":[{"name":"http","port":80,"protocol":"TCP","target_port":8080,"node_port":null}]}}],"kind":"Deployment"}`,
		"kube/" + web + "IngressesList.json": `{"ingresses_list":[{"metadata":{"name":"front","annotations":{"nginx.ingress.kubernetes.io/configuration-snippet":"set $x ` + Planted + `-snippet"}},
			"spec":{"ingress_class_name":"nginx","rules":[{"host":"shop.example","http":{"paths":[{"path":"/","path_type":"Prefix","backend":{"service":{"name":"web","port":{"number":80,"name":null}}}}]}}]}}],"kind":"Deployment"}`,
		"kube/clusters/" + short + "/NamespacesList.json":                                         `{"cluster":"` + FirstFredAKS + `","namespaces":[]}`,
		"ai/clusters/" + eks + "/ClusterSummary.json":                                             `{"cluster_summary":"# prod\nThe shop. Its database password is ` + Planted + `-env."}`,
		"ai/clusters/" + eks + "/Facts.json":                                                      `{"facts":[{"user":"ann","date":"2025-01-02T09:30:00.250000Z","content":"Peak on Monday.","title":"peak","type":"requirement"},{"user":"ann","date":"2025-01-03T09:30:00Z","content":"Peak on Friday.","title":"peak","type":"requirement"}]}`,
		"ai/" + shop + "NamespaceSummary.json":                                                    `{"namespace_summary":"None"}`,
		"ai/" + shop + "Facts.json":                                                               `{"facts":[{"user":"bob","date":"2025-01-02 09:30:00","content":"db_password: ` + Planted + `-fact","title":"db","type":null}]}`,
		"ai/clusters/" + eks + "/namespaces/ops/Facts.json":                                       `{"facts":[{"user":"bob","date":"2025-01-02T09:30:00","content":"on call","title":"ops","type":"odd"}]}`,
		"ai/" + web + "Facts.json":                                                                `{"facts":[{"user":"bob","date":"2025-01-02T09:30:00Z","content":"Owned by blue.","title":"owner","type":"domain"}]}`,
		"ai/" + web + "WorkloadId.json":                                                           `{"workload_id":"nginx"}`,
		"ai/" + web + "WorkloadEssentials.json":                                                   `{"name":"web","namespace":"shop","kind":"Deployment","container_images":"registry.example/web:1.0","version":"None","replicas":3}`,
		"ai/" + web + "WorkloadSummary.json":                                                      `{"workload_summary":"Serves pages. It is started with ` + Planted + `-arg and keeps ` + Planted + `-bare."}`,
		"ai/" + web + "WorkloadAdvanced.json":                                                     `{"data":{"type":"opensearch-dashboard","opensearch_password":"` + Planted + `-adv","server_port":5601,"opensearch_hosts":["https://u:` + Planted + `-url@es:9200"]}}`,
		"ai/" + web + "WorkloadScores.json":                                                       `{"cpu":{"score":7.0,"reason":"Fine."},"ram":{"score":11,"reason":"off the scale"},"io":null,"scalability":{"score":5,"reason":null},"compression":{"score":4,"reason":"-"}}`,
		"ai/" + web + "ServicesEssentials.json":                                                   `{"services_essentials":[{"name":"web","namespace":"shop","kind":"ClusterIP","ports":"80","selector":"app=web","annotations":"x/blob: ` + Planted + `-ess","labels":"None"}]}`,
		"ai/" + web + "IngressesEssentials.json":                                                  `{"ingresses_essentials":[]}`,
		"ai/clusters/" + eks + "/namespaces/shop/kinds/Deployment/workloads/cart/WorkloadId.json": `{"workload_id":"redis"}`,
	}
}

// firstFredDeployment is a manifest as the Python client dumps it.
var firstFredDeployment = strings.ReplaceAll(`{"api_version":"apps/v1","kind":"Deployment",
	"metadata":{"name":"web","namespace":"shop","creation_timestamp":"2024-09-01T08:00:00+00:00","deletion_timestamp":null,"labels":{"app_name":"web"},
		"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"spec\":{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"PLANTED-env\"}]}}"}},
	"spec":{"replicas":2,"paused":null,"strategy":{"type":"RollingUpdate"},"selector":{"match_labels":{"app_name":"web"}},
		"template":{"metadata":{"labels":{"app_name":"web"}},"spec":{"service_account_name":"web","init_containers":null,
			"volumes":[{"name":"config","config_map":{"name":"web-config","optional":null}}],
			"containers":[{"name":"web","image":"registry.example/web:1.0","image_pull_policy":"Always","args":["--listen=:80","--password=PLANTED-arg"],
				"env":[{"name":"DB_PASSWORD","value":"PLANTED-env","value_from":null},{"name":"LEVEL","value":"3"},
					{"name":"URL","value":null,"value_from":{"config_map_key_ref":{"key":"url","name":"web-config","optional":null}}}],
				"env_from":[{"secret_ref":{"name":"web-creds"}}],
				"resources":{"limits":{"memory":"1Gi"},"requests":{"cpu":"500m","memory":"512Mi"}},
				"liveness_probe":{"http_get":{"path":"/health?token=PLANTED-probe","port":80}},"ports":[{"container_port":80,"protocol":"TCP"}]}]}}},
	"status":{"ready_replicas":2,"updated_replicas":2,"conditions":[{"type":"Available","status":"True","reason":"MinimumReplicasAvailable","message":"PLANTED-message","last_transition_time":"2024-09-01 08:00:05+00:00","last_update_time":"odd"}]}}`,
	"PLANTED", Planted)

// Zip returns a zip of files below folder, with an entry for each folder as the
// first Fred wrote them.
func Zip(t testing.TB, folder string, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	made := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		full := folder + name
		var above []string
		for dir := path.Dir(full); dir != "." && dir != "/"; dir = path.Dir(dir) {
			above = append(above, dir)
		}
		for _, dir := range slices.Backward(above) {
			if !made[dir] {
				made[dir] = true
				_, err := z.CreateHeader(&zip.FileHeader{Name: dir + "/", Modified: FirstFredAt})
				require.NoError(t, err)
			}
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: full, Method: zip.Deflate, Modified: FirstFredAt})
		require.NoError(t, err)
		_, err = w.Write([]byte(files[name]))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

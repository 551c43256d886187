//go:build e2e

package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/internal/e2e/rig"
)

func TestTheUIContractIsAnswered(t *testing.T) {
	t.Parallel()
	s := newLaptop(t, kubeconfigOf(t, small(t), rig.Admin, "shop")).serve()
	body := func(path string) (v any) {
		r := s.ask(http.MethodGet, "/fred/"+path, nil)
		require.Equal(t, http.StatusOK, r.status, "%s: %s", path, r.body)
		require.NoError(t, json.Unmarshal([]byte(r.body), &v), path)
		name, query, _ := strings.Cut(path, "?")
		require.Equal(t, r.body, s.ask(http.MethodGet, "/fred/"+name+"/?"+query, nil).body, "with a slash too")
		return v
	}
	clusters := body("kube/clusters").([]any)
	require.Len(t, clusters, 1)
	require.Equal(t, "rig", clusters[0].(map[string]any)["fullname"])
	namespaces := body("kube/namespaces?cluster_name=rig").(map[string]any)["namespaces"].([]any)
	require.Len(t, namespaces, len(truthOf(t).namespaces))
	want := []any{}
	for _, d := range truthOf(t).deployments {
		if d.Namespace == "shop" {
			want = append(want, d.Name)
		}
	}
	got := body("kube/workloads?cluster_name=rig&namespace=shop&kind=deployment").(map[string]any)["workloads"].([]any)
	require.ElementsMatch(t, want, got)
	const web = "?cluster_name=rig&namespace=shop&kind=Deployment&workload_name=web"
	require.Len(t, body("kube/configmaps" + web).(map[string]any)["config_maps_list"], 5, "those that are there")
	require.Len(t, body("kube/services" + web).(map[string]any)["services_list"], 1)
	require.Len(t, body("kube/ingresses" + web).(map[string]any)["ingresses_list"], 2)
	object := body("kube/workload" + web).(map[string]any)["object"].(map[string]any)
	require.Equal(t, "web", object["metadata"].(map[string]any)["name"])
	quota := body("kube/namespace?cluster_name=rig&namespace=shop").(map[string]any)["resource_quota"].(map[string]any)
	hard, err := small(t).Kubectl(t.Context(), "get", "resourcequota", "team", "-n", "shop", "-o", "jsonpath={.status.hard}")
	require.NoError(t, err)
	shown, err := json.Marshal(quota["team"])
	require.NoError(t, err)
	require.JSONEq(t, hard, string(shown))
	body("config/frontend_settings")
	require.Equal(t, http.StatusNotFound, s.ask(http.MethodGet, "/fred/kube/namespaces?cluster_name=undefined", nil).status)
	require.Equal(t, http.StatusUnprocessableEntity, s.ask(http.MethodGet, "/fred/kube/workload?cluster_name=rig&namespace=shop&kind=x&workload_name=web", nil).status)
}

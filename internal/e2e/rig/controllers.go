package rig

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// managedNode annotates the nodes whose kubelet kwok plays. A node without it
// has no kubelet, and so is NotReady.
const managedNode = "kwok.x-k8s.io/node"

// startControllers starts what turns a Deployment into running pods.
func (c *Cluster) startControllers(ctx context.Context) error {
	kubeconfig := c.path(adminKubeconfig)
	if _, err := c.run(ctx, "kube-controller-manager",
		"--kubeconfig="+kubeconfig,
		"--use-service-account-credentials=false",
		"--service-account-private-key-file="+c.path("sa.key"),
		"--leader-elect=false",
		"--secure-port=0",
		"--kube-api-qps=500",
		"--kube-api-burst=1000",
	); err != nil {
		return err
	}
	if _, err := c.run(ctx, "kube-scheduler",
		"--kubeconfig="+kubeconfig,
		"--leader-elect=false",
		"--secure-port=0",
	); err != nil {
		return err
	}
	args := []string{
		"--kubeconfig=" + kubeconfig,
		"--manage-all-nodes=false",
		"--manage-nodes-with-annotation-selector=" + managedNode + "=fake",
		"--cidr=10.244.0.0/16",
	}
	stages, err := c.writeStages()
	if err != nil {
		return err
	}
	for _, stage := range stages {
		args = append(args, "--config="+stage)
	}
	_, err = c.run(ctx, "kwok", args...)
	return err
}

// writeStages copies the stages that kwok ships, so changed that a pod becomes
// ready once: kwok would heal a pod whose status was made to say ImagePullBackOff.
func (c *Cluster) writeStages() ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(c.Tools, "stages", "*.yaml"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("no stages in %s: %w", c.Tools, err)
	}
	for i, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read stage: %w", err)
		}
		if filepath.Base(path) == "pod-ready.yaml" {
			if data, err = readyOnce(data); err != nil {
				return nil, fmt.Errorf("change stage: %w", err)
			}
		}
		paths[i] = c.path("stage-" + filepath.Base(path))
		if err := os.WriteFile(paths[i], data, 0o600); err != nil {
			return nil, fmt.Errorf("write stage: %w", err)
		}
	}
	return paths, nil
}

// readyOnce adds to a stage that the pod has no address yet.
func readyOnce(data []byte) ([]byte, error) {
	var stage map[string]any
	if err := yaml.Unmarshal(data, &stage); err != nil {
		return nil, err
	}
	path := []string{"spec", "selector", "matchExpressions"}
	conditions, _, err := unstructured.NestedSlice(stage, path...)
	if err != nil {
		return nil, err
	}
	conditions = append(conditions, map[string]any{"key": ".status.podIP", "operator": "DoesNotExist"})
	if err := unstructured.SetNestedSlice(stage, conditions, path...); err != nil {
		return nil, err
	}
	return yaml.Marshal(stage)
}

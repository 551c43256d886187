package rig

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func nodeName(i int) string {
	return fmt.Sprintf("ip-10-1-%d-%d.eu-west-3.compute.internal", i/200, 10+i%200)
}

// node returns node i, as a kubelet registers it. One in 25 is not ready.
func (l *largeSeed) node(i int) *corev1.Node {
	zone := "eu-west-3" + []string{"a", "b", "c"}[i%3]
	return &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{
			Name: nodeName(i),
			Labels: map[string]string{
				corev1.LabelArchStable:         "amd64",
				corev1.LabelOSStable:           "linux",
				corev1.LabelHostname:           nodeName(i),
				corev1.LabelInstanceTypeStable: []string{"m5.8xlarge", "c5.9xlarge", "r5.8xlarge"}[i%3],
				corev1.LabelTopologyRegion:     "eu-west-3",
				corev1.LabelTopologyZone:       zone,
				"eks.amazonaws.com/nodegroup":  "general",
			},
		},
		Spec: corev1.NodeSpec{ProviderID: fmt.Sprintf("aws:///%s/i-0%016x", zone, i+1), Unschedulable: i%25 == 7},
		Status: corev1.NodeStatus{
			Capacity:    nodeResources("32", "128Gi"),
			Allocatable: nodeResources("31850m", "124Gi"),
			Conditions:  l.nodeConditions(i%25 != 24),
			Addresses: []corev1.NodeAddress{
				{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("10.1.%d.%d", i/200, 10+i%200)},
				{Type: corev1.NodeHostName, Address: nodeName(i)},
			},
			NodeInfo: corev1.NodeSystemInfo{
				Architecture:            "amd64",
				OperatingSystem:         "linux",
				OSImage:                 "Amazon Linux 2023.9.20251117",
				KernelVersion:           "6.12.58-82.121.amzn2023.x86_64",
				ContainerRuntimeVersion: "containerd://2.1.5",
				KubeletVersion:          "v1.37.2-eks-3abbec1",
			},
			Images: nodeImages(),
		},
	}
}

func nodeResources(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse(cpu),
		corev1.ResourceMemory: resource.MustParse(memory),
		corev1.ResourcePods:   resource.MustParse("250"),
	}
}

func (l *largeSeed) nodeConditions(ready bool) []corev1.NodeCondition {
	condition := func(kind corev1.NodeConditionType, is bool, reason, message string) corev1.NodeCondition {
		return corev1.NodeCondition{
			Type: kind, Status: status(is), Reason: reason, Message: message,
			LastHeartbeatTime: l.now, LastTransitionTime: l.now,
		}
	}
	return []corev1.NodeCondition{
		condition(corev1.NodeMemoryPressure, false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
		condition(corev1.NodeDiskPressure, false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
		condition(corev1.NodePIDPressure, false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
		condition(corev1.NodeReady, ready, "KubeletReady", "kubelet is posting ready status"),
	}
}

// nodeImages are the fifty that a kubelet reports at most.
func nodeImages() []corev1.ContainerImage {
	images := make([]corev1.ContainerImage, 50)
	for i := range images {
		name := fmt.Sprintf("registry.example.com/team-%02d/service-%d", i, i)
		images[i] = corev1.ContainerImage{
			Names:     []string{name + "@sha256:" + digest(name), name + ":1.0." + fmt.Sprint(i)},
			SizeBytes: int64(20+i) << 20,
		}
	}
	return images
}

func status(is bool) corev1.ConditionStatus {
	if is {
		return corev1.ConditionTrue
	}
	return corev1.ConditionFalse
}

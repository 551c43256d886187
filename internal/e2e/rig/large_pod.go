package rig

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// template returns the pods of w as a Helm chart makes them: a server, and a
// sidecar in one workload of four.
func (w *workload) template(restart corev1.RestartPolicy) corev1.PodTemplateSpec {
	containers := []corev1.Container{w.server()}
	if w.index%4 == 0 {
		containers = append(containers, w.sidecar())
	}
	return corev1.PodTemplateSpec{
		ObjectMeta: metav1.ObjectMeta{
			Labels:      w.labels,
			Annotations: map[string]string{"checksum/config": digest(w.name)},
		},
		Spec: corev1.PodSpec{
			ServiceAccountName: "default",
			RestartPolicy:      restart,
			Containers:         containers,
			Volumes: []corev1.Volume{{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
				LocalObjectReference: corev1.LocalObjectReference{Name: w.name + "-config"},
			}}}},
		},
	}
}

func (w *workload) server() corev1.Container {
	return corev1.Container{
		Name:      "server",
		Image:     fmt.Sprintf("registry.example.com/%s/%s:1.%d.%d", w.namespace, w.name, w.index%20, w.index%7),
		Args:      []string{"serve", "--config=/etc/server/config.yaml"},
		Ports:     []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}},
		Env:       w.environment(),
		Resources: requests(int64(50+w.index%8*50), int64(64+w.index%16*64)),
		EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{
			LocalObjectReference: corev1.LocalObjectReference{Name: w.name + "-env"},
		}}},
		ReadinessProbe: &corev1.Probe{
			ProbeHandler:  corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/readyz", Port: intstr.FromString("http")}},
			PeriodSeconds: 10,
		},
		VolumeMounts: []corev1.VolumeMount{{Name: "config", MountPath: "/etc/server"}},
	}
}

func (w *workload) sidecar() corev1.Container {
	return corev1.Container{
		Name:      "proxy",
		Image:     "registry.example.com/mesh/proxy:3.2.0",
		Args:      []string{"--admin=127.0.0.1:15000", "--upstream=127.0.0.1:8080"},
		Resources: requests(20, 48),
	}
}

func (w *workload) environment() []corev1.EnvVar {
	return []corev1.EnvVar{
		{Name: "LOG_LEVEL", Value: "info"},
		{Name: "DATABASE_HOST", Value: "db." + w.namespace + ".svc.cluster.local"},
		{Name: "DATABASE_PASSWORD", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
			LocalObjectReference: corev1.LocalObjectReference{Name: w.name}, Key: "password",
		}}},
	}
}

func requests(milliCPU, mebibytes int64) corev1.ResourceRequirements {
	memory := *resource.NewQuantity(mebibytes<<20, resource.BinarySI)
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: *resource.NewMilliQuantity(milliCPU, resource.DecimalSI), corev1.ResourceMemory: memory},
		Limits:   corev1.ResourceList{corev1.ResourceMemory: memory},
	}
}

// pod writes one pod of w called name, which ran to its end when done.
func (l *largeSeed) pod(ctx context.Context, w *workload, name string, owner *metav1.OwnerReference, done bool) error {
	restart := corev1.RestartPolicyAlways
	if done {
		restart = corev1.RestartPolicyNever
	}
	template := w.template(restart)
	pod := &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	pod.Name, pod.Namespace = name, w.namespace
	if owner != nil {
		pod.OwnerReferences = []metav1.OwnerReference{*owner}
	}
	pod.Spec.NodeName = nodeName(w.chance.IntN(l.nodes))
	pods := l.client.CoreV1().Pods(w.namespace)
	_, err := put(ctx, pods.Create, pods.UpdateStatus, pod, func(p *corev1.Pod) { l.podStatus(w.chance, p, done) })
	return err
}

// podStatus writes what a kubelet reports. One pod in fifty crashes.
func (l *largeSeed) podStatus(chance *rand.Rand, p *corev1.Pod, done bool) {
	ip := fmt.Sprintf("10.244.%d.%d", chance.IntN(256), chance.IntN(256))
	ill := !done && chance.IntN(50) == 0
	p.Status = corev1.PodStatus{
		Phase:     corev1.PodRunning,
		QOSClass:  corev1.PodQOSBurstable,
		HostIP:    "10.1.0.10",
		HostIPs:   []corev1.HostIP{{IP: "10.1.0.10"}},
		PodIP:     ip,
		PodIPs:    []corev1.PodIP{{IP: ip}},
		StartTime: &l.now,
	}
	if done {
		p.Status.Phase = corev1.PodSucceeded
	}
	for _, kind := range []corev1.PodConditionType{corev1.PodReadyToStartContainers, corev1.PodInitialized, corev1.PodReady, corev1.ContainersReady, corev1.PodScheduled} {
		ready := kind != corev1.PodReady && kind != corev1.ContainersReady || !ill && !done
		p.Status.Conditions = append(p.Status.Conditions, corev1.PodCondition{Type: kind, Status: status(ready), LastTransitionTime: l.now})
	}
	for i, c := range p.Spec.Containers {
		p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, l.containerStatus(p, c, ill && i == 0, done))
	}
}

func (l *largeSeed) containerStatus(p *corev1.Pod, c corev1.Container, ill, done bool) corev1.ContainerStatus {
	s := corev1.ContainerStatus{
		Name:         c.Name,
		Image:        c.Image,
		ImageID:      strings.Split(c.Image, ":")[0] + "@sha256:" + digest(c.Image),
		ContainerID:  "containerd://" + digest(p.Name+c.Name),
		Ready:        !ill && !done,
		Started:      new(!ill && !done),
		State:        corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: l.now}},
		RestartCount: int32(len(p.Name) % 4 / 3),
	}
	switch {
	case done:
		s.State = terminated(0, "Completed", "")
	case ill:
		s.State = waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container="+c.Name+" pod="+p.Name)
		s.LastTerminationState = terminated(1, "Error", "")
		s.RestartCount = 42
	}
	return s
}

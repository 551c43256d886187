package pseudonym

import (
	"reflect"

	"github.com/fredctl/fred/pkg/kube"
)

type fields = map[string]rule

// rules say for every field of every stored type that holds text what becomes of
// it. A test fails where one is missing. Fields that lead to another type of the
// table are walked; numbers, times and booleans stay.
var rules map[reflect.Type]fields

func init() { //nolint:gochecknoinits // the rules and what walks by them know each other
	rules = map[reflect.Type]fields{
		reflect.TypeFor[kube.Inventory](): {},
		reflect.TypeFor[kube.Server](): {
			"Version": text((*Mask).version), "Platform": text((*Mask).platform), "URL": text((*Mask).URL),
			"UID": text((*Mask).UID), "Namespace": named(Namespace),
		},
		reflect.TypeFor[kube.Meta](): {
			"Namespace": named(Namespace), "Name": done, "Labels": pairs((*Mask).label), "Annotations": pairs((*Mask).label),
		},
		reflect.TypeFor[kube.Ref]():       {"Kind": text((*Mask).kind), "Name": byKind},
		reflect.TypeFor[kube.Condition](): {"Type": text((*Mask).word), "Status": text((*Mask).word), "Reason": text((*Mask).word)},
		reflect.TypeFor[kube.Node](): {
			"Meta": meta("Node"), "ProviderID": text((*Mask).providerID), "KubeletVersion": text((*Mask).version),
			"OS": text((*Mask).word), "Arch": text((*Mask).word), "Taints": text((*Mask).taint),
		},
		reflect.TypeFor[kube.Namespace](): {"Meta": meta("Namespace"), "Phase": text((*Mask).word)},
		reflect.TypeFor[kube.Workload](): {
			"Meta": meta(""), "Kind": text((*Mask).kind), "Schedule": text((*Mask).schedule), "Strategy": text((*Mask).word),
		},
		reflect.TypeFor[kube.Template]():  {"Labels": pairs((*Mask).label), "ServiceAccount": named("sa")},
		reflect.TypeFor[kube.Resources](): {},
		reflect.TypeFor[kube.Container](): {
			"Name": named("container"), "Image": text((*Mask).Image), "Command": text((*Mask).argument), "Args": text((*Mask).argument),
			"Probes": text((*Mask).word),
		},
		reflect.TypeFor[kube.Port](): {"Name": text((*Mask).port), "Protocol": text((*Mask).word), "TargetPort": text((*Mask).port)},
		reflect.TypeFor[kube.EnvVar](): {
			"Name": text((*Mask).variable), "Value": text((*Mask).value),
		},
		reflect.TypeFor[kube.EnvRef]():  {"Kind": text((*Mask).kind), "Name": byKind, "Key": text((*Mask).dataKey)},
		reflect.TypeFor[kube.EnvFrom](): {"Kind": text((*Mask).kind), "Name": byKind, "Prefix": named("prefix")},
		reflect.TypeFor[kube.Volume]():  {"Name": named("volume"), "Kind": text((*Mask).kind), "Object": byKind},
		reflect.TypeFor[kube.Pod]():     {"Meta": meta("Pod"), "Node": named("node"), "Phase": text((*Mask).word), "Claims": named("pvc")},
		reflect.TypeFor[kube.Issue]():   {"Container": named("container"), "Reason": text((*Mask).word), "Detail": text((*Mask).detail)},
		reflect.TypeFor[kube.Service](): {
			"Meta": meta("Service"), "Type": text((*Mask).word), "ClusterIP": text((*Mask).Host), "ExternalName": text((*Mask).Host),
			"Selector": pairs((*Mask).label), "LoadBalancer": text((*Mask).Host),
		},
		reflect.TypeFor[kube.Ingress](): {"Meta": meta("Ingress"), "Class": text((*Mask).class)},
		reflect.TypeFor[kube.IngressRule](): {
			"Host": text((*Mask).Host), "Path": text((*Mask).path), "PathType": text((*Mask).word),
		},
		reflect.TypeFor[kube.IngressBackend](): {"Service": named("svc"), "Port": text((*Mask).port)},
		reflect.TypeFor[kube.IngressTLS]():     {"Hosts": text((*Mask).Host), "Secret": named("secret")},
		reflect.TypeFor[kube.ConfigMap]():      {"Meta": meta("ConfigMap")},
		reflect.TypeFor[kube.ConfigKey](): {
			"Key": text((*Mask).dataKey), "Format": text((*Mask).word), "Paths": named("path"),
		},
		reflect.TypeFor[kube.ResourceQuota](): {
			"Meta": meta("ResourceQuota"), "Hard": pairs((*Mask).amount), "Used": pairs((*Mask).amount),
		},
		reflect.TypeFor[kube.LimitRange](): {"Meta": meta("LimitRange"), "Limits": pairs((*Mask).limit)},
		reflect.TypeFor[kube.PersistentVolume](): {
			"Meta": meta("PersistentVolume"), "StorageClass": text((*Mask).storage), "Phase": text((*Mask).word),
			"Driver": text((*Mask).storage), "Volume": named("disk"),
		},
		reflect.TypeFor[kube.Claim](): {"Namespace": named(Namespace), "Name": named("pvc")},
		reflect.TypeFor[kube.Usage](): {"Namespace": named(Namespace), "Name": usage},
	}
}

// usage masks the name of what was measured: a pod, or a node where there is no
// namespace.
func usage(m *Mask, field, parent reflect.Value) {
	kind := "Node"
	if parent.FieldByName("Namespace").String() != "" {
		kind = "Pod"
	}
	field.SetString(m.object(kind, field.String()))
}

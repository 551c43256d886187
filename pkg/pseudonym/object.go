package pseudonym

import (
	"strings"
)

// slugs are how the pseudonyms of objects begin; those of other kinds begin
// with "obj".
var slugs = map[string]string{
	"Deployment": "deploy", "StatefulSet": "sts", "DaemonSet": "ds", "Job": "job", "CronJob": "cron", "Pod": "pod",
	"ReplicaSet": "rs", "Node": "node", "Namespace": Namespace, "Service": "svc", "Ingress": "ing", "ConfigMap": "cm",
	"Secret": "secret", "PersistentVolume": "pv", "PersistentVolumeClaim": "pvc", "ServiceAccount": "sa", "ResourceQuota": "quota", "LimitRange": "limits",
}

// everywhere are names that every cluster has.
var everywhere = setOf("ns/default ns/kube-system ns/kube-public ns/kube-node-lease svc/kubernetes cm/kube-root-ca.crt sa/default")

// hashed is the name that a Deployment gives a ReplicaSet; see pkg/kube, which
// tells the Deployment by it where ReplicaSets may not be read.
var hashed = patternOf(`^(.+)-[a-z0-9]{5,10}$`)

// object masks the name of an object of a kind.
func (m *Mask) object(kind, name string) string {
	switch kind {
	case "HostPath":
		return m.hostPath(name)
	case "ReplicaSet":
		if part := hashed.FindStringSubmatch(name); part != nil {
			owner := m.Name("deploy", part[1])
			return m.remember("rs", name, func() string { return owner + "-" + m.letters("rs", name, 10) })
		}
	}
	slug, ok := slugs[kind]
	if !ok {
		slug = "obj"
	}
	return m.Name(slug, name)
}

// kind keeps the kinds that Kubernetes and well-known operators have; a company's
// own may tell its name.
func (m *Mask) kind(s string) string {
	if s == "" || kinds[s] || slugs[s] != "" {
		return s
	}
	return m.Name("kind", s)
}

// word keeps a word of the public vocabulary.
func (m *Mask) word(s string) string { return m.unlessPublic("word", s) }

// Word keeps a word of the public vocabulary, and masks any other.
func (m *Mask) Word(s string) string { return m.word(s) }

// unlessPublic keeps a word of the public vocabulary, and masks others as names of
// that kind.
func (m *Mask) unlessPublic(kind, s string) string {
	if words[s] {
		return s
	}
	return m.Name(kind, s)
}

// class masks the class of an Ingress, unless it is that of a well-known
// controller.
func (m *Mask) class(s string) string { return m.unlessPublic("class", s) }

// storage keeps the storage classes and drivers that providers bring along.
func (m *Mask) storage(s string) string {
	if storages[s] {
		return s
	}
	return m.Name("storage", s)
}

// dataKey masks a key of a ConfigMap or Secret, and keeps the fields and
// resources that a variable may have its value from.
func (m *Mask) dataKey(s string) string { return m.unlessPublic("key", s) }

// port keeps numbers and the names of well-known protocols. A pseudonym has no
// more than the fifteen characters that a port's name may have.
func (m *Mask) port(s string) string {
	if s == "" || words[s] || shortNumber(s) {
		return s
	}
	return m.remember("port", s, func() string { return "p" + m.letters("port", s, 14) })
}

// variable masks the name of an environment variable, unless half the world has
// one so called.
func (m *Mask) variable(s string) string { return m.unlessPublic("env", s) }

// path masks the path of a request.
func (m *Mask) path(s string) string {
	if s == "" || s == "/" || s == "/*" {
		return s
	}
	return "/" + m.Name("path", s)
}

// hostPath keeps the paths of a node that say what a pod may do to it.
func (m *Mask) hostPath(s string) string {
	if hostPaths[strings.TrimSuffix(s, "/")] {
		return s
	}
	return m.path(s)
}

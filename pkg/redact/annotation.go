package redact

import (
	"strings"
	"time"
)

// Annotations returns the annotations that are known to be useful and harmless,
// by an allow list of keys. A value that is not of the type its key asks for
// becomes ‹string›. Everything else is left out, such as
// last-applied-configuration, which holds the whole object in clear, ingress
// snippets, and change-cause, which holds a command line. nil stays nil; the
// map is never changed.
func Annotations(annotations map[string]string) map[string]string {
	if annotations == nil {
		return nil
	}
	kept := make(map[string]string, min(len(annotations), 8))
	for k, v := range annotations {
		is := annotationType(k)
		if is == nil {
			continue
		}
		if !is(v) {
			v = someString
		}
		kept[k] = v
	}
	return kept
}

// annotationType returns what a value under key must look like, or nil when
// the key is not on the list.
func annotationType(key string) func(string) bool {
	if is := annotationTypes[key]; is != nil {
		return is
	}
	for _, prefix := range annotationPrefixes {
		if name, ok := strings.CutPrefix(key, prefix); ok && plainName(name) && !Telling(name) {
			return shortName
		}
	}
	return nil
}

// annotationPrefixes allow every key below them whose name tells nothing.
var annotationPrefixes = []string{"app.kubernetes.io/", "helm.sh/"}

var annotationTypes = map[string]func(string) bool{
	"deployment.kubernetes.io/revision":                      numeric,
	"deployment.kubernetes.io/desired-replicas":              numeric,
	"deployment.kubernetes.io/max-replicas":                  numeric,
	"kubectl.kubernetes.io/restartedAt":                      timestamp,
	"kubectl.kubernetes.io/default-container":                shortName,
	"kubernetes.io/ingress.class":                            shortName,
	"ingressclass.kubernetes.io/is-default-class":            boolean,
	"storageclass.kubernetes.io/is-default-class":            boolean,
	"meta.helm.sh/release-name":                              shortName,
	"meta.helm.sh/release-namespace":                         shortName,
	"argocd.argoproj.io/tracking-id":                         shortName,
	"argocd.argoproj.io/sync-wave":                           numeric,
	"kustomize.toolkit.fluxcd.io/name":                       shortName,
	"prometheus.io/scrape":                                   boolean,
	"prometheus.io/port":                                     numeric,
	"prometheus.io/path":                                     plainPath,
	"prometheus.io/scheme":                                   harmless,
	"sidecar.istio.io/inject":                                boolean,
	"linkerd.io/inject":                                      harmless,
	"cluster-autoscaler.kubernetes.io/safe-to-evict":         boolean,
	"karpenter.sh/do-not-disrupt":                            boolean,
	"batch.kubernetes.io/job-completion-index":               numeric,
	"batch.kubernetes.io/cronjob-scheduled-timestamp":        timestamp,
	"cronjob.kubernetes.io/instantiate":                      shortName,
	"statefulset.kubernetes.io/pod-name":                     shortName,
	"service.kubernetes.io/topology-mode":                    shortName,
	"volume.kubernetes.io/storage-provisioner":               shortName,
	"volume.kubernetes.io/selected-node":                     shortName,
	"pv.kubernetes.io/bind-completed":                        harmless,
	"pv.kubernetes.io/provisioned-by":                        shortName,
	"scheduler.alpha.kubernetes.io/critical-pod":             harmless,
	"nginx.ingress.kubernetes.io/ssl-redirect":               boolean,
	"nginx.ingress.kubernetes.io/force-ssl-redirect":         boolean,
	"nginx.ingress.kubernetes.io/backend-protocol":           shortName,
	"nginx.ingress.kubernetes.io/proxy-body-size":            harmless,
	"nginx.ingress.kubernetes.io/proxy-read-timeout":         harmless,
	"nginx.ingress.kubernetes.io/rewrite-target":             plainPath,
	"cert-manager.io/cluster-issuer":                         shortName,
	"cert-manager.io/issuer":                                 shortName,
	"endpoints.kubernetes.io/last-change-trigger-time":       timestamp,
	"node.alpha.kubernetes.io/ttl":                           numeric,
	"volumes.kubernetes.io/controller-managed-attach-detach": boolean,
}

func boolean(s string) bool {
	switch strings.ToLower(s) {
	case "true", "false", "yes", "no", "enabled", "disabled":
		return true
	}
	return false
}

func timestamp(s string) bool {
	_, err := time.Parse(time.RFC3339, s)
	return err == nil && len(s) <= len("2006-01-02T15:04:05.999999999+00:00")
}

// shortName accepts names, versions and lists of them, without spaces.
func shortName(s string) bool {
	if len(s) > 253 || !annotationSet.all(s) || scrambled(s) || dense(s) {
		return false
	}
	_, rule := Text(s)
	return rule == ""
}

var annotationSet = charsOf(lowers, uppers, numbers, "_-./:,+")

// plainPath accepts the path of a URL without a query.
func plainPath(s string) bool { return strings.HasPrefix(s, "/") && shortName(s) && !longHex(s) }

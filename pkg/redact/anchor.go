package redact

import "strings"

// An anchor is a literal without which a rule cannot match. Text is searched
// for the anchors of all rules in one pass, and only where one stands a rule
// looks closer; regular expressions over every string would cost fifty times
// as much.
type anchor struct {
	text string
	rule string
	// find returns what to mask of s, in which text stands at position at, or
	// an empty range.
	find func(s string, at int) (from, to int)
}

// anchorTable finds anchors by their rarest pair of neighboring bytes.
type anchorTable struct {
	pairs  [1 << 14]uint8 // pair → group, 0 for none; bytes above 0x7f alias
	stops  [1 << 14]bool  // the same for the scanner, with what ends a string
	groups [][]hooked
}

type hooked struct {
	anchor

	hook int // where in text the pair ends
}

// pairOf is the index of two neighboring bytes.
func pairOf(a, b byte) int { return int(a&127)<<7 | int(b&127) }

func newAnchorTable(anchors []anchor) *anchorTable {
	t := &anchorTable{groups: make([][]hooked, 1)}
	for _, a := range anchors {
		if len(a.text) == 1 {
			t.addSingle(a)
			continue
		}
		hook := rarest(a.text)
		t.add(pairOf(a.text[hook-1], a.text[hook]), hooked{a, hook})
	}
	for pair := range t.stops {
		t.stops[pair] = t.pairs[pair] != 0 || !plain[pair&127]
	}
	return t
}

// addSingle hooks a literal of one byte behind every other byte.
func (t *anchorTable) addSingle(a anchor) {
	for before := range byte(128) {
		t.add(pairOf(before, a.text[0]), hooked{a, 0})
	}
}

func (t *anchorTable) add(pair int, h hooked) {
	if t.pairs[pair] == 0 {
		t.pairs[pair] = uint8(len(t.groups))
		t.groups = append(t.groups, nil)
	}
	group := t.pairs[pair]
	t.groups[group] = append(t.groups[group], h)
}

// usual is what strings in Kubernetes JSON are made of. Pairs that stand in it
// make poor hooks.
var usual = strings.ReplaceAll("apiVersion kind metadata namespace app.kubernetes.io/name pod-template-hash "+
	"eu-west-3a default spec.containers image registry.example.com/shop/web:1.27.3 10.1.2.3 fe80::1 /healthz /ready "+
	"http://www.example.com:8080 /usr/local/bin /var/run/secrets/kubernetes.io/serviceaccount kube-root-ca.crt "+
	"kube-system kube-api-access expirationSeconds restartPolicy IfNotPresent ClusterFirst ip-10-0-1-17 api-server "+
	"--log-level=info --port=9090 --config=/etc/app/config.yaml DB_PASSWORD POSTGRES_USER API_KEY SECRET_TOKEN "+
	"autoscaling/v1 apps/v1 v1beta1 prometheus.io/scrape password token secretKeyRef key description desired "+
	"ReplicaSet StatefulSet DaemonSet Deployment ConfigMap CronJob PersistentVolumeClaim resources requests "+
	"memory cpu 250m 512Mi data database disk task-runner desk network-policy client server agent metrics helper "+
	"alpine webhook-server proxy backup copy high single global gateway example python type happy manager "+
	"scheduler readOnly readinessProbe livenessProbe qosClass effect node.kubernetes.io/not-ready port-forward "+
	"app-config redis-cache client-cert default-token http-metrics grpc-port web-tls cluster-autoscaler class "+
	"terminationGracePeriodSeconds maxSurge preferredDuringScheduling swap ingress success process address "+
	"controller-revision-hash postgresql mysql rabbitmq kafka zookeeper elasticsearch grafana loki tempo nginx "+
	"allowPrivilegeEscalation runAsNonRoot storageClassName availableReplicas observedGeneration lastTransitionTime "+
	"2026-11-20T08:00:05Z 9b8e0a4f6d2c1b7a5e3f9d8c7b6a594837261504 true false tcp udp eks gke aks west-1 cri-o", " ", "\x00")

// rarest returns where the pair of text ends that is least usual and, among
// these, has the rarest bytes.
func rarest(text string) (hook int) {
	best := 0
	for i := 1; i < len(text); i++ {
		r := rarity(text[i-1]) + rarity(text[i]) - 1000*strings.Count(usual, text[i-1:i+1])
		if r > best || hook == 0 {
			best, hook = r, i
		}
	}
	return hook
}

// rarity is high for bytes that stand rarely in usual text.
func rarity(c byte) int { return 100 - min(strings.Count(usual, string(rune(c))), 100) }

// suspect reports whether s holds a pair that some anchor hooks on. It is the
// fast path: most strings end here.
func (t *anchorTable) suspect(s string) bool {
	last := byte(0)
	for i := range len(s) {
		if t.pairs[pairOf(last, s[i])] != 0 {
			return true
		}
		last = s[i]
	}
	return false
}

// next returns the first match in s that ends after position from, and does
// not begin before floor.
func (t *anchorTable) next(s string, from, floor int) (start, end int, rule string) {
	for i := from; i < len(s); i++ {
		last := byte(0)
		if i > 0 {
			last = s[i-1]
		}
		for _, h := range t.groups[t.pairs[pairOf(last, s[i])]] {
			at := i - h.hook
			if at < 0 || !strings.HasPrefix(s[at:], h.text) {
				continue
			}
			if start, end := h.find(s, at); start >= floor && end > start {
				return start, end, h.rule
			}
		}
	}
	return 0, 0, ""
}

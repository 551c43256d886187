package redact

import "maps"

// Labels returns the labels with what looks like a secret masked: a value that
// the net recognizes, or that is random beside a telling key. All else stays,
// since selectors need it. Without a finding it is the same map, which is never
// changed.
func Labels(labels map[string]string) map[string]string {
	var kept map[string]string
	for k, v := range labels {
		key, value, ok := label(k, v)
		if ok {
			continue
		}
		if kept == nil {
			kept = maps.Clone(labels)
		}
		delete(kept, k)
		kept[key] = value
	}
	if kept == nil {
		return labels
	}
	return kept
}

// label returns a label as it may be kept; ok says that it is as it was.
func label(k, v string) (key, value string, ok bool) {
	key, inKey := Text(k)
	_, rule := maskBeside(gradeOf(key), v)
	if rule != "" {
		v = redacted(rule)
	}
	return key, v, inKey == "" && rule == ""
}

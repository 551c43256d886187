package redact_test

import (
	"maps"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestLabelsKeepsWhatSelectorsNeed(t *testing.T) {
	labels := map[string]string{
		"app.kubernetes.io/name": "web", "pod-template-hash": "7d9f8b6c5d", "controller-revision-hash": "web-5f6b7c8d9",
		"git-sha": "3f2504e04f8941d39a0c0305e82c3301aabbccdd", "secret": "web-tls", "auth": "required", "token": "enabled",
		"helm.sh/chart": "web-1.2.3", "key": "node-role", "uid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "password-rotation": "true",
	}
	kept := redact.Labels(labels)
	require.Equal(t, reflect.ValueOf(labels).Pointer(), reflect.ValueOf(kept).Pointer(), "it is the same map")
	require.Zero(t, testing.AllocsPerRun(20, func() { redact.Labels(labels) }))
	require.Nil(t, redact.Labels(nil))
}

func TestLabelsMasksSecrets(t *testing.T) {
	labels := map[string]string{
		"app": "web", "salt": letters(32), "db-password": "hunter2", "x": "AKIAIOSFODNN7EXAMPLE", "ghp_" + letters(36): "true",
	}
	before := maps.Clone(labels)
	require.Equal(t, map[string]string{
		"app": "web", "salt": "‹redacted: high-entropy›", "db-password": "‹redacted: telling-name›",
		"x": "‹redacted: aws-access-key›", "‹redacted: github-token›": "true",
	}, redact.Labels(labels))
	require.Equal(t, before, labels, "the map that was given is unchanged")
}

package redact_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/redact"
)

func TestAnnotations(t *testing.T) {
	tests := []struct {
		name, key, value, want string
		left                   bool
	}{
		{name: "a revision is kept", key: "deployment.kubernetes.io/revision", value: "12", want: "12"},
		{name: "a time is kept", key: "kubectl.kubernetes.io/restartedAt", value: "2026-11-20T08:00:00+01:00", want: "2026-11-20T08:00:00+01:00"},
		{name: "a Helm release is kept", key: "meta.helm.sh/release-name", value: "shop", want: "shop"},
		{name: "an Argo CD id is kept", key: "argocd.argoproj.io/tracking-id", value: "shop:apps/Deployment:shop/web", want: "shop:apps/Deployment:shop/web"},
		{name: "an application's name is kept", key: "app.kubernetes.io/name", value: "web", want: "web"},
		{name: "a metrics path is kept", key: "prometheus.io/path", value: "/metrics", want: "/metrics"},
		{name: "a value of another type is typed", key: "prometheus.io/port", value: "hunter2", want: "‹string›"},
		{name: "a sentence is typed", key: "app.kubernetes.io/version", value: "the password is hunter2", want: "‹string›"},
		{name: "a token is typed", key: "app.kubernetes.io/version", value: letters(32), want: "‹string›"},
		{name: "a path with a query is typed", key: "prometheus.io/path", value: "/metrics?token=hunter2", want: "‹string›"},
		{name: "last-applied-configuration is left out", key: "kubectl.kubernetes.io/last-applied-configuration", value: `{"password":"hunter2"}`, left: true},
		{name: "a command line is left out", key: "kubernetes.io/change-cause", value: "kubectl create --password=hunter2", left: true},
		{name: "an Ingress snippet is left out", key: "nginx.ingress.kubernetes.io/configuration-snippet", value: `proxy_set_header Authorization "Basic aHVudGVyMg==";`, left: true},
		{name: "an Ingress login is left out", key: "nginx.ingress.kubernetes.io/auth-url", value: "https://u:hunter2@h/", left: true},
		{name: "an Ingress redirect is kept", key: "nginx.ingress.kubernetes.io/ssl-redirect", value: "true", want: "true"},
		{name: "a telling name below an allowed prefix is left out", key: "app.kubernetes.io/token", value: "x", left: true},
		{name: "a description is left out", key: "kubernetes.io/description", value: "x", left: true},
		{name: "anything unknown is left out", key: "example.com/x", value: "hunter2", left: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kept := redact.Annotations(map[string]string{tt.key: tt.value})
			if tt.left {
				require.Empty(t, kept)
				require.NotNil(t, kept)
				return
			}
			require.Equal(t, map[string]string{tt.key: tt.want}, kept)
		})
	}
	require.Nil(t, redact.Annotations(nil))
}

//go:build e2e

package e2e_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// Each is asked of kubectl too: fred's flags are kubectl's.
func TestFlagsThatSayWhoAsksWhom(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.crt")
	require.NoError(t, os.WriteFile(ca, g.AdminConfig.CAData, 0o600))
	cert, key, err := g.people.issue("alice", 3600e9)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(dir+"/alice.crt", cert, 0o600))
	require.NoError(t, os.WriteFile(dir+"/alice.key", key, 0o600))
	admin := kubeconfigOf(t, g.Cluster, rig.Admin, rig.ViewerNamespace)
	nobody := kubeconfigOf(t, g.Cluster, rig.Nobody, rig.ViewerNamespace)
	bare := g.kubeconfig(t, &clientcmdapi.AuthInfo{})
	untrusted := edited(t, admin, func(k *clientcmdapi.Config) { k.Clusters["rig"].CertificateAuthorityData = g.people.pem })
	elsewhere := edited(t, admin, func(k *clientcmdapi.Config) { k.Clusters["rig"].Server = "https://127.0.0.1:1" })
	named := edited(t, admin, func(k *clientcmdapi.Config) { k.Clusters["rig"].TLSServerName = "example.com" })
	const none = ""
	for _, c := range []struct {
		name, kubeconfig, flags string
		code                    int
	}{
		{"as somebody who may read", admin, "--as alice", 0},
		{"as somebody who may not", admin, "--as nobody", 5},
		{"as a group that may read", admin, "--as somebody --as-group readers", 0},
		{"as a group that may not", admin, "--as somebody --as-group others", 5},
		{"as a service account", admin, "--as system:serviceaccount:shop:fred", 0},
		{"who may not act as others", nobody, "--as alice", 5},
		{"a token", bare, "--token " + g.token(t), 0},
		{"an expired token", bare, "--token " + g.expiredToken(t), 5},
		{"a token over a login", nobody, "--token " + g.token(t), 0},
		{"a certificate", bare, "--client-certificate " + dir + "/alice.crt --client-key " + dir + "/alice.key", 0},
		{"another server", elsewhere, "--server " + g.AdminConfig.Host, 0},
		{"a certificate authority", untrusted, "--certificate-authority " + ca, 0},
		{"another one that it is not of", admin, "--certificate-authority " + dir + "/alice.crt", 4},
		{"a server that is not trusted", untrusted, "", 4},
		{"nor asked to be", untrusted, "--insecure-skip-tls-verify", 0},
		{"the name in its certificate", named, "--tls-server-name kubernetes", 0},
		{"a name that is not in it", admin, "--tls-server-name example.com", 4},
		{"all of it without a kubeconfig", none, "--server " + g.AdminConfig.Host + " --certificate-authority " + ca + " --token " + g.token(t) + " -n shop", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLaptop(t, c.kubeconfig)
			o := l.fred(append(words("kube workloads -o json"), words(c.flags)...)...)
			require.Equal(t, c.code, o.code, "%s", o)
			if c.code == 0 {
				entered(t, o)
			} else {
				require.Empty(t, o.stdout)
				require.Contains(t, o.stderr, "hint: ", "%s", o)
			}
			_, err := g.KubectlAs(t.Context(), c.kubeconfig, append(words("get pods"), words(c.flags)...)...)
			require.Equal(t, c.code == 0, err == nil, "kubectl: %v", err)
		})
	}
}

func TestAnotherServerIsNotAnsweredForFromTheCache(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	l := newLaptop(t, kubeconfigOf(t, g.Cluster, rig.Admin, rig.ViewerNamespace))
	entered(t, l.fred(in...))
	l.must(4, append(in, "--server", "https://127.0.0.1:1")...)
	entered(t, l.fred(in...))
}

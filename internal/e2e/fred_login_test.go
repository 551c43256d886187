//go:build e2e

package e2e_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/fredctl/fred/internal/e2e/rig"
)

// gate is an API server that people log in to in every way there is.
type gate struct {
	*rig.Cluster
	people *authority // whose certificates it takes for a login
	issuer *issuer    // whose id tokens it takes
	dir    string
}

var (
	gateOnce   sync.Once
	sharedGate *gate
	errGate    error
)

// newGate returns the one gate that these tests share, on which nothing moves.
func newGate(t *testing.T) *gate {
	t.Helper()
	gateOnce.Do(func() { sharedGate, errGate = openGate(context.WithoutCancel(t.Context())) })
	require.NoError(t, errGate)
	return sharedGate
}

func openGate(ctx context.Context) (*gate, error) {
	dir, err := os.MkdirTemp("", "fred-gate-")
	if err != nil {
		return nil, err
	}
	g := &gate{dir: dir}
	atExit(func() error { return os.RemoveAll(dir) })
	if g.people, err = newAuthority("people"); err != nil {
		return nil, err
	}
	ca := filepath.Join(dir, "people.crt")
	if err := os.WriteFile(ca, g.people.pem, 0o600); err != nil {
		return nil, err
	}
	if g.issuer, err = startIssuer(ctx, dir); err != nil {
		return nil, err
	}
	g.Cluster, err = rig.Start(ctx, rig.Options{NoControllers: true, NoMetrics: true, APIServer: []string{
		"--client-ca-file=" + ca,
		"--oidc-issuer-url=" + g.issuer.url,
		"--oidc-ca-file=" + g.issuer.ca,
		"--oidc-client-id=" + oidcClient,
		"--oidc-username-claim=sub",
		"--oidc-username-prefix=oidc:",
	}})
	if err != nil {
		return nil, err
	}
	atExit(g.Close)
	return g, g.seed(ctx)
}

// seed creates what there is to see, and who may see it: the service account
// shop/fred, alice by certificate and anna by id token.
func (g *gate) seed(ctx context.Context) error {
	client, err := kubernetes.NewForConfig(g.AdminConfig)
	if err != nil {
		return err
	}
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "fred"}}
	if _, err := client.CoreV1().ServiceAccounts(rig.ViewerNamespace).Create(ctx, account, metav1.CreateOptions{}); err != nil {
		return err
	}
	for _, namespace := range []string{rig.ViewerNamespace, "default"} {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "seen-in-" + namespace},
			Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: "registry.example.com/main:1"}}},
		}
		if _, err := client.CoreV1().Pods(namespace).Create(ctx, pod, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: "reader"}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{"*"}, Resources: []string{"*"}, Verbs: []string{"get", "list"}},
	}}
	if _, err := client.RbacV1().ClusterRoles().Create(ctx, role, metav1.CreateOptions{}); err != nil {
		return err
	}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "readers"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "reader"},
		Subjects: []rbacv1.Subject{
			{Kind: rbacv1.ServiceAccountKind, Namespace: rig.ViewerNamespace, Name: "fred"},
			{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "alice"},
			{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: "oidc:anna"},
			{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: "readers"},
		},
	}
	_, err = client.RbacV1().ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{})
	return err
}

// kubeconfig writes a kubeconfig whose one user logs in as user says.
func (g *gate) kubeconfig(t *testing.T, user *clientcmdapi.AuthInfo) string {
	t.Helper()
	return edited(t, kubeconfigOf(t, g.Cluster, rig.Admin, rig.ViewerNamespace), func(k *clientcmdapi.Config) {
		k.AuthInfos[rig.Admin] = user
	})
}

// token returns a token of the service account shop/fred, as a Pod has it.
func (g *gate) token(t *testing.T) string {
	t.Helper()
	client, err := kubernetes.NewForConfig(g.AdminConfig)
	require.NoError(t, err)
	request := &authenticationv1.TokenRequest{Spec: authenticationv1.TokenRequestSpec{ExpirationSeconds: new(int64(3600))}}
	r, err := client.CoreV1().ServiceAccounts(rig.ViewerNamespace).CreateToken(t.Context(), "fred", request, metav1.CreateOptions{})
	require.NoError(t, err)
	return r.Status.Token
}

// expiredToken returns what token was yesterday: the cluster's own signature is
// on it, and its time is over.
func (g *gate) expiredToken(t *testing.T) string {
	t.Helper()
	parts := strings.Split(g.token(t), ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var claims map[string]any
	require.NoError(t, json.Unmarshal(payload, &claims))
	now := time.Now().Unix()
	claims["iat"], claims["nbf"], claims["exp"] = now-86400, now-86400, now-3600
	payload, err = json.Marshal(claims)
	require.NoError(t, err)
	signed := parts[0] + "." + base64.RawURLEncoding.EncodeToString(payload)
	return signed + "." + base64.RawURLEncoding.EncodeToString(g.sign(t, signed))
}

// sign signs as ES256 has it, with the cluster's key of service accounts.
func (g *gate) sign(t *testing.T, text string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(g.Dir, "sa.key"))
	require.NoError(t, err)
	block, _ := pem.Decode(data)
	key, err := x509.ParseECPrivateKey(block.Bytes)
	require.NoError(t, err)
	digest := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(nil, key, digest[:])
	require.NoError(t, err)
	return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
}

// in is the question of these tests, and sees the answer to it.
var in = []string{"kube", "workloads", "-o", "json"}

// entered checks that o is the answer to somebody who may read.
func entered(t *testing.T, o outcome) {
	t.Helper()
	require.Equal(t, 0, o.code, "%s", o)
	require.Empty(t, o.stderr, "%s", o)
	require.Equal(t, []string{"shop Pod/seen-in-shop"}, ids(rowsOnly(t, o)), "%s", o)
}

// refused checks that o says, with the hint to log in again, that somebody was not let in.
func refused(t *testing.T, o outcome) {
	t.Helper()
	require.Equal(t, 5, o.code, "%s", o)
	require.Empty(t, o.stdout, "%s", o)
	require.Contains(t, o.stderr, "hint: Log in again", "%s", o)
	t.Log(o.stderr)
}

func TestAServiceAccountTokenIsALoginUntilItExpires(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	token, expired := g.token(t), g.expiredToken(t)
	l := newLaptop(t, g.kubeconfig(t, &clientcmdapi.AuthInfo{Token: expired}))
	for _, question := range []string{"kube", "kube workloads", "kube nodes", "kube workloads --max-age 0s"} {
		o := l.fred(words(question)...)
		refused(t, o)
		require.NotContains(t, o.stderr, expired)
	}
	_, err := g.KubectlAs(t.Context(), l.kubeconfig, "get", "pods")
	require.ErrorContains(t, err, "You must be logged in", "kubectl is refused too")

	entered(t, l.with(g.kubeconfig(t, &clientcmdapi.AuthInfo{Token: token})).fred(in...))
	staleOnly(t, l)
}

// staleOnly checks that a login that l had before, and has no more, leaves it
// what is cached and nothing newer.
func staleOnly(t *testing.T, l *laptop) {
	t.Helper()
	l.agedBy(2 * time.Minute)
	for _, args := range [][]string{in, append(in, "--refresh")} {
		o := l.must(0, args...)
		require.True(t, answerOf[row](t, o).Stale, "%s", o)
		require.Contains(t, o.stderr, "warning: ", "%s", o)
		require.Equal(t, []string{"shop Pod/seen-in-shop"}, ids(rowsOnly(t, o)))
	}
	o := l.must(5, append(in, "--max-age", "0s")...)
	require.Empty(t, o.stdout, "%s", o)
	require.Contains(t, o.stderr, "older than asked for", "%s", o)
}

func TestACertificateIsALoginUntilItExpires(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	dir := t.TempDir()
	for name, valid := range map[string]time.Duration{"valid": time.Hour, "expired": -time.Hour} {
		cert, key, err := g.people.issue("alice", valid)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".crt"), cert, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".key"), key, 0o600))
		for how, user := range map[string]*clientcmdapi.AuthInfo{
			"data":  {ClientCertificateData: cert, ClientKeyData: key},
			"files": {ClientCertificate: filepath.Join(dir, name+".crt"), ClientKey: filepath.Join(dir, name+".key")},
		} {
			l := newLaptop(t, g.kubeconfig(t, user))
			if name == "valid" {
				entered(t, l.fred(in...))
			} else {
				refused(t, l.fred(in...))
			}
			t.Log(name, how)
		}
	}
}

func TestTheFileOfATokenIsReadEachTime(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	file := filepath.Join(t.TempDir(), "token")
	l := newLaptop(t, g.kubeconfig(t, &clientcmdapi.AuthInfo{TokenFile: file}))
	absent := l.fred(in...)
	refused(t, absent)
	require.Contains(t, absent.stderr, file)
	require.NoError(t, os.WriteFile(file, []byte(g.expiredToken(t)), 0o600))
	refused(t, l.fred(in...))
	require.NoError(t, os.WriteFile(file, []byte(g.token(t)+"\n"), 0o600))
	entered(t, l.fred(in...))
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	staleOnly(t, l)
}

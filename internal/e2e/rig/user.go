package rig

import (
	"context"
	"fmt"
	"os"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// The users that every rig knows. Admin may do everything, Viewer may read
// what runs in ViewerNamespace alone, Nobody may do nothing.
const (
	Admin  = "admin"
	Viewer = "viewer"
	Nobody = "nobody"
)

// ViewerNamespace is the one namespace that Viewer may read.
const ViewerNamespace = "shop"

// token is what a user authenticates with; rigs are on loopback and short-lived.
func token(user string) string { return user + "-token" }

func writeTokens(path string) error {
	lines := []string{
		token(Admin) + "," + Admin + ",1,system:masters",
		token(Viewer) + "," + Viewer + ",2",
		token(Nobody) + "," + Nobody + ",3",
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return fmt.Errorf("write tokens: %w", err)
	}
	return nil
}

// Kubeconfig writes to path a kubeconfig of one context, called contextName,
// for user in namespace, which may be empty.
func (c *Cluster) Kubeconfig(path, user, contextName, namespace string) error {
	config := clientcmdapi.NewConfig()
	config.Clusters["rig"] = &clientcmdapi.Cluster{
		Server:                   c.AdminConfig.Host,
		CertificateAuthorityData: c.AdminConfig.CAData,
	}
	config.AuthInfos[user] = &clientcmdapi.AuthInfo{Token: token(user)}
	config.Contexts[contextName] = &clientcmdapi.Context{Cluster: "rig", AuthInfo: user, Namespace: namespace}
	config.CurrentContext = contextName
	if err := clientcmd.WriteToFile(*config, path); err != nil {
		return fmt.Errorf("write kubeconfig of %s: %w", user, err)
	}
	return nil
}

// viewerRules are what an administrator grants to a team that may look at its
// own namespace: neither nodes nor namespaces nor Secrets.
var viewerRules = []rbacv1.PolicyRule{
	viewRule("", "pods", "services", "configmaps", "resourcequotas", "limitranges"),
	viewRule("apps", "deployments", "replicasets", "statefulsets", "daemonsets"),
	viewRule("batch", "jobs", "cronjobs"),
	viewRule("networking.k8s.io", "ingresses"),
	viewRule("metrics.k8s.io", "pods"),
}

func viewRule(group string, resources ...string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{
		APIGroups: []string{group},
		Resources: resources,
		Verbs:     []string{"get", "list", "watch"},
	}
}

// grantViewer creates ViewerNamespace and gives Viewer its rights there.
func grantViewer(ctx context.Context, client kubernetes.Interface) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: ViewerNamespace}}
	if _, err := client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("create namespace %s: %w", ViewerNamespace, err)
	}
	role := &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: Viewer}, Rules: viewerRules}
	if _, err := client.RbacV1().Roles(ViewerNamespace).Create(ctx, role, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("create role of %s: %w", Viewer, err)
	}
	binding := &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: Viewer},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: Viewer}},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: Viewer},
	}
	if _, err := client.RbacV1().RoleBindings(ViewerNamespace).Create(ctx, binding, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("bind role of %s: %w", Viewer, err)
	}
	return nil
}

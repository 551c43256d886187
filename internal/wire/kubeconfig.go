package wire

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"

	"k8s.io/cli-runtime/pkg/genericclioptions"
	_ "k8s.io/client-go/plugin/pkg/client/auth" // kubeconfigs with an OIDC auth provider
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	clientcmdv1 "k8s.io/client-go/tools/clientcmd/api/v1"
	"sigs.k8s.io/yaml"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/kube"
)

// kubeconfig is the kubeconfig as client-go reads it, with kubectl's flags over
// it; in a Pod without one, the service account takes its place.
type kubeconfig struct {
	flags    *genericclioptions.ConfigFlags
	settings config.Config
	version  string
	offline  *offline.Switch
	once     sync.Once
	known    []kube.Cluster
	err      error
}

// Clusters returns the contexts in the order of the files.
func (k *kubeconfig) Clusters() ([]kube.Cluster, error) {
	k.once.Do(func() { k.known, k.err = k.read() })
	return slices.Clone(k.known), k.err
}

func (k *kubeconfig) read() ([]kube.Cluster, error) {
	raw, err := k.flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fault.New(fault.Invalid, "read the kubeconfig: %w", err).
			Hinted("Check %s.", strings.Join(k.files(), ", "))
	}
	switch {
	case len(raw.Contexts) == 0 && k.server() != "":
		return []kube.Cluster{k.named()}, nil
	case len(raw.Contexts) == 0:
		return k.inCluster(), nil
	}
	var cs []kube.Cluster
	for _, name := range k.ordered(raw) {
		cs = append(cs, k.cluster(raw, name))
	}
	return cs, nil
}

func (k *kubeconfig) cluster(raw clientcmdapi.Config, name string) kube.Cluster {
	c := kube.Derive(name)
	context := raw.Contexts[name]
	c.Namespace, c.Current = context.Namespace, name == raw.CurrentContext
	if cluster := raw.Clusters[context.Cluster]; cluster != nil {
		c.URL = cluster.Server
	}
	c.Asker = asker(context.AuthInfo, raw.AuthInfos[context.AuthInfo])
	c.URL = cmp.Or(k.server(), c.URL)
	if s, ok := settingsOf(k.settings, name); ok {
		c.Alias = cmp.Or(s.Alias, c.Alias)
	}
	return c
}

// asker tells one user entry of a kubeconfig from another of the same name. No
// credential goes into it: a user whose token is renewed stays the same.
func asker(name string, user *clientcmdapi.AuthInfo) string {
	if user == nil {
		return ""
	}
	id := []string{name, user.LocationOfOrigin, user.Impersonate, user.ImpersonateUID, user.Username}
	sum := sha256.Sum256([]byte(strings.Join(append(id, user.ImpersonateGroups...), "\x00")))
	return hex.EncodeToString(sum[:8])
}

// server is the API server that kubectl's flags name, if they do.
func (k *kubeconfig) server() string {
	if k.flags.APIServer == nil {
		return ""
	}
	return *k.flags.APIServer
}

// named returns the cluster that flags alone describe: there is no context.
func (k *kubeconfig) named() kube.Cluster {
	name := k.server()
	if u, err := url.Parse(name); err == nil && u.Host != "" {
		name = u.Host
	}
	c := kube.Derive(name)
	c.Current, c.URL = true, k.server()
	return c
}

// ordered returns the names of raw's contexts in the order in which the files
// have them, which client-go does not keep.
func (k *kubeconfig) ordered(raw clientcmdapi.Config) []string {
	var names []string
	for _, file := range k.files() {
		var v clientcmdv1.Config
		b, err := os.ReadFile(file)
		if err != nil || yaml.Unmarshal(b, &v) != nil {
			continue // client-go has read it, or has said why not
		}
		for _, c := range v.Contexts {
			if raw.Contexts[c.Name] != nil && !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	for name := range raw.Contexts {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// files are the kubeconfig files that count.
func (k *kubeconfig) files() []string {
	access := k.flags.ToRawKubeConfigLoader().ConfigAccess()
	if access.IsExplicitFile() {
		return []string{access.GetExplicitFile()}
	}
	return access.GetLoadingPrecedence()
}

const serviceAccountNamespace = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"

// inCluster returns the cluster that fred runs in, if it runs in one. Whether the
// Pod has a token for it is seen when it is asked.
func (k *kubeconfig) inCluster() []kube.Cluster {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil
	}
	c := kube.Derive(k.settings.Cluster.Name)
	c.Current, c.URL = true, "https://"+net.JoinHostPort(host, port)
	if ns, err := os.ReadFile(serviceAccountNamespace); err == nil {
		c.Namespace = strings.TrimSpace(string(ns))
	}
	return []kube.Cluster{c}
}

// rest returns how to reach the cluster of a context, as long as fred is online.
func (k *kubeconfig) rest(context string) (*rest.Config, error) {
	if k.offline.On() {
		return nil, notAsked(context)
	}
	flags := k.of(context)
	raw, err := flags.ToRawKubeConfigLoader().RawConfig()
	if err != nil {
		return nil, fault.New(fault.Invalid, "read the kubeconfig: %w", err)
	}
	cfg, err := rest.InClusterConfig()
	switch c := raw.Contexts[context]; {
	case c == nil && k.server() != "":
		flags.Context = nil
		cfg, err = flags.ToRESTConfig()
	case c != nil:
		if raw.Clusters[c.Cluster] == nil && k.server() == "" {
			// client-go would ask localhost:8080, whoever that is
			return nil, fault.New(fault.Invalid, "context %q names a cluster %q that the kubeconfig does not have", context, c.Cluster).
				Hinted("Add it to %s.", strings.Join(k.files(), ", "))
		}
		cfg, err = flags.ToRESTConfig()
	}
	if err != nil {
		return nil, k.unusable(raw, context, err)
	}
	cfg.UserAgent = fmt.Sprintf("fred/%s (%s/%s)", k.version, runtime.GOOS, runtime.GOARCH)
	cfg.Dial = k.offline.Dial
	cfg.Wrap(k.offline.Wrap)
	return cfg, nil
}

// unusable is what is wrong with a context that client-go makes nothing of. Where
// a login is kept in a file that is not there, somebody has yet to log in.
func (k *kubeconfig) unusable(raw clientcmdapi.Config, context string, err error) error {
	f := fault.New(fault.Invalid, "context %q: %w", context, err)
	if raw.Contexts[context] == nil && !errors.Is(err, rest.ErrNotInCluster) {
		f.Kind = fault.Unauthorized
		return f.Hinted("Mount the token of a service account: see automountServiceAccountToken of the Pod.")
	}
	if c := raw.Contexts[context]; c != nil {
		for _, file := range filesOf(raw.AuthInfos[c.AuthInfo]) {
			if _, err := os.Stat(file); err != nil {
				f.Kind = fault.Unauthorized
				return f.Hinted("Log in again: this context's login is kept in %s.", file)
			}
		}
	}
	return f.Hinted("Compare with: kubectl --context %s version.", context)
}

// filesOf are the files that a user entry of a kubeconfig keeps a login in.
func filesOf(user *clientcmdapi.AuthInfo) []string {
	if user == nil {
		return nil
	}
	files := []string{user.TokenFile, user.ClientCertificate, user.ClientKey}
	return slices.DeleteFunc(files, func(f string) bool { return f == "" })
}

// of returns kubectl's flags as they were given, for one context.
func (k *kubeconfig) of(context string) *genericclioptions.ConfigFlags {
	f := genericclioptions.NewConfigFlags(false)
	g := k.flags
	f.KubeConfig, f.AuthInfoName, f.Namespace, f.APIServer, f.TLSServerName = g.KubeConfig, g.AuthInfoName, g.Namespace, g.APIServer, g.TLSServerName
	f.Insecure, f.CertFile, f.KeyFile, f.CAFile, f.BearerToken = g.Insecure, g.CertFile, g.KeyFile, g.CAFile, g.BearerToken
	f.Impersonate, f.ImpersonateUID, f.ImpersonateGroup, f.ImpersonateUserExtra = g.Impersonate, g.ImpersonateUID, g.ImpersonateGroup, g.ImpersonateUserExtra
	f.DisableCompression, f.ProxyURL = g.DisableCompression, g.ProxyURL
	f.Context = &context
	return f
}

// notes says what about the kubeconfig files is unwise.
func (k *kubeconfig) notes() []string {
	var notes []string
	for _, file := range k.files() {
		info, err := os.Stat(file)
		if err == nil && info.Mode().IsRegular() && runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0 {
			notes = append(notes, fmt.Sprintf("everybody on this machine may read the kubeconfig %s; mend it with: chmod go-r %s", file, file))
		}
	}
	return notes
}

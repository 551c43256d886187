//go:build e2e

package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// loginProgram returns the user of a kubeconfig whose login is what a shell
// script prints. The script appends to a file beside it each time it is run.
func loginProgram(t *testing.T, script string) (_ *clientcmdapi.AuthInfo, ran func() int) {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "cloud-login")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\nprintf . >> "+dir+"/ran\n"+script+"\n"), 0o700))
	exec := &clientcmdapi.ExecConfig{
		Command: path, APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: clientcmdapi.IfAvailableExecInteractiveMode,
		InstallHint: "cloud-login is part of the cloud's SDK: https://cloud.example/sdk",
	}
	return &clientcmdapi.AuthInfo{Exec: exec}, func() int { return len(filesBelow(t, dir)[dir+"/ran"]) }
}

// prints is a script that prints a login: a token, or a certificate and its key.
func prints(t *testing.T, status map[string]any) string {
	t.Helper()
	credential, err := json.Marshal(map[string]any{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status})
	require.NoError(t, err)
	return "cat <<'END'\n" + string(credential) + "\nEND"
}

func TestALoginProgramPrintsATokenOrACertificate(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	cert, key, err := g.people.issue("alice", time.Hour)
	require.NoError(t, err)
	for name, status := range map[string]map[string]any{
		"a token":                      {"token": g.token(t)},
		"a token that ends in an hour": {"token": g.token(t), "expirationTimestamp": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)},
		"a certificate":                {"clientCertificateData": string(cert), "clientKeyData": string(key)},
	} {
		user, ran := loginProgram(t, prints(t, status))
		l := newLaptop(t, g.kubeconfig(t, user))
		entered(t, l.fred(in...))
		require.Equal(t, 1, ran(), "%s: once for all lists", name)
		l.must(0, in...)
		l.agedBy(time.Hour)
		l.must(0, append(in, "--offline")...)
		require.Equal(t, 1, ran(), "%s: neither for what is fresh nor offline", name)
		entered(t, l.fred(in...))
		require.Equal(t, 2, ran(), name)
	}
}

func TestALoginProgramThatDoesNotWorkIsSaid(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	for name, c := range map[string]struct {
		script string
		change func(*clientcmdapi.ExecConfig)
		says   []string
	}{
		"it fails": {"echo 'session expired, run: cloud login' >&2; exit 3", nil, []string{"session expired, run: cloud login", "cloud-login failed with exit code 3"}},
		"it is not there": {
			"", func(e *clientcmdapi.ExecConfig) { e.Command += "-not-here" },
			[]string{"cloud-login-not-here: no such file", "hint: Install the program"},
		},
		"it is not in PATH": {
			"", func(e *clientcmdapi.ExecConfig) { e.Command = "cloud-login-not-here" },
			[]string{"cloud-login-not-here not found\n", "hint: Install the program", "https://cloud.example/sdk"},
		},
		"it prints nonsense":         {"echo nonsense", nil, []string{"decoding stdout"}},
		"it prints no token":         {prints(t, map[string]any{}), nil, []string{"didn't return a token"}},
		"it prints an expired token": {prints(t, map[string]any{"token": g.expiredToken(t)}), nil, []string{"does not accept the credentials"}},
		"it wants a terminal":        {"", func(e *clientcmdapi.ExecConfig) { e.InteractiveMode = clientcmdapi.AlwaysExecInteractiveMode }, []string{"standard input is not a terminal"}},
		"it speaks another version": {
			prints(t, map[string]any{"token": "x"}),
			func(e *clientcmdapi.ExecConfig) { e.APIVersion = "client.authentication.k8s.io/v1beta1" },
			[]string{"configured to use API version client.authentication.k8s.io/v1beta1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			user, ran := loginProgram(t, c.script)
			if c.change != nil {
				c.change(user.Exec)
			}
			o := newLaptop(t, g.kubeconfig(t, user)).fred(in...)
			t.Log(o)
			require.Equal(t, 5, o.code, "%s", o)
			require.Contains(t, o.stderr, "hint: ", "%s", o)
			for _, text := range c.says {
				require.Contains(t, o.stderr, text, "%s", o)
			}
			if name == "it fails" {
				require.Equal(t, 1, ran(), "it is not asked again at once: it may open a browser")
			}
		})
	}
}

func TestALoginProgramThatHangsIsNotWaitedForLongerThanSaid(t *testing.T) {
	t.Parallel()
	g := newGate(t)
	user, ran := loginProgram(t, "exec sleep 61 2>/dev/null" /* it outlives fred, as it does kubectl, and would hold its stderr */)
	l := newLaptop(t, g.kubeconfig(t, user))
	o := l.fred(append(in, "--timeout", "2s")...)
	t.Log(o)
	require.Equal(t, 4, o.code, "%s", o)
	require.Less(t, o.took, 6*time.Second)
	require.Contains(t, o.stderr, "hint: ")
	require.Positive(t, ran())

	entered(t, l.with(g.kubeconfig(t, &clientcmdapi.AuthInfo{Token: g.token(t)})).fred(in...))
	l.agedBy(2 * time.Minute)
	o = l.must(0, append(in, "--timeout", "2s")...)
	require.True(t, answerOf[row](t, o).Stale)
	require.Less(t, o.took, 6*time.Second)
}

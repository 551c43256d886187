//go:build e2e

package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// authority is a certificate authority.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pem  []byte
}

func newAuthority(name string) (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour),
		KeyUsage: x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})}, err
}

// issue returns a certificate and its key, for the person called name or the
// server at 127.0.0.1, that ends that much later than now.
func (a *authority) issue(name string, ends time.Duration) (cert, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(ends),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, private.Public(), a.key)
	if err != nil {
		return nil, nil, err
	}
	encoded, err := x509.MarshalECPrivateKey(private)
	cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	key = pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: encoded})
	return cert, key, err
}

// The one client of the issuer.
const (
	oidcClient   = "fred"
	oidcSecret   = "client-secret"
	oidcRedirect = "http://localhost:9999/callback"
)

// issuer is an OIDC identity provider: see internal/e2e/oidc.
type issuer struct {
	url string
	ca  string // file of the authority that its certificate is of
}

// startIssuer starts an issuer that ends with these tests. It writes below dir.
func startIssuer(ctx context.Context, dir string) (*issuer, error) {
	bin, err := builtIssuer(ctx)
	if err != nil {
		return nil, err
	}
	a, err := newAuthority("issuer")
	if err != nil {
		return nil, err
	}
	cert, key, err := a.issue("issuer", 24*time.Hour)
	if err != nil {
		return nil, err
	}
	i := &issuer{ca: filepath.Join(dir, "issuer-ca.crt")}
	users := `{"anna": {"ID": "anna", "Username": "anna", "Password": "verysecure"}}`
	for name, data := range map[string][]byte{i.ca: a.pem, dir + "/issuer.crt": cert, dir + "/issuer.key": key, dir + "/users.json": []byte(users)} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, bin, "-cert", dir+"/issuer.crt", "-key", dir+"/issuer.key", "-users", dir+"/users.json",
		"-client", oidcClient, "-secret", oidcSecret, "-redirect", oidcRedirect)
	i.url, err = firstLine(cmd)
	return i, err
}

// firstLine starts cmd, which ends with these tests, and returns what it says first.
func firstLine(cmd *exec.Cmd) (string, error) {
	stdin, err := cmd.StdinPipe() // it ends when this is closed, be it by our death
	if err != nil {
		return "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", errors.Join(err, cmd.Wait(), errors.New(stderr.String()))
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	atExit(func() error { return errors.Join(stdin.Close(), cmd.Wait()) })
	return strings.TrimSpace(line), nil
}

// builtIssuer returns the path of internal/e2e/oidc as its source is now.
func builtIssuer(ctx context.Context) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	path := filepath.Join(cache, "fred-e2e", "oidc")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, ".")
	build.Dir, build.Env = "oidc", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the issuer: %w\n%s", err, out)
	}
	return path, nil
}

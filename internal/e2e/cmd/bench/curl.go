package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// curl returns the command that fetches the bytes of every list, whole and
// uncompressed, and throws them away. It writes the size of each.
func curl(program, dir, kubeconfig string) ([]string, error) {
	cfg, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, fmt.Errorf("read kubeconfig: %w", err)
	}
	lines, err := curlLogin(cfg, dir)
	if err != nil {
		return nil, err
	}
	lines = append(lines, curlLine("header", "Accept: application/vnd.kubernetes.protobuf"), curlLine("write-out", `%{size_download}\n`))
	for _, l := range lists() {
		lines = append(lines, curlLine("url", strings.TrimRight(cfg.Host, "/")+l.path), curlLine("output", os.DevNull))
	}
	path := filepath.Join(dir, "curl.conf") // a token has no business on a command line
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("write curl's settings: %w", err)
	}
	return []string{
		program, "--disable", "--parallel", "--parallel-max", strconv.Itoa(parallel),
		"--silent", "--show-error", "--fail", "--config", path,
	}, nil
}

// curlLogin returns what lets curl in as cfg is.
func curlLogin(cfg *rest.Config, dir string) ([]string, error) {
	if cfg.ExecProvider != nil || cfg.AuthProvider != nil || cfg.Username != "" {
		return nil, errors.New("curl can log in with a token or a certificate alone: name another kubeconfig")
	}
	if err := rest.LoadTLSFiles(cfg); err != nil {
		return nil, fmt.Errorf("read certificates: %w", err)
	}
	var lines []string
	if cfg.Insecure {
		lines = append(lines, "insecure")
	}
	for option, data := range map[string][]byte{"cacert": cfg.CAData, "cert": cfg.CertData, "key": cfg.KeyData} {
		if len(data) == 0 {
			continue
		}
		path := filepath.Join(dir, option+".pem")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return nil, fmt.Errorf("write %s: %w", option, err)
		}
		lines = append(lines, curlLine(option, path))
	}
	token, err := bearer(cfg)
	if err != nil {
		return nil, err
	}
	if token != "" {
		lines = append(lines, curlLine("header", "Authorization: Bearer "+token))
	}
	return lines, nil
}

func bearer(cfg *rest.Config) (string, error) {
	if cfg.BearerTokenFile == "" {
		return cfg.BearerToken, nil
	}
	data, err := os.ReadFile(cfg.BearerTokenFile)
	if err != nil {
		return "", fmt.Errorf("read token: %w", err)
	}
	return strings.TrimSpace(string(data)), nil
}

// curlLine is one line of curl's settings.
func curlLine(option, value string) string {
	return option + ` = "` + strings.ReplaceAll(value, `"`, `\"`) + `"`
}

// curlBytes adds up the sizes that curl wrote.
func curlBytes(out string) (total int64, err error) {
	for field := range strings.FieldsSeq(out) {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read a size from curl: %w", err)
		}
		total += n
	}
	return total, nil
}

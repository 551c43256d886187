package kubernetes

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/version"

	"github.com/fredctl/fred/pkg/fault"
)

// asFault gives an error of client-go the kind that a caller can act on, and
// the hint that a person can.
func asFault(err error, cluster string) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) || errors.Is(err, context.Canceled) {
		return err
	}
	wrapped := fmt.Errorf("cluster %q: %w", cluster, brief(err))
	kind, hint := classify(err)
	return &fault.Error{Kind: kind, Err: wrapped, Hint: hint}
}

func classify(err error) (fault.Kind, string) {
	var unknownAuthority x509.UnknownAuthorityError
	var certificate x509.CertificateInvalidError
	var hostname x509.HostnameError
	var network net.Error
	how, missing := noProgram(err)
	switch {
	case missing:
		return fault.Unauthorized, strings.TrimSpace("Install the program that this context logs in with, or correct its command in the kubeconfig. " + how)
	case apierrors.IsUnauthorized(err), isRefusedLogin(err):
		return fault.Unauthorized, "Log in again: the credentials of this context have expired or are not accepted."
	case apierrors.IsForbidden(err):
		return fault.Forbidden, "Ask for the rights named above, or name a namespace that you may read with -n."
	case apierrors.IsNotFound(err):
		return fault.NotFound, ""
	case apierrors.IsTooManyRequests(err):
		return fault.Unreachable, "The API server is overloaded: try again in a moment."
	case errors.Is(err, context.DeadlineExceeded), apierrors.IsTimeout(err), errors.As(err, &network) && network.Timeout():
		return fault.Timeout, "Give it longer with --timeout, or see what is cached with --offline."
	case errors.As(err, &unknownAuthority), errors.As(err, &certificate):
		return fault.Unreachable, "Check certificate-authority-data of this context's cluster in the kubeconfig."
	case errors.As(err, &hostname):
		return fault.Unreachable, "Check server and tls-server-name of this context's cluster in the kubeconfig: the server goes by another name."
	case isProxy(err):
		return fault.Unreachable, "Check the proxy: proxy-url of this context's cluster in the kubeconfig, else HTTPS_PROXY and NO_PROXY."
	case isOfIssuer(err):
		return fault.Unreachable, "Check that the identity provider of this context is reachable from here, or see what is cached with --offline."
	case isNetwork(err):
		return fault.Unreachable, "Check that the API server is up and reachable from here, or see what is cached with --offline."
	default:
		return fault.BadAnswer, ""
	}
}

// isProxy reports whether it is the proxy before the API server that fails.
func isProxy(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks")
	}
	u, ok := errors.AsType[*url.Error](err)
	return ok && u.Err.Error() == http.StatusText(http.StatusProxyAuthRequired) // net/http has no type for it
}

func isNetwork(err error) bool {
	var u *url.Error
	var op *net.OpError
	broken := strings.Contains(err.Error(), "when reading response body") // of client-go, for what is read at once
	return broken || errors.Is(err, errBroken) || errors.As(err, &u) || errors.As(err, &op) || apierrors.IsServiceUnavailable(err) ||
		apierrors.IsInternalError(err) || apierrors.IsUnexpectedServerError(err)
}

// brief takes the request's query out of a network error, which is long and tells
// a person nothing, and client-go's advice out of that of a login program, whose
// place is the hint.
func brief(err error) error {
	if _, missing := noProgram(err); missing {
		first, _, _ := strings.Cut(err.Error(), "\n\n")
		return errors.New(first)
	}
	if status, ok := errors.AsType[*apierrors.StatusError](err); ok && apierrors.IsUnauthorized(err) {
		// "Unauthorized", or something else where client-go could not read the answer.
		return errors.New(strings.Replace(err.Error(), status.Error(), "the API server does not accept the credentials", 1))
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		if before, _, ok := strings.Cut(u.URL, "?"); ok {
			u.URL = before
		}
	}
	return err
}

// isAbsent reports whether err says that the cluster has no such API.
func isAbsent(err error) bool { return apierrors.IsNotFound(err) }

// unlessRefused drops an error that says that the user may not read, or that
// there is no such object.
func unlessRefused(err error) error {
	if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

func parseVersion(body []byte) (v version.Info, err error) {
	if err = json.Unmarshal(body, &v); err != nil {
		err = fmt.Errorf("read version: %w", err)
	}
	return v, err
}

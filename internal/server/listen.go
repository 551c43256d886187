package server

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"github.com/fredctl/fred/pkg/fault"
)

// Listen opens address:port; port 0 takes a free one. An address beyond loopback
// is a fault of kind Refused unless insecure says that this is meant: whoever
// reaches the server asks with the rights of who started it. An address that
// cannot be listened on is a fault of kind Invalid.
func Listen(ctx context.Context, address string, port int, insecure bool) (net.Listener, error) {
	if !insecure && !isLoopback(address) {
		return nil, fault.New(fault.Refused, "address %q can be reached from other machines, and nobody has to log in", address).
			Hinted("Listen on 127.0.0.1, or say --insecure if everybody who can reach it may see all that you can.")
	}
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", net.JoinHostPort(strings.Trim(address, "[]"), strconv.Itoa(port)))
	if err == nil {
		return l, nil
	}
	f := fault.New(fault.Invalid, "listen on %s: %w", net.JoinHostPort(address, strconv.Itoa(port)), err)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, f.Hinted("Port %d is in use: stop what listens on it, or name another with --port.", port)
	case errors.Is(err, fs.ErrPermission):
		return nil, f.Hinted("Name a port above 1023 with --port.")
	}
	return nil, f.Hinted("Name an address of this machine, such as 127.0.0.1, and a port from 0 to 65535.")
}

// isLoopback reports whether host, a name or an address, is this machine to itself.
func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.Unmap().IsLoopback()
}

package cli

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/server"
	"github.com/fredctl/fred/pkg/fred"
)

func newServe(f *Factory) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer the same questions over REST",
		Long: `Serve what fred's commands print, as JSON over HTTP, with Swagger UI to try it:
GET /fred/v1/kube/workloads is fred kube workloads -o json, byte for byte.

It listens on 127.0.0.1:8000. Who can reach it asks with your kubeconfig's
rights, so another address is refused unless you say --insecure, and so are
requests from foreign web pages or under foreign host names.`,
		Example: "  fred serve\n  fred serve --port 0\n  fred serve --simulation",
		Args:    noWords,
		RunE:    func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), f) },
	}
	f.kubeFlags(cmd, cmd.Flags())
	f.serverFlags(cmd.Flags())
	f.prometheusFlag(cmd.Flags())
	return cmd
}

func (f *Factory) serverFlags(flags *pflag.FlagSet) {
	flags.String("address", "127.0.0.1", "address to listen on")
	flags.Int("port", 8000, "port to listen on; 0 takes a free one")
	flags.String("base-url-path", "/fred", "path that every route lies under")
	flags.StringSlice("host", nil, "a further host name under which fred may be reached")
	flags.StringSlice("origin", nil, "a further web origin whose pages may read answers")
	flags.Bool("insecure", false, "listen beyond loopback although nobody has to log in")
	for path, name := range map[string]string{
		"server.address": "address", "server.port": "port", "server.baseURLPath": "base-url-path",
		"server.hosts": "host", "server.origins": "origin", "server.insecure": "insecure",
	} {
		f.setting(flags, path, name)
	}
	flags.SetNormalizeFunc(older)
}

// older knows the flags of the first Fred's server by the names they have here.
func older(_ *pflag.FlagSet, name string) pflag.NormalizedName {
	switch name {
	case "server.address":
		name = "address"
	case "server.port":
		name = "port"
	case "server.baseUrlPath":
		name = "base-url-path"
	case "server.configurationPath":
		name = "config"
	case "server.logLevel":
		name = "log-level"
	}
	return pflag.NormalizedName(name)
}

func serve(ctx context.Context, f *Factory) error {
	c, err := f.Config()
	if err != nil {
		return err
	}
	built, err := f.build(true)
	if err != nil {
		return err
	}
	log, err := f.logger(c)
	if err != nil {
		return err
	}
	l, err := server.Listen(ctx, c.Server.Address, c.Server.Port, c.Server.Insecure)
	if err != nil {
		return err
	}
	s, err := server.New(server.Options{
		Fred: built.Fred, Offline: built.Switch, Version: f.Version, Base: c.Server.BaseURLPath, Bound: l.Addr(),
		Record: c.Server.Record, Hosts: c.Server.Hosts, Origins: c.Server.Origins, Log: log, Extras: f.Routes,
		Frontend: server.Frontend{K8Features: c.UI.K8Features, Logo: c.UI.Logo},
	})
	if err != nil {
		return err
	}
	f.announce(ctx, c, built.Fred, l.Addr())
	return s.Serve(ctx, l)
}

// announce says where the server is, and what it has to tell.
func (f *Factory) announce(ctx context.Context, c config.Config, lib *fred.Fred, a net.Addr) {
	host, port, _ := net.SplitHostPort(a.String())
	if ip, err := netip.ParseAddr(host); err == nil && (ip.IsLoopback() || ip.IsUnspecified()) {
		host = "localhost"
	}
	f.say(fmt.Sprintf("fred answers at http://%s%s/docs", net.JoinHostPort(host, port), strings.TrimRight(c.Server.BaseURLPath, "/")))
	known, err := lib.Known(ctx)
	switch {
	case err != nil:
		f.say("warning: " + err.Error())
	case len(known) == 0:
		f.say("warning: no cluster is known: there is no kubeconfig, and nothing is cached")
	default:
		f.say(fmt.Sprintf("clusters: %d", len(known)))
	}
	if c.Server.Insecure {
		f.say("warning: everybody who can reach this address may see all that you can")
	}
}

package wire

import (
	"cmp"
	"net/http"
	"net/url"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/collector/prometheus"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/footprint"
	"github.com/fredctl/fred/pkg/fred"
)

// meters says where the energy of clusters is read from.
func meters(c config.Config, off *offline.Switch) func(string) (prometheus.Target, error) {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.DialContext = off.Dial
	transport := off.Wrap(base)
	return func(cluster string) (prometheus.Target, error) {
		own, _ := settingsOf(c, cluster)
		at := config.Prometheus{URL: cmp.Or(own.Prometheus.URL, c.Prometheus.URL), Selector: cmp.Or(own.Prometheus.Selector, c.Prometheus.Selector)}
		if at.URL == "" {
			return prometheus.Target{}, footprint.ErrNoMeter
		}
		if u, err := url.Parse(at.URL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return prometheus.Target{}, fault.New(fault.Invalid, "prometheus.url is no address of a web server").
				Hinted("Write it such as http://prometheus.example:9090.")
		}
		return prometheus.Target{URL: at.URL, Transport: transport, Selector: at.Selector}, nil
	}
}

// sites returns what the settings know of where clusters stand.
func sites(c config.Config) func(string) fred.Site {
	return func(cluster string) fred.Site {
		s, _ := settingsOf(c, cluster)
		return fred.Site{Zone: s.Zone, PUE: s.PUE}
	}
}

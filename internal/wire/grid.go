package wire

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/collector/grid"
	"github.com/fredctl/fred/pkg/mix"
)

// knock is how long to wait for a publisher's door to open: yearly means stand in for
// what it would tell, and machines without a way out must not wait for it.
const knock = 3 * time.Second

// listen is how long to wait for an answer to begin.
const listen = 10 * time.Second

// grids returns those who are asked what grids emit. Whom the user has a key for comes
// first.
func grids(c config.Grid, off *offline.Switch) []mix.Source {
	if !c.Live {
		return nil
	}
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		ctx, cancel := context.WithTimeout(ctx, knock)
		defer cancel()
		return off.Dial(ctx, network, addr)
	}
	base.ResponseHeaderTimeout = listen
	client := &http.Client{Transport: off.Wrap(base)}
	var all []mix.Source
	if c.ElectricityMapsKey != "" {
		all = append(all, grid.NewElectricityMaps(client, key(c.ElectricityMapsKey, "grid.electricityMapsKey"), grid.Options{URL: c.ElectricityMapsURL, Direct: true}))
	}
	if c.EIAKey != "" {
		all = append(all, grid.NewEIA(client, key(c.EIAKey, "grid.eiaKey"), grid.Options{URL: c.EIAURL}))
	}
	return append(all, grid.NewNESO(client, grid.Options{URL: c.NESOURL}), grid.NewRTE(client, grid.Options{URL: c.RTEURL}))
}

// remembered is how long a key is not read again, which a program may have to tell.
const remembered = time.Minute

// key returns what reads a secret that the settings name as what.
func key(s config.Secret, what string) grid.Key {
	var mu sync.Mutex
	var last string
	var at time.Time
	return func() (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if !at.IsZero() && time.Since(at) < remembered {
			return last, nil
		}
		read, err := s.Read(context.Background(), what)
		if err == nil {
			last, at = read, time.Now()
		}
		return read, err
	}
}

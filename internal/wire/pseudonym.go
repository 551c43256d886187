package wire

import (
	"crypto/sha256"
	"path/filepath"
	"strings"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/internal/simulation"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/pseudonym"
)

// pseudonymKey returns how to get the key of pseudonyms. A command makes it when
// it is first needed; a server takes the one there is, since a GET writes nothing.
// It lies beside the settings, never in the cache: who copies a cache would take
// it along. What is made up has a key that everybody may know.
func pseudonymKey(store cache.Store, o Options) func() (pseudonym.Key, error) {
	if o.Simulation {
		return func() (pseudonym.Key, error) { return sha256.Sum256([]byte(simulation.Name)), nil }
	}
	get := pseudonym.LoadKey
	if o.Server {
		get = pseudonym.ReadKey
	}
	path := filepath.Join(config.Home(), "pseudonym.key")
	return func() (pseudonym.Key, error) {
		if folder, ok := store.(*cache.Folder); ok && within(folder.Path(), path) {
			return pseudonym.Key{}, fault.New(fault.Invalid, "the key of pseudonyms would lie in the cache at %s, and travel with it", folder.Path()).
				Hinted("Give the cache a folder of its own with --cache.")
		}
		return get(path)
	}
}

// within reports whether path lies below folder.
func within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

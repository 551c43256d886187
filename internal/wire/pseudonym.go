package wire

import (
	"path/filepath"
	"strings"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
	"github.com/fredctl/fred/pkg/pseudonym"
)

// pseudonymKey returns how to get the key of pseudonyms, which is made when it is
// first needed. It lies beside the settings, never in the cache: who copies a
// cache would take it along.
func pseudonymKey(store cache.Store) func() (pseudonym.Key, error) {
	path := filepath.Join(config.Home(), "pseudonym.key")
	return func() (pseudonym.Key, error) {
		if folder, ok := store.(*cache.Folder); ok && within(folder.Path(), path) {
			return pseudonym.Key{}, fault.New(fault.Invalid, "the key of pseudonyms would lie in the cache at %s, and travel with it", folder.Path()).
				Hinted("Give the cache a folder of its own with --cache.")
		}
		return pseudonym.LoadKey(path)
	}
}

// within reports whether path lies below folder.
func within(folder, path string) bool {
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

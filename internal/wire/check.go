package wire

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"github.com/fredctl/fred/internal/config"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fred"
)

// checks are what the doctor looks at of fred's own.
func checks(c config.Config, file string, store cache.Store) []func(context.Context) fred.Finding {
	return []func(context.Context) fred.Finding{
		func(context.Context) fred.Finding { return checkSettings(file) },
		func(ctx context.Context) fred.Finding { return checkCache(ctx, c, store) },
	}
}

func checkSettings(file string) fred.Finding {
	f := fred.Finding{Check: "settings", Status: fred.OK, Detail: file}
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		f.Detail += " is not there: the defaults hold"
	}
	return f
}

// checkCache writes, reads and deletes a blob beside the entries.
func checkCache(ctx context.Context, c config.Config, store cache.Store) fred.Finding {
	const name = "doctor"
	f := fred.Finding{Check: "cache", Status: fred.OK, Detail: c.Cache.URL}
	if _, err := store.Put(ctx, name, []byte("ok")); err != nil {
		f.Status, f.Detail = fred.Bad, err.Error()
		f.Hint = "Make room and give yourself the right to write there, or name another place with --cache."
		return f
	}
	if err := store.Delete(ctx, name); err != nil {
		f.Status, f.Detail = fred.Bad, err.Error()
	}
	return f
}

package wire

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fredctl/fred/internal/offline"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/cache/layer"
	"github.com/fredctl/fred/pkg/cache/s3"
	"github.com/fredctl/fred/pkg/fault"
)

// bucket returns the cache in a bucket, with copies of what is read on this
// machine. While fred is offline, the copies are all there is of it.
func bucket(url string, o Options, off *offline.Switch) (cache.Store, error) {
	l, err := s3.Parse(url)
	if err != nil {
		return nil, err
	}
	remote, err := s3.New(context.Background(), l, s3.Options{ // it reads files, and waits for nobody
		Log: o.Log, Dial: off.Dial,
		Guard: func() error {
			if off.On() {
				return fault.New(fault.Offline, "the cache at %s is not asked: %w", l, cache.ErrOffline).
					Hinted("Leave out --offline, or name a cache on this machine with --cache.")
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return remote, nil //nolint:nilerr // without a place for copies all is fetched
	}
	return layer.New(remote, filepath.Join(dir, "fred", copiesOf(l)), layer.Options{Log: o.Log}), nil
}

// notesOn says that of a cache elsewhere only copies are looked at.
func notesOn(store cache.Store, off *offline.Switch) []string {
	l, ok := store.(*layer.Layer)
	if !ok || !off.On() {
		return nil
	}
	return []string{fmt.Sprintf("offline, the cache at %s is not asked: what this machine has read of it before is shown", l.Place())}
}

// copiesOf names the folder of the copies of a cache. Who has another profile
// has copies of his own: he may not be allowed to read the same.
func copiesOf(l s3.Location) string {
	sum := sha256.Sum256([]byte(strings.Join([]string{l.Bucket, l.Prefix, l.Endpoint, l.Region, l.Profile}, "\x00")))
	return "s3-" + hex.EncodeToString(sum[:8])
}

package fred

import (
	"errors"

	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fault"
)

// unstored gives an error of a cache that was to be changed a kind, and says what
// to do. State says what became of the change.
func unstored(err error, state string) error {
	switch {
	case errors.Is(err, cache.ErrCommitted):
		kind := fault.Internal
		if errors.Is(err, cache.ErrFull) || errors.Is(err, cache.ErrReadOnly) {
			kind = fault.Unwritable
		}
		return fault.New(kind, "%w", err).Hinted("Mend that; whoever opens the cache next, such as fred cache verify, then makes the rest of the changes.")
	case errors.Is(err, cache.ErrUncertain):
		return fault.New(fault.Unreachable, "%w", err).Hinted("Look with fred cache ls once the cache can be reached, or do the same again: it does no harm twice.")
	case errors.Is(err, cache.ErrLost):
		return fault.New(fault.Unreachable, "%w", err).Hinted("%s Try again.", state)
	case errors.Is(err, cache.ErrReadOnly):
		return fault.New(fault.Unwritable, "%w", err).Hinted("%s Name another place with --cache, or run fred as who owns this one.", state)
	case errors.Is(err, cache.ErrFull):
		return fault.New(fault.Unwritable, "%w", err).Hinted("%s Make room on the disk of the cache, or name another place with --cache.", state)
	default:
		return err
	}
}

// What became of a change that failed.
const (
	untouched = "Nothing was changed."
	partly    = "What is listed is gone, the rest is as it was."
)

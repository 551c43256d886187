package cache

import (
	"errors"

	"github.com/fredctl/fred/pkg/flight"
)

// The reasons a caller may act on, to be found with errors.Is. What a source
// said when it failed is wrapped beside them.
var (
	// ErrMissing says that nothing is stored under the key.
	ErrMissing = errors.New("not in the cache")
	// ErrOffline says that the source was not asked because fred is offline.
	ErrOffline = errors.New("fred is offline")
	// ErrTooOld says that the entry is older than Request.MaxAge and that no
	// younger one could be had.
	ErrTooOld = errors.New("older than asked for")
	// ErrDamaged says that the entry is not what a fred wrote under this key:
	// cut short, altered, renamed, or no entry at all.
	ErrDamaged = errors.New("damaged cache entry")
	// ErrNewer says that a newer fred wrote the entry in a schema that this one
	// does not know. It is never overwritten.
	ErrNewer = errors.New("written by a newer fred")
	// ErrOtherCluster says that the entry tells of a cluster that bore the same
	// name, not of the one asked about.
	ErrOtherCluster = errors.New("stored for another cluster of that name")
	// ErrRefreshing is the Cause of an entry served stale because its refresh
	// took longer than Request.Patience; the refresh goes on.
	ErrRefreshing = errors.New("being refreshed")
	// ErrExists says that Move found other content where an entry was to go.
	ErrExists = errors.New("another entry is there")
	// ErrCommitted says that changes are recorded but not all of them made: the
	// next to open the store ends them.
	ErrCommitted = errors.New("the changes are recorded, and not all made yet")
	// ErrUncertain says that the medium was lost while changes were recorded: all
	// of them will be made, or none.
	ErrUncertain = errors.New("it is not known whether the changes were recorded: all were, or none")
	// ErrLost says that a batch took so long without a sign of life that another
	// took its place. Nothing of it was changed.
	ErrLost = errors.New("the changes took too long, and another's are being made")
	// ErrReadOnly says that the store may be read and not written: its medium is
	// mounted so, or belongs to somebody else.
	ErrReadOnly = errors.New("the cache cannot be written")
	// ErrFull says that the store has no room left.
	ErrFull = errors.New("no room for the cache")
	// ErrName says that a store was given a name it does not keep.
	ErrName = errors.New("invalid entry name")
	// ErrClosed says that the Cache was closed.
	ErrClosed = flight.ErrClosed
)

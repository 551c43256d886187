package cache

import (
	"math"
	"time"
)

// Forever is the TTL of what does not change: finished hours, closed months.
const Forever time.Duration = math.MaxInt64

// Request says what is wanted and how old it may be.
type Request struct {
	Key Key

	// TTL is how long an entry is fresh: younger, its source is not asked.
	// Forever means always; with zero or less every Fetch asks.
	TTL time.Duration

	Source     string // the collector's name
	InputHash  string // when set, an entry made from another input is not fresh
	ClusterUID string // when set, an entry of another cluster counts as missing
	Endpoint   string // where the source is, unless the collection says better

	// MaxAge takes the place of TTL and of the entry's own expiry: the source is
	// asked when the entry is older, always when it is 0, and when that fails
	// an older entry is refused with ErrTooOld.
	MaxAge *time.Duration

	// Refresh asks first, however young the entry is.
	Refresh bool

	// Patience is how long to wait for a collection when a stale entry could be
	// served instead; the collection then goes on and its result is stored. 0
	// waits until it is done, as does Refresh.
	Patience time.Duration
}

// satisfied says whether an entry with header h answers r without asking.
func (r Request) satisfied(h Header, now time.Time) bool {
	switch {
	case r.Refresh || h.Ahead(now) || r.InputHash != "" && r.InputHash != h.InputHash:
		return false
	case r.MaxAge != nil:
		return !r.refuses(h, now)
	}
	return now.Sub(h.CollectedAt) < r.TTL && !h.expired(now)
}

// refuses says whether an entry with header h is too old for r even when the
// source fails.
func (r Request) refuses(h Header, now time.Time) bool {
	if r.MaxAge == nil {
		return false
	}
	return *r.MaxAge <= 0 || now.Sub(h.CollectedAt) > *r.MaxAge || h.Ahead(now)
}

// Collected is what a source answered.
type Collected[T any] struct {
	Value T

	CollectedAt time.Time // when the source's data are of; the start of the collection when zero
	ExpiresAt   time.Time // when it ends before CollectedAt + Request.TTL; zero: it does not
	ClusterUID  string    // Request.ClusterUID when empty
	Endpoint    string    // Request.Endpoint when empty
	Simulated   bool
	Warnings    []string // what could not be read; stored with the entry
}

// header returns the header of what was collected for r; began is when the
// source was asked.
func header[T any](r Request, got Collected[T], began time.Time) Header {
	h := Header{
		Schema: Schema, Key: r.Key, Source: r.Source, InputHash: r.InputHash,
		ClusterUID: r.ClusterUID, Endpoint: r.Endpoint,
		CollectedAt: began, ExpiresAt: utc(got.ExpiresAt),
		Simulated: got.Simulated, Warnings: got.Warnings,
	}
	if !got.CollectedAt.IsZero() {
		h.CollectedAt = got.CollectedAt
	}
	h.CollectedAt = utc(h.CollectedAt)
	if got.ClusterUID != "" {
		h.ClusterUID = got.ClusterUID
	}
	if got.Endpoint != "" {
		h.Endpoint = got.Endpoint
	}
	if end := h.CollectedAt.Add(r.TTL); r.TTL != Forever && (h.ExpiresAt.IsZero() || end.Before(h.ExpiresAt)) {
		h.ExpiresAt = end
	}
	return h
}

// utc returns t as it comes back from JSON.
func utc(t time.Time) time.Time { return t.Round(0).UTC() }

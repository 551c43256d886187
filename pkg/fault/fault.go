// Package fault gives errors a kind, so that a caller can act on what happened
// without knowing who failed, and a hint, so that a person knows what to do next.
//
// It knows nothing of exit codes or HTTP: each face has one table of its own.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind says what went wrong, from the point of view of whoever asked.
type Kind int

// The kinds, in the order of DESIGN's machine contract.
const (
	Internal     Kind = iota // fred's own mistake; the kind of an error without one
	Invalid                  // a flag, setting or argument that cannot be meant
	NotFound                 // a context, namespace, name or route that is not there
	Refused                  // an archive, address or host that fred will not take
	Unwritable               // a disk or folder of this machine that is full, missing or read-only
	Partial                  // answered, but not wholly
	Unreachable              // a source does not answer, and nothing usable is cached
	Offline                  // no source was asked, and nothing is cached
	BadAnswer                // a source answered something that cannot be used
	Timeout                  // a source did not answer in time
	Unauthorized             // a source does not know who asks (401)
	Forbidden                // a source refuses what was asked (403)
	Threshold                // the answer passed a limit that the caller set
	Interrupted              // the caller stopped it
	last
)

// Kinds returns every kind, so that a table can be checked for holes.
func Kinds() []Kind {
	all := make([]Kind, 0, last)
	for k := range last {
		all = append(all, k)
	}
	return all
}

// Error is an error with a kind, and a hint where there is something to do.
type Error struct {
	Kind Kind
	Hint string // one imperative sentence, or empty
	Err  error
}

// Error returns the message of the wrapped error.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the wrapped error.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of kind k; format and args are those of fmt.Errorf.
func New(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Err: fmt.Errorf(format, args...)}
}

// Hinted returns e with the hint set; format and args are those of fmt.Sprintf.
func (e *Error) Hinted(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// Wrap returns err with kind k, or nil if err is nil.
func Wrap(k Kind, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: k, Err: err}
}

// KindOf returns the kind of the outermost fault in err's chain. An error
// without one is Interrupted or Timeout if a context ended, else Internal.
func KindOf(err error) Kind {
	var f *Error
	switch {
	case errors.As(err, &f):
		return f.Kind
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	default:
		return Internal
	}
}

// HintOf returns the first hint in err's chain, or "".
func HintOf(err error) string {
	for err != nil {
		var f *Error
		if !errors.As(err, &f) {
			return ""
		}
		if f.Hint != "" {
			return f.Hint
		}
		err = f.Err
	}
	return ""
}

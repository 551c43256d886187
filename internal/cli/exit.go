package cli

import (
	"errors"

	"github.com/fredctl/fred/pkg/fault"
)

// Exit codes, as DESIGN's machine contract has them.
const (
	exitFine        = 0
	exitInternal    = 1
	exitInvalid     = 2
	exitPartial     = 3
	exitUnreachable = 4
	exitForbidden   = 5
	exitThreshold   = 6
	exitInterrupted = 130
)

var exitCodes = map[fault.Kind]int{
	fault.Internal:     exitInternal,
	fault.Invalid:      exitInvalid,
	fault.NotFound:     exitInvalid,
	fault.Refused:      exitInvalid,
	fault.Unwritable:   exitInvalid,
	fault.Partial:      exitPartial,
	fault.Unreachable:  exitUnreachable,
	fault.Offline:      exitUnreachable,
	fault.BadAnswer:    exitUnreachable,
	fault.Timeout:      exitUnreachable,
	fault.Unauthorized: exitForbidden,
	fault.Forbidden:    exitForbidden,
	fault.Threshold:    exitThreshold,
	fault.Interrupted:  exitInterrupted,
}

// exitCode returns the exit code that tells of err.
func exitCode(err error) int {
	if err == nil {
		return exitFine
	}
	return exitCodes[fault.KindOf(err)]
}

// errPartial says that the answer is out, but not whole; the warnings, which are
// out too, say what is missing.
var errPartial = errors.New("answered in part")

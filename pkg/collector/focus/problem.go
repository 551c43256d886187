package focus

import (
	"errors"
	"io/fs"
	"strconv"
	"unicode/utf8"
)

// most is how many bytes of a value a problem shows.
const most = 60

// quote returns the beginning of a value in quotes, in characters that can be printed.
func quote(s string) string {
	if len(s) > most {
		cut := most
		for cut > most-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		return strconv.QuoteToGraphic(s[:cut]) + "…"
	}
	return strconv.QuoteToGraphic(s)
}

// shown returns a name that may be hostile as it can be shown.
func shown(name string) string {
	if quoted := quote(name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

// bare returns what went wrong with a file without its path, which is told beside it.
func bare(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

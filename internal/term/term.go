// Package term knows what the streams of a command lead to: whether they are
// terminals, how wide, and whether to use color. It never changes what is said,
// only how it is dressed.
package term

import (
	"io"
	"os"
	"strconv"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"golang.org/x/term"
)

// Streams are where a command reads and writes. Out is data, Err is talk.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// System returns the process's own streams.
func System() Streams { return Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr} }

// Dress is how to write to one stream.
type Dress struct {
	Terminal bool
	Width    int // columns; 0 where there is no limit
	styles   *lipgloss.Renderer
}

// For returns the dress of w: that of a terminal if it is one. Color is off where
// plain is set, where NO_COLOR is, and where w is no terminal.
func For(w io.Writer, plain bool, env func(string) string) Dress {
	var d Dress
	f, ok := w.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) { //nolint:gosec // a descriptor fits an int
		d.Terminal = true
		d.Width = width(f, env)
	}
	// What is a terminal was found above: termenv must not guess it again from CI=true.
	d.styles = lipgloss.NewRenderer(w, termenv.WithTTY(d.Terminal), termenv.WithEnvironment(environ(env)))
	if plain || !d.Terminal || env("NO_COLOR") != "" || env("TERM") == "dumb" {
		d.styles.SetColorProfile(termenv.Ascii)
	}
	return d
}

// environ shows termenv the environment that fred was given.
type environ func(string) string

func (environ) Environ() []string          { return nil }
func (e environ) Getenv(key string) string { return e(key) }

func width(f *os.File, env func(string) string) int {
	if n, err := strconv.Atoi(env("COLUMNS")); err == nil && n > 0 {
		return n
	}
	n, _, err := term.GetSize(int(f.Fd())) //nolint:gosec // a descriptor fits an int
	if err != nil {
		return 0
	}
	return n
}

// Tone is what a piece of text is to the reader; the dress gives it a color.
type Tone int

// The tones.
const (
	Plain  Tone = iota
	Strong      // a title, a name
	Faint       // what matters less
	Good
	Bad
	Odd // neither good nor bad, but worth a look
)

// Paint returns s in the given tone. The colors are of the terminal's own
// palette, so that its owner's choice of dark or light holds.
func (d Dress) Paint(t Tone, s string) string {
	if d.styles == nil || s == "" {
		return s
	}
	style := d.styles.NewStyle()
	switch t {
	case Strong:
		style = style.Bold(true)
	case Faint:
		style = style.Faint(true)
	case Good:
		style = style.Foreground(lipgloss.Color("2"))
	case Bad:
		style = style.Foreground(lipgloss.Color("1"))
	case Odd:
		style = style.Foreground(lipgloss.Color("3"))
	case Plain:
		return s
	}
	return style.Render(s)
}

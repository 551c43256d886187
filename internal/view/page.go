package view

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/redact"
	"github.com/fredctl/fred/pkg/unit"
)

// Page is what a person reads: lines and tables, one under the other.
type Page struct {
	Output
	w      io.Writer
	wide   bool
	hidden []string
	cut    bool
	err    error
}

// Line writes one line made of cells, as they are.
func (p *Page) Line(cells ...Cell) {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(p.Dress.Paint(c.Tone, redact.Terminal(c.Text)))
	}
	p.write(strings.TrimRight(b.String(), " ") + "\n")
}

// sentence writes c on as many lines as it takes.
func (p *Page) sentence(c Cell) {
	lines := []string{redact.Terminal(c.Text)}
	if p.Dress.Width > 0 {
		lines = wrap(lines[0], p.Dress.Width)
	}
	for _, line := range lines {
		p.Line(Cell{line, c.Tone})
	}
}

// indented writes c two columns to the right, on as many lines as it takes.
func (p *Page) indented(c Cell) {
	lines := []string{redact.Terminal(c.Text)}
	if p.Dress.Width > 0 {
		lines = wrap(lines[0], max(1, p.Dress.Width-2))
	}
	for _, line := range lines {
		p.Line(Cell{"  " + line, c.Tone})
	}
}

// field writes a value and its name, if there is one, on as many lines as it takes.
func (p *Page) field(name, value string) {
	if value == "" {
		return
	}
	lines := []string{redact.Terminal(value)}
	if p.Dress.Width > 0 {
		lines = wrap(lines[0], max(1, p.Dress.Width-fieldWidth))
	}
	for _, line := range lines {
		p.Line(Cell{fmt.Sprintf("%-*s", fieldWidth, name), term.Faint}, text(line))
		name = ""
	}
}

// wrap breaks s between words into lines of that width, and longer words where
// they end.
func wrap(s string, width int) []string {
	lines := []string{""}
	for word := range strings.FieldsSeq(s) {
		last := &lines[len(lines)-1]
		if longer := strings.TrimSpace(*last + " " + word); columns(longer) <= width {
			*last = longer
			continue
		}
		lines = append(lines, strings.Split(ansi.Hardwrap(word, width, false), "\n")...)
	}
	if lines[0] == "" {
		lines = lines[1:]
	}
	return lines
}

// fieldWidth is how wide the names of fields are.
const fieldWidth = 10

// widest writes the first of lines that fits, or else the last.
func (p *Page) widest(lines ...[]Cell) {
	for i, cells := range lines {
		if i == len(lines)-1 || p.fits(cells) {
			p.Line(cells...)
			return
		}
	}
}

// fits reports whether cells fit on one line.
func (p *Page) fits(cells []Cell) bool {
	n := 0
	for _, c := range cells {
		n += columns(c.Text)
	}
	return p.Dress.Width == 0 || n <= p.Dress.Width
}

// Table writes t.
func (p *Page) Table(t Table) {
	if p.err != nil {
		return
	}
	hidden, cut, err := t.write(p.w, p.Dress, p.wide)
	p.hidden, p.cut, p.err = append(p.hidden, hidden...), p.cut || cut, err
}

func (p *Page) write(s string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, s)
	}
}

// Footer says how old the page is and what it leaves out.
func (p *Page) Footer(collected *time.Time, stale, simulated bool) {
	var parts []Cell
	if simulated {
		parts = append(parts, Cell{"simulated", term.Odd})
	}
	if collected != nil {
		age := Cell{"as of " + p.age(*collected), term.Faint}
		if simulated {
			age.Text = "as of " + collected.UTC().Format("2006-01-02 15:04 MST")
		}
		if stale {
			age = Cell{"stale: " + age.Text, term.Odd}
		}
		parts = append(parts, age)
	}
	if len(p.hidden) > 0 || p.cut {
		parts = append(parts, Cell{p.narrowed() + " (-o wide)", term.Faint})
	}
	if len(parts) == 0 {
		return
	}
	p.Line()
	cells := []Cell{parts[0]}
	for _, c := range parts[1:] {
		more := append(cells, Cell{" · ", term.Faint}, c)
		if !p.fits(more) {
			p.Line(cells...)
			more = []Cell{c}
		}
		cells = more
	}
	p.Line(cells...)
}

// narrowed says what the page leaves out for want of width.
func (p *Page) narrowed() string {
	var what []string
	if len(p.hidden) > 0 {
		what = append(what, plural(len(p.hidden), "column hidden", "columns hidden"))
	}
	if p.cut {
		what = append(what, "texts cut")
	}
	return strings.Join(what, ", ")
}

// age says how long ago at was.
func (p *Page) age(at time.Time) string {
	if at.IsZero() {
		return dash
	}
	switch d := p.Now.Sub(at); {
	case p.ahead(at):
		return at.UTC().Format("2006-01-02 15:04 MST") + ", which is to come"
	case d < time.Second:
		return "now"
	default:
		return duration.HumanDuration(d) + " ago"
	}
}

// ahead reports whether at is further ahead than clocks that differ explain.
func (p *Page) ahead(at time.Time) bool { return cache.Header{CollectedAt: at}.Ahead(p.Now) }

// ageShort says how old what was made at at is.
func (p *Page) ageShort(at time.Time) string {
	if at.IsZero() {
		return dash
	}
	if p.ahead(at) {
		return "future"
	}
	return duration.HumanDuration(max(0, p.Now.Sub(at)))
}

// dash stands for what is not known.
const dash = "-"

func orDash[T any](v *T, show func(T) string) string {
	if v == nil {
		return dash
	}
	return show(*v)
}

func count(n *int) string { return orDash(n, strconv.Itoa) }

func cores(c *unit.CPU) string { return orDash(c, unit.CPU.String) }

func bytesOf(b *unit.Bytes) string { return orDash(b, unit.Bytes.String) }

// percent shows part of whole, or "" where that means nothing.
func percent[T ~int64](part *T, whole T) string {
	if part == nil {
		return ""
	}
	share, ok := unit.Share(*part, whole)
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.0f%%", share*100)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

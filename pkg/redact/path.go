package redact

import (
	"strconv"
	"strings"
)

// path is where in the document a hit is.
type path struct {
	full  string
	cut   int    // length of the part of full that leads to the named object
	label string // the name of that object
	by    strength
}

// strength is how well an object's name tells people which one it is.
type strength uint8

const (
	nameless strength = iota
	byName            // a container, a port
	byObject          // namespace and name, or the name in metadata
)

// Paths longer than this end in an ellipsis.
const maxPath = 32

func (p path) String() string {
	if p.by == nameless {
		return p.full
	}
	return strings.TrimSpace(p.full[:p.cut] + " " + p.label + " " + p.full[p.cut:])
}

// path returns where the net is.
func (n *net) path() path { return path{full: n.prefix(len(n.frames))} }

// prefix spells the way through the first so many frames. The outermost is the
// document and has no name.
func (n *net) prefix(depth int) string {
	var b strings.Builder
	for i := 1; i < min(depth, maxPath); i++ {
		f := &n.frames[i]
		if f.list {
			b.WriteString("[" + strconv.Itoa(f.index) + "]")
			continue
		}
		if i > 1 {
			b.WriteByte('.')
		}
		b.WriteString(n.shown(f.at))
	}
	if depth > maxPath {
		b.WriteString("…")
	}
	return b.String()
}

// shown returns a string of the document as people may see it.
func (n *net) shown(w word) string {
	clean, _ := Text(n.text(w))
	return strings.Clone(Terminal(clean))
}

// label names the object f in the paths of the hits within.
func (n *net) label(f *frame) {
	by := f.strength()
	if by == nameless || len(n.frames) > maxPath {
		return
	}
	var cut int
	var label string
	for i := range n.edits[f.edits:] {
		p := &n.edits[f.edits+i].path
		if p.by >= by {
			continue
		}
		if label == "" {
			cut, label = len(n.prefix(len(n.frames)-1)), n.labelOf(f)
		}
		p.cut, p.label, p.by = cut, label, by
	}
}

func (f *frame) strength() strength {
	switch {
	case f.name.from == 0:
		return nameless
	case f.namespace.from > 0:
		return byObject
	}
	return max(byName, f.labeled)
}

func (n *net) labelOf(f *frame) string {
	name := n.shown(f.name)
	if f.namespace.from == 0 {
		return name
	}
	return n.shown(f.namespace) + "/" + name
}

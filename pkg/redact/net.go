package redact

import (
	"slices"
	"sync"
)

// Hit is one field that the net caught.
type Hit struct {
	// Path names the object and the field, such as
	// `items[3] shop/web .spec.image`. It holds no secret and no control
	// character: a key that the net caught is shown masked.
	Path string
	// Rule says what was recognized.
	Rule string
}

// Net is the second net over one JSON document. Every string in it, object
// keys too, passes through [Text]; besides, a value is masked for the telling
// key it stands under, for the telling name beside it, as in
// {"name": "DB_PASSWORD", "value": "x"}, or for the flag before it in a list.
// A number is masked only under a key that means a password.
//
// Without a hit, clean is b itself and nothing is allocated. Otherwise clean is
// a copy in which only the fields in hits differ; all else, the order of keys
// included, is as it was. Net of clean has no hits. b must not be changed while
// Net runs. An error says that b is not one JSON document.
func Net(b []byte) (clean []byte, hits []Hit, err error) {
	n := nets.Get().(*net)
	defer n.release()
	n.scanner = scanner{b: b}
	if err := n.document(); err != nil {
		return nil, nil, err
	}
	if len(n.edits) == 0 {
		return b, nil, nil
	}
	return n.rewritten(), n.report(), nil
}

var nets = sync.Pool{New: func() any { return new(net) }}

// net is the state of one run.
type net struct {
	scanner

	frames  []frame // of the objects and lists that are open
	edits   []edit
	scratch []byte // of a string without its escapes
	memo    [1024]memo
}

// edit replaces bytes of the document by a string.
type edit struct {
	from, to int
	text     string
	rule     string
	path     path
}

// memo remembers the grade of a key, because few keys make up a document.
type memo struct {
	from, to int
	key
}

// release hands n back without anything of the document in it.
func (n *net) release() {
	clear(n.edits)
	clear(n.memo[:])
	n.scanner, n.frames, n.edits = scanner{}, n.frames[:0], n.edits[:0]
	if cap(n.scratch) > 1<<20 {
		n.scratch = nil
	}
	nets.Put(n)
}

// text returns what w means. It is valid until the next call: it points into
// the document, which nobody changes meanwhile, or into scratch.
func (n *net) text(w word) string {
	raw := n.b[w.from:w.to]
	if w.escaped {
		n.scratch = unquote(n.scratch[:0], raw)
		raw = n.scratch
	}
	return view(raw)
}

// mask replaces what stands from from to to of the document.
func (n *net) mask(from, to int, text, rule string) {
	n.edits = append(n.edits, edit{from, to, text, rule, n.path()})
}

// remask is mask for something in the object f that may be masked in part.
func (n *net) remask(f *frame, from, to int, text, rule string) {
	for i := range n.edits[f.edits:] {
		if e := &n.edits[f.edits+i]; e.from == from {
			e.text, e.rule = text, rule
			return
		}
	}
	n.mask(from, to, text, rule)
}

// rewritten returns the document with its edits.
func (n *net) rewritten() []byte {
	slices.SortFunc(n.edits, func(a, b edit) int { return a.from - b.from })
	out := make([]byte, 0, len(n.b)+16*len(n.edits))
	done := 0
	for _, e := range n.edits {
		out = append(out, n.b[done:e.from]...)
		out = quote(out, e.text)
		done = e.to
	}
	return append(out, n.b[done:]...)
}

func (n *net) report() []Hit {
	hits := make([]Hit, len(n.edits))
	for i, e := range n.edits {
		hits[i] = Hit{Path: e.path.String(), Rule: e.rule}
	}
	return hits
}

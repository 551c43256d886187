package redact

import "encoding/binary"

// member takes note of a key.
func (n *net) member(w word) {
	f := n.top()
	f.at = w
	if w.suspect || w.escaped {
		f.key = n.odd(w)
	} else {
		f.key = n.remembered(w)
	}
	if f.member == valueMember {
		n.inherit(f)
	}
}

// odd grades a key that may be a secret itself, and masks it if it is one.
func (n *net) odd(w word) key {
	clean, rule := Text(n.text(w))
	if rule != "" {
		n.mask(w.from-1, w.to+1, clean, rule)
	}
	return key{gradeOf(clean), memberOf(clean)}
}

// inherit gives the value of {"password": {"value": "x"}} what its parent says.
func (n *net) inherit(f *frame) {
	if parent := n.frames[len(n.frames)-2]; !parent.list {
		f.grade = max(f.grade, parent.grade)
	}
}

// remembered grades a key, mostly from memory.
func (n *net) remembered(w word) key {
	raw := n.b[w.from:w.to]
	if len(raw) == 0 {
		return key{}
	}
	set := n.memo[2*(spread(raw)%uint64(len(n.memo)/2)):][:2]
	for i := range set {
		if m := &set[i]; m.to > 0 && string(n.b[m.from:m.to]) == string(raw) {
			return m.key
		}
	}
	text := n.text(w)
	set[1] = set[0]
	set[0] = memo{w.from, w.to, key{gradeOf(text), memberOf(text)}}
	return set[0].key
}

// spread hashes the ends of a key, which is where keys differ.
func spread(key []byte) uint64 {
	h := uint64(len(key))
	if n := len(key); n >= 8 {
		h += binary.LittleEndian.Uint64(key)*0x9e3779b97f4a7c15 ^ binary.LittleEndian.Uint64(key[n-8:])
	} else {
		for _, c := range key {
			h = h<<8 | uint64(c)
		}
	}
	return h * 0x9e3779b97f4a7c15 >> 48
}

// stringValue masks a string for what it is or for what it stands under.
func (n *net) stringValue(w word) {
	f := n.top()
	g, announced := f.grade, f.flag
	f.flag = false
	if !f.list {
		f.note(w)
	}
	dash := f.list && w.from < w.to && n.b[w.from] == '-'
	if !w.suspect && !w.escaped && g == silent && !announced && !dash {
		return
	}
	s := n.text(w)
	if announced && !bareFlag(s) {
		g = certain
	}
	f.flag = dash && flagName(s) && gradeOf(s) >= likely
	if clean, rule := maskBeside(g, s); rule != "" {
		n.mask(w.from-1, w.to+1, clean, rule)
	}
}

// maskBeside masks s, a value under a key of grade g.
func maskBeside(g grade, s string) (clean, rule string) {
	if rule := judge(g, s, false); rule != "" {
		return redacted(rule), rule
	}
	clean, rule = Text(s)
	if rule == "" {
		return s, ""
	}
	if whole := judge(g, clean, false); whole != "" {
		return redacted(whole), whole
	}
	return clean, rule
}

func (n *net) numberValue(from, to int) {
	f := n.top()
	if f.grade == blatant {
		n.mask(from, to, redacted(ruleName), ruleName)
	}
	if !f.list && f.member == valueMember {
		f.value, f.valueAt, f.number = word{from: from, to: to}, f.at, true
	}
}

// couple masks the value of an object that is a name/value couple, once both
// are known.
func (n *net) couple(f *frame) {
	name := f.name
	if name.from == 0 {
		name = f.spelled
	}
	if name.from == 0 || f.value.from == 0 {
		return
	}
	g := n.nameGrade(f, name)
	if g == silent || f.number && g < certain {
		return
	}
	rule := judge(g, n.current(f, f.value), true)
	if rule == "" {
		return
	}
	from, to := f.value.from, f.value.to
	if !f.number {
		from, to = from-1, to+1
	}
	f.at = f.valueAt
	n.remask(f, from, to, redacted(rule), rule)
}

// nameGrade grades the name of a couple.
func (n *net) nameGrade(f *frame, name word) grade {
	if name.suspect || name.escaped {
		return gradeOf(n.current(f, name))
	}
	return n.remembered(name).grade
}

// current returns what a string of the object f says after its edits.
func (n *net) current(f *frame, w word) string {
	for _, e := range n.edits[f.edits:] {
		if e.from == w.from-1 || e.from == w.from {
			return e.text
		}
	}
	return n.text(w)
}

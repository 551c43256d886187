package redact

import "unsafe"

// json collects the paths of a JSON document, and reports whether it is one as
// far as it was read; cut says that the rest is missing.
func (p *pathList) json(text string, cut bool) bool {
	s := scanner{b: unsafe.Slice(unsafe.StringData(text), len(text))} // only read
	ok := p.jsonValue(&s, "", 0)
	if s.space(); ok {
		return s.i == len(s.b)
	}
	return p.full() || cut && s.i >= len(s.b)
}

// jsonValue reads one value. It stops early, with false, once the list is full.
func (p *pathList) jsonValue(s *scanner, path string, depth int) bool {
	if p.full() || depth > 100 {
		return false
	}
	switch s.peek() {
	case '{':
		return p.jsonObject(s, path, depth)
	case '[':
		return p.jsonArray(s, path, depth)
	case '"':
		_, ok := s.string()
		p.add(path)
		return ok
	case 't':
		p.add(path)
		return s.literal("true")
	case 'f':
		p.add(path)
		return s.literal("false")
	case 'n':
		p.add(path)
		return s.literal("null")
	}
	p.add(path)
	return s.number()
}

func (p *pathList) jsonObject(s *scanner, path string, depth int) bool {
	s.i++
	if s.peek() == '}' {
		s.i++
		p.add(path)
		return true
	}
	for s.peek() == '"' {
		w, ok := s.string()
		if !ok || s.peek() != ':' {
			return false
		}
		s.i++
		key := string(unquote(nil, s.b[w.from:w.to]))
		if !p.jsonValue(s, under(path, key), depth+1) {
			return false
		}
		if done, ok := s.listEnd('}'); done || !ok {
			return ok
		}
	}
	return false
}

func (p *pathList) jsonArray(s *scanner, path string, depth int) bool {
	s.i++
	if s.peek() == ']' {
		s.i++
		p.add(elements(path))
		return true
	}
	for {
		if !p.jsonValue(s, elements(path), depth+1) {
			return false
		}
		if done, ok := s.listEnd(']'); done || !ok {
			return ok
		}
	}
}

// listEnd reads the comma or the bracket behind an element.
func (s *scanner) listEnd(bracket byte) (done, ok bool) {
	c := s.peek()
	if c != bracket && c != ',' {
		return false, false
	}
	s.i++
	return c == bracket, true
}

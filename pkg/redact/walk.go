package redact

// document reads the one value that a document is.
func (n *net) document() error {
	n.frames = append(n.frames[:0], frame{list: true})
	if !n.any() {
		if len(n.frames) > maxDepth {
			return errTooDeep
		}
		return n.syntaxError()
	}
	if n.space(); n.i < len(n.b) {
		return n.syntaxError()
	}
	return nil
}

// any reads a value of any type. It and what it calls return false where the
// document is not JSON.
func (n *net) any() bool {
	switch n.peek() {
	case '"':
		w, ok := n.string()
		if ok {
			n.stringValue(w)
		}
		return ok
	case '{':
		return n.open(false) && n.object()
	case '[':
		return n.open(true) && n.array()
	case 't':
		return n.literal("true")
	case 'f':
		return n.literal("false")
	case 'n':
		return n.literal("null")
	case 0:
		return false
	}
	from := n.i
	ok := n.number()
	if ok {
		n.numberValue(from, n.i)
	}
	return ok
}

// object reads the members of an object.
func (n *net) object() bool {
	if n.peek() == '}' {
		return n.close()
	}
	for n.peek() == '"' {
		w, ok := n.string()
		if !ok {
			return false
		}
		n.member(w)
		if n.peek() != ':' {
			return false
		}
		n.i++
		if !n.any() {
			return false
		}
		switch n.peek() {
		case ',':
			n.i++
		case '}':
			return n.close()
		default:
			return false
		}
	}
	return false
}

// array reads the elements of a list.
func (n *net) array() bool {
	if n.peek() == ']' {
		return n.close()
	}
	for n.any() {
		switch n.peek() {
		case ',':
			n.top().index++
			n.i++
		case ']':
			return n.close()
		default:
			return false
		}
	}
	return false
}

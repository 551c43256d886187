package redact

// frame is an object or a list that is being read; the first one is the
// document around it.
type frame struct {
	list  bool
	index int  // of the current element of a list
	at    word // the key of the current member of an object
	key        // what that key says; a list has that of the member it is
	flag  bool // the element before was a flag that announces a secret

	// Strings of certain members, which say what the others are about.
	name, namespace, spelled word
	value, valueAt           word
	number                   bool // value is a number

	labeled strength
	edits   int // how many there were when the frame was opened
}

// key is what the name of a member says.
type key struct {
	grade  grade
	member member
}

// member names the members that matter to their neighbors.
type member uint8

const (
	otherMember member = iota
	nameMember
	keyMember
	valueMember
	namespaceMember
	metadataMember
)

func memberOf(key string) member {
	switch key {
	case "name":
		return nameMember
	case "key":
		return keyMember
	case "value":
		return valueMember
	case "namespace":
		return namespaceMember
	case "metadata":
		return metadataMember
	}
	return otherMember
}

// note remembers a string under a key that matters.
func (f *frame) note(w word) {
	switch f.member {
	case nameMember:
		f.name = w
	case keyMember:
		f.spelled = w
	case valueMember:
		f.value, f.valueAt, f.number = w, f.at, false
	case namespaceMember:
		f.namespace = w
	}
}

func (n *net) top() *frame { return &n.frames[len(n.frames)-1] }

// open begins an object or a list under the current member.
func (n *net) open(list bool) bool {
	if len(n.frames) > maxDepth {
		return false
	}
	f := frame{list: list, edits: len(n.edits)}
	if parent := n.top(); list {
		f.grade = parent.grade
	}
	n.frames = append(n.frames, f)
	n.i++
	return true
}

// close ends the innermost object or list.
func (n *net) close() bool {
	n.i++
	f := n.top()
	if !f.list {
		n.couple(f)
		n.adopt(f)
	}
	if len(n.edits) > f.edits {
		n.label(f)
	}
	n.frames = n.frames[:len(n.frames)-1]
	return true
}

// adopt makes the name in an object's metadata the object's own.
func (n *net) adopt(f *frame) {
	parent := &n.frames[len(n.frames)-2]
	if parent.list || parent.member != metadataMember || f.name.from == 0 {
		return
	}
	parent.name, parent.namespace = f.name, f.namespace
	parent.labeled = byObject
}

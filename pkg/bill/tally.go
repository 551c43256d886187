package bill

import "slices"

// Tally counts what is in the rows of a bill, as it is written there. A Source that is
// asked for one fills it. It keeps a bounded part of the bill, however large that is. Its
// zero value is ready for use; it is not safe for concurrent use.
type Tally struct {
	Versions []Versions
	Columns  []*Column
	Again    int      // rows that are the same as one before, in all columns
	AgainAt  []string // the first of them, file:line
	Unseen   int      // rows of which that is not known: there were too many before

	places map[string]*Column
	seen   map[uint64]struct{}
}

// Versions says how many files have the columns of a version of FOCUS.
type Versions struct {
	Version string `json:"version" doc:"1.0 to 1.4, the oldest that has the columns"`
	Files   int    `json:"files"`
}

// Column says what the rows of a bill have in a column.
type Column struct {
	Name  string `json:"name" doc:"As the bill has it"`
	Rows  int    `json:"rows" doc:"Rows that have the column"`
	Empty int    `json:"empty" doc:"Nothing, or blanks"`
	Null  int    `json:"null" doc:"The word null, in any case"`
	Zero  int    `json:"zero" doc:"A number that is 0"`
}

// What a tally keeps at most.
const (
	mostColumns = 500
	mostRows    = 2_000_000 // of which each takes some 20 bytes
	mostPlaces  = 3
)

// Column returns the counter of the column of that name; nil where there are too many.
func (t *Tally) Column(name string) *Column {
	if c, ok := t.places[name]; ok {
		return c
	}
	if len(t.Columns) == mostColumns {
		return nil
	}
	if t.places == nil {
		t.places = map[string]*Column{}
	}
	c := &Column{Name: name}
	t.places[name] = c
	t.Columns = append(t.Columns, c)
	return c
}

// File counts a file whose columns are those of a version of FOCUS.
func (t *Tally) File(version string) {
	i := slices.IndexFunc(t.Versions, func(v Versions) bool { return v.Version == version })
	if i < 0 {
		i = len(t.Versions)
		t.Versions = append(t.Versions, Versions{Version: version})
	}
	t.Versions[i].Files++
}

// Row counts a row, by the hash of all that it has; at says where it is.
func (t *Tally) Row(hash uint64, at func() string) {
	if t.seen == nil {
		t.seen = map[uint64]struct{}{}
	}
	if _, ok := t.seen[hash]; ok {
		if t.Again++; len(t.AgainAt) < mostPlaces {
			t.AgainAt = append(t.AgainAt, at())
		}
		return
	}
	if len(t.seen) >= mostRows {
		t.Unseen++
		return
	}
	t.seen[hash] = struct{}{}
}

// Value counts a value, without blanks around it.
func (c *Column) Value(s string) {
	c.Rows++
	switch {
	case s == "":
		c.Empty++
	case len(s) == 4 && (s[0] == 'n' || s[0] == 'N') && isNull(s):
		c.Null++
	case isZero(s):
		c.Zero++
	}
}

func isNull(s string) bool {
	for i := range len(s) {
		if s[i]|0x20 != "null"[i] {
			return false
		}
	}
	return true
}

// isZero reports whether s is a number that is 0, however it is written.
func isZero(s string) bool {
	digits := false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '0':
			digits = true
		case c == '.', (c == '-' || c == '+') && i == 0:
		case (c == 'e' || c == 'E') && digits:
			return isExponent(s[i+1:])
		default:
			return false
		}
	}
	return digits
}

func isExponent(s string) bool {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && (i > 0 || s[i] != '-' && s[i] != '+') {
			return false
		}
	}
	return s != ""
}

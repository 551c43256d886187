package fact

import "slices"

// List is facts in the order in which people see them. Its methods change
// neither the list nor what it shares memory with; what they return is never nil.
type List []Fact

// In returns the facts about s itself: not those about what it lies in, nor
// those about what lies in it.
func (l List) In(s Scope) List {
	found := List{}
	for _, f := range l {
		if f.Scope == s {
			found = append(found, f)
		}
	}
	return found
}

// Upsert returns l with f in the place of the fact that has its scope and title,
// or at the end. The date of f is kept in UTC.
func (l List) Upsert(f Fact) List {
	f.Date = f.Date.Round(0).UTC()
	out, placed := make(List, 0, len(l)+1), false
	for _, have := range l {
		switch {
		case have.key() != f.key():
			out = append(out, have)
		case !placed:
			out, placed = append(out, f), true
		}
	}
	if !placed {
		out = append(out, f)
	}
	return out
}

// Delete returns l without the fact of that scope and title, and whether there
// was one.
func (l List) Delete(s Scope, title string) (List, bool) {
	gone := key{s, title}
	out := slices.DeleteFunc(append(List{}, l...), func(f Fact) bool { return f.key() == gone })
	return out, len(out) < len(l)
}

// Merge returns the facts of both: of those that have scope and title in common
// the one that was written last. Of two of the same instant it is the one with
// the longer content, then the one whose content sorts last, then ours: so the
// content is the same whichever side merges. No title of either side is lost.
// Ours come first in their order, then those that are new in theirs.
func Merge(ours, theirs List) List {
	merged, at := List{}, map[key]int{}
	for _, f := range slices.Concat(ours, theirs) {
		i, known := at[f.key()]
		switch {
		case !known:
			at[f.key()] = len(merged)
			merged = append(merged, f)
		case f.outdoes(merged[i]):
			merged[i] = f
		}
	}
	return merged
}

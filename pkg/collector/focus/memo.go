package focus

import "strings"

// A memo keeps mostMemo bytes of words. A column holds few of them, time and again, or
// ones of which none comes twice.
const (
	mostMemo = 4 << 20
	mostWord = 8 << 10 // bytes of a word that is remembered
	wordCost = 64      // bytes that remembering one takes, beside it
)

// memo remembers what words mean. When it is full it begins anew.
type memo[T any] struct {
	known map[string]T
	bytes int
}

// of returns what word means, by read where it is not known.
func (m *memo[T]) of(word string, read func(string) (T, error)) (T, error) {
	if v, ok := m.known[word]; ok {
		return v, nil
	}
	word = strings.Clone(word) // without the row that it is cut from
	v, err := read(word)
	if err != nil || len(word) > mostWord {
		return v, err
	}
	if m.known == nil {
		m.known = map[string]T{}
	}
	if m.bytes += len(word) + wordCost; m.bytes > mostMemo {
		clear(m.known)
		m.bytes = len(word) + wordCost
	}
	m.known[word] = v
	return v, nil
}

package fred

import "strings"

// closest returns the word of have that name most likely means, or "".
func closest(name string, have []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, word := range have {
		a, b := strings.ToLower(name), strings.ToLower(word)
		d := distance(a, b)
		if len(a) > 2 && strings.HasPrefix(b, a) {
			d = 1
		}
		if d < least {
			best, least = word, d
		}
	}
	return best
}

// distance is the number of single-byte edits that lead from a to b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

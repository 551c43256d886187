package fact_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fact"
)

func TestTwoListsAreMergedSoThatTheNewerWins(t *testing.T) {
	a, b := about(shop, "a", "ours", 0), about(shop, "b", "ours", 0)
	typed := a
	typed.Type = fact.Goal
	elsewhere := a
	elsewhere.Date = a.Date.In(time.FixedZone("", 3600))
	tests := []struct {
		name               string
		ours, theirs, want fact.List
	}{
		{"nothing and nothing", nil, nil, fact.List{}},
		{"into nothing", nil, fact.List{a, b}, fact.List{a, b}},
		{"nothing into something", fact.List{a, b}, nil, fact.List{a, b}},
		{"ours first, then what is new in its order", fact.List{b}, fact.List{about(shop, "d", "", 0), a, about(shop, "c", "", 0)}, fact.List{b, about(shop, "d", "", 0), a, about(shop, "c", "", 0)}},
		{"theirs is newer", fact.List{a, b}, fact.List{about(shop, "a", "theirs", 1)}, fact.List{about(shop, "a", "theirs", 1), b}},
		{"ours is newer", fact.List{a}, fact.List{about(shop, "a", "theirs, and longer", -1)}, fact.List{a}},
		{"a title of another scope is another", fact.List{a}, fact.List{about(web, "a", "theirs", 1)}, fact.List{a, about(web, "a", "theirs", 1)}},
		{"the same instant and content: ours stays", fact.List{a}, fact.List{typed}, fact.List{a}},
		{"the same instant in another zone: ours stays", fact.List{a}, fact.List{elsewhere}, fact.List{a}},
		{"the same instant: what says more wins", fact.List{a}, fact.List{about(shop, "a", "theirs", 0)}, fact.List{about(shop, "a", "theirs", 0)}},
		{"the same instant: what says less does not", fact.List{about(shop, "a", "theirs", 0)}, fact.List{a}, fact.List{about(shop, "a", "theirs", 0)}},
		{"the same instant and length: what sorts last wins", fact.List{a}, fact.List{about(shop, "a", "zurs", 0)}, fact.List{about(shop, "a", "zurs", 0)}},
		{"the first Fred left a title twice: the newer is the edit", nil, fact.List{a, b, about(shop, "a", "edited", 2)}, fact.List{about(shop, "a", "edited", 2), b}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, fact.Merge(test.ours, test.theirs))
		})
	}
}

// some returns a random list, of few titles so that they meet.
func some(r *rand.Rand) fact.List {
	scopes := []fact.Scope{{}, shop, web}
	var l fact.List
	for range r.IntN(12) {
		l = append(l, about(scopes[r.IntN(3)], string(rune('a'+r.IntN(4))), string(rune('p'+r.IntN(3))), r.IntN(3)))
	}
	return l
}

type key struct {
	fact.Scope
	title string
}

func contents(l fact.List) map[key]string {
	by := map[key]string{}
	for _, f := range l {
		by[key{f.Scope, f.Title}] = f.Content
	}
	return by
}

func TestAMergeLosesNoTitleAndDoesNotDependOnWhoMerges(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		a, b, c := some(r), some(r), some(r)
		ab := fact.Merge(a, b)
		got := contents(ab)
		require.Len(t, ab, len(got), "seed %d: a title is there once", seed)
		for _, f := range append(append(fact.List{}, a...), b...) {
			require.Contains(t, got, key{f.Scope, f.Title}, "seed %d", seed)
			i := 0
			for ab[i].Scope != f.Scope || ab[i].Title != f.Title {
				i++
			}
			require.False(t, f.Date.After(ab[i].Date), "seed %d: nothing is newer than what stays", seed)
		}
		require.Equal(t, ab, fact.Merge(ab, ab), "seed %d: with itself", seed)
		require.Equal(t, ab, fact.Merge(ab, b), "seed %d: the same once more", seed)
		require.Equal(t, ab, fact.Merge(ab, a), "seed %d: its own source", seed)
		require.Equal(t, got, contents(fact.Merge(b, a)), "seed %d: from the other side", seed)
		require.Equal(t, fact.Merge(ab, c), fact.Merge(a, fact.Merge(b, c)), "seed %d: in whatever steps", seed)
	}
}

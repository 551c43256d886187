package fact_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/fredctl/fred/pkg/fact"
	"github.com/fredctl/fred/pkg/fault"
)

var (
	monday = time.Date(2026, 11, 2, 9, 30, 0, 250e6, time.UTC)
	shop   = fact.Scope{Namespace: "shop"}
	web    = fact.Scope{Namespace: "shop", Kind: "Deployment", Name: "web"}
)

// about is a fact that says content under title, written that many days after Monday.
func about(s fact.Scope, title, content string, days int) fact.Fact {
	return fact.Fact{User: "ann", Date: monday.AddDate(0, 0, days), Title: title, Content: content, Scope: s}
}

func TestAFactIsWrittenAsTheWebClientKnowsIt(t *testing.T) {
	f := fact.Fact{User: "ann", Date: monday, Content: "Peak load every Monday.", Title: "Monday peak", Type: fact.Requirement, Scope: web}
	b, err := json.Marshal([]fact.Fact{f, {Date: monday, Title: "t", Content: "c"}})
	require.NoError(t, err)
	require.JSONEq(t, `[{"user":"ann","date":"2026-11-02T09:30:00.25Z","content":"Peak load every Monday.","title":"Monday peak","type":"requirement","namespace":"shop","kind":"Deployment","name":"web"},`+
		`{"user":"","date":"2026-11-02T09:30:00.25Z","content":"c","title":"t"}]`, string(b))
	var back []fact.Fact
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, f, back[0])
}

func TestOnlyWhatCanBeMeantIsAFact(t *testing.T) {
	tests := []struct {
		name   string
		change func(*fact.Fact)
		says   string // empty: it is one
	}{
		{"a plain fact", func(*fact.Fact) {}, ""},
		{"a fact about a workload, of some type", func(f *fact.Fact) { f.Scope, f.Type = web, fact.Cost }, ""},
		{"a content of several lines", func(f *fact.Fact) { f.Content = "one\r\n\ttwo\n" }, ""},
		{"nobody said who wrote it", func(f *fact.Fact) { f.User = "" }, ""},
		{"as much as may be, in any script", func(f *fact.Fact) {
			f.Title, f.Content = strings.Repeat("é", fact.MaxTitle), strings.Repeat("界", fact.MaxContent)
		}, ""},
		{"no title", func(f *fact.Fact) { f.Title = "" }, "needs a title"},
		{"a title of blanks", func(f *fact.Fact) { f.Title = " \t\u00a0" }, "needs a title"},
		{"no content", func(f *fact.Fact) { f.Content = " \n" }, "needs a content"},
		{"no date", func(f *fact.Fact) { f.Date = time.Time{} }, "needs a date"},
		{"a date that JSON cannot hold", func(f *fact.Fact) { f.Date = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) }, "needs a date"},
		{"a type that is none", func(f *fact.Fact) { f.Type = "Goal" }, `no type of fact "Goal"`},
		{"a title too long", func(f *fact.Fact) { f.Title = strings.Repeat("x", fact.MaxTitle+1) }, "title of a fact has 201 characters where 200 are allowed"},
		{"a content too long", func(f *fact.Fact) { f.Content = strings.Repeat("x", fact.MaxContent+1) }, "content of a fact has"},
		{"a user too long", func(f *fact.Fact) { f.User = strings.Repeat("x", fact.MaxUser+1) }, "user of a fact has"},
		{"a title of two lines", func(f *fact.Fact) { f.Title = "a\nb" }, "title of a fact holds the control character U+000A"},
		{"a content that paints the terminal", func(f *fact.Fact) { f.Content = "\x1b[31mred" }, "content of a fact holds the control character U+001B"},
		{"a user with a bell", func(f *fact.Fact) { f.User = "ann\a" }, "user of a fact holds the control character U+0007"},
		{"a title that is no text", func(f *fact.Fact) { f.Title = "\xff" }, "not UTF-8"},
		{"a workload without a kind", func(f *fact.Fact) { f.Scope = fact.Scope{Namespace: "shop", Name: "web"} }, "a kind and a name"},
		{"a workload without a name", func(f *fact.Fact) { f.Scope = fact.Scope{Namespace: "shop", Kind: "Job"} }, "a kind and a name"},
		{"a workload without a namespace", func(f *fact.Fact) { f.Scope = fact.Scope{Kind: "Job", Name: "x"} }, "has a namespace"},
		{"a namespace with a zero byte", func(f *fact.Fact) { f.Scope = fact.Scope{Namespace: "a\x00"} }, "namespace that a fact is about holds"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := about(shop, "title", "content", 0)
			test.change(&f)
			err := f.Validate()
			if test.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.says)
			require.Equal(t, fault.Invalid, fault.KindOf(err))
		})
	}
	for _, known := range fact.Types {
		require.NoError(t, fact.Fact{Title: "t", Content: "c", Date: monday, Type: known}.Validate())
	}
}

func TestAFactTakesThePlaceOfTheOneWithItsTitle(t *testing.T) {
	one, two, three := about(shop, "one", "1", 0), about(shop, "two", "2", 0), about(shop, "three", "3", 0)
	tests := []struct {
		name       string
		list       fact.List
		fact       fact.Fact
		wantTitles []string
		wantAt     int
	}{
		{"the first", nil, one, []string{"one"}, 0},
		{"a new title comes last", fact.List{one, two}, three, []string{"one", "two", "three"}, 2},
		{"a known title keeps its place", fact.List{one, two, three}, about(shop, "two", "new", 3), []string{"one", "two", "three"}, 1},
		{"an older date replaces too: a person said so", fact.List{one, two}, about(shop, "one", "old", -3), []string{"one", "two"}, 0},
		{"a title of another scope is another", fact.List{one}, about(web, "one", "w", 0), []string{"one", "one"}, 1},
		{"titles are told apart to the byte", fact.List{one}, about(shop, "One", "O", 0), []string{"one", "One"}, 1},
		{"what was there twice is there once", fact.List{one, two, one}, about(shop, "one", "new", 0), []string{"one", "two"}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := slices.Clone(test.list)
			got := test.list.Upsert(test.fact)
			require.Equal(t, test.wantTitles, titles(got))
			require.Equal(t, test.fact, got[test.wantAt])
			require.Equal(t, before, test.list, "the list itself is not changed")
		})
	}
}

func TestFactsAreEqualIfTheySayTheSame(t *testing.T) {
	f := about(web, "t", "c", 0)
	same := f
	same.Date = f.Date.In(time.FixedZone("", 7200))
	require.True(t, f.Equal(same), "an instant has many names")
	for _, change := range []func(*fact.Fact){
		func(f *fact.Fact) { f.User = "bob" },
		func(f *fact.Fact) { f.Date = f.Date.Add(1) },
		func(f *fact.Fact) { f.Content = "d" },
		func(f *fact.Fact) { f.Title = "u" },
		func(f *fact.Fact) { f.Type = fact.Goal },
		func(f *fact.Fact) { f.Kind = "Job" },
	} {
		other := f
		change(&other)
		require.False(t, f.Equal(other), "%v", other)
	}
}

func TestADateIsKeptInUTC(t *testing.T) {
	f := about(shop, "t", "c", 0)
	f.Date = f.Date.In(time.FixedZone("", 7200))
	require.Equal(t, monday, fact.List{}.Upsert(f)[0].Date)
}

func TestAFactIsDeletedByItsTitle(t *testing.T) {
	list := fact.List{about(shop, "one", "1", 0), about(web, "one", "w", 0), about(shop, "two", "2", 0), about(shop, "one", "again", 1)}
	tests := []struct {
		name  string
		scope fact.Scope
		title string
		want  []string
		there bool
	}{
		{"in its scope alone, however often", shop, "one", []string{"one", "two"}, true},
		{"in another scope", web, "one", []string{"one", "two", "one"}, true},
		{"not in a scope that has no such title", web, "two", []string{"one", "one", "two", "one"}, false},
		{"not under another title", shop, "tow", []string{"one", "one", "two", "one"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, there := list.Delete(test.scope, test.title)
			require.Equal(t, test.there, there)
			require.Equal(t, test.want, titles(got))
			require.Len(t, list, 4, "the list itself is not changed")
		})
	}
	none, there := fact.List(nil).Delete(shop, "one")
	require.False(t, there)
	require.NotNil(t, none)
}

func TestAScopeHasItsOwnFactsAlone(t *testing.T) {
	list := fact.List{about(fact.Scope{}, "c", "", 0), about(shop, "n", "", 0), about(web, "w", "", 0), about(shop, "m", "", 0)}
	require.Equal(t, []string{"c"}, titles(list.In(fact.Scope{})))
	require.Equal(t, []string{"n", "m"}, titles(list.In(shop)))
	require.Equal(t, []string{"w"}, titles(list.In(web)))
	require.Equal(t, fact.List{}, list.In(fact.Scope{Namespace: "ops"}), "none is an empty list")
}

func titles(l fact.List) []string {
	list := make([]string, 0, len(l))
	for _, f := range l {
		list = append(list, f.Title)
	}
	return list
}

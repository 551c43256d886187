package view

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/cache"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/unit"
)

// Entries lays out a list of cache entries; none is what to say where there is no
// row.
func Entries(r fred.EntryList, none string) Doc {
	return Doc{
		Rows: r.Items,
		Names: func() []string {
			names := make([]string, 0, len(r.Items))
			for i := range r.Items {
				names = append(names, "entry/"+r.Items[i].Name)
			}
			return names
		},
		Page: func(p *Page) {
			if len(r.Items) == 0 {
				p.sentence(text(none))
				return
			}
			p.Table(p.entryTable(r))
			p.Line()
			p.sentence(Cell{entrySentence(r), term.Faint})
		},
	}
}

func (p *Page) entryTable(r fred.EntryList) Table {
	t := Table{Columns: []Column{
		{Header: "CLUSTER", Cut: Middle},
		{Header: "NAMESPACE", Cut: Middle, Spare: 1},
		{Header: "KIND", Cut: End},
		{Header: "STATE"},
		{Header: "OBJECTS", Right: true, Spare: 3},
		{Header: "SIZE", Right: true},
		{Header: "AGE", Right: true},
		{Header: "SOURCE", Spare: 2, Cut: End},
		{Header: "SET ASIDE FOR", Wide: true},
		{Header: "NAME", Wide: true},
		{Header: "REASON", Wide: true},
	}}
	for i := range r.Items {
		e := &r.Items[i]
		state, objects, source := Cell{string(e.State), term.Plain}, dash, cmp.Or(e.Source, dash)
		switch {
		case e.State == cache.Damaged:
			state.Tone = term.Bad
		case e.Aside != "":
			state = Cell{"aside", term.Faint}
		case e.State != cache.Fresh:
			state.Tone = term.Odd
		}
		if e.Count > 0 {
			objects = strconv.Itoa(e.Count)
		}
		if e.Simulated {
			source += ", simulated"
		}
		kind := cmp.Or(e.Kind, e.Name)
		t.Rows = append(t.Rows, []Cell{
			text(cmp.Or(e.Cluster, dash)), text(cmp.Or(e.Namespace, dash)), text(kind), state, text(objects),
			text(unit.Bytes(e.SizeBytes).String()), text(p.ageShort(e.CollectedAt)), text(source), text(cmp.Or(e.Aside, dash)), text(e.Name), text(cmp.Or(e.Reason, dash)),
		})
	}
	return t
}

func entrySentence(r fred.EntryList) string {
	s := fmt.Sprintf("%s, %s", entries(r.Total.Entries), unit.Bytes(r.Total.SizeBytes))
	if states := stateWords(r.Total.States); states != "" {
		s += ": " + states
	}
	switch {
	case r.Total.DryRun:
		s = "would be deleted: " + s
	case r.Total.Deleted > 0:
		s = "deleted: " + s
	}
	return s
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return strconv.Itoa(n) + " entries"
}

func stateWords(states map[cache.State]int) string {
	var parts []string
	for _, s := range []cache.State{cache.Fresh, cache.Stale, cache.Damaged, cache.Newer} {
		if n := states[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// Verified lays out what was found wrong with the cache.
func Verified(r fred.EntryList) Doc {
	d := Entries(r, entries(r.Total.Entries)+" read to the end, "+unit.Bytes(r.Total.SizeBytes).String()+": all sound")
	table := d.Page
	d.Page = func(p *Page) {
		table(p)
		for i := range r.Items {
			p.sentence(text(r.Items[i].Name + ": " + r.Items[i].Reason))
		}
	}
	return d
}

// writable says whether a cache can be written, or why not; nothing where that is
// not known.
func writable(t *fred.CacheTotal) string {
	switch {
	case t.Writable == nil:
		return ""
	case *t.Writable:
		return "yes"
	}
	return "no: " + t.Reason
}

// CacheInfo lays out what the cache is and holds.
func CacheInfo(r fred.CacheInfo) Doc {
	return Doc{
		Rows: r.Items,
		Names: func() []string {
			names := make([]string, 0, len(r.Items))
			for i := range r.Items {
				names = append(names, "cluster/"+r.Items[i].Cluster)
			}
			return names
		},
		Page: func(p *Page) {
			p.field("location", r.Total.Location)
			p.field("entries", fmt.Sprintf("%d, %s", r.Total.Entries, unit.Bytes(r.Total.SizeBytes)))
			p.field("writable", writable(r.Total))
			p.field("schema", strconv.Itoa(r.Total.Schema))
			p.field("secrets", "kept out by policy "+cmp.Or(strings.Join(r.Total.Policies, ", "), dash))
			if len(r.Items) == 0 {
				return
			}
			p.Line()
			t := Table{Columns: []Column{
				{Header: "CLUSTER", Cut: Middle}, {Header: "ENTRIES", Right: true}, {Header: "SIZE", Right: true}, {Header: "OLDEST", Right: true, Spare: 2}, {Header: "NEWEST", Right: true, Spare: 1}, {Header: "STATES", Cut: End},
			}}
			for i := range r.Items {
				c := &r.Items[i]
				states := stateWords(c.States)
				if c.Aside > 0 {
					states = strings.TrimPrefix(fmt.Sprintf("%s, %d set aside", states, c.Aside), ", ")
				}
				if c.Simulated {
					states += ", simulated"
				}
				t.Rows = append(t.Rows, []Cell{
					text(cmp.Or(c.Cluster, dash)), text(strconv.Itoa(c.Entries)), text(unit.Bytes(c.SizeBytes).String()),
					text(p.ageShort(c.Oldest)), text(p.ageShort(c.Newest)), text(states),
				})
			}
			p.Table(t)
		},
	}
}

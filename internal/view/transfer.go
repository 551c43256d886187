package view

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/fredctl/fred/internal/term"
	"github.com/fredctl/fred/pkg/fred"
	"github.com/fredctl/fred/pkg/unit"
)

// actions are in the order in which a person wants to read them.
var actions = []fred.Action{
	fred.Exported, fred.Added, fred.Replaced, fred.Merged, fred.Unchanged, fred.Kept, fred.Deleted, fred.LeftOut,
}

// spared are those that give way on a narrow terminal: the sentence below has them.
var spared = map[fred.Action]int{fred.Unchanged: 4, fred.Kept: 3, fred.Merged: 2}

// Transfer lays out what an export or import did: summed up by cluster or, wide,
// entry by entry.
func Transfer(t fred.Transfer) Doc {
	return Doc{
		Rows: t.Items,
		Names: func() []string {
			names := make([]string, 0, len(t.Items))
			for i := range t.Items {
				if t.Items[i].Kind != "" { // of what nothing is known there is no name
					names = append(names, "entry/"+strings.Join([]string{t.Items[i].Cluster, t.Items[i].Namespace, t.Items[i].Kind}, "/"))
				}
			}
			return names
		},
		Page: func(p *Page) {
			if p.wide {
				p.Table(transferRows(t))
			} else {
				p.Table(transferSums(t))
			}
			p.Line()
			p.sentence(Cell{transferSentence(t), term.Faint})
		},
	}
}

func transferSentence(t fred.Transfer) string {
	var parts []string
	for _, a := range actions {
		if n := t.Total.Actions[a]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, a))
		}
	}
	s := cmp.Or(strings.Join(parts, ", "), "nothing")
	if t.Total.Pseudonyms {
		s += ", under pseudonyms"
	}
	if t.Total.DryRun {
		return "would be: " + s + " · nothing was changed"
	}
	return s
}

// transferSums has a row for each cluster, and a column for each thing that was
// done.
func transferSums(t fred.Transfer) Table {
	var used []fred.Action
	for _, a := range actions {
		if t.Total.Actions[a] > 0 {
			used = append(used, a)
		}
	}
	table := Table{Columns: []Column{{Header: "CLUSTER", Cut: Middle}, {Header: "SIZE", Right: true, Spare: 1}}}
	for _, a := range used {
		table.Columns = append(table.Columns, Column{Header: strings.ToUpper(string(a)), Right: true, Spare: spared[a]})
	}
	counts, sizes := map[string]map[fred.Action]int{}, map[string]int64{}
	var clusters []string
	for i := range t.Items {
		c := t.Items[i].Cluster
		if counts[c] == nil {
			counts[c] = map[fred.Action]int{}
			clusters = append(clusters, c)
		}
		counts[c][t.Items[i].Action]++
		sizes[c] += t.Items[i].SizeBytes
	}
	slices.Sort(clusters)
	for _, c := range clusters {
		row := []Cell{text(cmp.Or(c, dash)), text(unit.Bytes(sizes[c]).String())}
		for _, a := range used {
			row = append(row, actionCell(a, counts[c][a]))
		}
		table.Rows = append(table.Rows, row)
	}
	return table
}

func actionCell(a fred.Action, n int) Cell {
	switch {
	case n == 0:
		return text(dash)
	case a == fred.LeftOut || a == fred.Deleted:
		return Cell{strconv.Itoa(n), term.Odd}
	default:
		return text(strconv.Itoa(n))
	}
}

func transferRows(t fred.Transfer) Table {
	table := Table{Columns: []Column{
		{Header: "CLUSTER", Cut: Middle},
		{Header: "NAMESPACE"},
		{Header: "KIND"},
		{Header: "ACTION"},
		{Header: "OBJECTS", Right: true},
		{Header: "SIZE", Right: true},
		{Header: "REASON"},
	}}
	for i := range t.Items {
		r := &t.Items[i]
		table.Rows = append(table.Rows, []Cell{
			text(cmp.Or(r.Cluster, dash)), text(cmp.Or(r.Namespace, dash)), text(cmp.Or(r.Kind, dash)), text(string(r.Action)),
			text(strconv.Itoa(r.Count)), text(unit.Bytes(r.SizeBytes).String()), text(r.Reason),
		})
	}
	return table
}

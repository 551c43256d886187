package view

import (
	"cmp"

	"github.com/fredctl/fred/pkg/fred"
)

// Collected lays out what is kept of the footprint of clusters.
func Collected(r fred.CollectReport) Doc {
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
			p.about(r.Cluster, r.Window)
			p.Line()
			t := Table{Columns: []Column{
				{Header: "CLUSTER", Cut: Middle},
				{Header: "ENERGY"},
				{Header: "KEPT", Right: true},
				{Header: "GRID", Spare: 2},
				{Header: "BY", Spare: 1, Cut: End},
				{Header: "KEPT", Right: true, Spare: 1},
			}}
			for i := range r.Items {
				c := &r.Items[i]
				grid := dash
				if c.Grid != "" {
					grid = share(float64(c.GridKnown))
				}
				t.Rows = append(t.Rows, []Cell{
					text(c.Cluster), text(c.Source), text(share(float64(c.Known))), text(cmp.Or(c.Zone, dash)), text(cmp.Or(c.Grid, dash)), text(grid),
				})
			}
			p.Table(t)
			p.Footer(nil, false, r.Simulated)
		},
	}
}

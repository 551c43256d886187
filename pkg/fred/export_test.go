package fred

import (
	"context"

	"github.com/fredctl/fred/pkg/kube"
	"github.com/fredctl/fred/pkg/report"
)

// Lists answers a question about one cluster that needs no more than the lists
// in need: some of them no question names yet.
func (f *Fred) Lists(ctx context.Context, q Query, need ...kube.Resource) (s *kube.Snapshot, ws []report.Warning, err error) {
	err = f.each(ctx, q, need, wholeCluster(q), func(l *loaded, _ string) error {
		s, ws = l.snapshot, l.warnings
		return nil
	}, func([]*loaded, []report.Warning) {})
	return s, ws, err
}
